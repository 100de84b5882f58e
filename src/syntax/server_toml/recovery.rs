//! Where reading goes on after a fault, so that one mistake is told of once.

use super::lexer::{Kind, Token, bare_key, scan_text};
use super::text::Quotes;

/// The byte at which a statement may start again after a token that does not fit. `open` brackets were open
/// there.
pub(super) fn resume_at(text: &str, token: Token, open: usize) -> usize {
    let from = match token.kind {
        Kind::NewLine => token.end.saturating_sub(1),
        Kind::Stray | Kind::ArrayEnd | Kind::TableEnd | Kind::ArrayStart | Kind::TableStart => token.start,
        Kind::Control(quotes) => behind_text(text, token.end, quotes),
        _ => token.end,
    };
    if open == 0 {
        return next_line(text, from);
    }
    if let Some(closed) = behind_brackets(text, from, open) {
        return next_line(text, closed);
    }
    let mut at = next_line(text, from);
    while at < text.len() && !starts_statement(text.get(at..).unwrap_or("")) {
        at = next_line(text, at);
    }
    at
}

fn next_line(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length + 1)
}

/// Where a text ends that has a character which it must not have.
fn behind_text(text: &str, from: usize, quotes: Quotes) -> usize {
    let rest = text.get(from..).unwrap_or("");
    let line = rest.find('\n').unwrap_or(rest.len());
    match rest.find(quotes.mark()) {
        Some(length) if quotes.is_long() || length < line => from + length + quotes.mark().len(),
        _ => from,
    }
}

/// Behind the bracket that closes the outermost of the open ones; none when a header or the end comes first.
fn behind_brackets(text: &str, from: usize, mut open: usize) -> Option<usize> {
    let mut at = from;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next()?;
        at += match first {
            '\n' if is_header(rest.get(1..)?) => return None,
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' => scan_text(rest, Quotes::Basic).1,
            '\'' => scan_text(rest, Quotes::Literal).1,
            _ => first.len_utf8(),
        };
        open = match first {
            '[' | '{' => open + 1,
            ']' | '}' => open - 1,
            _ => open,
        };
        if open == 0 {
            return Some(at);
        }
    }
    None
}

/// Whether a line looks like a header or like a key with a value.
fn starts_statement(line: &str) -> bool {
    is_header(line) || is_assignment(line)
}

fn is_header(line: &str) -> bool {
    let line = line.split(['\n', '#']).next().unwrap_or("").trim();
    let name = line.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]"));
    let name = name.or_else(|| line.strip_prefix('[')?.strip_suffix(']'));
    name.is_some_and(|name| {
        name.starts_with(|first: char| first.is_ascii_alphabetic()) && !name.contains([',', '"'])
    })
}

fn is_assignment(line: &str) -> bool {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let length = match rest.chars().next() {
            Some('"') => scan_text(rest, Quotes::Basic).1,
            Some('\'') => scan_text(rest, Quotes::Literal).1,
            _ => bare_key(rest),
        };
        if length == 0 {
            return false;
        }
        rest = rest.get(length..).unwrap_or("").trim_start_matches([' ', '\t']);
        match rest.strip_prefix('.') {
            Some(behind) => rest = behind,
            None => return rest.starts_with('='),
        }
    }
}
