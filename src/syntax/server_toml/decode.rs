//! Bytes of deployment.toml to text, as the server decodes them (`CharStreams.fromPath`).

/// Decodes UTF-8; each malformed sequence becomes one U+FFFD. Java counts half a surrogate pair as one
/// sequence, Rust counts its bytes.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(chunk) = rest.utf8_chunks().next() {
        text.push_str(chunk.valid());
        let behind = rest.get(chunk.valid().len()..).unwrap_or_default();
        if behind.is_empty() {
            break;
        }
        text.push(char::REPLACEMENT_CHARACTER);
        let malformed = match behind {
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => 3,
            [0xed, 0xa0..=0xbf, ..] => 2,
            _ => chunk.invalid().len(),
        };
        rest = behind.get(malformed..).unwrap_or_default();
    }
    text
}
