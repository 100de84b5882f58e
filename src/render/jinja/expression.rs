//! Reads an expression (JUEL's `Parser` with Jinjava's `ExtendedParser`).

use super::symbols::{Symbol, Token, symbols};
use super::tags::{is_trimmed, trimmed};
use super::tree::{Binary, Dialect, Expression, ExpressionKind, Extent, Unary};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many levels an expression may have. The deepest one in a pack has nine; Java's own bound is its stack.
const MAX_HEIGHT: u16 = 160;

/// How deep brackets, parentheses and operators in front may nest while reading.
const MAX_NESTING: u16 = 60;

/// Where the bytes of an expression's text stand in the template.
pub(super) enum Origins<'o> {
    /// One after the other from here on.
    From(usize),
    /// Each one on its own; the text is not literally in the template.
    Each(&'o [usize]),
}

impl Origins<'_> {
    fn extent(&self, start: usize, end: usize) -> Extent {
        match self {
            Self::From(base) => Extent::new(base + start, base + end),
            Self::Each(origins) => {
                let first = origins.get(start).or(origins.last()).copied().unwrap_or(0);
                let last = end.checked_sub(1).and_then(|last| origins.get(last)).copied().unwrap_or(first);
                Extent::new(first, last + 1)
            }
        }
    }
}

/// Reads the expression that stands at `extent` of a template; `macros` are the functions that the template makes.
pub(super) fn parse_at(
    text: &str,
    extent: Extent,
    dialect: Dialect,
    macros: &BTreeSet<Arc<str>>,
) -> Expression {
    let bare = trimmed(text, extent, is_trimmed);
    parse(bare.of(text), &Origins::From(bare.start), dialect, macros)
}

/// Reads an expression. What is none becomes [`ExpressionKind::Invalid`].
pub(super) fn parse(
    text: &str,
    origins: &Origins<'_>,
    dialect: Dialect,
    macros: &BTreeSet<Arc<str>>,
) -> Expression {
    let whole = origins.extent(0, text.len());
    if text.trim().is_empty() {
        return Expression { extent: whole, kind: ExpressionKind::Blank, height: 1 };
    }
    let parsed = Parser::new(text, origins, dialect, macros).and_then(|mut parser| parser.whole());
    parsed.unwrap_or_else(|failure| failure.into_expression(text, origins))
}

/// Reads expressions with commas between them, as `set` has them on its right. An error is one expression, and invalid.
pub(super) fn parse_list(
    text: &str,
    extent: Extent,
    dialect: Dialect,
    macros: &BTreeSet<Arc<str>>,
) -> Vec<Expression> {
    let source = extent.of(text);
    let origins = Origins::From(extent.start);
    let parser = Parser::new(source, &origins, dialect, macros);
    let parsed = parser.and_then(|mut parser| parser.list_until(Symbol::End));
    parsed.unwrap_or_else(|failure| vec![failure.into_expression(source, &origins)])
}

struct Failure {
    at: usize,
    reason: String,
    /// Whether Java may read it.
    unsupported: bool,
}

impl Failure {
    fn invalid(at: usize, reason: impl Into<String>) -> Self {
        Self { at, reason: reason.into(), unsupported: false }
    }

    fn unsupported(at: usize, reason: &str) -> Self {
        Self { at, reason: reason.to_owned(), unsupported: true }
    }

    fn into_expression(self, text: &str, origins: &Origins<'_>) -> Expression {
        let extent = origins.extent(self.at, text.len());
        let kind = if self.unsupported {
            ExpressionKind::Unsupported(self.reason)
        } else {
            ExpressionKind::Invalid(self.reason)
        };
        Expression { extent, kind, height: 1 }
    }
}

type Parsed = Result<Expression, Failure>;
type Maybe = Result<Option<Expression>, Failure>;

struct Parser<'t> {
    tokens: Vec<Token<'t>>,
    origins: &'t Origins<'t>,
    dialect: Dialect,
    macros: &'t BTreeSet<Arc<str>>,
    next: usize,
    nesting: u16,
}

