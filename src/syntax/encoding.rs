//! Bytes to text, as Java would decode them.

/// The formats that decide how bytes become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Byte order mark, then the XML declaration, then UTF-8.
    Xml,
    /// ISO-8859-1.
    Properties,
    /// UTF-8.
    Utf8,
}

/// Decodes a whole file. ISO-8859-1 is what Java means by it (bytes 80 to 9F are control characters), not
/// windows-1252. A leading byte order mark is dropped. The error is one clause.
pub fn decode(format: Format, bytes: &[u8]) -> Result<String, String> {
    let _ = (format, bytes);
    Err("not yet".to_owned())
}
