//! JSON as site.json uses it: `//` and `/* */` comments and trailing commas are welcome.

use std::collections::BTreeMap;

use jsonc_parser::ast::{self, ObjectPropName};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{
    CollectOptions, CommentCollectionStrategy, CommentMap, ParseOptions, ParseStringErrorKind,
};
use memchr::{memchr, memchr2, memrchr};

use super::placeholder::TEMPLATE_MARKS;
use super::{Cause, Scalar, SyntaxError};
use crate::source::{FileId, Span};

/// A JSON value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null(Span),
    /// `true` or `false`; `text` is the word.
    Boolean(Scalar, bool),
    /// A number as written.
    Number(Scalar),
    /// A string; `span` includes the quotes.
    String(Scalar),
    /// An array.
    Array(Span, Vec<Value>),
    /// An object; members in file order.
    Object(Span, Vec<Member>),
}

/// One member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name; `span` includes the quotes.
    pub name: Scalar,
    /// The value.
    pub value: Value,
}

/// A parsed file: the value and its comments (place, text without the comment marks).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The value.
    pub root: Value,
    /// Comments in file order.
    pub comments: Vec<(Span, String)>,
}

impl Value {
    /// The value's place.
    pub fn span(&self) -> Span {
        match self {
            Self::Null(span) | Self::Array(span, _) | Self::Object(span, _) => *span,
            Self::Boolean(scalar, _) | Self::Number(scalar) | Self::String(scalar) => scalar.span,
        }
    }

    /// Member of an object by name; the last one wins, as in JavaScript.
    pub fn get(&self, name: &str) -> Option<&Member> {
        match self {
            Self::Object(_, members) => members.iter().rev().find(|member| member.name.text == name),
            _ => None,
        }
    }
}

/// Parses a decoded text: JSON with comments and trailing commas, and no other liberty. Never panics, and
/// refuses more than 256 levels of nesting.
pub fn parse(file: FileId, text: &str) -> Result<Document, SyntaxError> {
    let collect = CollectOptions { comments: CommentCollectionStrategy::Separate, tokens: false };
    let tree = jsonc_parser::parse_to_ast(text, &collect, &strict_but_comments())
        .map_err(|error| explain(file, text, &error))?;
    let reader = Reader { file, text };
    let root = match &tree.value {
        Some(value) => reader.value(value, 1)?,
        None => return Err(SyntaxError::new(file, 0, 0, "no value in the file")),
    };
    let comments = tree.comments.map(|comments| reader.comments(&comments)).unwrap_or_default();
    Ok(Document { root, comments })
}

/// Deepest nesting of arrays and objects.
const MOST_LEVELS: usize = 256;

fn strict_but_comments() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
}

impl Reader<'_> {
    fn span(&self, range: Range) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn value(&self, value: &ast::Value<'_>, level: usize) -> Result<Value, SyntaxError> {
        if level > MOST_LEVELS {
            return Err(too_deep(self.file, value.range().start));
        }
        Ok(match value {
            ast::Value::NullKeyword(null) => Value::Null(self.span(null.range)),
            ast::Value::BooleanLit(literal) => {
                let span = self.span(literal.range);
                Value::Boolean(Scalar::plain(literal.value.to_string(), span, span.start), literal.value)
            }
            ast::Value::NumberLit(literal) => {
                let span = self.span(literal.range);
                Value::Number(Scalar::plain(literal.value, span, span.start))
            }
            ast::Value::StringLit(literal) => Value::String(self.string(&literal.value, literal.range)),
            ast::Value::Array(array) => {
                let items = array.elements.iter().map(|item| self.value(item, level + 1));
                Value::Array(self.span(array.range), items.collect::<Result<_, _>>()?)
            }
            ast::Value::Object(object) => {
                let members = object.properties.iter().map(|property| {
                    let name = match &property.name {
                        ObjectPropName::String(literal) => self.string(&literal.value, literal.range),
                        ObjectPropName::Word(word) => self.string(word.value, word.range),
                    };
                    Ok(Member { name, value: self.value(&property.value, level + 1)? })
                });
                Value::Object(self.span(object.range), members.collect::<Result<_, _>>()?)
            }
        })
    }

    fn string(&self, text: &str, range: Range) -> Scalar {
        let start = range.start + 1;
        let raw = self.text.get(start..range.end).unwrap_or_default();
        let plain = memchr(b'\\', raw.as_bytes()).and_then(|end| raw.get(..end)).unwrap_or(raw);
        Scalar::read(text, plain, self.span(range), start)
    }

    /// The map names each group of comments by the tokens on both sides of it.
    fn comments(&self, comments: &CommentMap<'_>) -> Vec<(Span, String)> {
        let groups = comments.values().flat_map(|group| group.iter());
        let by_place: BTreeMap<usize, _> = groups
            .map(|comment| {
                let text = comment.text().trim_end_matches('\r');
                let cut = comment.text().len() - text.len();
                let range = comment.range();
                let mark = self.text.as_bytes().get(range.start + 1);
                // A block comment ends in its mark, so only a line comment can lose a carriage return.
                let end = if mark == Some(&b'/') { range.end - cut } else { range.end };
                let text = if mark == Some(&b'/') { text } else { comment.text() };
                (range.start, (Span::new(self.file, range.start, end), text.to_owned()))
            })
            .collect();
        by_place.into_values().collect()
    }
}

