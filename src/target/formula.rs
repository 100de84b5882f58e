//! Expressions of templates in one spelling.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use crate::render::jinja::{self, Binary, Expression, ExpressionKind, Unary};

/// An expression over keys and variables. Two are equal when they are spelt alike, wherever they stood.
#[derive(Debug, Clone)]
pub struct Formula {
    text: Arc<str>,
    expression: Expression,
}

impl Formula {
    /// The formula of an expression that stood in a template.
    #[must_use]
    pub fn new(expression: Expression) -> Self {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = spell(&expression, &|_| None, &mut text);
        Self { text: text.into(), expression }
    }

    /// Reads a formula as [`Display`](fmt::Display) spells it; the error says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expression = jinja::parse_expression(text);
        match &expression.kind {
            ExpressionKind::Invalid(reason) | ExpressionKind::Unsupported(reason) => Err(reason.clone()),
            _ => Ok(Self { text: text.into(), expression }),
        }
    }

    /// The formula in the same spelling, with other words for some of its parts.
    #[must_use]
    pub fn reworded(&self, words: &dyn Fn(&Expression) -> Option<String>) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = spell(&self.expression, words, &mut text);
        text
    }

    /// The tree of the expression; its extents mean nothing.
    #[must_use]
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// What holds when this does not; the error says why it cannot be read.
    pub fn negated(&self) -> Result<Self, String> {
        Self::parse(&format!("not ({self})"))
    }
}