impl<'t> Parser<'t> {
    fn new(
        text: &'t str,
        origins: &'t Origins<'t>,
        dialect: Dialect,
        macros: &'t BTreeSet<Arc<str>>,
    ) -> Result<Self, Failure> {
        let tokens = symbols(text, dialect).map_err(|(at, reason)| Failure::invalid(at, reason))?;
        Ok(Self { tokens, origins, dialect, macros, next: 0, nesting: 0 })
    }

    /// The symbol `ahead` of the current one; behind the end there is nothing but the end.
    fn symbol(&self, ahead: usize) -> Symbol {
        self.tokens.get(self.next + ahead).map_or(Symbol::End, |token| token.symbol)
    }

    fn image(&self, ahead: usize) -> &str {
        self.tokens.get(self.next + ahead).map_or("", |token| &token.image)
    }

    fn start(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |token| token.start)
    }

    fn end_of_last(&self) -> usize {
        self.next.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.end)
    }

    fn consume(&mut self) {
        self.next += 1;
    }

    fn consume_image(&mut self) -> Arc<str> {
        let image = Arc::from(self.image(0));
        self.consume();
        image
    }

    fn accept(&mut self, symbol: Symbol) -> bool {
        let here = self.symbol(0) == symbol;
        if here {
            self.consume();
        }
        here
    }

    fn expect(&mut self, symbol: Symbol, spelling: &str) -> Result<(), Failure> {
        if self.accept(symbol) { Ok(()) } else { Err(self.unexpected(&format!("{spelling} is expected"))) }
    }

    fn unexpected(&self, expectation: &str) -> Failure {
        let reason = match self.tokens.get(self.next) {
            Some(token) if token.symbol != Symbol::End => {
                format!("{expectation} instead of `{}`", token.image)
            }
            _ => format!("{expectation} where the expression ends"),
        };
        Failure::invalid(self.start(), reason)
    }

    fn node(&self, start: usize, kind: ExpressionKind) -> Parsed {
        let height = 1 + tallest_part(&kind);
        if height > MAX_HEIGHT {
            return Err(Failure::unsupported(start, "the expression has too many levels for this renderer"));
        }
        Ok(Expression { extent: self.origins.extent(start, self.end_of_last()), kind, height })
    }

    fn whole(&mut self) -> Parsed {
        let expression = self.expression()?;
        if self.symbol(0) == Symbol::Pipe {
            return Err(self.unexpected("the name of a filter is expected behind a bar, or an operator"));
        }
        self.expect(Symbol::End, "an operator")?;
        Ok(expression)
    }

    fn required(&self, expression: Option<Expression>) -> Parsed {
        expression.ok_or_else(|| self.unexpected("a value is expected"))
    }

    fn expression(&mut self) -> Parsed {
        let expression = self.optional_expression()?;
        self.required(expression)
    }

    fn optional_expression(&mut self) -> Maybe {
        self.nested(Self::choice)
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Maybe) -> Maybe {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(Failure::unsupported(
                self.start(),
                "the expression is nested too deeply for this renderer",
            ));
        }
        let result = read(self);
        self.nesting -= 1;
        result
    }

    fn choice(&mut self) -> Maybe {
        let start = self.start();
        let Some(first) = self.or()? else { return Ok(None) };
        if self.symbol(0) != Symbol::Question {
            return Ok(Some(first));
        }
        let by_word = self.image(0) == "if";
        self.consume();
        let second = self.expression()?;
        let (condition, then, otherwise) = if by_word {
            let otherwise = if self.image(0) == "else" {
                self.consume();
                Some(Box::new(self.expression()?))
            } else {
                None
            };
            (second, first, otherwise)
        } else {
            self.expect(Symbol::Colon, "`:`")?;
            (first, second, Some(Box::new(self.expression()?)))
        };
        let (condition, then) = (Box::new(condition), Box::new(then));
        self.node(start, ExpressionKind::Choice { condition, then, otherwise }).map(Some)
    }

    /// A level of operators that group to the left.
    fn chain(&mut self, operand: fn(&mut Self) -> Maybe, operator: fn(Symbol) -> Option<Binary>) -> Maybe {
        let start = self.start();
        let Some(mut left) = operand(self)? else { return Ok(None) };
        while let Some(binary) = operator(self.symbol(0)) {
            self.consume();
            let right = operand(self)?;
            let right = self.required(right)?;
            left = self.node(start, ExpressionKind::Binary(binary, Box::new(left), Box::new(right)))?;
        }
        Ok(Some(left))
    }

    fn or(&mut self) -> Maybe {
        self.chain(Self::and, |symbol| (symbol == Symbol::Or).then_some(Binary::Or))
    }

    fn and(&mut self) -> Maybe {
        self.chain(Self::equality, |symbol| (symbol == Symbol::And).then_some(Binary::And))
    }

    fn equality(&mut self) -> Maybe {
        let operator = |symbol| match symbol {
            Symbol::Equal => Some(Binary::Equal),
            Symbol::NotEqual => Some(Binary::NotEqual),
            _ => None,
        };
        self.chain(Self::comparison, operator)
    }

    /// Since 2.5 comparisons do not chain, and there is `not in`.
    fn comparison(&mut self) -> Maybe {
        let operator = |symbol| match symbol {
            Symbol::Less => Some(Binary::Less),
            Symbol::LessOrEqual => Some(Binary::LessOrEqual),
            Symbol::Greater => Some(Binary::Greater),
            Symbol::GreaterOrEqual => Some(Binary::GreaterOrEqual),
            Symbol::In => Some(Binary::In),
            _ => None,
        };
        if self.dialect < Dialect::V2_6_0 {
            return self.chain(Self::sum, operator);
        }
        let start = self.start();
        let Some(left) = self.sum()? else { return Ok(None) };
        let binary = match operator(self.symbol(0)) {
            Some(binary) => binary,
            None if self.image(0) == "not" && self.image(1) == "in" => {
                self.consume();
                Binary::NotIn
            }
            None => return Ok(Some(left)),
        };
        self.consume();
        let right = self.sum()?;
        let right = self.required(right)?;
        self.node(start, ExpressionKind::Binary(binary, Box::new(left), Box::new(right))).map(Some)
    }

    fn sum(&mut self) -> Maybe {
        let start = self.start();
        let Some(mut left) = self.product()? else { return Ok(None) };
        loop {
            let symbol = self.symbol(0);
            let binary = match symbol {
                Symbol::Plus => Some(Binary::Add),
                Symbol::Minus => Some(Binary::Subtract),
                Symbol::Tilde => Some(Binary::Concatenate),
                Symbol::Assign => None,
                _ => return Ok(Some(left)),
            };
            self.consume();
            let right = self.product()?;
            let right = Box::new(self.required(right)?);
            let kind = match (binary, left) {
                (Some(binary), left) => ExpressionKind::Binary(binary, Box::new(left), right),
                (None, Expression { kind: ExpressionKind::Name(name), .. }) => {
                    ExpressionKind::Named(name, right)
                }
                (None, _) => {
                    return Err(Failure::invalid(start, "only a name can stand before `=`"));
                }
            };
            left = self.node(start, kind)?;
        }
    }

    fn product(&mut self) -> Maybe {
        let operator = |symbol| match symbol {
            Symbol::Multiply => Some(Binary::Multiply),
            Symbol::Divide => Some(Binary::Divide),
            Symbol::Remainder => Some(Binary::Remainder),
            Symbol::FloorDivide => Some(Binary::FloorDivide),
            Symbol::Power => Some(Binary::Power),
            _ => None,
        };
        self.chain(Self::unary, operator)
    }

    fn unary(&mut self) -> Maybe {
        let unary = match self.symbol(0) {
            Symbol::Not => Unary::Not,
            Symbol::Minus => Unary::Negate,
            Symbol::Empty => Unary::Empty,
            Symbol::Absolute => Unary::Absolute,
            _ => return self.value(),
        };
        let start = self.start();
        self.consume();
        let operand = self.nested(Self::unary)?;
        let operand = self.required(operand)?;
        self.node(start, ExpressionKind::Unary(unary, Box::new(operand))).map(Some)
    }

    fn value(&mut self) -> Maybe {
        let start = self.start();
        let Some(mut value) = self.primary()? else { return Ok(None) };
        loop {
            value = match self.symbol(0) {
                Symbol::Dot => self.member(start, value)?,
                Symbol::LeftBracket => self.bracket(start, value)?,
                _ => return self.filters_or_test(start, value).map(Some),
            };
        }
    }

    fn member(&mut self, start: usize, object: Expression) -> Parsed {
        self.consume();
        if self.symbol(0) != Symbol::Identifier {
            return Err(self.unexpected("a name is expected behind the point"));
        }
        let name = self.consume_image();
        let object = Box::new(object);
        if self.symbol(0) == Symbol::LeftParenthesis {
            let arguments = self.arguments()?;
            return self.node(start, ExpressionKind::Method(object, name, arguments));
        }
        self.node(start, ExpressionKind::Member(object, name))
    }

    fn bracket(&mut self, start: usize, object: Expression) -> Parsed {
        self.consume();
        let index = self.optional_expression()?.map(Box::new);
        let object = Box::new(object);
        if self.accept(Symbol::Colon) {
            let to = self.optional_expression()?.map(Box::new);
            self.expect(Symbol::RightBracket, "`]`")?;
            return self.node(start, ExpressionKind::Slice(object, index, to));
        }
        self.expect(Symbol::RightBracket, "`]`")?;
        let Some(index) = index else {
            return Err(Failure::invalid(start, "there is nothing in the brackets"));
        };
        if self.symbol(0) == Symbol::LeftParenthesis {
            let ExpressionKind::Text(name) = index.kind else {
                let reason = "this renderer cannot call a method that is named by an expression";
                return Err(Failure::unsupported(start, reason));
            };
            let arguments = self.arguments()?;
            return self.node(start, ExpressionKind::Method(object, name, arguments));
        }
        self.node(start, ExpressionKind::Index(object, index))
    }

    /// Filters, or one test; neither may be followed by a point or a bracket.
    fn filters_or_test(&mut self, start: usize, value: Expression) -> Parsed {
        let mut value = value;
        if self.image(0) == "|" && self.symbol(1) == Symbol::Identifier {
            while self.image(0) == "|" {
                self.consume();
                let name = self.consume_image();
                let arguments =
                    if self.symbol(0) == Symbol::LeftParenthesis { self.arguments()? } else { Vec::new() };
                value = self.node(start, ExpressionKind::Filter(Box::new(value), name, arguments))?;
            }
            return Ok(value);
        }
        if self.image(0) != "is" {
            return Ok(value);
        }
        let negated = self.image(1) == "not" && self.may_name_a_test(self.symbol(2));
        if !negated && !self.may_name_a_test(self.symbol(1)) {
            return Ok(value);
        }
        self.next += if negated { 2 } else { 1 };
        let name = self.consume_image();
        let argument = self.test_argument()?.map(Box::new);
        self.node(start, ExpressionKind::Test { input: Box::new(value), name, negated, argument })
    }

    /// In 2.4 everything that follows is the argument of a test, since then one value.
    fn test_argument(&mut self) -> Maybe {
        if self.dialect < Dialect::V2_6_0 { self.optional_expression() } else { self.nested(Self::value) }
    }

    fn may_name_a_test(&self, symbol: Symbol) -> bool {
        symbol == Symbol::Identifier
            || self.dialect >= Dialect::V2_6_0
                && (symbol.is_extension()
                    || matches!(
                        symbol,
                        Symbol::Equal
                            | Symbol::NotEqual
                            | Symbol::Less
                            | Symbol::LessOrEqual
                            | Symbol::Greater
                            | Symbol::GreaterOrEqual
                            | Symbol::True
                            | Symbol::False
                    ))
    }

    fn primary(&mut self) -> Maybe {
        let start = self.start();
        let kind = match self.symbol(0) {
            Symbol::Identifier => return self.name_or_function(start).map(Some),
            Symbol::LeftParenthesis if self.is_tuple() => ExpressionKind::Tuple(self.arguments()?),
            Symbol::LeftParenthesis => {
                self.consume();
                let inner = self.expression()?;
                self.expect(Symbol::RightParenthesis, "`)`")?;
                return Ok(Some(inner));
            }
            Symbol::LeftBracket => {
                self.consume();
                ExpressionKind::List(self.list_until(Symbol::RightBracket)?)
            }
            Symbol::LeftBrace => self.map()?,
            Symbol::True | Symbol::False => {
                let value = self.symbol(0) == Symbol::True;
                self.consume();
                ExpressionKind::Bool(value)
            }
            Symbol::Null => {
                self.consume();
                ExpressionKind::Null
            }
            Symbol::Text => ExpressionKind::Text(self.consume_image()),
            Symbol::Integer => match self.image(0).parse() {
                Ok(value) => {
                    self.consume();
                    ExpressionKind::Integer(value)
                }
                Err(_) => return Err(self.unexpected("a number of at most 64 bits is expected")),
            },
            Symbol::Float => match self.image(0).parse() {
                Ok(value) => {
                    self.consume();
                    ExpressionKind::Double(value)
                }
                Err(_) => return Err(self.unexpected("a number is expected")),
            },
            _ => return Ok(None),
        };
        self.node(start, kind).map(Some)
    }

    /// `name`, `name(…)`, `namespace:name(…)`; the `else` of a choice is taken for such a colon, too.
    fn name_or_function(&mut self, start: usize) -> Parsed {
        let mut name = self.consume_image();
        if self.symbol(0) == Symbol::Colon
            && self.symbol(1) == Symbol::Identifier
            && self.symbol(2) == Symbol::LeftParenthesis
        {
            self.consume();
            name = format!("{name}:{}", self.consume_image()).into();
        }
        if self.symbol(0) == Symbol::LeftParenthesis {
            let arguments = self.arguments()?;
            if !is_function(&name, self.dialect) && !self.macros.contains(&name) {
                // Java looks for all functions before it evaluates anything.
                return Err(Failure::invalid(start, format!("there is no function `{name}`")));
            }
            return self.node(start, ExpressionKind::Function(name, arguments));
        }
        self.node(start, ExpressionKind::Name(name))
    }

    /// Whether a comma follows before the parenthesis is closed; 2.4 takes the first closing one it sees.
    fn is_tuple(&self) -> bool {
        let mut depth = 0u32;
        for ahead in 1.. {
            match self.symbol(ahead) {
                Symbol::End => return false,
                Symbol::RightParenthesis if depth == 0 => return false,
                Symbol::Comma if depth == 0 => return true,
                Symbol::LeftParenthesis | Symbol::LeftBracket if self.dialect >= Dialect::V2_6_0 => {
                    depth += 1
                }
                Symbol::RightParenthesis | Symbol::RightBracket => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        false
    }

    fn arguments(&mut self) -> Result<Vec<Expression>, Failure> {
        self.expect(Symbol::LeftParenthesis, "`(`")?;
        self.list_until(Symbol::RightParenthesis)
    }

    fn list_until(&mut self, closing: Symbol) -> Result<Vec<Expression>, Failure> {
        let mut elements = Vec::new();
        if let Some(first) = self.optional_expression()? {
            elements.push(first);
            while self.accept(Symbol::Comma) {
                elements.push(self.expression()?);
            }
        }
        let spelling = match closing {
            Symbol::RightParenthesis => "`)`",
            Symbol::RightBracket => "`]`",
            _ => "an operator",
        };
        self.expect(closing, spelling)?;
        Ok(elements)
    }

    fn map(&mut self) -> Result<ExpressionKind, Failure> {
        self.consume();
        let mut entries = Vec::new();
        while let Some(key) = self.optional_expression()? {
            self.expect(Symbol::Colon, "`:`")?;
            entries.push((key, self.expression()?));
            if !self.accept(Symbol::Comma) {
                break;
            }
        }
        if self.image(0) != "}" || self.symbol(0) == Symbol::End {
            return Err(self.unexpected("`}` is expected"));
        }
        self.consume();
        Ok(ExpressionKind::Map(entries))
    }
}

/// The functions that Jinjava has (`FunctionLibrary`), and since when.
const FUNCTIONS: [(&str, Dialect); 16] = [
    ("datetimeformat", Dialect::V2_4_14),
    ("fn:immutable_list", Dialect::V2_4_14),
    ("fn:list", Dialect::V2_4_14),
    ("fn:map_entry", Dialect::V2_7_2),
    ("format_date", Dialect::V2_7_2),
    ("format_datetime", Dialect::V2_7_2),
    ("format_time", Dialect::V2_7_2),
    ("namespace", Dialect::V2_6_0),
    ("range", Dialect::V2_4_14),
    ("strtodate", Dialect::V2_6_0),
    ("strtotime", Dialect::V2_4_14),
    ("super", Dialect::V2_4_14),
    ("today", Dialect::V2_4_14),
    ("truncate", Dialect::V2_4_14),
    ("type", Dialect::V2_4_14),
    ("unixtimestamp", Dialect::V2_4_14),
];

/// Whether this Jinjava has a function of that name.
pub(super) fn is_function(name: &str, dialect: Dialect) -> bool {
    FUNCTIONS.iter().any(|(known, since)| *known == name && *since <= dialect)
}

fn tallest_part(kind: &ExpressionKind) -> u16 {
    let mut tallest = 0;
    for_each_part(kind, &mut |part| tallest = tallest.max(part.height));
    tallest
}

fn for_each_part<'e>(kind: &'e ExpressionKind, visit: &mut dyn FnMut(&'e Expression)) {
    match kind {
        ExpressionKind::Blank
        | ExpressionKind::Invalid(_)
        | ExpressionKind::Unsupported(_)
        | ExpressionKind::Null
        | ExpressionKind::Bool(_)
        | ExpressionKind::Integer(_)
        | ExpressionKind::Double(_)
        | ExpressionKind::Text(_)
        | ExpressionKind::Name(_) => {}
        ExpressionKind::List(parts) | ExpressionKind::Tuple(parts) | ExpressionKind::Function(_, parts) => {
            parts.iter().for_each(visit);
        }
        ExpressionKind::Map(entries) => entries.iter().for_each(|(key, value)| {
            visit(key);
            visit(value);
        }),
        ExpressionKind::Member(object, _)
        | ExpressionKind::Unary(_, object)
        | ExpressionKind::Named(_, object) => visit(object),
        ExpressionKind::Index(left, right) | ExpressionKind::Binary(_, left, right) => {
            visit(left);
            visit(right);
        }
        ExpressionKind::Slice(object, from, to) => {
            visit(object);
            from.iter().chain(to).for_each(|part| visit(part));
        }
        ExpressionKind::Method(object, _, arguments) | ExpressionKind::Filter(object, _, arguments) => {
            visit(object);
            arguments.iter().for_each(visit);
        }
        ExpressionKind::Test { input, argument, .. } => {
            visit(input);
            argument.iter().for_each(|part| visit(part));
        }
        ExpressionKind::Choice { condition, then, otherwise } => {
            visit(condition);
            visit(then);
            otherwise.iter().for_each(|part| visit(part));
        }
    }
}

impl Expression {
    /// Visits the expressions that this one is made of, from left to right as they are written.
    pub fn for_each_part<'e>(&'e self, visit: &mut dyn FnMut(&'e Expression)) {
        for_each_part(&self.kind, visit);
    }
}
