//! Texts in quotes: what stands in the value.

use std::ops::Range;

/// How a text is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// `"…"`
    Basic,
    /// `'…'`
    Literal,
    /// `"""…"""`
    LongBasic,
    /// `'''…'''`
    LongLiteral,
}

impl Quotes {
    /// The opening and closing marks.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Basic => "\"",
            Self::Literal => "'",
            Self::LongBasic => "\"\"\"",
            Self::LongLiteral => "'''",
        }
    }

    /// Whether the text may go over lines.
    pub(super) fn is_long(self) -> bool {
        matches!(self, Self::LongBasic | Self::LongLiteral)
    }

    /// Whether `\` starts an escape.
    pub(super) fn has_escapes(self) -> bool {
        matches!(self, Self::Basic | Self::LongBasic)
    }
}

/// The length of the line end at the start of a text.
pub(super) fn line_end(text: &str) -> usize {
    if text.starts_with('\n') {
        1
    } else if text.starts_with("\r\n") {
        2
    } else {
        0
    }
}

/// The length of a `\` that ends its line, with the line end, at the start of a text; 0 when there is none.
pub(super) fn line_continuation(text: &str) -> usize {
    let Some(behind) = text.strip_prefix('\\') else { return 0 };
    let blank = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    match line_end(behind.get(blank..).unwrap_or("")) {
        0 => 0,
        end => 1 + blank + end,
    }
}

/// The value of a text token with its marks (`QuotedStringVisitor`).
///
/// # Errors
/// The place, within the token, of an escape that the server's reader does not know.
pub(super) fn decode(token: &str, quotes: Quotes) -> Result<String, Range<usize>> {
    let mark = quotes.mark();
    let mut start = mark.len();
    if quotes.is_long() {
        start += line_end(token.get(start..).unwrap_or(""));
    }
    let content = token.get(start..token.len().saturating_sub(mark.len())).unwrap_or("");
    if !quotes.has_escapes() {
        return Ok(content.replace("\r\n", "\n"));
    }
    decode_escapes(content).map_err(|at| at.start + start..at.end + start)
}

fn decode_escapes(content: &str) -> Result<String, Range<usize>> {
    if !content.contains(['\\', '\r']) {
        return Ok(content.to_owned());
    }
    // UTF-16, since two escapes may make one character.
    let mut units = Vec::with_capacity(content.len());
    let mut at = 0;
    while let Some(character) = content.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = content.get(at..).unwrap_or("");
        let (code, length) = match line_continuation(rest).max(line_end(rest)) {
            // The server's reader keeps the line end behind a `\`, and the blanks that follow it.
            end @ 1.. => (u32::from('\n'), end),
            0 if character == '\\' => escape(rest).map_err(|length| at..at + length)?,
            0 => (u32::from(character), character.len_utf8()),
        };
        push_unit(&mut units, code);
        at += length;
    }
    Ok(char::decode_utf16(units).map(|unit| unit.unwrap_or('?')).collect())
}

/// The code of an escape at the start of a text and the length of the escape; the length only when it is
/// unknown.
fn escape(text: &str) -> Result<(u32, usize), usize> {
    let kind = text.get(1..).and_then(|rest| rest.chars().next()).unwrap_or('\\');
    let simple = |code: char| Ok((u32::from(code), 2));
    match kind {
        '"' | '\\' => simple(kind),
        'b' => simple('\u{8}'),
        'f' => simple('\u{c}'),
        'n' => simple('\n'),
        'r' => simple('\r'),
        't' => simple('\t'),
        'u' => unicode(text, 4),
        'U' => unicode(text, 8),
        _ => Err(1 + kind.len_utf8()),
    }
}

fn unicode(text: &str, digits: usize) -> Result<(u32, usize), usize> {
    let code = text.get(2..2 + digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    match code.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
        Some(code) if code <= u32::from(char::MAX) => Ok((code, 2 + digits)),
        _ => Err(2),
    }
}

/// `Character.toChars`: half a surrogate pair stays what it is.
fn push_unit(units: &mut Vec<u16>, code: u32) {
    match (char::from_u32(code), u16::try_from(code)) {
        (Some(character), _) => units.extend_from_slice(character.encode_utf16(&mut [0; 2])),
        (None, Ok(half)) => units.push(half),
        (None, Err(_)) => {}
    }
}
