//! Java .properties files, read as `java.util.Properties.load` reads them, with a place for every key and value.

use super::Scalar;
use crate::source::{FileId, Span};

/// One property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The key, escapes resolved.
    pub key: Scalar,
    /// The value, escapes and continuations resolved; `span` is the raw value, without the blanks before it.
    pub value: Scalar,
}

/// A parsed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Properties in file order, doubles kept: the last one wins in Java.
    pub properties: Vec<Property>,
    /// `#` and `!` comments: place and text behind the mark.
    pub comments: Vec<(Span, String)>,
}

impl Document {
    /// The property that Java would see under this key: the last one.
    pub fn get(&self, key: &str) -> Option<&Property> {
        self.properties.iter().rev().find(|property| property.key.text == key)
    }
}

/// Parses a decoded text; every text is a properties file, so nothing can fail but a malformed `\u` escape, which is
/// kept as written.
pub fn parse(file: FileId, text: &str) -> Document {
    let mut document = Document { properties: Vec::new(), comments: Vec::new() };
    let mut reader = Reader { text, at: 0 };
    loop {
        reader.skip(|char| is_blank(char) || is_line_end(char));
        match reader.raw() {
            None => break,
            Some('#' | '!') => {
                let start = reader.at;
                reader.skip(|char| !is_line_end(char));
                let behind = text.get(start + 1..reader.at).unwrap_or("");
                document.comments.push((Span::new(file, start, reader.at), behind.to_owned()));
            }
            // A line that holds nothing but its continuation mark: the line behind it is as good as a new one, and
            // where the file ends at once Java sees an empty key, though not behind a blank or a CRLF.
            Some('\\') if reader.join() => {
                if reader.raw().is_none() && !text.ends_with(is_blank) && !text.ends_with("\r\n") {
                    document.properties.push(reader.property(file));
                }
            }
            Some(_) => document.properties.push(reader.property(file)),
        }
    }
    document
}

fn is_blank(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\u{c}')
}

fn is_line_end(char: char) -> bool {
    matches!(char, '\n' | '\r')
}

/// Walks over logical lines: what a trailing backslash joins is seen as one line.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn raw(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn skip(&mut self, wanted: impl Fn(char) -> bool) {
        while let Some(char) = self.raw().filter(|char| wanted(*char)) {
            self.at += char.len_utf8();
        }
    }

    /// Steps over line continuations; true when there was one. A backslash that ends the file counts as one.
    fn join(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        let mut joined = false;
        while bytes.get(self.at) == Some(&b'\\') {
            let length = match (bytes.get(self.at + 1), bytes.get(self.at + 2)) {
                (None, _) => 1,
                (Some(b'\r'), Some(b'\n')) => 3,
                (Some(b'\r' | b'\n'), _) => 2,
                _ => break,
            };
            self.at += length;
            self.skip(is_blank);
            joined = true;
        }
        joined
    }

    /// The next character of the logical line; a backslash seen here starts an escape.
    fn peek(&mut self) -> Option<char> {
        self.join();
        self.raw().filter(|char| !is_line_end(*char))
    }

    fn property(&mut self, file: FileId) -> Property {
        let key = self.piece(|char| matches!(char, '=' | ':') || is_blank(char));
        self.skip_blanks();
        if matches!(self.peek(), Some('=' | ':')) {
            self.at += 1;
            self.skip_blanks();
        }
        let value = self.piece(|_| false);
        Property { key: key.scalar(file), value: value.scalar(file) }
    }

    fn skip_blanks(&mut self) {
        while let Some(char) = self.peek().filter(|char| is_blank(*char)) {
            self.at += char.len_utf8();
        }
    }

    fn piece(&mut self, ends: impl Fn(char) -> bool) -> Piece {
        let before = self.at;
        let first = self.peek();
        // Behind an empty value the continuations in front of the cursor belong to nobody.
        let start = if first.is_some() { self.at } else { before };
        let mut piece = Piece { text: String::new(), start, end: start, verbatim: None };
        while let Some(char) = self.peek().filter(|char| !ends(*char)) {
            if self.at != piece.end {
                piece.diverge();
            }
            if char == '\\' {
                self.escape(&mut piece);
            } else {
                piece.text.push(char);
                self.at += char.len_utf8();
            }
            piece.end = self.at;
        }
        piece
    }

    /// Reads one escape; the cursor stands on its backslash, and the line goes on behind it.
    fn escape(&mut self, piece: &mut Piece) {
        self.at += 1;
        let Some(char) = self.raw() else { return };
        self.at += char.len_utf8();
        let resolved = match char {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'f' => '\u{c}',
            'u' => match self.unicode() {
                Some(resolved) => resolved,
                None => {
                    piece.text.push_str("\\u");
                    return;
                }
            },
            other => other,
        };
        piece.diverge();
        piece.text.push(resolved);
    }

    /// The character of `XXXX` behind `\u`, and of a second escape where the first is half of a surrogate pair.
    fn unicode(&mut self) -> Option<char> {
        let unit = self.hex()?;
        if (0xd800..0xdc00).contains(&unit) {
            let behind = self.at;
            if self.peek() == Some('\\') && self.text.as_bytes().get(self.at + 1) == Some(&b'u') {
                self.at += 2;
                if let Some(low) = self.hex().filter(|low| (0xdc00..0xe000).contains(low)) {
                    return char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
                }
            }
            self.at = behind;
        }
        Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Option<u32> {
        let start = self.at;
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|char| char.to_digit(16)) else {
                self.at = start;
                return None;
            };
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Some(unit)
    }
}

