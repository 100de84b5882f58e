//! deployment.toml as a tree of tables with a place for every key, value and header.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem, memrchr};
use toml_edit::{InlineTable, Key, Value};

use super::placeholder::TEMPLATE_MARKS;
use super::{Cause, Scalar, SyntaxError};
use crate::source::{FileId, Span};

/// A parsed deployment.toml.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The root table.
    pub root: Table,
    /// `#` comments: place and text behind the `#`.
    pub comments: Vec<(Span, String)>,
}

/// A table: `[header]`, inline, or made by dotted keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The `[header]` or `[[header]]` token; for an inline table the braces; for a table that only sub-tables
    /// or dotted keys make, the first key that made it; for the root an empty span at the start of the file.
    pub span: Span,
    /// The entries in file order.
    pub entries: Vec<Entry>,
}

/// One key with what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key without quotes.
    pub key: String,
    /// The key token.
    pub key_span: Span,
    /// What it holds.
    pub item: Item,
}

/// What a key can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// String, number, boolean or date; `text` is the value as Java would print it, `span` the token with its
    /// quotes.
    Scalar(Scalar, Kind),
    /// `[a, b]`: the whole token and its items.
    Array(Span, Vec<Item>),
    /// A table.
    Table(Table),
    /// `[[header]]` tables in file order.
    Tables(Vec<Table>),
}

/// Type of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Quoted text.
    String,
    /// Integer.
    Integer,
    /// Float.
    Float,
    /// `true` or `false`.
    Boolean,
    /// Date or time.
    Datetime,
}

impl Table {
    /// What the key holds.
    pub fn get(&self, key: &str) -> Option<&Item> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.item)
    }
}

/// Parses a decoded text as TOML 1.1; what the server's own parser refuses beyond that is no matter of
/// syntax. Never panics, and refuses more than 256 levels of nesting.
pub fn parse(file: FileId, text: &str) -> Result<Document, SyntaxError> {
    let tree = toml_edit::Document::parse(text).map_err(|error| explain(file, text, &error))?;
    let reader = Reader { file, text };
    let root = reader.table(tree.as_table(), Span::new(file, 0, 0), 1)?;
    Ok(Document { root, comments: comments(file, text) })
}

/// Deepest nesting of tables and arrays.
const MOST_LEVELS: usize = 256;

struct Reader<'a> {
    file: FileId,
    text: &'a str,
}

