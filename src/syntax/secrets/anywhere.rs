//! Secrets that look alike in every format: URLs, authorization headers, private keys.

use super::formats::string;
use super::{Ranges, is_secret_key, is_space, is_word};

/// `password=...` in URLs, JDBC URLs and command lines of any format.
pub(super) fn parameters(found: &mut Ranges<'_>) {
    let mut from = 0;
    while let Some(index) = memchr::memchr(b'=', found.bytes().get(from..).unwrap_or(&[])) {
        let equals = from + index;
        from = equals + 1;
        let before = found.bytes().get(..equals).unwrap_or(&[]);
        let start = before.iter().rposition(|byte| !is_word(*byte)).map_or(0, |index| index + 1);
        if equals.saturating_sub(start) > 200 || !is_secret_key(found.text.get(start..equals).unwrap_or("")) {
            continue;
        }
        if let Some((inside, end)) = string(found, from) {
            found.push(inside);
            from = end;
            continue;
        }
        let end = found.skip(from, |byte| {
            !is_space(byte) && !matches!(byte, b'&' | b';' | b'<' | b'>' | b'"' | b'\'' | b',')
        });
        found.push(from..end);
        from = end;
    }
}

/// `scheme://user:password@`.
pub(super) fn user_information(found: &mut Ranges<'_>) {
    let mut from = 0;
    while let Some(index) = memchr::memmem::find(found.bytes().get(from..).unwrap_or(&[]), b"://") {
        let start = from + index + 3;
        from = start;
        let end = found.skip(start, |byte| !is_space(byte) && !matches!(byte, b'"' | b'\'' | b'<' | b'>'));
        let whole = found.text.get(start..end).unwrap_or("");
        let login = whole.split("brokerlist=").next().unwrap_or(whole);
        let Some(at) = login.rfind('@') else { continue };
        let Some(colon) = login.get(..at).and_then(|login| login.find(':')) else { continue };
        let secret = login.get(colon + 1..at).unwrap_or("");
        let path = secret.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let is_port = path.len() < secret.len() && path.starts_with('/') && path.contains('?');
        if !is_port {
            found.push(start + colon + 1..start + at);
        }
    }
}

/// `jdbc:oracle:thin:user/password@`.
pub(super) fn oracle_logins(found: &mut Ranges<'_>) {
    let mut from = 0;
    while let Some(index) = memchr::memmem::find(found.bytes().get(from..).unwrap_or(&[]), b"jdbc:oracle:") {
        let start = from + index + 12;
        from = start;
        let end = found.skip(start, |byte| !is_space(byte) && !matches!(byte, b'"' | b'\'' | b'<' | b'>'));
        let login = found.text.get(start..end).unwrap_or("");
        let Some((login, _)) = login.split_once('@') else { continue };
        if let Some(slash) = login.find('/') {
            found.push(start + slash + 1..start + login.len());
        }
    }
}

/// `Basic ...` and `Bearer ...` of authorization headers.
pub(super) fn authorizations(found: &mut Ranges<'_>) {
    for scheme in ["Basic ", "Bearer "] {
        let mut from = 0;
        while let Some(index) =
            memchr::memmem::find(found.bytes().get(from..).unwrap_or(&[]), scheme.as_bytes())
        {
            let start = from + index + scheme.len();
            let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-.~".contains(&byte);
            let end = found.skip(start, is_token);
            let token = found.text.get(start..end).unwrap_or("");
            let is_prose = token.bytes().all(|byte| byte.is_ascii_lowercase()) || token.len() < 8;
            if !is_prose {
                found.push(start..end);
            }
            from = end;
        }
    }
}

/// `-----BEGIN PRIVATE KEY-----` blocks.
pub(super) fn key_blocks(found: &mut Ranges<'_>) {
    let mut from = 0;
    while let Some(index) =
        memchr::memmem::find(found.bytes().get(from..).unwrap_or(&[]), b"PRIVATE KEY-----")
    {
        let start = from + index + 16;
        let end = found.until(start, "-----END");
        found.push(start..end);
        from = (end + 24).min(found.text.len());
        while !found.text.is_char_boundary(from) {
            from += 1;
        }
    }
}
