//! URLs and `host:port` texts as configuration files write them, placeholders included.

use std::net::Ipv6Addr;
use std::ops::Range;

/// The parts of a URL as byte ranges of its text. Braces, dollar signs and placeholders may stand in any part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlParts {
    /// Before `://`, lower case.
    pub scheme: String,
    /// `user:password` before `@`, if any.
    pub user_info: Option<Range<usize>>,
    /// The host, brackets of IPv6 left out.
    pub host: Range<usize>,
    /// The port text (`9443` or `${mgt.transport.https.port}`), if any.
    pub port: Option<Range<usize>>,
    /// From the first `/` behind the authority (or `${carbon.context}` where that stands directly behind the port)
    /// to the end, query included.
    pub path: Range<usize>,
}

/// Splits a URL; white space around it belongs to no part. `None` where there is no `://` or no host.
pub fn split(text: &str) -> Option<UrlParts> {
    let whole = trim(text, 0..text.len());
    let colon = find(text, whole.clone(), |byte| byte == b':')?;
    if colon == whole.start || !text.get(colon..)?.starts_with("://") {
        return None;
    }
    let is_foreign = |byte: u8| !byte.is_ascii_alphanumeric() && !b"+-.{}".contains(&byte);
    if find(text, whole.start..colon, is_foreign).is_some() {
        return None;
    }
    let scheme = text.get(whole.start..colon)?.to_ascii_lowercase();
    let start = colon + 3;
    let end = find(text, start..whole.end, |byte| b"/?#".contains(&byte)).unwrap_or(whole.end);
    let at = rfind(text, start..end, b'@');
    let (host, port, path) = authority(text, at.map_or(start, |at| at + 1)..end)?;
    Some(UrlParts { scheme, user_info: at.map(|at| start..at), host, port, path: path..whole.end })
}

/// Splits `host:port`, `host` or `[address]:port`; white space around it belongs to no part. `None` where the text is
/// empty or more than that, such as a URL.
pub fn split_host_port(text: &str) -> Option<(Range<usize>, Option<Range<usize>>)> {
    let whole = trim(text, 0..text.len());
    let is_foreign = |byte: u8| byte.is_ascii_whitespace() || b"/?#@,;|".contains(&byte);
    if find(text, whole.clone(), is_foreign).is_some() {
        return None;
    }
    let (host, port, end) = authority(text, whole.clone())?;
    (end == whole.end).then_some((host, port))
}

/// Why a text of URLs is broken: the part and one clause. Placeholders may stand in any part, several URLs in a list.
pub fn fault(text: &str) -> Option<(Range<usize>, &'static str)> {
    let unclosed = |at: &usize| {
        let end = placeholder_end(text, *at);
        end.is_none_or(|end| text.get(at + 2..end).is_some_and(|name| name.contains("${")))
    };
    if let Some(at) = text.match_indices("${").map(|(at, _)| at).find(unclosed) {
        let rest = text.get(at + 2..)?;
        let length = rest.find(['/', ',', ' ', '$']).unwrap_or(rest.len());
        return Some((at..at + 2 + length, "this variable is never closed"));
    }
    let whole = trim(text, 0..text.len());
    let colon = find(text, whole.clone(), |byte| byte == b':')?;
    if text.get(colon..).is_some_and(|rest| rest.starts_with(":/") && !rest.starts_with("://")) {
        return Some((colon..colon + 2, "a slash is missing behind the scheme"));
    }
    if let Some(at) = find(text, whole.clone(), |byte| byte == b'\\') {
        return Some((at..at + 1, "a back slash in it"));
    }
    text.match_indices("://").find_map(|(at, mark)| one_fault(text, at, at + mark.len()))
}

