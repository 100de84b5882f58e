//! Bytes to text, as Java would decode them.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::{DecoderResult, Encoding, UTF_16BE, UTF_16LE, mem};
use memchr::memmem;

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

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecodable {
    /// One clause.
    pub reason: String,
    /// What stands before the first byte that does not decode; empty where nothing was decoded.
    pub before: String,
}

impl Undecodable {
    fn at_start(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), before: String::new() }
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)
    }
}

impl std::error::Error for Undecodable {}

/// Decodes a whole file. ISO-8859-1 is what Java means by it (bytes 80 to 9F are control characters), not
/// windows-1252. A leading byte order mark is dropped.
pub fn decode(format: Format, bytes: &[u8]) -> Result<String, Undecodable> {
    match format {
        Format::Xml => decode_xml(bytes),
        Format::Properties => Ok(latin_1(bytes.strip_prefix(UTF_8_MARK).unwrap_or(bytes))),
        Format::Utf8 => utf_8(bytes, "which this format asks for"),
    }
}

const UTF_8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// An XML declaration longer than this is none.
const LONGEST_DECLARATION: usize = 1_024;

fn decode_xml(bytes: &[u8]) -> Result<String, Undecodable> {
    if bytes.starts_with(UTF_8_MARK) {
        return utf_8(bytes, "which the byte order mark announces");
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return by_table(UTF_16BE, rest, 2, "which the byte order mark announces");
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return by_table(UTF_16LE, rest, 2, "which the byte order mark announces");
    }
    if bytes.starts_with(b"\0<\0?") {
        return by_table(UTF_16BE, bytes, 0, "in which the file begins");
    }
    if bytes.starts_with(b"<\0?\0") {
        return by_table(UTF_16LE, bytes, 0, "in which the file begins");
    }
    let Some(label) = declared_label(bytes) else {
        return utf_8(bytes, "which XML means where nothing is declared");
    };
    let lower = label.to_ascii_lowercase();
    match lower.as_str() {
        "utf-8" | "utf8" => return utf_8(bytes, DECLARED),
        // WHATWG, and so encoding_rs, reads these labels as windows-1252; Java does not.
        "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "iso8859_1" | "8859_1" | "latin1" | "latin-1" | "l1"
        | "iso-ir-100" | "cp819" | "ibm819" | "csisolatin1" => return Ok(latin_1(bytes)),
        "us-ascii" | "ascii" | "iso646-us" => return ascii(bytes),
        _ => {}
    }
    let Some(encoding) = Encoding::for_label_no_replacement(label.as_bytes()) else {
        return Err(Undecodable::at_start("the XML declaration names an unknown encoding"));
    };
    if encoding == UTF_16BE || encoding == UTF_16LE {
        let reason = "the XML declaration says UTF-16, but the file is written in single bytes";
        return Err(Undecodable::at_start(reason));
    }
    by_table(encoding, bytes, 0, DECLARED)
}

const DECLARED: &str = "which the file declares";

fn malformed(encoding: &str, before: String, offset: usize, why: &str) -> Undecodable {
    let reason = format!("the bytes do not decode as {encoding}, {why} (byte offset {offset})");
    Undecodable { reason, before }
}

fn utf_8(bytes: &[u8], why: &str) -> Result<String, Undecodable> {
    let (lead, rest) = bytes.strip_prefix(UTF_8_MARK).map_or((0, bytes), |rest| (UTF_8_MARK.len(), rest));
    match std::str::from_utf8(rest) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let valid = rest.get(..error.valid_up_to()).unwrap_or_default();
            let before = String::from_utf8_lossy(valid).into_owned();
            Err(malformed("UTF-8", before, lead + valid.len(), why))
        }
    }
}

fn latin_1(bytes: &[u8]) -> String {
    match mem::decode_latin1(bytes) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    }
}

fn ascii(bytes: &[u8]) -> Result<String, Undecodable> {
    match bytes.iter().position(|byte| !byte.is_ascii()) {
        None => Ok(latin_1(bytes)),
        Some(offset) => {
            let before = latin_1(bytes.get(..offset).unwrap_or_default());
            Err(malformed("US-ASCII", before, offset, DECLARED))
        }
    }
}

/// Decodes with encoding_rs; `lead` bytes stood before `bytes` in the file.
fn by_table(
    encoding: &'static Encoding,
    bytes: &[u8],
    lead: usize,
    why: &str,
) -> Result<String, Undecodable> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::new();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0);
    text.reserve(room);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => Ok(text),
        DecoderResult::Malformed(length, behind) => {
            let back = usize::from(length) + usize::from(behind);
            Err(malformed(encoding.name(), text, lead + read.saturating_sub(back), why))
        }
        DecoderResult::OutputFull => {
            Err(Undecodable::at_start(format!("the text is too long to decode as {}", encoding.name())))
        }
    }
}

