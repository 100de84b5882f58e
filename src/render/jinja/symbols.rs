//! Cuts an expression into symbols (JUEL's `Scanner` with Jinjava's `ExtendedScanner`).

use super::tags::{is_identifier_part, is_identifier_start, is_java_whitespace};
use super::tree::Dialect;
use std::borrow::Cow;

/// The kinds of symbols; several spellings may share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    End,
    Plus,
    Minus,
    Multiply,
    Divide,
    Remainder,
    FloorDivide,
    Power,
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Identifier,
    Not,
    And,
    Or,
    Empty,
    InstanceOf,
    Integer,
    Float,
    True,
    False,
    Text,
    Null,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Question,
    Colon,
    Dot,
    Comma,
    Pipe,
    Absolute,
    Assign,
    Tilde,
    In,
}

impl Symbol {
    /// Whether Jinjava added it to JUEL; such a symbol may stand where the name of a test does.
    pub fn is_extension(self) -> bool {
        matches!(
            self,
            Self::FloorDivide
                | Self::Power
                | Self::LeftBrace
                | Self::RightBrace
                | Self::Pipe
                | Self::Absolute
                | Self::Assign
                | Self::Tilde
                | Self::In
        )
    }
}

/// A symbol in its place.
#[derive(Debug, Clone)]
pub(super) struct Token<'t> {
    pub symbol: Symbol,
    /// How it is written; of a string, what it holds. The parser compares images without looking at the symbol.
    pub image: Cow<'t, str>,
    pub start: usize,
    pub end: usize,
}

/// Cuts up an expression; the last symbol is the end. An error is where and why.
pub(super) fn symbols(text: &str, dialect: Dialect) -> Result<Vec<Token<'_>>, (usize, String)> {
    let mut scanner = Scanner { text, dialect, position: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = scanner.next()? {
        tokens.push(token);
    }
    tokens.push(Token { symbol: Symbol::End, image: "}".into(), start: text.len(), end: text.len() });
    Ok(tokens)
}

struct Scanner<'t> {
    text: &'t str,
    dialect: Dialect,
    position: usize,
}

impl<'t> Scanner<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn next(&mut self) -> Result<Option<Token<'t>>, (usize, String)> {
        let blank = |character: char| is_java_whitespace(character) || is_space(character);
        self.position = self.text.len() - self.rest().trim_start_matches(blank).len();
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(None) };
        // JUEL sees the brace that ends the expression after the last character.
        let second = rest.chars().nth(1).unwrap_or('}');
        if let Some((symbol, length)) = operator(first, second) {
            return Ok(Some(self.token(symbol, length)));
        }
        if matches!(first, '"' | '\'') {
            return self.string(first).map(Some);
        }
        if first.is_ascii_digit() || first == '.' {
            return Ok(Some(self.number()));
        }
        if is_identifier_start(first) {
            let length = rest.find(|character| !is_identifier_part(character)).unwrap_or(rest.len());
            let symbol = keyword(rest.get(..length).unwrap_or_default(), self.dialect);
            return Ok(Some(self.token(symbol, length)));
        }
        Err((self.position, format!("`{first}` is not part of the expression language")))
    }

    fn token(&mut self, symbol: Symbol, length: usize) -> Token<'t> {
        let start = self.position;
        self.position += length;
        let image = self.text.get(start..self.position).unwrap_or_default();
        Token { symbol, image: image.into(), start, end: self.position }
    }

    fn number(&mut self) -> Token<'t> {
        let bytes = self.rest().as_bytes();
        let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
        let mut length = digits(0);
        let mut symbol = Symbol::Integer;
        if bytes.get(length) == Some(&b'.') {
            length += 1;
            length += digits(length);
            symbol = Symbol::Float;
        }
        if matches!(bytes.get(length), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
            let exponent = digits(length + 1 + sign);
            if exponent > 0 {
                length += 1 + sign + exponent;
                symbol = Symbol::Float;
            }
        }
        self.token(symbol, length)
    }

    fn string(&mut self, quote: char) -> Result<Token<'t>, (usize, String)> {
        let rest = self.rest();
        let mut image = Cow::Borrowed("");
        let mut characters = rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            if character == quote {
                if let Cow::Borrowed(_) = image {
                    image = rest.get(1..at).unwrap_or_default().into();
                }
                let mut token = self.token(Symbol::Text, at + 1);
                token.image = image;
                return Ok(token);
            }
            if character == '\\' {
                let mut decoded = match image {
                    Cow::Borrowed(_) => rest.get(1..at).unwrap_or_default().to_owned(),
                    Cow::Owned(decoded) => decoded,
                };
                decoded.push(match characters.next().map(|(_, escaped)| escaped) {
                    Some(escaped @ ('\\' | '\'' | '"')) => escaped,
                    Some('n') => '\n',
                    Some('t') => '\t',
                    Some('b') => '\u{8}',
                    Some('f') => '\u{C}',
                    Some('r') => '\r',
                    Some(other) => {
                        return Err((self.position + at, format!("`\\{other}` is no escape in a string")));
                    }
                    None => break,
                });
                image = decoded.into();
            } else if let Cow::Owned(decoded) = &mut image {
                decoded.push(character);
            }
        }
        Err((self.position, "the string does not end".to_owned()))
    }
}