impl Reader<'_> {
    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn raw(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// `made` is the place of the key that made the table; it is the table's place unless a header follows.
    fn table(&self, table: &toml_edit::Table, made: Span, level: usize) -> Result<Table, SyntaxError> {
        let mut entries = Vec::with_capacity(table.len());
        for (name, item) in table.iter() {
            let key_span = self.key_span(table.key(name), made);
            self.check_level(level + 1, key_span)?;
            let item = match item {
                toml_edit::Item::None => continue,
                toml_edit::Item::Value(value) => self.value(value, key_span, level + 1)?,
                toml_edit::Item::Table(inner) => Item::Table(self.table(inner, key_span, level + 1)?),
                toml_edit::Item::ArrayOfTables(tables) => {
                    let tables = tables.iter().map(|inner| self.table(inner, key_span, level + 1));
                    Item::Tables(tables.collect::<Result<_, _>>()?)
                }
            };
            entries.push(Entry { key: name.to_owned(), key_span, item });
        }
        // toml_edit moves a super-table that is written behind its sub-tables to the end.
        entries.sort_by_key(|entry| entry.key_span.start);
        let header = table.span().filter(|range| self.raw(range).starts_with('['));
        Ok(Table { span: header.map_or(made, |range| self.span(&range)), entries })
    }

    fn inline_table(&self, table: &InlineTable, made: Span, level: usize) -> Result<Table, SyntaxError> {
        let mut entries = Vec::with_capacity(table.len());
        for (name, value) in table {
            let key_span = self.key_span(table.key(name), made);
            let item = self.value(value, key_span, level + 1)?;
            entries.push(Entry { key: name.to_owned(), key_span, item });
        }
        entries.sort_by_key(|entry| entry.key_span.start);
        let braces = table.span().filter(|range| self.raw(range).starts_with('{'));
        Ok(Table { span: braces.map_or(made, |range| self.span(&range)), entries })
    }

    fn value(&self, value: &Value, made: Span, level: usize) -> Result<Item, SyntaxError> {
        self.check_level(level, made)?;
        let range = value.span().unwrap_or(made.start as usize..made.end as usize);
        Ok(match value {
            Value::String(text) => Item::Scalar(self.string(text.value(), &range), Kind::String),
            Value::Integer(number) => {
                Item::Scalar(self.token(number.value().to_string(), &range), Kind::Integer)
            }
            Value::Float(number) => {
                Item::Scalar(self.token(java_double(*number.value()), &range), Kind::Float)
            }
            Value::Boolean(truth) => {
                Item::Scalar(self.token(truth.value().to_string(), &range), Kind::Boolean)
            }
            Value::Datetime(_) => Item::Scalar(self.token(self.raw(&range), &range), Kind::Datetime),
            Value::Array(array) => {
                let span = self.span(&range);
                let items = array.iter().map(|item| self.value(item, span, level + 1));
                Item::Array(span, items.collect::<Result<_, _>>()?)
            }
            Value::InlineTable(table) => Item::Table(self.inline_table(table, made, level)?),
        })
    }

    fn check_level(&self, level: usize, place: Span) -> Result<(), SyntaxError> {
        if level <= MOST_LEVELS {
            return Ok(());
        }
        let reason = format!("more than {MOST_LEVELS} levels of nesting: refused");
        Err(SyntaxError { cause: Cause::Limit, ..SyntaxError::at(place, reason) })
    }

    fn key_span(&self, key: Option<&Key>, otherwise: Span) -> Span {
        key.and_then(Key::span).map_or(otherwise, |range| self.span(&range))
    }

    fn token(&self, text: impl Into<String>, range: &Range<usize>) -> Scalar {
        Scalar::read(text, self.raw(range), self.span(range), range.start)
    }

    fn string(&self, text: &str, range: &Range<usize>) -> Scalar {
        let raw = self.raw(range);
        let long = ["\"\"\"", "'''"].iter().find_map(|quotes| raw.strip_prefix(quotes));
        let inner = match long {
            // A line end right behind the opening quotes is no part of the value.
            Some(inner) => inner.strip_prefix("\r\n").or(inner.strip_prefix('\n')).unwrap_or(inner),
            None => raw.get(1..).unwrap_or_default(),
        };
        let start = range.end - inner.len();
        let escape = if raw.starts_with('"') { memchr(b'\\', inner.as_bytes()) } else { None };
        let plain = escape.and_then(|end| inner.get(..end)).unwrap_or(inner);
        Scalar::read(text, plain, self.span(range), start)
    }
}

/// A float as `Double.toString` prints it.
fn java_double(number: f64) -> String {
    let size = number.abs();
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else if size == 0.0 || (1e-3..1e7).contains(&size) {
        format!("{number:?}")
    } else {
        let digits = format!("{number:e}");
        match digits.split_once('e') {
            Some((mantissa, exponent)) if mantissa.contains('.') => format!("{mantissa}E{exponent}"),
            Some((mantissa, exponent)) => format!("{mantissa}.0E{exponent}"),
            None => digits,
        }
    }
}

/// The comments of a text that has been parsed.
fn comments(file: FileId, text: &str) -> Vec<(Span, String)> {
    let bytes = text.as_bytes();
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(found) =
        bytes.get(at..).and_then(|rest| rest.iter().position(|byte| matches!(byte, b'#' | b'"' | b'\'')))
    {
        at += found;
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.starts_with(b"#") {
            let length = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            let body = text.get(at + 1..at + length).unwrap_or_default().to_owned();
            comments.push((Span::new(file, at, at + length), body));
            at += length;
        } else {
            at += string_length(rest);
        }
    }
    comments
}

/// Length of the string that begins at the first byte, a quote.
fn string_length(bytes: &[u8]) -> usize {
    let quote = bytes.first().copied().unwrap_or(b'"');
    let long = bytes.starts_with(&[quote; 3]);
    let mut at = if long { 3 } else { 1 };
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(found) = memchr2(quote, b'\\', rest) else { return bytes.len() };
        let rest = rest.get(found..).unwrap_or_default();
        at += found;
        if rest.starts_with(b"\\") {
            at += if quote == b'"' { 2 } else { 1 };
        } else if !long {
            return at + 1;
        } else if rest.starts_with(&[quote; 3]) {
            // Up to two quotes may stand right before the closing ones.
            return at + rest.iter().take(5).take_while(|byte| **byte == quote).count();
        } else {
            at += 1;
        }
    }
}