fn too_deep(file: FileId, at: usize) -> SyntaxError {
    let reason = format!("more than {MOST_LEVELS} levels of nesting: refused");
    SyntaxError { cause: Cause::Limit, ..SyntaxError::new(file, at, at + 1, reason) }
}

/// Why the text is not JSON, without a word from it.
fn explain(file: FileId, text: &str, error: &ParseError) -> SyntaxError {
    use ParseErrorKind as Kind;
    let range = error.range();
    let start = boundary(text, range.start);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let line_end = memchr2(b'\n', b'\r', rest).map_or(text.len(), |length| start + length);
    let end = boundary(text, range.end).min(line_end).max(start);
    let line_start = memrchr(b'\n', text.as_bytes().get(..start).unwrap_or_default()).map_or(0, |at| at + 1);
    for mark in TEMPLATE_MARKS {
        if let Some(found) = text.get(line_start..line_end).and_then(|line| line.find(mark)) {
            let at = line_start + found;
            let reason = format!("template text (`{mark}`), not JSON: render the file first");
            let error = SyntaxError::new(file, at, at + mark.len(), reason);
            return SyntaxError { cause: Cause::Template, ..error };
        }
    }
    let reason = match error.kind() {
        Kind::NestingDepthExceeded => return too_deep(file, start),
        Kind::BareDecimalPointNumbersNotAllowed => "a number needs digits on both sides of its point",
        Kind::CommentsNotAllowed => "a comment where none may stand",
        Kind::ExpectedColonAfterObjectKey => "`:` is missing behind the name",
        Kind::ExpectedObjectValue => "no value behind the `:`",
        Kind::ExpectedDigit
        | Kind::ExpectedDigitFollowingNegativeSign
        | Kind::ExpectedPlusMinusOrDigitInNumberLiteral => "a digit is missing in this number",
        Kind::ExpectedStringObjectProperty => "names stand in double quotes",
        Kind::HexadecimalNumbersNotAllowed => "hexadecimal numbers are no JSON",
        Kind::ExpectedComma => "a comma is missing here",
        Kind::MultipleRootJsonValues => "a second value: JSON has one",
        Kind::NonFiniteNumbersNotAllowed => "Infinity and NaN are no JSON",
        Kind::SingleQuotedStringsNotAllowed => "strings stand in double quotes",
        Kind::TrailingCommasNotAllowed => "a comma too many",
        Kind::UnaryPlusNumbersNotAllowed => "a number has no `+`",
        Kind::UnexpectedCloseBrace => "this `}` closes nothing",
        Kind::UnexpectedCloseBracket => "this `]` closes nothing",
        Kind::UnexpectedColon => "a `:` where none may stand",
        Kind::UnexpectedComma => "a comma where none may stand",
        Kind::UnexpectedWord => "this is no JSON value: text stands in double quotes",
        Kind::UnexpectedToken => "a character that JSON does not know",
        Kind::UnexpectedTokenInObject => "a name in double quotes is missing here",
        Kind::UnterminatedArray => "this `[` is never closed",
        Kind::UnterminatedObject => "this `{` is never closed",
        Kind::UnterminatedCommentBlock => "this comment is never closed",
        Kind::String(ParseStringErrorKind::UnterminatedStringLiteral) => "this string is never closed",
        Kind::String(_) => "an escape that JSON does not know",
    };
    let opens = matches!(error.kind(), Kind::UnterminatedArray | Kind::UnterminatedObject | Kind::String(_));
    let end = if opens { end.min(start + 1) } else { end };
    SyntaxError::new(file, start, boundary(text, end), reason)
}