/// `Character.isSpaceChar` beyond `Character.isWhitespace`.
fn is_space(character: char) -> bool {
    matches!(character, '\u{A0}' | '\u{2007}' | '\u{202F}')
}

/// The symbol that two characters begin with, and its length in bytes.
fn operator(first: char, second: char) -> Option<(Symbol, usize)> {
    let symbol = match (first, second) {
        ('/', '/') => (Symbol::FloorDivide, 2),
        ('*', '*') => (Symbol::Power, 2),
        ('|', '|') => (Symbol::Or, 2),
        ('|', _) => (Symbol::Pipe, 1),
        ('+', digit) if digit.is_numeric() => (Symbol::Absolute, 1),
        ('=', '=') => (Symbol::Equal, 2),
        ('=', _) => (Symbol::Assign, 1),
        ('{', _) => (Symbol::LeftBrace, 1),
        ('}', _) => (Symbol::RightBrace, 1),
        ('~', _) => (Symbol::Tilde, 1),
        ('*', _) => (Symbol::Multiply, 1),
        ('/', _) => (Symbol::Divide, 1),
        ('%', _) => (Symbol::Remainder, 1),
        ('+', _) => (Symbol::Plus, 1),
        ('-', _) => (Symbol::Minus, 1),
        ('?', _) => (Symbol::Question, 1),
        (':', _) => (Symbol::Colon, 1),
        ('[', _) => (Symbol::LeftBracket, 1),
        (']', _) => (Symbol::RightBracket, 1),
        ('(', _) => (Symbol::LeftParenthesis, 1),
        (')', _) => (Symbol::RightParenthesis, 1),
        (',', _) => (Symbol::Comma, 1),
        ('.', digit) if !digit.is_ascii_digit() => (Symbol::Dot, 1),
        ('&', '&') => (Symbol::And, 2),
        ('!', '=') => (Symbol::NotEqual, 2),
        ('!', _) => (Symbol::Not, 1),
        ('<', '=') => (Symbol::LessOrEqual, 2),
        ('<', _) => (Symbol::Less, 1),
        ('>', '=') => (Symbol::GreaterOrEqual, 2),
        ('>', _) => (Symbol::Greater, 1),
        _ => return None,
    };
    Some(symbol)
}

fn keyword(name: &str, dialect: Dialect) -> Symbol {
    match name {
        "null" => Symbol::Null,
        "true" => Symbol::True,
        "false" => Symbol::False,
        "True" if dialect >= Dialect::V2_6_0 => Symbol::True,
        "False" if dialect >= Dialect::V2_6_0 => Symbol::False,
        "empty" => Symbol::Empty,
        "div" => Symbol::Divide,
        "mod" => Symbol::Remainder,
        "not" => Symbol::Not,
        "and" => Symbol::And,
        "or" => Symbol::Or,
        "le" => Symbol::LessOrEqual,
        "lt" => Symbol::Less,
        "eq" => Symbol::Equal,
        "ne" => Symbol::NotEqual,
        "ge" => Symbol::GreaterOrEqual,
        "gt" => Symbol::Greater,
        "instanceof" => Symbol::InstanceOf,
        "if" => Symbol::Question,
        "else" => Symbol::Colon,
        "in" => Symbol::In,
        _ => Symbol::Identifier,
    }
}