/// Why the text is not TOML. The messages of toml_edit speak of tokens and never quote the file.
fn explain(file: FileId, text: &str, error: &toml_edit::TomlError) -> SyntaxError {
    let range = error.span().unwrap_or(text.len()..text.len());
    let start = boundary(text, range.start);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let line_end = memchr2(b'\n', b'\r', rest).map_or(text.len(), |length| start + length);
    let end = boundary(text, range.end).min(line_end).max(start);
    let before = text.as_bytes().get(..start).unwrap_or_default();
    let line_start = memrchr(b'\n', before).map_or(0, |found| found + 1);
    let line = text.get(line_start..line_end).unwrap_or_default();
    for mark in TEMPLATE_MARKS {
        if let Some(found) = memmem::find(line.as_bytes(), mark.as_bytes()) {
            let at = line_start + found;
            let reason = format!("template text (`{mark}`), not TOML: render the file first");
            return SyntaxError {
                cause: Cause::Template,
                ..SyntaxError::new(file, at, at + mark.len(), reason)
            };
        }
    }
    let said = error.message().split(',').next().unwrap_or_default();
    if said.starts_with("invalid")
        && said.ends_with("string")
        && let Some(opening) = unclosed_string(text, start)
    {
        return SyntaxError::new(file, opening, opening + 1, "this string is never closed");
    }
    let reason = match said {
        "duplicate key" => "duplicate key: it has been given above",
        "string values must be quoted" if start == end => "no value behind the `=`",
        "string values must be quoted" => "text stands in quotes",
        "key with no value" => "no `=` and value behind this key",
        "missing comma between array elements" => "a comma is missing here, or the array is not closed above",
        "missing comma between key-value pairs" => "a comma is missing here, or the `{` is not closed above",
        "missing escaped value" | "too few unicode value digits" => {
            "a `\\` in double quotes begins an escape: write `\\\\`, or use single quotes"
        }
        message => message.lines().next().unwrap_or("not valid TOML"),
    };
    // An empty place at the end of a line is hard to see: what stands on the line is shown instead.
    let start = if start == end && !line.trim().is_empty() && line.trim_end().len() <= start - line_start {
        line_start + (line.len() - line.trim_start().len())
    } else {
        start
    };
    let end = if start < end { line_start + line.trim_end().len().min(end - line_start) } else { end };
    SyntaxError::new(file, start, end.max(start), reason)
}

/// Opening quote of the string in which an offset lies, if it is not closed where it has to be.
fn unclosed_string(text: &str, offset: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < offset {
        let rest = bytes.get(at..)?;
        let found = rest.iter().position(|byte| matches!(byte, b'#' | b'"' | b'\''))?;
        at += found;
        let rest = rest.get(found..)?;
        let line = memchr(b'\n', rest).unwrap_or(rest.len());
        let quote = *rest.first()?;
        let length = if quote == b'#' { line } else { string_length(rest) };
        let long = rest.starts_with(&[quote; 3]);
        let open = if long { length == rest.len() && !ends_closed(rest, quote) } else { length > line };
        if quote != b'#' && open {
            return (at <= offset).then_some(at);
        }
        at += length;
    }
    None
}