/// What is wrong with the URL whose scheme ends at `colon` and whose authority starts at `start`.
fn one_fault(text: &str, colon: usize, start: usize) -> Option<(Range<usize>, &'static str)> {
    let scheme = text.get(..colon)?.bytes().rev().take_while(u8::is_ascii_alphabetic).count();
    let end = find(text, start..text.len(), |byte| b",;|}{'\"".contains(&byte)).unwrap_or(text.len());
    let rest = text.get(start..end)?;
    let second = rest.find("://").and_then(|at| rest.get(..at));
    if let Some(second) = second.filter(|second| second.bytes().all(|byte| byte.is_ascii_alphabetic())) {
        return Some((colon - scheme..start + second.len() + 3, "two schemes"));
    }
    let path = find(text, start..end, |byte| b"/?#".contains(&byte)).unwrap_or(end);
    let authority = trim(text, start..path);
    if let Some(at) = find(text, authority.clone(), |byte| byte.is_ascii_whitespace()) {
        return Some((at..at + 1, "a blank in host or port"));
    }
    let from = rfind(text, authority.clone(), b'@').map_or(authority.start, |at| at + 1);
    let place = colon - scheme..authority.end.max(start);
    let Some((_, port, behind)) = self::authority(text, from..authority.end) else {
        return Some((place, "there is no host"));
    };
    match port {
        Some(range) => {
            let port = text.get(range.clone())?;
            let is_number = port.parse::<u16>().is_ok_and(|port| port > 0);
            let is_plain = !port.contains(['$', '{', '%', '<']);
            if is_plain && port.contains(':') {
                Some((range, "two ports"))
            } else {
                (is_plain && !is_number).then_some((range, "the port is no number"))
            }
        }
        None if behind.checked_sub(1).and_then(|last| text.as_bytes().get(last)) == Some(&b':') => {
            Some((place, "there is no port behind the colon"))
        }
        None => None,
    }
}

/// The port that a scheme means when none is written: http and ws 80, https and wss 443.
pub fn default_port(scheme: &str) -> Option<u16> {
    let is = |known: &str| scheme.eq_ignore_ascii_case(known);
    if is("http") || is("ws") {
        Some(80)
    } else if is("https") || is("wss") {
        Some(443)
    } else {
        None
    }
}

/// Placeholders longer than this are text: so a row of opened ones costs no more than its length.
const LONGEST_PLACEHOLDER: usize = 256;

/// The end of the placeholder that starts at this byte: `${x}`, `$env{X}`, `$ref{a.b}`, `$sys{x}`, `$secret{x}`.
/// `None` where none starts there or it is not closed on its line.
pub fn placeholder_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(at..)?;
    let behind = bytes.strip_prefix(b"$")?;
    let name = behind.iter().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
    if behind.get(name) != Some(&b'{') {
        return None;
    }
    let body = behind.get(name + 1..)?;
    let body = body.get(..body.len().min(LONGEST_PLACEHOLDER))?;
    let close = memchr::memchr2(b'}', b'\n', body)?;
    (body.get(close) == Some(&b'}')).then_some(at + name + close + 3)
}

/// The end of what stands for an unknown text: a placeholder, or template text (`{{ x }}`, `<% x %>`).
pub(super) fn opaque_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(at..)?;
    let close: &[u8; 2] = match bytes {
        [b'$', ..] => return placeholder_end(text, at),
        [b'{', b'{', ..] => b"}}",
        [b'<', b'%', ..] => b"%>",
        _ => return None,
    };
    let body = bytes.get(2..bytes.len().min(LONGEST_PLACEHOLDER))?;
    memchr::memmem::find(body, close).map(|found| at + 2 + found + 2)
}

