//! Cuts a template into text, expressions, tags and comments (Jinjava's `TokenScanner`, quirks included).

use super::tags::TagText;
use super::tree::{Dialect, Extent};
use memchr::memchr;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Text.
    Fixed,
    /// Text in which a tag or an expression begins and never ends; told apart since 2.7.2.
    Unclosed,
    /// `{{ … }}`.
    Expression,
    /// `{% … %}`.
    Tag,
    /// `{# … #}`.
    Comment,
}

/// A piece of a template.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub extent: Extent,
}

/// What the scanner believes to be in; Java keeps the second character of the delimiter, or one that closes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Text,
    Delimited(u8),
}

pub(super) struct Scanner<'t> {
    source: &'t str,
    text: &'t [u8],
    dialect: Dialect,
    position: usize,
    start: usize,
    within: Within,
    in_comment: bool,
    in_raw: bool,
    in_block: u32,
    quote: Option<u8>,
}

/// What to do after one character.
enum Step {
    Go,
    Emit(TokenKind, Extent),
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str, dialect: Dialect) -> Self {
        Self {
            source: text,
            text: text.as_bytes(),
            dialect,
            position: 0,
            start: 0,
            within: Within::Text,
            in_comment: false,
            in_raw: false,
            in_block: 0,
            quote: None,
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    fn at_end(&self) -> bool {
        self.position >= self.text.len()
    }

    /// Where the next token lies, which is what Java's `getNextToken` gives, without its class.
    fn scan(&mut self) -> Option<(TokenKind, Extent)> {
        while !self.at_end() {
            self.skip_plain_text();
            let character = self.byte(self.position);
            self.position += utf8_length(character);
            if self.at_end() {
                return Some(self.last_token());
            }
            if self.in_block > 0 && self.quoted_or_escaped(character) {
                continue;
            }
            let step = match character {
                b'{' => self.opening(),
                b'%' | b'}' => self.closing(character),
                b'#' => self.closing_comment(),
                b'\n' => {
                    if !self.in_comment && self.in_block == 0 {
                        self.within = Within::Text;
                    }
                    Step::Go
                }
                _ => Step::Go,
            };
            match step {
                Step::Go => {}
                Step::Emit(kind, extent) => return Some((kind, extent)),
            }
        }
        None
    }

    /// Outside of tags only an opening brace matters, and the last character of all.
    fn skip_plain_text(&mut self) {
        if self.in_block > 0 || self.in_comment || matches!(self.within, Within::Delimited(_)) {
            return;
        }
        let rest = self.text.get(self.position..).unwrap_or_default();
        let ahead = memchr(b'{', rest).unwrap_or(rest.len());
        if ahead > 1 {
            let mut next = self.position + ahead.min(rest.len() - 1);
            while next > self.position && self.byte(next) & 0xC0 == 0x80 {
                next -= 1;
            }
            self.position = next;
        }
    }

    fn quoted_or_escaped(&mut self, character: u8) -> bool {
        let escape = character == b'\\' && (self.quote.is_some() || self.dialect >= Dialect::V2_7_2);
        if escape {
            self.position += utf8_length(self.byte(self.position));
        } else if self.quote == Some(character) {
            self.quote = None;
        } else if self.quote.is_none() {
            if character != b'\'' && character != b'"' {
                return false;
            }
            self.quote = Some(character);
        }
        true
    }

    fn opening(&mut self) -> Step {
        let kind = self.byte(self.position);
        match kind {
            b'#' => {
                if self.in_comment || self.in_raw {
                    return Step::Go;
                }
                self.in_comment = true;
            }
            b'%' | b'{' => {
                if self.in_comment || (self.in_raw && (kind == b'{' || !self.is_end_of_raw())) {
                    return Step::Go;
                }
                if !self.matches(kind) && matches!(self.within, Within::Delimited(_)) {
                    return Step::Go;
                }
                self.in_block += 1;
                if self.in_block > 1 {
                    return Step::Go;
                }
            }
            _ => return Step::Go,
        }
        self.within = Within::Delimited(kind);
        let text = Extent::new(self.start, self.position - 1);
        if text.is_empty() {
            return Step::Go;
        }
        self.position -= 1;
        self.start = self.position;
        self.in_comment = false;
        Step::Emit(TokenKind::Fixed, text)
    }

    fn closing(&mut self, character: u8) -> Step {
        if self.in_comment || !self.matches(character) || self.byte(self.position) != b'}' {
            return Step::Go;
        }
        self.in_block = 0;
        let kind =
            if self.within == Within::Delimited(b'%') { TokenKind::Tag } else { TokenKind::Expression };
        self.close(kind)
    }

    fn closing_comment(&mut self) -> Step {
        if !self.matches(b'#') || self.byte(self.position) != b'}' {
            return Step::Go;
        }
        self.in_comment = false;
        self.close(TokenKind::Comment)
    }

    fn close(&mut self, kind: TokenKind) -> Step {
        self.position += 1;
        let extent = Extent::new(self.start, self.position);
        self.start = self.position;
        self.within = Within::Text;
        Step::Emit(kind, extent)
    }

    fn matches(&self, kind: u8) -> bool {
        match kind {
            b'{' => self.within == Within::Delimited(b'}'),
            b'}' => self.within == Within::Delimited(b'{'),
            other => self.within == Within::Delimited(other),
        }
    }

    fn is_end_of_raw(&self) -> bool {
        let rest = self.text.get(self.position + 1..).unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| is_ascii_java_whitespace(**byte)).count();
        let word = rest.get(blanks..).unwrap_or_default();
        word.len() > 6 && word.starts_with(b"endraw")
    }

    fn last_token(&mut self) -> (TokenKind, Extent) {
        let extent = Extent::new(self.start, self.text.len());
        self.start = self.text.len();
        self.position = self.text.len();
        let kind = if self.in_comment {
            TokenKind::Comment
        } else if self.in_block > 0 && self.dialect >= Dialect::V2_7_2 {
            TokenKind::Unclosed
        } else {
            TokenKind::Fixed
        };
        (kind, extent)
    }

    /// Whether a tag begins raw text, or ends it, or neither.
    fn raw_or_end_of_raw(&self, tag: Extent) -> Option<bool> {
        match TagText::read(self.source, tag)?.name.as_str() {
            "raw" => Some(true),
            "endraw" => Some(false),
            _ => None,
        }
    }

    fn trim_line_feed(&mut self) {
        if self.byte(self.position) == b'\n' {
            self.position += 1;
            self.start += 1;
        }
    }
}

impl Iterator for Scanner<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let (kind, extent) = self.scan()?;
        if kind == TokenKind::Tag {
            self.trim_line_feed();
            if let Some(in_raw) = self.raw_or_end_of_raw(extent) {
                self.in_raw = in_raw;
                return Some(Token { kind, extent });
            }
        }
        let kind = if self.in_raw { TokenKind::Fixed } else { kind };
        Some(Token { kind, extent })
    }
}

fn is_ascii_java_whitespace(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | 0x1C..=0x20)
}

fn utf8_length(first: u8) -> usize {
    match first {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    }
}