impl PartialEq for Formula {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Other words for a part of an expression.
type Words<'a> = &'a dyn Fn(&Expression) -> Option<String>;

fn spell(expression: &Expression, words: Words<'_>, out: &mut String) -> fmt::Result {
    if let Some(text) = words(expression) {
        return out.write_str(&text);
    }
    match &expression.kind {
        ExpressionKind::Blank => Ok(()),
        ExpressionKind::Invalid(_) | ExpressionKind::Unsupported(_) => out.write_str("?"),
        ExpressionKind::Null => out.write_str("null"),
        ExpressionKind::Bool(value) => write!(out, "{value}"),
        ExpressionKind::Integer(value) => write!(out, "{value}"),
        ExpressionKind::Double(value) => write!(out, "{value:?}"),
        ExpressionKind::Text(text) => quote(text, out),
        ExpressionKind::List(items) => list("[", items, "]", words, out),
        ExpressionKind::Tuple(items) => list("(", items, ")", words, out),
        ExpressionKind::Map(entries) => {
            out.write_char('{')?;
            for (index, (key, value)) in entries.iter().enumerate() {
                out.write_str(if index == 0 { "" } else { ", " })?;
                spell(key, words, out)?;
                out.write_str(": ")?;
                spell(value, words, out)?;
            }
            out.write_char('}')
        }
        ExpressionKind::Name(name) => out.write_str(name),
        ExpressionKind::Member(object, name) => {
            operand(object, words, out)?;
            write!(out, ".{name}")
        }
        ExpressionKind::Index(object, index) => {
            operand(object, words, out)?;
            out.write_char('[')?;
            spell(index, words, out)?;
            out.write_char(']')
        }
        ExpressionKind::Slice(object, from, to) => {
            operand(object, words, out)?;
            out.write_char('[')?;
            from.iter().try_for_each(|from| spell(from, words, out))?;
            out.write_char(':')?;
            to.iter().try_for_each(|to| spell(to, words, out))?;
            out.write_char(']')
        }
        ExpressionKind::Method(object, name, arguments) => {
            operand(object, words, out)?;
            write!(out, ".{name}")?;
            list("(", arguments, ")", words, out)
        }
        ExpressionKind::Function(name, arguments) => {
            out.write_str(name)?;
            list("(", arguments, ")", words, out)
        }
        ExpressionKind::Filter(input, name, arguments) => {
            operand(input, words, out)?;
            write!(out, " | {name}")?;
            if arguments.is_empty() { Ok(()) } else { list("(", arguments, ")", words, out) }
        }
        ExpressionKind::Test { input, name, negated, argument } => {
            operand(input, words, out)?;
            out.write_str(if *negated { " is not " } else { " is " })?;
            out.write_str(name)?;
            argument.iter().try_for_each(|argument| {
                out.write_char(' ')?;
                operand(argument, words, out)
            })
        }
        ExpressionKind::Unary(operator, value) => {
            out.write_str(match operator {
                Unary::Not => "not ",
                Unary::Negate => "-",
                Unary::Empty => "empty ",
                Unary::Absolute => "+",
            })?;
            operand(value, words, out)
        }
        ExpressionKind::Binary(operator, left, right) => {
            binary_operand(*operator, left, words, out)?;
            write!(out, " {} ", sign(*operator))?;
            binary_operand(*operator, right, words, out)
        }
        ExpressionKind::Choice { condition, then, otherwise } => {
            operand(then, words, out)?;
            out.write_str(" if ")?;
            operand(condition, words, out)?;
            otherwise.iter().try_for_each(|otherwise| {
                out.write_str(" else ")?;
                operand(otherwise, words, out)
            })
        }
        ExpressionKind::Named(name, value) => {
            write!(out, "{name}=")?;
            operand(value, words, out)
        }
    }
}

fn list(open: &str, items: &[Expression], close: &str, words: Words<'_>, out: &mut String) -> fmt::Result {
    out.write_str(open)?;
    for (index, item) in items.iter().enumerate() {
        out.write_str(if index == 0 { "" } else { ", " })?;
        spell(item, words, out)?;
    }
    out.write_str(close)
}

/// An operand, in parentheses where it has parts that something could come between.
fn operand(expression: &Expression, words: Words<'_>, out: &mut String) -> fmt::Result {
    let composite = matches!(
        expression.kind,
        ExpressionKind::Binary(..)
            | ExpressionKind::Unary(..)
            | ExpressionKind::Test { .. }
            | ExpressionKind::Choice { .. }
            | ExpressionKind::Filter(..)
    );
    if !composite {
        return spell(expression, words, out);
    }
    out.write_char('(')?;
    spell(expression, words, out)?;
    out.write_char(')')
}

/// As [`operand`], but tests beside `and` and `or`, and chains of one of them, go without parentheses.
fn binary_operand(
    operator: Binary,
    expression: &Expression,
    words: Words<'_>,
    out: &mut String,
) -> fmt::Result {
    let logical = matches!(operator, Binary::And | Binary::Or);
    let bare = match &expression.kind {
        ExpressionKind::Test { .. } => logical,
        ExpressionKind::Binary(inner, ..) => logical && *inner == operator,
        _ => false,
    };
    if bare { spell(expression, words, out) } else { operand(expression, words, out) }
}

fn sign(operator: Binary) -> &'static str {
    match operator {
        Binary::Or => "or",
        Binary::And => "and",
        Binary::Equal => "==",
        Binary::NotEqual => "!=",
        Binary::Less => "<",
        Binary::LessOrEqual => "<=",
        Binary::Greater => ">",
        Binary::GreaterOrEqual => ">=",
        Binary::In => "in",
        Binary::NotIn => "not in",
        Binary::Add => "+",
        Binary::Subtract => "-",
        Binary::Concatenate => "~",
        Binary::Multiply => "*",
        Binary::Divide => "/",
        Binary::Remainder => "%",
        Binary::FloorDivide => "//",
        Binary::Power => "**",
    }
}

fn quote(text: &str, out: &mut String) -> fmt::Result {
    let mark = if text.contains('\'') { '"' } else { '\'' };
    out.write_char(mark)?;
    for character in text.chars() {
        match character {
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            _ if character == mark => write!(out, "\\{character}")?,
            _ => out.write_char(character)?,
        }
    }
    out.write_char(mark)
}