/// The first wanted byte that stands outside of placeholders and template text. Wanted bytes are ASCII.
pub(super) fn find(text: &str, range: Range<usize>, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut at = range.start;
    while at < range.end {
        if let Some(end) = opaque_end(text, at) {
            at = end;
            continue;
        }
        if text.as_bytes().get(at).copied().is_some_and(&wanted) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The last such byte.
pub(super) fn rfind(text: &str, range: Range<usize>, wanted: u8) -> Option<usize> {
    let mut last = None;
    let mut from = range.start;
    while let Some(at) = find(text, from..range.end, |byte| byte == wanted) {
        last = Some(at);
        from = at + 1;
    }
    last
}

/// The parts between separators that stand outside of placeholders, not trimmed.
pub(super) fn split_at(text: &str, range: Range<usize>, separator: u8) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = range.start;
    while let Some(at) = find(text, from..range.end, |byte| byte == separator) {
        parts.push(from..at);
        from = at + 1;
    }
    parts.push(from..range.end);
    parts
}

/// The range without white space at its ends.
pub(super) fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(part) = text.get(range.clone()) else { return range };
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

/// Host, port and end of an authority without user info; what follows the end belongs to the path.
pub(super) fn authority(
    text: &str,
    range: Range<usize>,
) -> Option<(Range<usize>, Option<Range<usize>>, usize)> {
    let whole = text.get(range.clone())?;
    let (host, behind) = if whole.starts_with('[') {
        let close = find(text, range.clone(), |byte| byte == b']').unwrap_or(range.end);
        (range.start + 1..close, (close + 1).min(range.end))
    } else if whole.parse::<Ipv6Addr>().is_ok() {
        (range.clone(), range.end)
    } else {
        let colon = find(text, range.clone(), |byte| byte == b':').unwrap_or(range.end);
        let end = context(text, range.start..colon).unwrap_or(colon);
        (range.start..end, end)
    };
    if host.is_empty() {
        return None;
    }
    if text.as_bytes().get(behind) != Some(&b':') || behind >= range.end {
        return Some((host, None, behind));
    }
    let start = behind + 1;
    let end = match opaque_end(text, start) {
        // ${port}5 is one port, ${port}${carbon.context} and ${port}services are not.
        Some(end) => find(text, end..range.end, |byte| !byte.is_ascii_digit())
            .unwrap_or(range.end)
            .min(next_opaque(text, end..range.end)),
        None => next_opaque(text, start..range.end),
    };
    Some((host, (start < end).then_some(start..end), end))
}

fn next_opaque(text: &str, range: Range<usize>) -> usize {
    let end = range.end;
    range.into_iter().find(|at| opaque_end(text, *at).is_some()).unwrap_or(end)
}

/// Where `${carbon.context}` stands behind a host without a port.
fn context(text: &str, range: Range<usize>) -> Option<usize> {
    let at = text.get(range.clone())?.find("${carbon.context}")?;
    (at > 0).then_some(range.start + at)
}

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn broken_urls_are_told_with_their_part() {
        for text in [
            "https://localhost:${mgt.transport.https.port}${carbon.context}services/",
            "https://a.corp.test/x?y=http://b",
            "http://a:1,https://b:2",
            "{tcp://a:9611},{tcp://b:9611 | tcp://c:9611}",
            "https://user:p@a.corp.test:9443/",
            "https://[::1]:9443/x",
            "ldap://ldap.corp.test",
            "https://$env{HOST}:9443/",
            "https://${carbon.host}${carbon.context}",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
        for (text, part, reason) in [
            ("https://a:${mgt.port/services", "${mgt.port", "never closed"),
            ("https://a:${mgt.port${carbon.context}x/", "${mgt.port", "never closed"),
            ("https:/a.corp.test", ":/", "slash"),
            ("https://https://a", "https://https://", "two schemes"),
            ("https://a\\b/c", "\\", "back slash"),
            ("https://a :9443/", " ", "blank"),
            ("https://:9443/x", "https://:9443", "no host"),
            ("https:///x", "https://", "no host"),
            ("https://a:/x", "https://a:", "no port"),
            ("https://a:9443:8243/", "9443:8243", "two ports"),
            ("https://a:94x3/", "94x3", "no number"),
            ("tcp://a:1,tcp://b:99999", "99999", "no number"),
        ] {
            let (range, said) = fault(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(&text[range], part, "{text}");
            assert!(said.contains(reason), "{text}: {said}");
        }
    }

    fn shown(text: &str) -> String {
        let Some(parts) = split(text) else { return "none".to_owned() };
        let optional = |range: Option<Range<usize>>| range.map_or("-", |range| &text[range]).to_owned();
        format!(
            "{} {} {} {} {}",
            parts.scheme,
            optional(parts.user_info),
            &text[parts.host],
            optional(parts.port),
            &text[parts.path]
        )
    }

    #[test]
    fn urls_of_carbon_files() {
        let cases = [
            (
                "https://localhost:${mgt.transport.https.port}${carbon.context}services/",
                "https - localhost ${mgt.transport.https.port} ${carbon.context}services/",
            ),
            (
                "https://localhost:${mgt.transport.https.port}${carbon.context}/services/",
                "https - localhost ${mgt.transport.https.port} ${carbon.context}/services/",
            ),
            ("https://gw:9443${carbon.context}services/", "https - gw 9443 ${carbon.context}services/"),
            ("https://${carbon.host}${carbon.context}x", "https - ${carbon.host} - ${carbon.context}x"),
            (
                "tcp://${carbon.local.ip}:${receiver.url.port}",
                "tcp - ${carbon.local.ip} ${receiver.url.port} ",
            ),
            ("http://${carbon.host}:9763/am", "http - ${carbon.host} 9763 /am"),
            ("https://[::1]:9443/x", "https - ::1 9443 /x"),
            ("https://[::1]/x", "https - ::1 - /x"),
            ("https://::1", "https - ::1 - "),
            ("HTTPS://host/path?a=b:c", "https - host - /path?a=b:c"),
            ("https://host?x=1", "https - host - ?x=1"),
            ("https://host:{port}/", "https - host {port} /"),
            ("ws://h:9099", "ws - h 9099 "),
            ("https://user:pw@host", "https user:pw host - "),
            ("https://user:p@w@host:1/", "https user:p@w host 1 /"),
            ("https://$env{HOST}:$ref{server.port}/x", "https - $env{HOST} $ref{server.port} /x"),
            ("https://$sys{a/b}:${x:y}/$secret{z}", "https - $sys{a/b} ${x:y} /$secret{z}"),
            ("https://{{ host }}:{{ port }}/x", "https - {{ host }} {{ port }} /x"),
            ("${scheme}://host:1", "${scheme} - host 1 "),
            ("  https://host:9443/x \n", "https - host 9443 /x"),
            ("https://host:/x", "https - host - /x"),
            ("https://höst:9443/ä", "https - höst 9443 /ä"),
        ];
        for (text, parts) in cases {
            assert_eq!(shown(text), parts, "{text}");
        }
    }

    #[test]
    fn texts_without_scheme_or_host_are_no_urls() {
        for text in [
            "local:/services/",
            "",
            "https",
            "https://",
            "https:///x",
            "https://:9443",
            "://h",
            "jdbc:mysql://h",
        ] {
            assert_eq!(split(text), None, "{text}");
        }
    }

    #[test]
    fn host_and_port() {
        let shown = |text: &str| {
            split_host_port(text)
                .map(|(host, port)| format!("{} {}", &text[host], port.map_or("-", |port| &text[port])))
        };
        assert_eq!(shown("host:4000").as_deref(), Some("host 4000"));
        assert_eq!(shown(" 10.0.0.1 ").as_deref(), Some("10.0.0.1 -"));
        assert_eq!(shown("[::1]:4000").as_deref(), Some("::1 4000"));
        assert_eq!(shown("::1").as_deref(), Some("::1 -"));
        assert_eq!(shown("${carbon.local.ip}:${p:1}").as_deref(), Some("${carbon.local.ip} ${p:1}"));
        for text in ["", ":4000", "http://host:1", "unix:/tmp/x", "a b", "a,b", "u@h:1"] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn placeholders_end_on_their_line() {
        assert_eq!(placeholder_end("a${b}c", 1), Some(5));
        assert_eq!(placeholder_end("$env{B}", 0), Some(7));
        assert_eq!(placeholder_end("$env{B", 0), None);
        assert_eq!(placeholder_end("${a\n}", 0), None);
        assert_eq!(placeholder_end("$b", 0), None);
        assert_eq!(placeholder_end("x", 9), None);
    }

    #[test]
    fn default_ports() {
        assert_eq!(default_port("WSS"), Some(443));
        assert_eq!(default_port("http"), Some(80));
        assert_eq!(default_port("tcp"), None);
    }

    fn holds(text: &str) {
        if let Some(parts) = split(text) {
            for range in
                [Some(parts.host), parts.port, parts.user_info, Some(parts.path)].into_iter().flatten()
            {
                assert!(text.get(range).is_some(), "{text}");
            }
        }
        if let Some((host, port)) = split_host_port(text) {
            assert!(text.get(host).is_some() && port.is_none_or(|port| text.get(port).is_some()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text(head in "(https://|ws://)?", tail in "[ahé😀:/@\\[\\]$\\{\\}<%> ?#.1\\n]{0,40}") {
            holds(&format!("{head}{tail}"));
        }
    }
}
