//! Statements of a file as the server reads them (`TomlParser`, `LineVisitor`).

use super::date;
use super::fault::Fault;
use super::growth::too_deep;
use super::keys::join_key_path;
use super::lexer::{Kind, Lexer, Mode, Token};
use super::number;
use super::recovery::resume_at;
use super::tables::{Draft, EMPTY, HeaderKind, Key, TableId, Tables};
use super::text::{Quotes, decode};
use super::tree::{Document, Item};
use super::wording::{self, Place};
use super::{MOST_FAULTS, MOST_LEVELS};
use crate::source::{FileId, Span};

/// Reads one file.
#[derive(Debug)]
pub(super) struct Parser<'t> {
    file: FileId,
    text: &'t str,
    lexer: Lexer<'t>,
    /// The token to be read next.
    token: Token,
    /// The token before it.
    last: Token,
    tables: Tables,
    /// Brackets and braces that are open.
    open: usize,
}

/// Why a statement is not read to its end.
enum Stop {
    /// The rest of the statement makes no sense.
    Statement(Fault),
    /// The server's stack is at its end.
    File(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Statement(fault)
    }
}

impl<'t> Parser<'t> {
    pub(super) fn new(file: FileId, text: &'t str) -> Self {
        let mut lexer = Lexer::new(text, 0, Mode::Statement);
        let token = lexer.next();
        let tables = Tables::new(Span::new(file, 0, 0));
        Self { file, text, lexer, token, last: token, tables, open: 0 }
    }

    pub(super) fn document(mut self) -> Result<Document, Vec<Fault>> {
        if self.text.starts_with('\u{feff}') {
            self.tables.faults.push(wording::byte_order_mark(self.file));
            self.restart('\u{feff}'.len_utf8());
        }
        while self.skip_lines().kind != Kind::End && self.tables.faults.len() < MOST_FAULTS {
            self.open = 0;
            let start = self.token.start;
            match self.statement() {
                Ok(()) => {}
                Err(Stop::Statement(fault)) => {
                    // What should have been a header ends the table before it all the same.
                    if !line_at(self.text, start).contains('=') {
                        self.tables.leave(fault.span);
                    }
                    self.tables.faults.push(fault);
                    self.restart(resume_at(self.text, self.token, self.open));
                }
                Err(Stop::File(fault)) => return Err(vec![fault]),
            }
        }
        self.tables.finish()
    }

    fn restart(&mut self, at: usize) {
        self.lexer = Lexer::new(self.text, at, Mode::Statement);
        self.advance();
    }

    fn advance(&mut self) -> Token {
        self.last = std::mem::replace(&mut self.token, self.lexer.next());
        self.last
    }

    fn skip_lines(&mut self) -> Token {
        while self.token.kind == Kind::NewLine {
            self.advance();
        }
        self.token
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    fn span_of(&self, token: Token) -> Span {
        self.span(token.start, token.end)
    }

    fn written(&self, token: Token) -> &'t str {
        self.text.get(token.start..token.end).unwrap_or("")
    }

    /// The fault of a token that does not fit.
    fn misfit(&self, place: Place<'_>) -> Fault {
        wording::misfit(self.file, self.text, self.token, self.last, place)
    }

    fn statement(&mut self) -> Result<(), Stop> {
        match self.token.kind {
            Kind::Header => self.header(HeaderKind::Table)?,
            Kind::ArrayHeader => self.header(HeaderKind::Element)?,
            Kind::BareKey | Kind::Text(Quotes::Basic | Quotes::Literal) => {
                let table = self.tables.current();
                self.key_value(table, 0)?;
            }
            _ => return Err(self.misfit(Place::Statement).into()),
        }
        match self.token.kind {
            Kind::NewLine | Kind::End => Ok(()),
            _ => Err(self.misfit(Place::EndOfStatement).into()),
        }
    }

    fn header(&mut self, kind: HeaderKind) -> Result<(), Stop> {
        let start = self.advance();
        self.tables.leave(self.span_of(start));
        let end = match kind {
            HeaderKind::Table => Kind::HeaderEnd,
            HeaderKind::Element => Kind::ArrayHeaderEnd,
        };
        if self.token.kind == end {
            self.advance();
            let span = self.span(start.start, self.last.end);
            self.tables.faults.push(wording::empty_header(span));
            return Ok(());
        }
        let path = self.key(Place::Header)?;
        if self.token.kind != end {
            return Err(self.misfit(Place::EndOfHeader(kind)).into());
        }
        self.advance();
        let span = self.span(start.start, self.last.end);
        self.tables.open(&path, span, kind);
        Ok(())
    }

