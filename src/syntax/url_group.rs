//! Receiver URL groups: `{tcp://a:9611|tcp://b:9611},{tcp://c:9611}` (carbon-apimgt `DataPublisherUtil.getEndpointGroups`).

use std::ops::Range;

use super::url;

/// How the URLs of one group are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One URL, or several separated by `,`: one of them gets each event.
    LoadBalance,
    /// Separated by `|`: the first that answers.
    Failover,
    /// Both separators in one group: the server throws.
    Mixed,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// How its URLs are used.
    pub mode: Mode,
    /// The URLs, trimmed, as byte ranges of the text.
    pub urls: Vec<Range<usize>>,
    /// The whole group, braces included.
    pub range: Range<usize>,
}

/// A whole text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Groups {
    /// The groups that count: each gets every event.
    pub groups: Vec<Group>,
    /// URLs outside braces where braces occur: the server drops them.
    pub outside: Vec<Range<usize>>,
}

/// Reads a group text. `{` and `}` of placeholders (`${receiver.url.port}`) are not group braces. Without a closed pair
/// of braces the whole text is one group; an empty text is none.
pub fn parse(text: &str) -> Groups {
    let mut groups = Groups::default();
    let mut between = Vec::new();
    let mut from = 0;
    while let Some(open) = find(text, from, |byte| byte == b'{')
        && let Some(close) = find(text, open + 1, |byte| byte == b'}')
    {
        between.push(from..open);
        groups.groups.push(group(text, open + 1..close, open..close + 1));
        from = close + 1;
    }
    let rest = from..text.len();
    if groups.groups.is_empty() {
        let whole = url::trim(text, rest);
        let only = group(text, whole.clone(), whole);
        if !only.urls.is_empty() {
            groups.groups.push(only);
        }
    } else {
        between.push(rest);
        groups.outside =
            between.into_iter().flat_map(|range| group(text, range.clone(), range).urls).collect();
    }
    groups
}

fn group(text: &str, inner: Range<usize>, range: Range<usize>) -> Group {
    let (mut comma, mut pipe) = (false, false);
    let mut urls = Vec::new();
    let mut from = inner.start;
    while from <= inner.end {
        let end = find(text, from, |byte| b",|{}".contains(&byte)).map_or(inner.end, |at| at.min(inner.end));
        let url = url::trim(text, from..end);
        if !url.is_empty() {
            urls.push(url);
        }
        if end < inner.end {
            comma |= text.as_bytes().get(end) == Some(&b',');
            pipe |= text.as_bytes().get(end) == Some(&b'|');
        }
        from = end + 1;
    }
    let mode = match (comma, pipe) {
        (true, true) => Mode::Mixed,
        (false, true) => Mode::Failover,
        (_, false) => Mode::LoadBalance,
    };
    Group { mode, urls, range }
}

/// Like `url::find`, but two braces around a URL are braces, not template text.
fn find(text: &str, from: usize, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut at = from;
    while at < text.len() {
        let opaque = url::opaque_end(text, at).filter(|end| {
            text.get(at..*end).is_some_and(|inner| inner.starts_with('$') || !inner.contains("://"))
        });
        if let Some(end) = opaque {
            at = end;
        } else if text.as_bytes().get(at).copied().is_some_and(&wanted) {
            return Some(at);
        } else {
            at += 1;
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        let parsed = parse(text);
        let urls =
            |urls: &[Range<usize>]| urls.iter().map(|url| &text[url.clone()]).collect::<Vec<_>>().join(" ");
        let mut shown: Vec<String> = parsed
            .groups
            .iter()
            .map(|group| format!("{:?} {} @ {}", group.mode, urls(&group.urls), &text[group.range.clone()]))
            .collect();
        if !parsed.outside.is_empty() {
            shown.push(format!("outside {}", urls(&parsed.outside)));
        }
        shown.join("; ")
    }

    #[test]
    fn each_pair_of_braces_is_a_group() {
        assert_eq!(
            shown(" { tcp://a:9611 | tcp://b:9611 } , {tcp://c:9611}"),
            "Failover tcp://a:9611 tcp://b:9611 @ { tcp://a:9611 | tcp://b:9611 }; \
             LoadBalance tcp://c:9611 @ {tcp://c:9611}"
        );
    }

    #[test]
    fn without_braces_all_is_one_group() {
        assert_eq!(shown(" tcp://a:1, tcp://b:1 "), "LoadBalance tcp://a:1 tcp://b:1 @ tcp://a:1, tcp://b:1");
        assert_eq!(shown("tcp://a:1|tcp://b:1,tcp://c:1").split(' ').next(), Some("Mixed"));
        assert_eq!(shown("  "), "");
        assert_eq!(shown("{tcp://a:1"), "LoadBalance tcp://a:1 @ {tcp://a:1");
    }

    #[test]
    fn urls_outside_braces_are_told_apart() {
        assert_eq!(
            shown("tcp://a:1,{tcp://b:1}, tcp://c:1 "),
            "LoadBalance tcp://b:1 @ {tcp://b:1}; outside tcp://a:1 tcp://c:1"
        );
        assert_eq!(shown("{tcp://a:1},{tcp://b:1"), "LoadBalance tcp://a:1 @ {tcp://a:1}; outside tcp://b:1");
    }

    #[test]
    fn braces_of_placeholders_group_nothing() {
        let text = "tcp://${carbon.local.ip}:${receiver.url.port}";
        assert_eq!(shown(text), format!("LoadBalance {text} @ {text}"));
        assert_eq!(
            shown("{tcp://h:${receiver.url.port}|tcp://$env{H}:1}"),
            "Failover tcp://h:${receiver.url.port} tcp://$env{H}:1 @ {tcp://h:${receiver.url.port}|tcp://$env{H}:1}"
        );
        assert_eq!(shown("{{ tm_urls }}"), "LoadBalance {{ tm_urls }} @ {{ tm_urls }}");
    }

    fn holds(text: &str) {
        let parsed = parse(text);
        for group in &parsed.groups {
            assert!(text.get(group.range.clone()).is_some());
            assert!(
                group.urls.iter().all(|url| group.range.start <= url.start && url.end <= group.range.end)
            );
        }
        for url in parsed.groups.iter().flat_map(|group| &group.urls).chain(&parsed.outside) {
            let shown = text.get(url.clone()).unwrap();
            assert!(!shown.is_empty() && shown.trim() == shown, "{text:?}");
        }
    }

    #[test]
    fn cut_off_anywhere() {
        let text = "{tcp://é:${p}|tcp://b:1 , tcp://{{ x }}:1},{tcp://c}tcp://d:1";
        for (at, _) in text.char_indices() {
            holds(&text[..at]);
            holds(&text[at..]);
        }
    }

    proptest! {
        #[test]
        fn any_text(text in "[ab:/é😀,|$\\{\\} ]{0,40}") {
            holds(&text);
        }
    }
}
