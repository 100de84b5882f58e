//! `${name}` placeholders, which a server fills in when it reads a value, and those that a person should have filled in.

use std::ops::Range;

use super::url;

/// What template languages open with: such a text is rendered by somebody before a server sees it.
pub const TEMPLATE_MARKS: [&str; 3] = ["{{", "{%", "<%"];

/// Starts of the references of deployment.toml behind the `$`; only the TOML reader resolves them.
const REFERENCES: [&str; 4] = ["env{", "sys{", "ref{", "secret{"];

/// A text with every `${name}` filled in by `value`, which gets the name without the prefix `sys:`. `None` where a value is
/// unknown, a placeholder does not end, or another kind of template marker stands.
pub fn expand<V: AsRef<str>>(text: &str, value: impl Fn(&str) -> Option<V>) -> Option<String> {
    if text.contains("{{") || text.contains("<%") {
        return None;
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('$') {
        filled.push_str(before);
        let Some(inside) = behind.strip_prefix('{') else {
            if REFERENCES.iter().any(|marker| behind.starts_with(marker)) {
                return None;
            }
            filled.push('$');
            rest = behind;
            continue;
        };
        let (name, after) = inside.split_once('}')?;
        filled.push_str(value(name.strip_prefix("sys:").unwrap_or(name))?.as_ref());
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

/// What is left of a template in a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfilled {
    /// The part that somebody should have replaced.
    Placeholder(Range<usize>),
    /// The start of what a template engine replaces: `{{ x }}`, `<% x %>`.
    Template(Range<usize>),
}

/// The first placeholder that a person or an engine should have filled in before a server reads the value. Variables that
/// the server fills in (`${carbon.local.ip}`), braces in paths and regular expressions, and markup are none.
pub fn unfilled(text: &str) -> Option<Unfilled> {
    if let Some(at) = TEMPLATE_MARKS.into_iter().filter_map(|mark| text.find(mark)).min() {
        return Some(Unfilled::Template(at..at + 2));
    }
    let found =
        angle(text).or_else(|| in_authority(text)).or_else(|| upper_case(text)).or_else(|| address(text));
    found.or_else(|| word(text)).map(Unfilled::Placeholder)
}

/// Longer texts between `<` and `>` are something else.
const LONGEST_NAME: usize = 60;

/// `<NAME>` or `<<NAME>>`.
fn angle(text: &str) -> Option<Range<usize>> {
    if text.contains("</") || text.contains("/>") {
        return None;
    }
    text.match_indices('<').find_map(|(start, _)| {
        let behind = text.get(start + 1..)?;
        let inner = behind.trim_start_matches('<');
        let length = inner.find('>').filter(|length| (2..=LONGEST_NAME).contains(length))?;
        let name = inner.get(..length)?;
        let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_. ".contains(letter));
        // `(?<name>` is a group of a regular expression.
        let is_group = text.get(..start).is_some_and(|before| before.ends_with('?'));
        let signs = behind.len() - inner.len();
        let end = start + 1 + signs + length;
        let closing = text.get(end..)?.bytes().take(signs + 1).take_while(|byte| *byte == b'>').count();
        (is_name && !is_group).then_some(start..end + closing)
    })
}

/// `{name}` in the host or port of a URL, as in `https://am.corp.test:{port}/`.
fn in_authority(text: &str) -> Option<Range<usize>> {
    text.match_indices("://").find_map(|(at, mark)| {
        let start = at + mark.len();
        let rest = text.get(start..)?;
        let end = start + rest.find(['/', ',', ';', '\'', '"', '?', ' ', '|']).unwrap_or(rest.len());
        let opening = url::find(text, start..end, |byte| byte == b'{')?;
        let inner = text.get(opening + 1..end)?;
        let length = inner.find('}').filter(|length| *length > 0)?;
        let name = inner.get(..length)?;
        let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
        is_name.then_some(opening..opening + length + 2)
    })
}

/// `${UPPER_CASE}`: no variable of the server is named like that.
fn upper_case(text: &str) -> Option<Range<usize>> {
    text.match_indices("${").find_map(|(start, mark)| {
        let name = text.get(start + mark.len()..)?.split('}').next()?;
        let is_upper = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
        let end = start + mark.len() + name.len() + 1;
        let is_name =
            name.starts_with(|letter: char| letter.is_ascii_uppercase()) && name.chars().all(is_upper);
        (is_name && end <= text.len()).then_some(start..end)
    })
}

/// `xxx.xxx.xxx.xx4`: an address of which somebody hid the digits.
fn address(text: &str) -> Option<Range<usize>> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let mut start = 0;
    for word in text.split(|letter| !is_part(letter)) {
        let parts: Vec<&str> = word.split('.').collect();
        let is_hidden = |part: &&str| {
            (1..=3).contains(&part.len())
                && part.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, 'x' | 'X'))
        };
        let starts_hidden =
            parts.first().is_some_and(|part| part.chars().all(|letter| matches!(letter, 'x' | 'X')));
        // `4.5.0.x` is a range of versions.
        let ends_hidden = parts.last().is_some_and(|part| part.len() > 1 && part.contains(['x', 'X']));
        if parts.len() == 4 && parts.iter().all(is_hidden) && (starts_hidden || ends_hidden) {
            return Some(start..start + word.len());
        }
        start += word.len() + text.get(start + word.len()..)?.chars().next().map_or(0, char::len_utf8);
    }
    None
}

