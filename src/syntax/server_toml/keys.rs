//! Dotted keys as text: joined as the server's TOML reader joins them, and parsed as it parses them again.

use super::lexer::{Kind, Lexer, Mode};
use super::text::decode;

/// A text is no TOML key, so that Java throws an `IllegalArgumentException`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyError;

/// `Toml.joinKeyPath`. Its escapes are not TOML's: a `"` and a `\` stay as they are, a `'` becomes `\'`.
#[must_use]
pub fn join_key_path(path: &[&str]) -> String {
    let mut joined = String::new();
    for (at, key) in path.iter().enumerate() {
        if at > 0 {
            joined.push('.');
        }
        if is_bare_key(key) {
            joined.push_str(key);
        } else {
            joined.push('"');
            escape_into(&mut joined, key);
            joined.push('"');
        }
    }
    joined
}

/// True for a key that needs no quotes.
pub fn is_bare_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// `Toml.tomlEscape`.
fn escape_into(joined: &mut String, key: &str) {
    for character in key.chars() {
        match character {
            '\'' => joined.push_str("\\'"),
            ' '..='~' => joined.push(character),
            '\t' => joined.push_str("\\t"),
            '\u{8}' => joined.push_str("\\b"),
            '\n' => joined.push_str("\\n"),
            '\r' => joined.push_str("\\r"),
            '\u{c}' => joined.push_str("\\f"),
            '\u{10000}'.. => joined.push_str(&format!("\\U{:08x}", u32::from(character))),
            _ => joined.push_str(&format!("\\u{:04x}", u32::from(character))),
        }
    }
}

/// `Toml.parseDottedKey`: the keys of a path.
///
/// # Errors
/// When the text is no TOML key.
pub fn parse_dotted_key(text: &str) -> Result<Vec<String>, KeyError> {
    let mut lexer = Lexer::new(text, 0, Mode::Key);
    let mut path = Vec::new();
    loop {
        let token = lexer.next();
        let written = text.get(token.start..token.end).ok_or(KeyError)?;
        path.push(match token.kind {
            Kind::BareKey => written.to_owned(),
            Kind::Text(quotes) => decode(written, quotes).map_err(|_| KeyError)?,
            _ => return Err(KeyError),
        });
        match lexer.next().kind {
            Kind::Dot => {}
            Kind::End => return Ok(path),
            _ => return Err(KeyError),
        }
    }
}