/// The `encoding` of an XML declaration in bytes that begin as ASCII does.
fn declared_label(bytes: &[u8]) -> Option<&str> {
    let rest = bytes.strip_prefix(b"<?xml")?;
    let rest = rest.get(..rest.len().min(LONGEST_DECLARATION))?;
    let declaration = rest.get(..memmem::find(rest, b"?>")?)?;
    let at = memmem::find(declaration, b"encoding")?;
    let value = declaration.get(at + b"encoding".len()..)?.trim_ascii_start();
    let value = value.strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let end = memchr::memchr(*quote, value)?;
    std::str::from_utf8(value.get(..end)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xml(bytes: &[u8]) -> Result<String, String> {
        decode(Format::Xml, bytes).map_err(|error| error.reason)
    }

    #[test]
    fn latin_1_maps_each_byte_to_its_code_point_as_java_does() {
        for label in ["ISO-8859-1", "iso-8859-1", "latin1", "ISO8859_1"] {
            let mut bytes = format!("<?xml version=\"1.0\" encoding='{label}'?><a>").into_bytes();
            bytes.extend_from_slice(b"\x80\x9F\xE9\xFF</a>");
            let text = xml(&bytes).unwrap();
            assert!(text.ends_with("<a>\u{80}\u{9F}é\u{FF}</a>"), "{label}: {text:?}");
        }
        let windows = xml(b"<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>\x80</a>").unwrap();
        assert!(windows.ends_with("<a>€</a>"));
    }

    #[test]
    fn byte_order_marks_win_and_are_dropped() {
        assert_eq!(xml(b"\xEF\xBB\xBF<a>\xC3\xA9</a>").unwrap(), "<a>é</a>");
        let declared = b"\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xC3\xA9</a>";
        assert!(xml(declared).unwrap().ends_with("<a>é</a>"));
        assert_eq!(decode(Format::Utf8, b"\xEF\xBB\xBFa = 1").unwrap(), "a = 1");
        assert_eq!(decode(Format::Properties, b"\xEF\xBB\xBFa = 1").unwrap(), "a = 1");
    }

    #[test]
    fn utf_16_is_told_by_mark_or_by_its_first_characters() {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>é€</a>";
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(xml(&big).unwrap(), text);
        assert_eq!(xml(&little).unwrap(), text);
        assert_eq!(xml(&[b"\xFE\xFF", big.as_slice()].concat()).unwrap(), text);
        assert_eq!(xml(&[b"\xFF\xFE", little.as_slice()].concat()).unwrap(), text);
        let odd = [b"\xFF\xFE", little.as_slice(), b"\0"].concat();
        assert!(xml(&odd).unwrap_err().contains("UTF-16LE"));
        assert!(xml(text.as_bytes()).unwrap_err().contains("single bytes"));
    }

    #[test]
    fn what_does_not_decode_is_refused_with_the_offset() {
        let error = xml(b"<a>\xE9</a>").unwrap_err();
        assert_eq!(
            error,
            "the bytes do not decode as UTF-8, which XML means where nothing is declared (byte offset 3)"
        );
        let declared = xml(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>\xE9</a>").unwrap_err();
        assert_eq!(declared, "the bytes do not decode as UTF-8, which the file declares (byte offset 41)");
        let kanji = xml(b"<?xml version=\"1.0\" encoding=\"Shift_JIS\"?>\x81\xFF").unwrap_err();
        assert_eq!(kanji, "the bytes do not decode as Shift_JIS, which the file declares (byte offset 42)");
        assert!(xml(b"<?xml version=\"1.0\" encoding=\"klingon\"?><a/>").unwrap_err().contains("unknown"));
        assert!(xml(b"<?xml version=\"1.0\" encoding=\"US-ASCII\"?>\xE9").unwrap_err().contains("offset 41"));
        assert!(decode(Format::Utf8, b"\xEF\xBB\xBFab\xFF").unwrap_err().reason.contains("byte offset 5"));
    }

    #[test]
    fn what_stands_before_the_fault_is_kept() {
        let before = |bytes| decode(Format::Xml, bytes).unwrap_err().before;
        assert_eq!(before(b"<a>\n\xC3\xA9\xE9</a>"), "<a>\né");
        assert_eq!(before(b"\xFE\xFF\0<\0a\xD8\0\0<"), "<a");
    }

    #[test]
    fn properties_stay_latin_1_even_where_the_bytes_are_utf_8() {
        assert_eq!(decode(Format::Properties, "a=é".as_bytes()).unwrap(), "a=Ã©");
    }

    #[test]
    fn a_file_cut_off_anywhere_does_not_panic() {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>é€</a>";
        let mut bytes = b"\xFF\xFE".to_vec();
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        for end in 0..bytes.len() {
            for format in [Format::Xml, Format::Properties, Format::Utf8] {
                let _ = decode(format, &bytes[..end]);
                let _ = decode(format, &bytes[2.min(end)..end]);
                let _ = decode(format, &text.as_bytes()[..end.min(text.len())]);
            }
        }
    }
}
