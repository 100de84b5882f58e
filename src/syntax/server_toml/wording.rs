//! What is wrong with a file, and what to change, in the words of who wrote it.

use super::date;
use super::fault::Fault;
use super::lexer::{Kind, Mode, Token};
use super::number::OutOfRange;
use super::tables::HeaderKind;
use super::text::Quotes;
use crate::source::{FileId, Span};

/// Where a token does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'n> {
    /// At the start of a statement, or in its key.
    Statement,
    /// Behind a statement.
    EndOfStatement,
    /// In the name of a header.
    Header,
    /// Where a header should end.
    EndOfHeader(HeaderKind),
    /// Behind the key of this name.
    Equals(&'n str),
    /// As value of the key of this name.
    Value(&'n str),
    /// Behind an element of an array.
    Array,
    /// As key of an inline table.
    InlineKey,
    /// Behind a value of an inline table.
    InlineTable,
    /// Within a date or time.
    Date,
}

/// What ends a value, or opens one.
const BRACKETS: [char; 5] = ['[', ']', '{', '}', ','];

/// What is wrong, and what to change.
type Words = (String, String);

fn words(reason: impl Into<String>, help: impl Into<String>) -> Words {
    (reason.into(), help.into())
}

/// The fault of a token that does not fit behind the `last` one.
pub(super) fn misfit(file: FileId, text: &str, token: Token, last: Token, place: Place<'_>) -> Fault {
    let written = text.get(token.start..token.end).unwrap_or("");
    let (reason, help) = lexical(token, written)
        .or_else(|| lost_count(token, written, place))
        .unwrap_or_else(|| by_place(token, last, written, place));
    let span = match (token.kind, place) {
        // What is missing is missing behind the token before.
        (Kind::NewLine | Kind::End, _) => Span::new(file, last.start, last.end),
        (Kind::Stray, Place::Value(_)) => Span::new(file, token.start, token.start + word(text, token.start)),
        (Kind::Control(_), _) => Span::new(file, token.end.saturating_sub(1), token.end),
        _ => Span::new(file, token.start, token.end),
    };
    Fault::rejected(span, reason, help)
}

/// The length of what stands at a place without a blank, a comma or a bracket.
fn word(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    let length = rest.find([' ', '\t', '\r', '\n', ',', '#', ']', '}']).unwrap_or(rest.len());
    if length > 0 { length } else { rest.chars().next().map_or(0, char::len_utf8) }
}

/// Characters that fit nowhere.
fn lexical(token: Token, written: &str) -> Option<Words> {
    match token.kind {
        Kind::Unclosed(quotes) => Some(unclosed(quotes)),
        Kind::Control(quotes) => Some(control(quotes, written.chars().next_back()?)),
        Kind::Stray => match written.chars().next()? {
            '\u{201c}'..='\u{201f}' | '\u{2018}'..='\u{201b}' | '\u{ab}' | '\u{bb}' => Some(words(
                "a typographic quotation mark stands where a plain one belongs",
                "write \" or ' instead",
            )),
            '\r' => Some(words(
                "a line ends in a carriage return without a line feed",
                "save the file with line ends LF or CR LF",
            )),
            '\u{a0}' | '\u{feff}' | '\u{200b}' => Some(words(
                "a character that looks like a blank, or like nothing, stands outside of a text",
                "delete it, or type a plain blank",
            )),
            _ => None,
        },
        _ => None,
    }
}

fn unclosed(quotes: Quotes) -> Words {
    let mark = quotes.mark();
    if quotes.is_long() {
        words(
            format!("the text that {mark} opens here is closed nowhere"),
            format!("write {mark} where it ends"),
        )
    } else {
        words("the text is not closed on its line", format!("write {mark} where it ends"))
    }
}

fn control(quotes: Quotes, character: char) -> Words {
    let code = u32::from(character);
    match (character, quotes.has_escapes()) {
        ('\t', _) => words(
            "a tab stands in a text in double quotes",
            "write \\t for the tab, or put the text in single quotes",
        ),
        ('\r', _) => words(
            "a carriage return without a line feed stands in a text",
            "save the file with line ends LF or CR LF",
        ),
        (_, true) => words(
            format!("the control character U+{code:04X} stands in a text"),
            format!("delete it, or write \\u{code:04x}"),
        ),
        (_, false) => words(format!("the control character U+{code:04X} stands in a text"), "delete it"),
    }
}

/// What stands right, but is cut wrongly, since the reader lost count of brackets.
fn lost_count(token: Token, written: &str, place: Place<'_>) -> Option<Words> {
    match (place, token.kind, token.mode) {
        (Place::Statement, _, Mode::Value | Mode::Date | Mode::InlineTable) => Some(words(
            "the server's TOML reader takes this line for a part of the array above, in which two lists are \
             empty or have a comma before their `]`",
            "delete the comma before each `]` above, or leave two lines free before this one",
        )),
        (Place::Array, Kind::HeaderEnd | Kind::ArrayHeaderEnd, Mode::Statement) => Some(words(
            "the server's TOML reader loses count where a comma follows a date without a blank",
            "put a blank before each comma and before the `]`",
        )),
        (Place::Array | Place::InlineTable, Kind::Stray, Mode::Date) if matches!(written, "]" | "}") => {
            Some(words(
                format!("a date stands directly before `{written}`"),
                format!("put a blank between the date and `{written}`"),
            ))
        }
        (Place::InlineTable, Kind::Stray, Mode::Value) if matches!(written, "}" | ",") => Some(words(
            "within `{ }` stands an array that is empty or has a comma before its `]`, which the server's \
             TOML reader does not find the end of",
            "write the table with a [header] of its own instead of `{ }`, or delete that comma",
        )),
        _ => None,
    }
}

fn by_place(token: Token, last: Token, written: &str, place: Place<'_>) -> Words {
    let is_over = matches!(token.kind, Kind::NewLine | Kind::End);
    let is_joined = token.start == last.end;
    let is_joined_to_number = is_joined && is_number(last.kind) && !written.starts_with(BRACKETS);
    match place {
        Place::Statement | Place::Header if is_over => {
            words("a key is missing here", "write the key, or delete the line")
        }
        Place::Statement => words(
            "neither a key nor a [header] starts here",
            "write `key = value`; a key with other characters than letters, digits, `_` and `-` needs quotes",
        ),
        Place::Header => words(
            "this is no name of a table",
            "a name with other characters than letters, digits, `_` and `-` needs quotes",
        ),
        Place::EndOfStatement if is_joined && is_text(last.kind) => words(
            "something follows the closing quotation mark",
            "write \\\" for a quotation mark within the text, or delete what follows",
        ),
        Place::EndOfStatement if is_joined_to_number => not_a_value("the value"),
        Place::EndOfStatement if written.starts_with(BRACKETS) => {
            words("a bracket or comma too many follows the value", "delete it")
        }
        Place::EndOfStatement if matches!(last.kind, Kind::HeaderEnd | Kind::ArrayHeaderEnd) => words(
            "something follows the header on its line",
            "start a new line behind the header; a comment starts with `#`",
        ),
        Place::EndOfStatement => words(
            "something follows on the same line",
            "start a new line for the next key; a comment starts with `#`",
        ),
        Place::EndOfHeader(HeaderKind::Table) => {
            words("the header does not end in `]`", "write `]` behind its name")
        }
        Place::EndOfHeader(HeaderKind::Element) => {
            words("the header does not end in `]]`", "write `]]` behind its name, without a blank between")
        }
        Place::Equals(name) => words(
            format!("`=` does not follow the key {name}"),
            "write `key = value`; a key with blanks or other special characters needs quotes",
        ),
        Place::Value(name) if is_over => words(
            format!("the key {name} has no value"),
            "write a value on the same line; an empty text is \"\"",
        ),
        Place::Value(_) if token.kind == Kind::Comma => {
            words("a value is missing before the comma", "delete the comma")
        }
        Place::Value(name) => not_a_value(&format!("the value of {name}")),
        Place::Array if token.kind == Kind::Comma => words(
            "the comma stands on another line than the value before it",
            "move the comma to the end of the line above",
        ),
        Place::Array if token.kind == Kind::End => {
            words("the array is closed nowhere", "write `]` where it ends")
        }
        Place::Array if is_joined_to_number => not_a_value("the element"),
        Place::Array => words("neither a comma nor `]` follows the element", "part the elements by commas"),
        Place::InlineKey if token.kind == Kind::TableEnd => {
            words("a comma stands before `}`", "delete the comma")
        }
        Place::InlineKey | Place::InlineTable if is_over => {
            words("`{ }` goes over more than one line", "write all of it on one line, or use a [header]")
        }
        Place::InlineKey => words("this is no key", "write `{ key = value, key = value }`"),
        Place::InlineTable if is_joined_to_number => not_a_value("the value"),
        Place::InlineTable => words("neither a comma nor `}` follows the value", "part the keys by commas"),
        Place::Date => words(
            "this is no date or time in the form of TOML",
            "write 2030-01-31, 08:30:00, or 2030-01-31T08:30:00Z, or put it in quotes",
        ),
    }
}

fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::Text(_))
}

