//! Tokens as the server's TOML reader cuts them: by modes on a stack, one of which an empty array or a comma
//! before `]` leaves behind.

use super::number;
use super::text::{Quotes, line_continuation, line_end};

/// What the reader expects at a place (modes of `TomlLexer`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A key, a header or the end of a statement.
    Statement,
    /// The parts of a dotted key that stands for itself.
    Key,
    /// A value, or what follows within an array.
    Value,
    /// The rest of a date or time.
    Date,
    /// A key of an inline table, or what follows its value.
    InlineTable,
}

/// A token's sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Dot,
    Equals,
    BareKey,
    Text(Quotes),
    Header,
    HeaderEnd,
    ArrayHeader,
    ArrayHeaderEnd,
    NewLine,
    Integer,
    Float,
    Infinity,
    NotANumber,
    True,
    False,
    ArrayStart,
    ArrayEnd,
    Comma,
    TableStart,
    TableEnd,
    Dash,
    Plus,
    Colon,
    Zulu,
    TimeDelimiter,
    Digits,
    End,
    /// A character that nothing can start with here.
    Stray,
    /// A text without its closing mark; ends where the reader gives up.
    Unclosed(Quotes),
    /// A character that must not stand in a text: the last one of the token.
    Control(Quotes),
}

/// A piece of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// The mode in which it was read.
    pub(super) mode: Mode,
    /// Its first byte.
    pub(super) start: usize,
    /// One past its last byte.
    pub(super) end: usize,
}

/// Cuts a text into tokens.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    mode: Mode,
    modes: Vec<Mode>,
    /// Open arrays, within the innermost inline table.
    array_depth: i64,
    array_depths: Vec<i64>,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, at: usize, mode: Mode) -> Self {
        Self { text, at, mode, modes: Vec::new(), array_depth: 0, array_depths: Vec::new() }
    }

    /// The next token; [`Kind::End`] for ever once the text is over.
    pub(super) fn next(&mut self) -> Token {
        loop {
            self.skip_blanks();
            let (start, mode) = (self.at, self.mode);
            if self.rest().starts_with('#') && mode != Mode::Key {
                self.skip_comment();
                continue;
            }
            let Some(first) = self.rest().chars().next() else {
                return Token { kind: Kind::End, mode, start, end: start };
            };
            let kind = match mode {
                Mode::Statement => self.statement(first),
                Mode::Key => self.key(first).unwrap_or_else(|| self.stray(first)),
                Mode::Value => self.value(first),
                Mode::Date => self.date(first),
                Mode::InlineTable => self.inline_table(first),
            };
            return Token { kind, mode, start, end: self.at };
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if blanks == 0 || self.mode == Mode::Date && self.is_time_delimiter() {
            return;
        }
        self.at += blanks;
        if self.mode == Mode::Date {
            self.pop();
        }
    }

    /// One blank between a date and a time.
    fn is_time_delimiter(&self) -> bool {
        self.rest().strip_prefix(' ').is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
    }

    fn skip_comment(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        if matches!(self.mode, Mode::Date | Mode::InlineTable) {
            self.pop();
        }
    }

    fn push(&mut self, mode: Mode) {
        self.modes.push(std::mem::replace(&mut self.mode, mode));
    }

    fn pop(&mut self) {
        self.mode = self.modes.pop().unwrap_or(Mode::Statement);
    }

    fn take(&mut self, length: usize, kind: Kind) -> Kind {
        self.at += length;
        kind
    }

    fn stray(&mut self, first: char) -> Kind {
        self.take(first.len_utf8(), Kind::Stray)
    }

    fn statement(&mut self, first: char) -> Kind {
        match first {
            '=' => {
                self.array_depths.clear();
                self.array_depth = 0;
                self.push(Mode::Value);
                self.take(1, Kind::Equals)
            }
            '[' if self.rest().starts_with("[[") => self.take(2, Kind::ArrayHeader),
            '[' => self.take(1, Kind::Header),
            ']' if self.rest().starts_with("]]") => self.take(2, Kind::ArrayHeaderEnd),
            ']' => self.take(1, Kind::HeaderEnd),
            _ => match line_end(self.rest()) {
                0 => self.key(first).unwrap_or_else(|| self.stray(first)),
                length => self.take(length, Kind::NewLine),
            },
        }
    }

    fn key(&mut self, first: char) -> Option<Kind> {
        match first {
            '.' => Some(self.take(1, Kind::Dot)),
            '"' => Some(self.quoted(Quotes::Basic)),
            '\'' => Some(self.quoted(Quotes::Literal)),
            _ => match bare_key(self.rest()) {
                0 => None,
                length => Some(self.take(length, Kind::BareKey)),
            },
        }
    }

    fn inline_table(&mut self, first: char) -> Kind {
        match first {
            '}' => {
                self.array_depth = self.array_depths.pop().unwrap_or(0);
                self.pop();
                self.take(1, Kind::TableEnd)
            }
            '=' => {
                self.push(Mode::Value);
                self.take(1, Kind::Equals)
            }
            ',' => self.take(1, Kind::Comma),
            _ => match line_end(self.rest()) {
                0 => self.key(first).unwrap_or_else(|| self.stray(first)),
                length => {
                    self.pop();
                    self.take(length, Kind::NewLine)
                }
            },
        }
    }

    fn value(&mut self, first: char) -> Kind {
        match first {
            '[' => {
                self.array_depth += 1;
                self.push(Mode::Value);
                self.take(1, Kind::ArrayStart)
            }
            ']' => {
                self.array_depth -= 1;
                self.pop();
                self.take(1, Kind::ArrayEnd)
            }
            ',' if self.array_depth > 0 => {
                self.push(Mode::Value);
                self.take(1, Kind::Comma)
            }
            '{' => {
                self.array_depths.push(std::mem::take(&mut self.array_depth));
                self.mode = Mode::InlineTable;
                self.take(1, Kind::TableStart)
            }
            '\r' | '\n' if line_end(self.rest()) > 0 && self.array_depth >= 0 => {
                if self.array_depth == 0 {
                    self.pop();
                }
                self.take(line_end(self.rest()), Kind::NewLine)
            }
            '"' | '\'' => {
                self.pop();
                self.quoted(quotes(self.rest()))
            }
            _ => self.word(first),
        }
    }

    /// A number, a truth value or the start of a date: the longest that fits.
    fn word(&mut self, first: char) -> Kind {
        match number::scan(self.rest()) {
            Some((kind @ Kind::Digits, length)) => {
                self.mode = Mode::Date;
                self.take(length, kind)
            }
            Some((kind, length)) => {
                self.pop();
                self.take(length, kind)
            }
            None => {
                self.pop();
                self.stray(first)
            }
        }
    }

    fn date(&mut self, first: char) -> Kind {
        let kind = match first {
            '-' => Kind::Dash,
            '+' => Kind::Plus,
            ':' => Kind::Colon,
            '.' => Kind::Dot,
            'Z' => Kind::Zulu,
            // Other blanks end the date and were skipped.
            'T' | 't' | ' ' => Kind::TimeDelimiter,
            '0'..='9' => return self.take(number::digits(self.rest()), Kind::Digits),
            ',' => {
                self.pop();
                Kind::Comma
            }
            _ => {
                self.pop();
                return match line_end(self.rest()) {
                    0 => self.stray(first),
                    length => self.take(length, Kind::NewLine),
                };
            }
        };
        self.take(1, kind)
    }

    fn quoted(&mut self, quotes: Quotes) -> Kind {
        let (kind, length) = scan_text(self.rest(), quotes);
        self.take(length, kind)
    }
}