    fn key_value(&mut self, table: TableId, levels: usize) -> Result<(), Stop> {
        let place = if self.open > 0 { Place::InlineKey } else { Place::Statement };
        let path = self.key(place)?;
        let name = path.last().map_or_else(String::new, |(key, _)| join_key_path(&[key]));
        if self.token.kind != Kind::Equals {
            return Err(self.misfit(Place::Equals(&name)).into());
        }
        self.advance();
        let (value, span) = self.value(&name, levels)?;
        self.tables.set(table, &path, value, span);
        Ok(())
    }

    /// A key, dotted or not.
    fn key(&mut self, place: Place<'_>) -> Result<Vec<Key>, Stop> {
        let mut path = Vec::new();
        loop {
            let key = match self.token.kind {
                Kind::BareKey => self.written(self.token).to_owned(),
                Kind::Text(quotes @ (Quotes::Basic | Quotes::Literal)) => self.text_value(quotes),
                _ => return Err(self.misfit(place).into()),
            };
            path.push((key, self.span_of(self.token)));
            self.advance();
            if self.token.kind != Kind::Dot {
                return Ok(path);
            }
            self.advance();
        }
    }

    /// What the text says that comes next; a wrong escape is told of, and the text taken as written.
    fn text_value(&mut self, quotes: Quotes) -> String {
        let written = self.written(self.token);
        decode(written, quotes).unwrap_or_else(|at| {
            let span = self.span(self.token.start + at.start, self.token.start + at.end);
            let escape = written.get(at).unwrap_or("");
            self.tables.faults.push(wording::unknown_escape(span, escape));
            written.to_owned()
        })
    }

    /// The value of key `name`, within so many arrays and inline tables.
    fn value(&mut self, name: &str, levels: usize) -> Result<(Draft, Span), Stop> {
        if levels > MOST_LEVELS {
            return Err(Stop::File(too_deep(self.span_of(self.token))));
        }
        let start = self.token.start;
        let draft = match self.token.kind {
            Kind::ArrayStart => self.array(name, levels)?,
            Kind::TableStart => self.inline_table(levels)?,
            Kind::Digits => Draft::Leaf(Item::Date(self.date_or_time()?)),
            _ => Draft::Leaf(self.scalar(name)?),
        };
        Ok((draft, self.span(start, self.last.end)))
    }

    fn scalar(&mut self, name: &str) -> Result<Item, Fault> {
        let written = self.written(self.token);
        let item = match self.token.kind {
            Kind::Text(quotes) => Ok(Item::Text(self.text_value(quotes))),
            Kind::Integer => number::integer_value(written),
            Kind::Float => number::float_value(written),
            Kind::Infinity if written.starts_with('-') => Ok(Item::Double(f64::NEG_INFINITY)),
            Kind::Infinity => Ok(Item::Double(f64::INFINITY)),
            Kind::NotANumber => Ok(Item::Double(f64::NAN)),
            Kind::True => Ok(Item::Bool(true)),
            Kind::False => Ok(Item::Bool(false)),
            _ => return Err(self.misfit(Place::Value(name))),
        };
        let token = self.advance();
        Ok(item.unwrap_or_else(|why| {
            self.tables.faults.push(wording::number_out_of_range(self.span_of(token), why));
            Item::Integer(0)
        }))
    }

    fn array(&mut self, name: &str, levels: usize) -> Result<Draft, Stop> {
        self.open += 1;
        self.advance();
        let mut items: Vec<(Draft, Span)> = Vec::new();
        let mut is_mixed = false;
        while self.skip_lines().kind != Kind::ArrayEnd {
            let (item, span) = self.value(name, levels + 1)?;
            if let Some((first, _)) = items.first()
                && !is_mixed
                && sort(first) != sort(&item)
            {
                is_mixed = true;
                self.tables.faults.push(wording::mixed_array(span, sort(&item), sort(first)));
            }
            items.push((item, span));
            if self.token.kind == Kind::Comma {
                self.advance();
            } else if self.skip_lines().kind != Kind::ArrayEnd {
                return Err(self.misfit(Place::Array).into());
            }
        }
        self.advance();
        self.open -= 1;
        Ok(Draft::List(items))
    }