/// A key or a value while it is read.
struct Piece {
    text: String,
    start: usize,
    end: usize,
    verbatim: Option<usize>,
}

impl Piece {
    /// From here on the text is not what stands in the file.
    fn diverge(&mut self) {
        self.verbatim.get_or_insert(self.text.len());
    }

    fn scalar(self, file: FileId) -> Scalar {
        let clamp = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Scalar {
            span: Span::new(file, self.start, self.end),
            inner: clamp(self.start),
            verbatim: clamp(self.verbatim.unwrap_or(self.text.len())),
            text: self.text,
        }
    }
}

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: FileId = FileId { owner: 0, index: 0 };

    fn pairs(text: &str) -> Vec<(String, String)> {
        parse(FILE, text).properties.into_iter().map(|p| (p.key.text, p.value.text)).collect()
    }

    fn one(text: &str) -> (String, String) {
        let pairs = pairs(text);
        assert_eq!(pairs.len(), 1, "{text:?}: {pairs:?}");
        pairs[0].clone()
    }

    fn is(text: &str, key: &str, value: &str) {
        assert_eq!(one(text), (key.to_owned(), value.to_owned()), "{text:?}");
    }

    fn under(text: &str, span: Span) -> &str {
        &text[span.start as usize..span.end as usize]
    }

    #[test]
    fn separators_are_equals_colon_and_blanks() {
        is("a=b", "a", "b");
        is("a:b", "a", "b");
        is("a b", "a", "b");
        is("  a\t=\u{c} b ", "a", "b ");
        is("a = = b", "a", "= b");
        is("a:=b", "a", "=b");
        is("a", "a", "");
        is("=b", "", "b");
        is(r"a\=b\:c\ d=e", "a=b:c d", "e");
    }

    #[test]
    fn continuations_need_an_odd_number_of_backslashes() {
        is("a=b\\\n   c", "a", "bc");
        is("a=b\\\r\n\tc", "a", "bc");
        is("a=b\\\\\\\nc", "a", "b\\c");
        assert_eq!(pairs("a=b\\\\\nc=d"), [("a".into(), "b\\".into()), ("c".into(), "d".into())]);
        is("a\\\n  b=c", "ab", "c");
        is("a=\\\n  b", "a", "b");
        is("a=b\\", "a", "b");
        assert_eq!(pairs("a=b\\\n\nc=d"), [("a".into(), "b".into()), ("c".into(), "d".into())]);
        is("a=b\\\n# no comment", "a", "b# no comment");
        is("\\\n a=b", "a", "b");
        is("\\", "", "");
    }

    #[test]
    fn escapes_are_resolved() {
        is(r"a=\t\n\r\f\q\\\'", "a", "\t\n\r\u{c}q\\'");
        is(r"a=\u00e9\u20AC", "a", "é€");
        is(r"a=\ud83d\ude00", "a", "😀");
        is(r"a=\ud83dx", "a", "\u{fffd}x");
        is(r"a=\u12", "a", r"\u12");
        is("a=\\u00\\\n  e9", "a", "é");
    }

    #[test]
    fn comments_stand_at_the_start_of_a_line() {
        let text = "# one\r\n  ! two\na=b # value\n#";
        let document = parse(FILE, text);
        assert_eq!(document.properties[0].value.text, "b # value");
        let comments: Vec<_> = document.comments.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(comments, [" one", " two", ""]);
        assert_eq!(under(text, document.comments[1].0), "! two");
        assert_eq!(pairs("# a\\\nb=c"), [("b".into(), "c".into())]);
    }

    #[test]
    fn a_broker_url_keeps_its_marks_and_its_places() {
        let text = "x=1\nconnectionfactory.TopicConnectionFactory = \
                    amqp://admin:admin@clientid/carbon?a='1'&brokerlist='tcp://localhost:5672'\nx=2\n";
        let document = parse(FILE, text);
        let property = document.get("connectionfactory.TopicConnectionFactory").unwrap();
        assert_eq!(under(text, property.key.span), property.key.text);
        assert_eq!(under(text, property.value.span), property.value.text);
        let at = property.value.text.find("localhost").unwrap();
        assert_eq!(under(text, property.value.part(at..at + 9)), "localhost");
        assert_eq!(document.get("x").unwrap().value.text, "2");
        assert_eq!(document.properties.len(), 3);
    }

    #[test]
    fn places_before_an_escape_are_exact_and_behind_it_whole() {
        let text = "a = tcp://h\\:1\\\\x";
        let value = &parse(FILE, text).properties[0].value;
        assert_eq!(value.text, "tcp://h:1\\x");
        assert_eq!(under(text, value.part(6..7)), "h");
        assert_eq!(under(text, value.part(7..8)), "tcp://h\\:1\\\\x");
        let doubled = &parse(FILE, r"a=\\\\").properties[0].value;
        assert_eq!((doubled.text.as_str(), doubled.verbatim), (r"\\", 0));
    }

    #[test]
    fn an_empty_value_stands_behind_its_separator() {
        let document = parse(FILE, "a = \nb=c");
        assert_eq!((document.properties[0].value.span.start, document.properties[0].value.span.end), (4, 4));
    }

    fn holds(text: &str) {
        let document = parse(FILE, text);
        let scalars = document.properties.iter().flat_map(|property| [&property.key, &property.value]);
        for scalar in scalars {
            let raw = text.get(scalar.span.start as usize..scalar.span.end as usize).unwrap();
            let same = scalar.verbatim as usize;
            assert_eq!(scalar.text.get(..same).unwrap(), raw.get(..same).unwrap());
        }
        for (span, _) in &document.comments {
            assert!(text.get(span.start as usize..span.end as usize).is_some());
        }
    }

    #[test]
    fn cut_off_anywhere() {
        let text = "# é\n! x\r\nkéy\\ two : a\\\r\n   b\\u00e9\\ud83d\\ude00\\\n\nz = \\u12 é \\\\\\\n";
        for (at, _) in text.char_indices() {
            holds(&text[..at]);
        }
    }

    proptest! {
        #[test]
        fn any_text(text in "[ab=: \\\\\\n\\r\\tu0d8c#!é😀]{0,60}") {
            holds(&text);
        }
    }
}
