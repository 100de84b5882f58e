//! The text format of the vanilla data: sections under `[path]`, one setting a line as `path = value`.
//!
//! `[path] as in VERSION` is a section without lines, whose settings are those of another version. A line that is the
//! start of a path, `/Server/Ports/`, stands before the lines behind it that start with two blanks. Empty lines and
//! lines that start with `#` do not count. Values of XML and properties files escape a backslash, line feed, carriage
//! return and tab as in Java, and a blank at either end as `\s`; values of JSON and TOML are JSON literals.

use std::borrow::Cow;

use memchr::memmem;

/// A section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section<'a> {
    /// What stands between the brackets: a file, home-relative, or the name of something else.
    pub name: &'a str,
    /// The version of the same product whose section of this name says it.
    pub as_in: Option<&'a str>,
    /// The lines up to the next section.
    pub body: &'a str,
}

/// Cuts a text into its sections, in the order of the text. Lines before the first heading are dropped.
pub fn sections(text: &str) -> impl Iterator<Item = Section<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (line, behind) = rest.split_once('\n')?;
            rest = behind;
            if let Some((name, as_in)) = heading(line) {
                let (body, behind) = rest.split_at_checked(next_heading(rest))?;
                rest = behind;
                return Some(Section { name, as_in, body });
            }
        }
    })
}

/// The heading of a section, with its line feed.
pub fn heading_line(name: &str, as_in: Option<&str>) -> String {
    as_in.map_or_else(|| format!("[{name}]\n"), |version| format!("[{name}]{AS_IN}{version}\n"))
}

const AS_IN: &str = " as in ";

fn heading(line: &str) -> Option<(&str, Option<&str>)> {
    let (name, behind) = line.strip_prefix('[')?.split_once(']')?;
    if behind.is_empty() { Some((name, None)) } else { Some((name, Some(behind.strip_prefix(AS_IN)?))) }
}

/// Offset of the next line that is a heading.
fn next_heading(text: &str) -> usize {
    let is_heading = |offset: usize| {
        let line = text.get(offset..).and_then(|rest| rest.lines().next());
        line.is_some_and(|line| heading(line).is_some())
    };
    let behind = memmem::find_iter(text.as_bytes(), "\n[").map(|offset| offset + 1);
    std::iter::once(0).chain(behind).find(|offset| is_heading(*offset)).unwrap_or(text.len())
}

/// The lines of a section as path and escaped value.
pub fn settings(body: &str) -> impl Iterator<Item = (Cow<'_, str>, &str)> {
    let mut start = "";
    body.lines().filter(|line| !line.starts_with('#')).filter_map(move |line| {
        if let Some(rest) = line.strip_prefix(INDENT) {
            let (path, value) = split(rest)?;
            Some((Cow::Owned(format!("{start}{path}")), value))
        } else if let Some((path, value)) = split(line) {
            Some((Cow::Borrowed(path), value))
        } else {
            start = line;
            None
        }
    })
}

const INDENT: &str = "  ";

/// The lines of a section that has these paths and escaped values. Neighbours in one XML element share the start of
/// their paths.
pub fn body(settings: &[(String, String)]) -> String {
    let mut lines = String::new();
    for siblings in settings.chunk_by(|(left, _), (right, _)| element(left) == element(right)) {
        let start = siblings.first().map(|(path, _)| element(path)).filter(|_| siblings.len() > 1);
        let start = start.unwrap_or_default();
        if !start.is_empty() {
            lines.push_str(start);
            lines.push('\n');
        }
        for (path, value) in siblings {
            if !start.is_empty() {
                lines.push_str(INDENT);
            }
            lines.push_str(&line(path.strip_prefix(start).unwrap_or(path), value));
        }
    }
    lines
}

/// The start of an XML path up to its last step, with the slash; empty for any other path.
fn element(path: &str) -> &str {
    let (mut quote, mut depth, mut end) = (None, 0_usize, 0);
    for (index, letter) in path.char_indices().filter(|_| path.starts_with('/')) {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '/') if depth == 0 => end = index + 1,
            (None, _) => {}
        }
    }
    path.get(..end).filter(|start| *start != "/").unwrap_or_default()
}

/// Splits at the first ` = ` outside quotes.
pub(crate) fn split(line: &str) -> Option<(&str, &str)> {
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

    fn pairs(body: &str) -> Vec<(String, String)> {
        settings(body).map(|(path, value)| (path.into_owned(), value.to_owned())).collect()
    }

    #[test]
    fn sections_hold_their_lines() {
        let text = "dropped = 1\n[a/b.xml]\n# a note\n/a = 1\n\n/b =\n[c.properties]\nk = v\n[d.json] as in 2.0.0\n\n\
                    [e.json]\n[1].f = []\n[2] = []\n";
        let sections: Vec<_> = sections(text).collect();
        let section = |name, as_in, body| Section { name, as_in, body };
        assert_eq!(
            sections,
            [
                section("a/b.xml", None, "# a note\n/a = 1\n\n/b =\n"),
                section("c.properties", None, "k = v\n"),
                section("d.json", Some("2.0.0"), "\n"),
                section("e.json", None, "[1].f = []\n[2] = []\n"),
            ]
        );
        assert_eq!(settings(sections[0].body).collect::<Vec<_>>(), [("/a".into(), "1"), ("/b".into(), "")]);
        for section in sections {
            let line = heading_line(section.name, section.as_in);
            assert_eq!(heading(line.trim_end()), Some((section.name, section.as_in)));
        }
    }

    #[test]
    fn lines_of_one_element_share_the_start_of_their_paths() {
        let settings: Vec<_> = [
            ("/a/@x", "1"),
            ("/a/b[@c='d/e']/f", ""),
            ("/a/b[@c='d/e']/@g", "h = i"),
            ("/a/b[@c='d/e']/j/k", "2"),
            ("/a/l", "3"),
        ]
        .map(|(path, value)| (path.to_owned(), value.to_owned()))
        .into();
        let lines = body(&settings);
        assert_eq!(
            lines,
            "/a/@x = 1\n/a/b[@c='d/e']/\n  f =\n  @g = h = i\n/a/b[@c='d/e']/j/k = 2\n/a/l = 3\n"
        );
        assert_eq!(pairs(&lines), settings);
        let keys = [("a/b".to_owned(), "1".to_owned()), ("a/c".to_owned(), "2".to_owned())];
        assert_eq!(body(&keys), "a/b = 1\na/c = 2\n");
        let root = [("/a".to_owned(), String::new())];
        assert_eq!(body(&root), "/a =\n");
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
            assert_eq!((path.as_ref(), unescape(escaped).as_ref()), ("/a", value));
            assert_eq!(line.lines().count(), 1);
        }
    }
}
