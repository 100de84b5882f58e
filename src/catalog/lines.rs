//! The text format of the vanilla data: sections under `[path]`, one setting a line as `path = value`.
//!
//! Empty lines and lines that start with `#` do not count. Values of XML and properties files escape a
//! backslash, line feed, carriage return and tab as in Java, and a blank at either end as `\s`; values of
//! JSON and TOML are JSON literals.

use std::borrow::Cow;

/// Cuts a text into its sections: name and body, in the order of the text. Lines before the first heading are
/// dropped.
pub fn sections(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (line, behind) = rest.split_once('\n')?;
            rest = behind;
            if let Some(name) = heading(line) {
                let end = next_heading(rest);
                let (body, behind) = rest.split_at_checked(end)?;
                rest = behind;
                return Some((name, body));
            }
        }
    })
}

fn heading(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.strip_suffix(']')
}

/// Offset of the next line that is a heading.
fn next_heading(text: &str) -> usize {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if heading(line.trim_end_matches('\n')).is_some() {
            break;
        }
        offset += line.len();
    }
    offset
}

/// The lines of a section as path and escaped value.
pub fn settings(body: &str) -> impl Iterator<Item = (&str, &str)> {
    body.lines().filter(|line| !line.starts_with('#')).filter_map(split)
}

/// Splits at the first ` = ` outside quotes.
fn split(line: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (index, letter) in line.char_indices() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            None if letter == ' ' => {
                let (path, behind) = (line.get(..index)?, line.get(index..)?);
                if let Some(value) = behind.strip_prefix(" = ") {
                    return Some((path, value));
                }
                if behind == " =" {
                    return Some((path, ""));
                }
            }
            None => {}
        }
    }
    None
}

/// The line of a setting, with its line feed.
pub fn line(path: &str, escaped: &str) -> String {
    if escaped.is_empty() { format!("{path} =\n") } else { format!("{path} = {escaped}\n") }
}

/// Escapes a value of an XML or properties file.
pub fn escape(value: &str) -> String {
    let last = value.chars().count();
    let mut out = String::with_capacity(value.len());
    for (index, letter) in (1..).zip(value.chars()) {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' ' if index == 1 || index == last => out.push_str("\\s"),
            letter => out.push(letter),
        }
    }
    out
}

/// What was escaped.
pub fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some('s') => out.push(' '),
                Some(other) => out.push(other),
                None => {}
            },
            letter => out.push(letter),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_hold_their_lines() {
        let text = "dropped = 1\n[a/b.xml]\n# a note\n/a = 1\n\n/b =\n[c.properties]\nk = v\n";
        let sections: Vec<_> = sections(text).collect();
        assert_eq!(sections, [("a/b.xml", "# a note\n/a = 1\n\n/b =\n"), ("c.properties", "k = v\n")]);
        assert_eq!(settings(sections[0].1).collect::<Vec<_>>(), [("/a", "1"), ("/b", "")]);
    }

    #[test]
    fn the_sign_between_path_and_value_may_occur_in_both() {
        assert_eq!(split("/a[@b='c = d']/e = f = g"), Some(("/a[@b='c = d']/e", "f = g")));
        assert_eq!(split("/a[b='it is'] = x"), Some(("/a[b='it is']", "x")));
    }

    #[test]
    fn values_survive() {
        for value in ["", " ", " a b ", "C:\\new\n\ttab\r", "\\s", "é"] {
            let line = line("/a", &escape(value));
            let (path, escaped) = settings(&line).next().unwrap();
            assert_eq!((path, unescape(escaped).as_ref()), ("/a", value));
            assert_eq!(line.lines().count(), 1);
        }
    }
}
