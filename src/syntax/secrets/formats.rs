//! Secrets by the names that each format gives to values.

use std::ops::Range;

use super::{Ranges, is_blank, is_secret_key, is_space, is_word};

/// Elements and attributes. Marks of comments and CDATA are stepped over, so that what was commented out counts too.
pub(super) fn markup(found: &mut Ranges<'_>) {
    let mut at = 0;
    while let Some(index) = memchr::memchr(b'<', found.bytes().get(at..).unwrap_or(&[])) {
        let open = at + index + 1;
        at = open;
        if !found.byte(open).is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80) {
            continue;
        }
        let is_name = |byte: u8| is_word(byte) || byte == b':';
        let end = found.skip(open, is_name);
        let name = local(found.text.get(open..end).unwrap_or(""));
        let mut is_secret = is_secret_key(name);
        let mut value = None;
        at = end;
        loop {
            at = found.skip(at, is_space);
            let start = at;
            at = found.skip(at, is_name);
            if at == start {
                break;
            }
            let key = local(found.text.get(start..at).unwrap_or(""));
            let equals = found.skip(at, is_space);
            if found.byte(equals) != Some(b'=') {
                continue;
            }
            let quote = found.skip(equals + 1, is_space);
            let (from, to) = match found.byte(quote) {
                Some(b'"') => (quote + 1, found.until(quote + 1, "\"")),
                Some(b'\'') => (quote + 1, found.until(quote + 1, "'")),
                _ => break,
            };
            at = (to + 1).min(found.text.len());
            let text = found.text.get(from..to).unwrap_or("");
            if is_secret_key(key) {
                found.push(from..to);
            } else if matches!(key, "name" | "key" | "Name" | "Key" | "id") {
                is_secret |= is_secret_key(text);
            } else if key.eq_ignore_ascii_case("value") {
                value = Some(from..to);
            }
        }
        if !is_secret {
            continue;
        }
        if let Some(value) = value {
            found.push(value);
        }
        if found.byte(at) == Some(b'>') {
            let limit = end_of_comment(found, open);
            at = content(found, at + 1, limit, name);
        }
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// End of the comment around a place, the end of the text outside comments: an element that prose merely names is never
/// closed, and must not hide the rest of the file.
fn end_of_comment(found: &Ranges<'_>, at: usize) -> usize {
    let before = found.bytes().get(..at).unwrap_or(&[]);
    let last = |mark: &[u8]| memchr::memmem::rfind(before, mark);
    match (last(b"<!--"), last(b"-->")) {
        (Some(start), end) if end.is_none_or(|end| end < start) => found.until(at, "-->"),
        _ => found.text.len(),
    }
}

/// Marks all text up to the end tag of the element; returns where that starts.
fn content(found: &mut Ranges<'_>, start: usize, limit: usize, name: &str) -> usize {
    let mut at = start;
    while at < limit {
        let open = found.until(at, "<").min(limit);
        found.push(at..open);
        let rest = found.rest(open);
        if let Some(tag) = rest.strip_prefix("</") {
            let end = tag.find(|letter: char| letter == '>' || letter.is_whitespace()).unwrap_or(tag.len());
            if local(tag.get(..end).unwrap_or("")) == name {
                return open;
            }
            at = found.until(open, ">").saturating_add(1);
        } else if rest.starts_with("<![CDATA[") {
            let end = found.until(open, "]]>");
            found.push(open + 9..end);
            at = end + 3;
        } else if rest.starts_with("<!--") {
            let end = found.until(open, "-->");
            found.push(open + 4..end);
            at = end + 3;
        } else {
            at = found.until(open, ">").saturating_add(1);
        }
    }
    at.min(limit)
}

/// `key = value`; in TOML with quotes, arrays and `[secrets]`.
pub(super) fn assignments(found: &mut Ranges<'_>, is_toml: bool) {
    let mut header = "";
    let mut at = 0;
    let mut line_start = true;
    while let Some(byte) = found.byte(at) {
        if byte == b'\n' || byte == b'\r' {
            line_start = true;
            at += 1;
        } else if line_start && is_toml && byte == b'[' {
            // Whatever stands in a comment behind the header is looked at like any other text.
            let end = found.skip(at, |byte| !matches!(byte, b'\n' | b'\r' | b'#'));
            header = found.text.get(at..end).unwrap_or("");
            header = header.trim_matches(|letter: char| "[] \t".contains(letter));
            line_start = false;
            at = end;
        } else if byte == b'"' || byte == b'\'' || is_word(byte) {
            line_start = false;
            let start = at;
            at = key(found, at);
            let key = found.text.get(start..at).unwrap_or("");
            let equals = found.skip(at, is_blank);
            if found.byte(equals) != Some(b'=') {
                continue;
            }
            at = equals + 1;
            let is_secret = is_secret_key(key)
                || is_toml && (header == "secrets" || header == "encryption" && key == "key");
            if is_secret {
                at = value(found, at);
            } else {
                at = found.skip(at, is_blank);
                at = string(found, at).map_or(at, |(_, end)| end);
            }
        } else {
            line_start = line_start && is_blank(byte);
            at += 1;
        }
    }
}

/// Behind a dotted key, parts of which may be quoted.
fn key(found: &Ranges<'_>, start: usize) -> usize {
    let mut at = start;
    loop {
        let next = match found.byte(at) {
            Some(b'"' | b'\'') => string(found, at).map_or(at + 1, |(_, end)| end),
            Some(byte) if is_word(byte) => found.skip(at, is_word),
            _ => return at,
        };
        at = next;
    }
}

/// The inside of a quoted string that starts here, and the place behind it. A string that its line does not close ends
/// with the line.
pub(super) fn string(found: &Ranges<'_>, at: usize) -> Option<(Range<usize>, usize)> {
    for marks in ["\"\"\"", "'''"] {
        if found.rest(at).starts_with(marks) {
            let end = found.until(at + 3, marks);
            return Some((at + 3..end, (end + 3).min(found.text.len())));
        }
    }
    let quote = found.byte(at).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let mut end = at + 1;
    while let Some(byte) = found.byte(end) {
        match byte {
            b'\\' if quote == b'"' => end += 2,
            b'\n' | b'\r' => break,
            _ if byte == quote => return Some((at + 1..end, end + 1)),
            _ => end += 1,
        }
    }
    let end = end.min(found.text.len());
    Some((at + 1..end, end))
}

/// Marks a value: a string, an array of strings, or a bare word. Returns the place behind it.
fn value(found: &mut Ranges<'_>, at: usize) -> usize {
    let mut at = found.skip(at, is_blank);
    if found.byte(at) == Some(b'[') {
        while let Some(byte) = found.byte(at).filter(|byte| *byte != b']') {
            match string(found, at) {
                Some((inside, end)) => {
                    found.push(inside);
                    at = end;
                }
                None if is_word(byte) => at = bare(found, at),
                None => at += 1,
            }
        }
        return at;
    }
    match string(found, at) {
        Some((inside, end)) => {
            found.push(inside);
            end
        }
        None => bare(found, at),
    }
}

fn bare(found: &mut Ranges<'_>, at: usize) -> usize {
    let end = found.skip(at, |byte| !is_space(byte) && !matches!(byte, b',' | b'}' | b']' | b';' | b'&'));
    found.push(at..end);
    end.max(at + 1)
}

/// Lines of a properties file, continued lines included.
pub(super) fn properties(found: &mut Ranges<'_>, all: bool) {
    let mut at = 0;
    while at < found.text.len() {
        let start = found.skip(at, |byte| is_space(byte) || matches!(byte, b'#' | b'!'));
        let separates = |byte: u8| is_space(byte) || matches!(byte, b'=' | b':');
        let mut end = found.skip(start, |byte| !separates(byte));
        while end > start
            && found.byte(end - 1) == Some(b'\\')
            && found.byte(end).is_some_and(|byte| byte != b'\n')
        {
            end = found.skip(end + 1, |byte| !separates(byte));
        }
        let key = found.text.get(start..end).unwrap_or("");
        let from = found.skip(end, |byte| is_blank(byte) || matches!(byte, b'=' | b':'));
        let mut to = from;
        loop {
            to = found.skip(to, |byte| byte != b'\n');
            let line = found.text.get(from..to).unwrap_or("").trim_end_matches('\r');
            let slashes = line.len() - line.trim_end_matches('\\').len();
            if slashes % 2 == 0 || to >= found.text.len() {
                break;
            }
            to += 1;
        }
        if all || is_secret_key(key) {
            found.push(from..to);
        }
        at = to.max(start + 1).min(found.text.len());
        while !found.text.is_char_boundary(at) {
            at += 1;
        }
    }
}

/// `"name": value` of JSON.
pub(super) fn members(found: &mut Ranges<'_>) {
    let mut at = 0;
    while let Some(byte) = found.byte(at) {
        let Some((inside, end)) = (byte == b'"').then(|| string(found, at)).flatten() else {
            at += 1;
            continue;
        };
        at = end;
        let colon = found.skip(end, is_space);
        if found.byte(colon) == Some(b':') && is_secret_key(found.text.get(inside).unwrap_or("")) {
            at = value(found, found.skip(colon + 1, is_space));
        }
    }
}

/// `password: value` and `the password was value` in a sentence.
pub(super) fn prose(found: &mut Ranges<'_>) {
    let mut at = 0;
    while at < found.text.len() {
        let start = found.skip(at, |byte| !is_word(byte));
        at = found.skip(start, is_word);
        if !is_secret_key(found.text.get(start..at).unwrap_or("")) {
            continue;
        }
        let mark = found.skip(at, is_space);
        let behind = match found.byte(mark) {
            Some(b':' | b'=') => mark + 1,
            _ => match found.rest(mark).split(char::is_whitespace).next() {
                Some(verb @ ("is" | "was")) => mark + verb.len(),
                _ => continue,
            },
        };
        let from = found.skip(behind, is_space);
        at = found.skip(from, |byte| !is_space(byte) && !matches!(byte, b',' | b';'));
        found.push(from..at);
    }
}