fn is_number(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Integer
            | Kind::Float
            | Kind::Infinity
            | Kind::NotANumber
            | Kind::True
            | Kind::False
            | Kind::Digits
    )
}

fn not_a_value(what: &str) -> Words {
    words(
        format!("{what} is not in quotes, and is no number, date, true or false"),
        "put it in quotes; a number has no unit, no leading zero, and digits on both sides of its point",
    )
}

pub(super) fn byte_order_mark(file: FileId) -> Fault {
    Fault::rejected(
        Span::new(file, 0, '\u{feff}'.len_utf8()),
        "the file starts with a byte order mark",
        "save it as UTF-8 without byte order mark (BOM)",
    )
}

pub(super) fn empty_header(span: Span) -> Fault {
    Fault::rejected(span, "the header names no table", "write the name of the table between the brackets")
}

pub(super) fn unknown_escape(span: Span, escape: &str) -> Fault {
    let reason = match escape {
        "\\u" | "\\U" => "the escape has too few hexadecimal digits, or names no character",
        _ => "the server's TOML reader does not know this escape",
    };
    Fault::rejected(span, reason, "write \\\\ for a backslash, or put the text in single quotes")
}

pub(super) fn number_out_of_range(span: Span, why: OutOfRange) -> Fault {
    let reason = match why {
        OutOfRange::Integer => "the integer has more than 64 bits",
        OutOfRange::LargeFloat => "the number is too large",
        OutOfRange::SmallFloat => "the number is too close to zero",
    };
    Fault::rejected(span, reason, "write another number, or put it in quotes")
}

pub(super) fn date_out_of_range(span: Span, date::OutOfRange(part, range): date::OutOfRange) -> Fault {
    let reason = format!("the {part} of the date or time is out of range");
    Fault::rejected(span, reason, format!("the {part} must be {range}"))
}

pub(super) fn mixed_array(span: Span, sort: &str, first: &str) -> Fault {
    Fault::rejected(
        span,
        format!("the array holds {first} first and {sort} here"),
        "give all elements of the array the same type, for example all in quotes",
    )
}