/// True where a multi-line string that reaches to the end of the text is closed there.
fn ends_closed(bytes: &[u8], quote: u8) -> bool {
    bytes.len() >= 6 && bytes.ends_with(&[quote; 3])
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

    const SAMPLE: &str = r##"# first
[server]
hostname = "api.example.org" # "quoted" # twice
"node ip" = '10.0.0.1#4000'
offset=0x10
ratio = 1e7
force = true
since = 2026-01-02

[apim.throttling]
url = "a\tb#c"
list = ["x", 'y', 3] # list
text = """
a # no comment
"quoted" \" """""
  # between
[[apim.gateway.environment]]
name = "Default"
[[apim.gateway.environment]]
name = "Second"
properties = { a.b = 1, "c d" = "e" }
[apim]
dotted.one = 1
plain = 2
dotted.two = 3
"##;

    fn read(text: &str) -> Document {
        parse(FILE, text).unwrap_or_else(|error| panic!("{error:?}"))
    }

    fn slice(text: &str, span: Span) -> &str {
        text.get(span.start as usize..span.end as usize).unwrap()
    }

    fn scalar<'a>(table: &'a Table, key: &str) -> &'a Scalar {
        match table.get(key) {
            Some(Item::Scalar(scalar, _)) => scalar,
            other => panic!("{key}: {other:?}"),
        }
    }

    fn table<'a>(table: &'a Table, key: &str) -> &'a Table {
        match table.get(key) {
            Some(Item::Table(table)) => table,
            other => panic!("{key}: {other:?}"),
        }
    }

    fn keys(table: &Table) -> Vec<&str> {
        table.entries.iter().map(|entry| entry.key.as_str()).collect()
    }

    fn fault(text: &str) -> (String, String) {
        let error = parse(FILE, text).expect_err("this text is not TOML");
        (slice(text, error.span).to_owned(), error.reason)
    }

    /// The span law.
    fn obey(text: &str, item: &Item) {
        match item {
            Item::Scalar(scalar, kind) => {
                let inner = scalar.inner as usize;
                let verbatim = scalar.verbatim as usize;
                assert_eq!(text.get(inner..inner + verbatim), scalar.text.get(..verbatim));
                assert!(scalar.span.contains(&Span::new(FILE, inner, inner + verbatim)));
                let quoted = slice(text, scalar.span).starts_with(['"', '\'']);
                assert_eq!(quoted, *kind == Kind::String);
            }
            Item::Array(span, items) => {
                assert!(slice(text, *span).starts_with('[') && slice(text, *span).ends_with(']'));
                items.iter().for_each(|item| obey(text, item));
            }
            Item::Table(table) => obey_table(text, table),
            Item::Tables(tables) => {
                for table in tables {
                    assert!(slice(text, table.span).starts_with("[["));
                    assert!(slice(text, table.span).ends_with("]]"));
                    obey_table(text, table);
                }
            }
        }
    }

    fn obey_table(text: &str, table: &Table) {
        let mut last = 0;
        for entry in &table.entries {
            assert!(last <= entry.key_span.start);
            last = entry.key_span.start;
            let raw = slice(text, entry.key_span);
            if !raw.starts_with(['"', '\'']) {
                assert_eq!(raw, entry.key);
            }
            obey(text, &entry.item);
        }
    }

    #[test]
    fn values_have_their_text_and_place() {
        let root = read(SAMPLE).root;
        let server = table(&root, "server");
        assert_eq!(keys(server), ["hostname", "node ip", "offset", "ratio", "force", "since"]);
        let host = scalar(server, "hostname");
        assert_eq!(slice(SAMPLE, host.span), "\"api.example.org\"");
        assert_eq!(slice(SAMPLE, host.part(4..11)), "example");
        let texts: Vec<&str> = keys(server).iter().map(|key| scalar(server, key).text.as_str()).collect();
        assert_eq!(texts, ["api.example.org", "10.0.0.1#4000", "16", "1.0E7", "true", "2026-01-02"]);
        assert_eq!(slice(SAMPLE, server.entries[1].key_span), "\"node ip\"");
        let throttling = table(table(&root, "apim"), "throttling");
        let url = scalar(throttling, "url");
        assert_eq!((url.text.as_str(), url.verbatim), ("a\tb#c", 1));
        assert_eq!(url.part(0..2), url.span);
        assert_eq!(scalar(throttling, "text").text, "a # no comment\n\"quoted\" \" \"\"");
        assert_eq!(slice(SAMPLE, scalar(throttling, "text").part(0..1)), "a");
    }

    #[test]
    fn headers_and_entries_stand_in_file_order() {
        let root = read(SAMPLE).root;
        assert_eq!(root.span, Span::new(FILE, 0, 0));
        assert_eq!(slice(SAMPLE, table(&root, "server").span), "[server]");
        let apim = table(&root, "apim");
        assert_eq!(slice(SAMPLE, apim.span), "[apim]");
        assert_eq!(keys(apim), ["throttling", "gateway", "dotted", "plain"]);
        assert_eq!(slice(SAMPLE, table(apim, "throttling").span), "[apim.throttling]");
        assert_eq!(slice(SAMPLE, table(apim, "gateway").span), "gateway");
        assert_eq!(slice(SAMPLE, table(apim, "dotted").span), "dotted");
        assert_eq!(keys(table(apim, "dotted")), ["one", "two"]);
        let Some(Item::Tables(environments)) = table(apim, "gateway").get("environment") else {
            panic!("no environments");
        };
        assert_eq!(slice(SAMPLE, environments[1].span), "[[apim.gateway.environment]]");
        assert!(environments[0].span.end < environments[1].span.start);
        let properties = table(&environments[1], "properties");
        assert_eq!(slice(SAMPLE, properties.span), "{ a.b = 1, \"c d\" = \"e\" }");
        assert_eq!(keys(properties), ["a", "c d"]);
        assert_eq!(slice(SAMPLE, table(properties, "a").span), "a");
    }

    #[test]
    fn comments_are_those_outside_of_strings() {
        for text in [SAMPLE.to_owned(), SAMPLE.replace('\n', "\r\n")] {
            let comments = read(&text).comments;
            let bodies: Vec<&str> = comments.iter().map(|(_, body)| body.as_str()).collect();
            assert_eq!(bodies, [" first", " \"quoted\" # twice", " list", " between"]);
            for (span, body) in &comments {
                assert_eq!(slice(&text, *span), format!("#{body}"));
            }
        }
    }

    #[test]
    fn spans_tell_the_truth() {
        for text in [SAMPLE.to_owned(), SAMPLE.replace('\n', "\r\n")] {
            obey_table(&text, &read(&text).root);
        }
    }

    #[test]
    fn floats_print_as_java_prints_them() {
        assert_eq!(java_double(1.0), "1.0");
        assert_eq!(java_double(-0.5), "-0.5");
        assert_eq!(java_double(0.001), "0.001");
        assert_eq!(java_double(0.0001), "1.0E-4");
        assert_eq!(java_double(9_999_999.5), "9999999.5");
        assert_eq!(java_double(1.25e10), "1.25E10");
        assert_eq!(java_double(f64::NEG_INFINITY), "-Infinity");
    }

    #[test]
    fn faults_are_reported_at_their_cause() {
        let (place, reason) = fault("[a]\nx = 1\nx = 2\n");
        assert_eq!((place.as_str(), reason.as_str()), ("x", "duplicate key: it has been given above"));
        assert_eq!(parse(FILE, "[a]\n[b]\n[a]\n").unwrap_err().span, Span::new(FILE, 9, 10));
        assert_eq!(parse(FILE, "a = \"x\nb = 1\n").unwrap_err().span, Span::new(FILE, 4, 5));
        assert_eq!(parse(FILE, "a = 'y' # \"\nb = \"\"\"x\n").unwrap_err().span, Span::new(FILE, 16, 17));
        assert_eq!(fault("b = 1\n a =   \n"), ("a =".into(), "no value behind the `=`".into()));
        assert_eq!(fault("a = abc\n"), ("abc".into(), "text stands in quotes".into()));
        assert!(fault("a = \"C:\\Users\"\n").1.contains("begins an escape"));
        let (_, reason) = fault("a = {{ x }}\n");
        assert_eq!(reason, "template text (`{{`), not TOML: render the file first");
    }

    #[test]
    fn a_reason_never_quotes_a_value() {
        for text in [
            "a = s3cret\n",
            "a = \"s3cret\n",
            "s3cret\n",
            "a = \"\\s3cret\"\n",
            "a = 1 s3cret",
            "a = 12s3cret",
        ] {
            let (_, reason) = fault(text);
            assert!(!reason.contains("s3c") && !reason.contains("cret"), "{text}: {reason}");
            assert!(!reason.contains('\n'));
        }
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(parse(FILE, &format!("a = {}", "[".repeat(200_000))).is_err());
        assert!(parse(FILE, &format!("a = {}", "{a=".repeat(200_000))).is_err());
        assert!(parse(FILE, &format!("{}a = 1", "a.".repeat(200_000))).is_err());
        assert!(parse(FILE, &format!("[{}a]", "a.".repeat(200_000))).is_err());
        let path = "a.".repeat(70);
        let deep = format!("{}1{}", format!("{path}a = {{ ").repeat(70), " }".repeat(70));
        assert!(parse(FILE, &deep).is_err());
        let fine = format!("a = {}1{}", "[".repeat(70), "]".repeat(70));
        assert!(parse(FILE, &fine).is_ok());
    }

    #[test]
    fn a_file_cut_off_anywhere_does_not_panic() {
        for (end, _) in SAMPLE.char_indices() {
            let text = SAMPLE.get(..end).unwrap();
            match parse(FILE, text) {
                Ok(document) => obey_table(text, &document.root),
                Err(error) => assert!(slice(text, error.span).len() <= end),
            }
        }
    }

    fn fragment() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "[",
            "]",
            "[[",
            "]]",
            "a",
            "b",
            ".",
            "=",
            " = ",
            "\n",
            "\r\n",
            "\"",
            "'",
            "\"\"\"",
            "'''",
            "\\",
            "#",
            "é",
            "1",
            "1.5",
            "true",
            ",",
            "{",
            "}",
            " ",
            "a = 1\n",
            "[a]\n",
            "[[b]]\n",
            "a.b = \"x\"\n",
            "[a.b]\n",
            "\u{1}",
            "2026-01-02",
            "c = '''\nx#'''\n",
            "d = {e.f = 1}\n",
        ]);
        prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic_and_spans_hold(text in fragment()) {
            match parse(FILE, &text) {
                Ok(document) => obey_table(&text, &document.root),
                Err(error) => {
                    let range = error.span.start as usize..error.span.end as usize;
                    prop_assert!(text.get(range).is_some());
                }
            }
        }
    }
}