/// The nearest character boundary at or before an offset.
fn boundary(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: FileId = FileId { owner: 0, index: 0 };

    const SAMPLE: &str = r#"// store
{
    "theme" : { "base" : "wso2" }, /* block */
    "ssoConfiguration" : {
        "enabled" : false, // "off"
        "identityProviderURL" : "https:\/\/localhost:9443/samlsso",
        "port" : -9.5e3,
        "none" : null,
    },
    "list" : [ "é", "a//b", "\u00e9", ],
    "list" : [ 1 ]
}
"#;

    fn read(text: &str) -> Document {
        parse(FILE, text).unwrap_or_else(|error| panic!("{error:?}"))
    }

    fn slice(text: &str, span: Span) -> &str {
        text.get(span.start as usize..span.end as usize).unwrap()
    }

    fn fault(text: &str) -> (String, String) {
        let error = parse(FILE, text).expect_err("this text is not JSON");
        (slice(text, error.span).to_owned(), error.reason)
    }

    fn member<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
        path.iter().fold(value, |value, name| &value.get(name).unwrap().value)
    }

    /// The span law.
    fn obey(text: &str, value: &Value, within: Span) {
        assert!(within.contains(&value.span()));
        let raw = slice(text, value.span());
        match value {
            Value::Null(_) => assert_eq!(raw, "null"),
            Value::Boolean(scalar, truth) => {
                assert_eq!(raw, truth.to_string());
                obey_scalar(text, scalar);
            }
            Value::Number(scalar) => {
                assert_eq!(raw, scalar.text);
                obey_scalar(text, scalar);
            }
            Value::String(scalar) => obey_scalar(text, scalar),
            Value::Array(span, items) => {
                assert!(raw.starts_with('[') && raw.ends_with(']'));
                items.iter().for_each(|item| obey(text, item, *span));
            }
            Value::Object(span, members) => {
                assert!(raw.starts_with('{') && raw.ends_with('}'));
                for member in members {
                    assert!(span.contains(&member.name.span));
                    obey_scalar(text, &member.name);
                    obey(text, &member.value, *span);
                }
            }
        }
    }

    fn obey_scalar(text: &str, scalar: &Scalar) {
        let inner = scalar.inner as usize;
        let verbatim = scalar.verbatim as usize;
        assert_eq!(text.get(inner..inner + verbatim), scalar.text.get(..verbatim));
        assert!(scalar.span.contains(&Span::new(FILE, inner, inner + verbatim)));
    }

    #[test]
    fn values_have_their_text_and_place() {
        let root = read(SAMPLE).root;
        let Value::String(base) = member(&root, &["theme", "base"]) else { panic!("no string") };
        assert_eq!((base.text.as_str(), slice(SAMPLE, base.span)), ("wso2", "\"wso2\""));
        assert_eq!(slice(SAMPLE, base.part(1..3)), "so");
        let Value::String(url) = member(&root, &["ssoConfiguration", "identityProviderURL"]) else {
            panic!("no string")
        };
        assert_eq!(url.text, "https://localhost:9443/samlsso");
        assert_eq!(slice(SAMPLE, url.part(0..6)), "https:");
        assert_eq!(url.part(0..8), url.span);
        let Value::Number(port) = member(&root, &["ssoConfiguration", "port"]) else { panic!("no number") };
        assert_eq!(port.text, "-9.5e3");
        let Value::Array(_, list) = member(&root, &["list"]) else { panic!("no array") };
        assert_eq!(list.len(), 1);
    }

    #[test]
    fn comments_are_kept_in_order() {
        for text in [SAMPLE.to_owned(), SAMPLE.replace('\n', "\r\n")] {
            let comments = read(&text).comments;
            let bodies: Vec<&str> = comments.iter().map(|(_, body)| body.as_str()).collect();
            assert_eq!(bodies, [" store", " block ", " \"off\""]);
            let places: Vec<&str> = comments.iter().map(|(span, _)| slice(&text, *span)).collect();
            assert_eq!(places, ["// store", "/* block */", "// \"off\""]);
        }
    }

    #[test]
    fn spans_tell_the_truth() {
        for text in [SAMPLE.to_owned(), SAMPLE.replace('\n', "\r\n")] {
            obey(&text, &read(&text).root, Span::new(FILE, 0, text.len()));
        }
    }

    #[test]
    fn faults_are_reported_at_their_cause() {
        assert_eq!(fault("{ a: 1 }"), ("a".into(), "names stand in double quotes".into()));
        assert_eq!(fault("{ \"a\": 'x' }").1, "strings stand in double quotes");
        assert_eq!(parse(FILE, "{ \"a\": 1\n \"b\": 2 }").unwrap_err().span, Span::new(FILE, 8, 8));
        assert_eq!(fault("{ \"a\": 1\n \"b\": 2 }").1, "a comma is missing here");
        assert_eq!(fault("{ \"a\": [1, {} "), ("[".into(), "this `[` is never closed".into()));
        assert_eq!(fault("{ \"a\": \"x }"), ("\"".into(), "this string is never closed".into()));
        assert_eq!(fault("{} {}").1, "a second value: JSON has one");
        assert_eq!(fault("{} /* x"), ("/* x".into(), "this comment is never closed".into()));
        for text in [
            "",
            " // only\n",
            "# x\n{}",
            "[1,,2]",
            "{\"a\" 1}",
            "{\"a\": }",
            "[0x1]",
            "[+1]",
            "[.5]",
            "[NaN]",
        ] {
            assert!(parse(FILE, text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_reason_never_quotes_a_value() {
        for text in [
            "[s3cret]",
            "[\"s3cret]",
            "[\"\\s3cret\"]",
            "[\"\\uD800s3cret\"]",
            "{s3cret: 1}",
            "[\"\" s3cret]",
        ] {
            let (_, reason) = fault(text);
            assert!(
                !reason.contains("s3c") && !reason.contains("cret") && !reason.contains("D8"),
                "{text}: {reason}"
            );
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(FILE, &nested(256)).is_ok());
        for text in [nested(257), nested(200_000), "[".repeat(200_000), "{\"a\":".repeat(200_000)] {
            assert_eq!(fault(&text).1, "more than 256 levels of nesting: refused");
        }
    }

    #[test]
    fn a_file_cut_off_anywhere_is_an_error_within_it() {
        let end_of_root = SAMPLE.rfind('}').unwrap();
        for (end, _) in SAMPLE.char_indices() {
            let text = SAMPLE.get(..end).unwrap();
            match parse(FILE, text) {
                Ok(_) => assert!(end > end_of_root),
                Err(error) => assert!(slice(text, error.span).len() <= end),
            }
        }
    }

    fn fragment() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "[", "]", "{", "}", ":", ",", "\"", "'", "\\", "//", "/*", "*/", "\n", "\r\n", "\r", " ",
            "\"a\"", "\"é\"", "\"\\n\"", "1", "-", ".", "e", "true", "null", "word", "\u{1}", "\u{a0}", "é",
            "\"a\":1,", "// x\n", "#", "\\u12", "\u{feff}", "0x", "+",
        ]);
        prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic_and_spans_hold(text in fragment()) {
            match parse(FILE, &text) {
                Ok(document) => obey(&text, &document.root, Span::new(FILE, 0, text.len())),
                Err(error) => {
                    let range = error.span.start as usize..error.span.end as usize;
                    prop_assert!(text.get(range).is_some());
                }
            }
        }

        #[test]
        fn no_list_makes_the_reader_panic(items in prop::collection::vec(fragment(), 0..4)) {
            let text = format!("[{}]", items.join(","));
            if let Ok(document) = parse(FILE, &text) {
                obey(&text, &document.root, Span::new(FILE, 0, text.len()));
            }
        }
    }
}
