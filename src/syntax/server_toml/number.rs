//! Numbers: which forms the server's TOML reader knows, and their values.

use super::lexer::Kind;
use super::tree::Item;

/// Why a number that has a right form is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutOfRange {
    /// No `Long`.
    Integer,
    /// Infinite as `Double`.
    LargeFloat,
    /// Zero as `Double`, though it is not.
    SmallFloat,
}

/// The longest number, truth value or date start at the start of a value: its kind and length.
pub(super) fn scan(text: &str) -> Option<(Kind, usize)> {
    let bytes = text.as_bytes();
    let found = [
        (Kind::Integer, integer(bytes)),
        (Kind::Integer, with_prefix(bytes)),
        (Kind::Float, float(bytes)),
        (Kind::Infinity, signed(text, "inf")),
        (Kind::NotANumber, signed(text, "nan")),
        (Kind::True, if text.starts_with("true") { 4 } else { 0 }),
        (Kind::False, if text.starts_with("false") { 5 } else { 0 }),
        (Kind::Digits, date_start(text)),
    ];
    found.into_iter().filter(|(_, length)| *length > 0).max_by_key(|(_, length)| *length)
}

/// The number of decimal digits at the start.
pub(super) fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn signed(text: &str, word: &str) -> usize {
    let sign = usize::from(text.starts_with(['+', '-']));
    match text.get(sign..) {
        Some(rest) if rest.starts_with(word) => sign + word.len(),
        _ => 0,
    }
}

fn date_start(text: &str) -> usize {
    let length = digits(text);
    match text.as_bytes().get(length) {
        Some(b'-' | b':') => length,
        _ => 0,
    }
}

/// A decimal integer. Before `-` or `:` the reader gives its last digit back, and so cuts it in two.
fn integer(bytes: &[u8]) -> usize {
    let (end, before) = decimal(bytes, 0);
    match bytes.get(end) {
        Some(b'-' | b':') => before,
        _ => end,
    }
}

/// Where a decimal integer that starts at `from` ends, and where it would end without its last digit; 0 for
/// nowhere.
fn decimal(bytes: &[u8], from: usize) -> (usize, usize) {
    let first = from + usize::from(matches!(bytes.get(from), Some(b'+' | b'-')));
    match bytes.get(first) {
        Some(b'0') => (first + 1, 0),
        Some(b'1'..=b'9') => grouped(bytes, first, u8::is_ascii_digit),
        _ => (0, 0),
    }
}

/// Where digits end that single underscores may part, and where they would end without the last one; 0 for
/// nowhere.
fn grouped(bytes: &[u8], from: usize, is_digit: impl Fn(&u8) -> bool) -> (usize, usize) {
    let (mut end, mut before, mut at) = (0, 0, from);
    while bytes.get(at).is_some_and(&is_digit) {
        (end, before) = (at + 1, end);
        at = end + usize::from(bytes.get(end) == Some(&b'_'));
    }
    (end, before)
}

fn with_prefix(bytes: &[u8]) -> usize {
    match bytes {
        [b'0', b'x', ..] => grouped(bytes, 2, u8::is_ascii_hexdigit).0,
        [b'0', b'o', ..] => grouped(bytes, 2, |byte| matches!(byte, b'0'..=b'7')).0,
        [b'0', b'b', ..] => grouped(bytes, 2, |byte| matches!(byte, b'0' | b'1')).0,
        _ => 0,
    }
}

fn float(bytes: &[u8]) -> usize {
    let (whole, _) = decimal(bytes, 0);
    let fraction = match bytes.get(whole) {
        Some(b'.') if whole > 0 => grouped(bytes, whole + 1, u8::is_ascii_digit).0,
        _ => 0,
    };
    let end = whole.max(fraction);
    let exponent = match bytes.get(end) {
        Some(b'e' | b'E') if end > 0 => decimal(bytes, end + 1).0,
        _ => 0,
    };
    fraction.max(exponent)
}

/// The value of an integer token.
pub(super) fn integer_value(token: &str) -> Result<Item, OutOfRange> {
    let token = token.replace('_', "");
    let value = match token.get(..2) {
        Some("0x") => i64::from_str_radix(token.get(2..).unwrap_or(""), 16),
        Some("0o") => i64::from_str_radix(token.get(2..).unwrap_or(""), 8),
        Some("0b") => i64::from_str_radix(token.get(2..).unwrap_or(""), 2),
        _ => token.parse(),
    };
    value.map(Item::Integer).map_err(|_| OutOfRange::Integer)
}

/// The value of a float token.
pub(super) fn float_value(token: &str) -> Result<Item, OutOfRange> {
    let token = token.replace('_', "");
    let value: f64 = token.parse().map_err(|_| OutOfRange::LargeFloat)?;
    let mantissa = token.split(['e', 'E']).next().unwrap_or("");
    if value.is_infinite() {
        return Err(OutOfRange::LargeFloat);
    }
    if value == 0.0 && mantissa.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
        return Err(OutOfRange::SmallFloat);
    }
    Ok(Item::Double(value))
}