/// The length of the bare key at the start of a text.
pub(super) fn bare_key(text: &str) -> usize {
    let is_bare = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    text.bytes().take_while(is_bare).count()
}

/// The quotes that open a value.
fn quotes(text: &str) -> Quotes {
    match (text.starts_with('"'), text.starts_with("\"\"\""), text.starts_with("'''")) {
        (_, true, _) => Quotes::LongBasic,
        (true, ..) => Quotes::Basic,
        (_, _, true) => Quotes::LongLiteral,
        _ => Quotes::Literal,
    }
}

/// The text that starts with an opening mark: what it is, and its length as far as it was read.
pub(super) fn scan_text(text: &str, quotes: Quotes) -> (Kind, usize) {
    let mark = quotes.mark();
    let mut at = mark.len();
    loop {
        let rest = text.get(at..).unwrap_or("");
        if rest.starts_with(mark) {
            return (Kind::Text(quotes), at + mark.len());
        }
        let Some(first) = rest.chars().next() else { return (Kind::Unclosed(quotes), at) };
        at += match first {
            '\\' if quotes.has_escapes() => match escape(rest, quotes) {
                Some(length) => length,
                None => return (Kind::Unclosed(quotes), at),
            },
            '\r' | '\n' if line_end(rest) > 0 => {
                if !quotes.is_long() {
                    return (Kind::Unclosed(quotes), at);
                }
                line_end(rest)
            }
            '\t' if !quotes.has_escapes() => 1,
            '\0'..='\u{1f}' | '\u{7f}' => return (Kind::Control(quotes), at + 1),
            _ => first.len_utf8(),
        };
    }
}

/// The length of the `\` at the start with what it stands before; none when the text ends there.
fn escape(text: &str, quotes: Quotes) -> Option<usize> {
    let continued = line_continuation(text);
    if quotes.is_long() && continued > 0 {
        return Some(continued);
    }
    let next = text.get(1..)?.chars().next()?;
    (next != '\n').then(|| 1 + next.len_utf8())
}