/// `YOUR_HOST`, and a whole value that says that it is to be changed.
fn word(text: &str) -> Option<Range<usize>> {
    let value = text.trim();
    let start = text.len() - text.trim_start().len();
    let folded = value.to_ascii_uppercase().replace(['-', ' '], "_");
    if ["CHANGEME", "CHANGE_ME"].contains(&folded.as_str()) {
        return Some(start..start + value.len());
    }
    let is_part = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    text.match_indices("YOUR_").find_map(|(start, mark)| {
        let before = text.get(..start)?.chars().next_back();
        let length = text.get(start..)?.find(|letter| !is_part(letter)).unwrap_or(text.len() - start);
        (!before.is_some_and(char::is_alphanumeric) && length > mark.len()).then_some(start..start + length)
    })
}

#[cfg(test)]
mod tests {
    use super::{Unfilled, expand, unfilled};

    fn part(text: &str) -> Option<&str> {
        match unfilled(text)? {
            Unfilled::Placeholder(range) | Unfilled::Template(range) => text.get(range),
        }
    }

    #[test]
    fn what_a_person_should_have_filled_in_is_found() {
        for (text, expected) in [
            ("<node1-hostname>", "<node1-hostname>"),
            ("tcp://<<TM HOST>>:9611", "<<TM HOST>>"),
            ("https://am.corp.test:{port}/services/", "{port}"),
            ("{tcp://{tm1}:9611}", "{tm1}"),
            ("jdbc:mysql://${DB_HOST}:3306/am", "${DB_HOST}"),
            ("xxx.xxx.xxx.xx4", "xxx.xxx.xxx.xx4"),
            ("https://xxx.xxx.xxx.xx4:9443/x", "xxx.xxx.xxx.xx4"),
            ("changeme", "changeme"),
            ("http://YOUR_HOST/", "YOUR_HOST"),
            ("{{ .Values.host }}", "{{"),
        ] {
            assert_eq!(part(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_servers_fill_in_and_patterns_are_none() {
        for text in [
            "https://localhost:${mgt.transport.https.port}${carbon.context}services/",
            "{tcp://a:9611},{tcp://b:9611 | tcp://c:9611}",
            "https://a.corp.test/api/{version}/{id}",
            "[a-z]{3,30}$",
            "^(?<name>.*)$",
            "$env{DB_HOST}",
            "a < b and c > d",
            "<b>bold</b>",
            "10.0.7.11",
            "x.y.z.w",
            "4.5.0.x",
            "xxxx",
            "THEIR_YOURS",
        ] {
            assert_eq!(part(text), None, "{text}");
        }
    }

    fn port(name: &str) -> Option<&'static str> {
        (name == "jms.port").then_some("5672")
    }

    #[test]
    fn known_names_are_filled_in_and_other_text_stays() {
        assert_eq!(expand("h:${jms.port}/${sys:jms.port}$", port).as_deref(), Some("h:5672/5672$"));
    }

    #[test]
    fn what_nobody_can_fill_in_is_unknown() {
        for text in ["${other}", "${jms.port", "$env{X}", "$ref{a.b}", "{{ x }}", "<%= x %>"] {
            assert_eq!(expand(text, port), None, "{text}");
        }
    }
}