    fn inline_table(&mut self, levels: usize) -> Result<Draft, Stop> {
        self.open += 1;
        let start = self.advance();
        let mut table = EMPTY;
        if self.token.kind != Kind::TableEnd {
            table = self.tables.add(self.span_of(start), false);
            self.inline_entries(table, levels)?;
        }
        self.advance();
        self.open -= 1;
        if table != EMPTY {
            self.tables.place(table, self.span(start.start, self.last.end));
        }
        Ok(Draft::Table(table))
    }

    fn inline_entries(&mut self, table: TableId, levels: usize) -> Result<(), Stop> {
        loop {
            self.key_value(table, levels + 1)?;
            match self.token.kind {
                Kind::TableEnd => return Ok(()),
                Kind::Comma => self.advance(),
                _ => return Err(self.misfit(Place::InlineTable).into()),
            };
        }
    }

    fn date_or_time(&mut self) -> Result<String, Fault> {
        let first = self.advance();
        let read = match self.token.kind {
            Kind::Colon => self.time(self.written(first))?,
            _ => self.date(self.written(first))?,
        };
        Ok(read.unwrap_or_else(|why| {
            let span = self.span(first.start, self.last.end);
            self.tables.faults.push(wording::date_out_of_range(span, why));
            String::new()
        }))
    }

    fn date(&mut self, year: &str) -> Result<Result<String, date::OutOfRange>, Fault> {
        self.expect(Kind::Dash)?;
        let month = self.expect(Kind::Digits)?;
        self.expect(Kind::Dash)?;
        let day = self.expect(Kind::Digits)?;
        let date = date::date(year, month, day);
        if self.token.kind != Kind::TimeDelimiter {
            return Ok(date);
        }
        self.advance();
        let hour = self.expect(Kind::Digits)?;
        let time = self.time(hour)?;
        let offset = self.offset()?;
        Ok(date.and_then(|date| Ok(format!("{date}T{}{}", time?, offset?))))
    }

    fn time(&mut self, hour: &str) -> Result<Result<String, date::OutOfRange>, Fault> {
        self.expect(Kind::Colon)?;
        let minute = self.expect(Kind::Digits)?;
        self.expect(Kind::Colon)?;
        let second = self.expect(Kind::Digits)?;
        let mut fraction = None;
        if self.token.kind == Kind::Dot {
            self.advance();
            fraction = Some(self.expect(Kind::Digits)?);
        }
        Ok(date::time(hour, minute, second, fraction))
    }

    fn offset(&mut self) -> Result<Result<String, date::OutOfRange>, Fault> {
        let sign = match self.token.kind {
            Kind::Zulu | Kind::Dash | Kind::Plus => self.advance(),
            _ => return Ok(Ok(String::new())),
        };
        if sign.kind == Kind::Zulu {
            return Ok(Ok("Z".to_owned()));
        }
        let hour = self.expect(Kind::Digits)?;
        self.expect(Kind::Colon)?;
        let minute = self.expect(Kind::Digits)?;
        Ok(date::offset(sign.kind == Kind::Dash, hour, minute))
    }

    fn expect(&mut self, kind: Kind) -> Result<&'t str, Fault> {
        if self.token.kind != kind {
            return Err(self.misfit(Place::Date));
        }
        let token = self.advance();
        Ok(self.written(token))
    }
}

fn line_at(text: &str, at: usize) -> &str {
    text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or("")
}

/// What an array may hold only one of (`TomlType`), in the plural.
fn sort(draft: &Draft) -> &'static str {
    match draft {
        Draft::Leaf(Item::Text(_)) => "texts",
        Draft::Leaf(Item::Integer(_)) => "integers",
        Draft::Leaf(Item::Double(_)) => "numbers with a point",
        Draft::Leaf(Item::Bool(_)) => "truth values",
        Draft::Leaf(Item::Date(printed)) => date::sort(printed),
        Draft::Leaf(Item::Array(_)) | Draft::List(_) => "arrays",
        Draft::Leaf(Item::Table(_)) | Draft::Table(_) | Draft::Tables(_) => "tables",
    }
}
