//! Which keys an expression reads, its loop variables resolved.

use std::fmt;
use std::sync::Arc;

use super::formula::Formula;
use super::tree::{Branch, Loop};
use crate::render::jinja::{Expression, ExpressionKind};

/// How deep expressions and the variables in them are followed.
const MAX_DEPTH: usize = 64;

/// A step of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The value of this key.
    Key(Arc<str>),
    /// Any element of an array.
    Each,
    /// The value of any key: a loop over `items()`, or an index that is computed.
    Any,
}

/// Internal keys as a template names them: `apim.gateway.environment[].name`, `transport.https.properties.*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pattern(pub Vec<Step>);

impl Pattern {
    /// Reads a key as it is displayed.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let quoted = rest.strip_prefix('\'').and_then(|behind| behind.split_once('\''));
            let (name, behind) = match quoted {
                Some(parts) => parts,
                None => rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len())),
            };
            match name {
                "" => {}
                "*" if quoted.is_none() => steps.push(Step::Any),
                name => steps.push(Step::Key(name.into())),
            }
            rest = behind;
            while let Some(behind) = rest.strip_prefix("[]") {
                steps.push(Step::Each);
                rest = behind;
            }
            // A single bracket stands in no key; nothing is read twice.
            rest = rest.strip_prefix(['.', '[']).unwrap_or(rest);
        }
        Self(steps)
    }

    fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            if index > 0 && *step != Step::Each {
                formatter.write_str(".")?;
            }
            match step {
                Step::Key(key) if key.contains(['.', '\'']) => write!(formatter, "'{key}'")?,
                Step::Key(key) => formatter.write_str(key)?,
                Step::Each => formatter.write_str("[]")?,
                Step::Any => formatter.write_str("*")?,
            }
        }
        Ok(())
    }
}

/// What stands around a place in a template.
#[derive(Debug, Clone, Copy)]
pub enum Around<'a> {
    /// A branch of an `if`, counted from 0.
    If(&'a [Branch], usize),
    /// A `for`.
    For(&'a Loop),
    /// A variable that was set before.
    Set(&'a str, &'a Formula),
}

/// A variable where it is used.
enum Variable<'a> {
    /// An element of what the expression gives.
    Element(&'a Expression),
    /// A value of the table that the expression gives.
    ValueOf(&'a Expression),
    /// A key of that table, or `loop`.
    NoKey,
    /// The expression itself.
    Is(&'a Expression),
}

fn variable<'a>(name: &str, around: &[Around<'a>]) -> Option<(Variable<'a>, usize)> {
    around.iter().enumerate().rev().find_map(|(at, part)| {
        let variable = match part {
            Around::For(repeat) => {
                let over = repeat.over.expression();
                let position = repeat.variables.iter().position(|variable| variable == name);
                match (position, repeat.variables.len()) {
                    (Some(0), 1) => Variable::Element(over),
                    (Some(1), 2) => Variable::ValueOf(over),
                    (Some(_), _) => Variable::NoKey,
                    (None, _) if name == "loop" => Variable::NoKey,
                    (None, _) => return None,
                }
            }
            Around::Set(set, value) if *set == name => Variable::Is(value.expression()),
            _ => return None,
        };
        Some((variable, at))
    })
}

/// The keys that an expression is the value of, where it is no computed one.
pub fn value_of(expression: &Expression, around: &[Around]) -> Option<Pattern> {
    value_at(expression, around, 0)
}

fn value_at(expression: &Expression, around: &[Around], depth: usize) -> Option<Pattern> {
    if depth > MAX_DEPTH {
        return None;
    }
    let value = |expression: &Expression| value_at(expression, around, depth + 1);
    match &expression.kind {
        ExpressionKind::Name(name) => match variable(name, around) {
            None => Some(Pattern(vec![Step::Key(name.clone())])),
            Some((variable, at)) => {
                let outside = around.get(..at).unwrap_or_default();
                let inner = |expression: &Expression| value_at(expression, outside, depth + 1);
                match variable {
                    Variable::Element(over) => Some(inner(over)?.then(Step::Each)),
                    Variable::ValueOf(over) => Some(inner(over)?.then(Step::Any)),
                    Variable::Is(value) => inner(value),
                    Variable::NoKey => None,
                }
            }
        },
        ExpressionKind::Member(object, name) => Some(value(object)?.then(Step::Key(name.clone()))),
        ExpressionKind::Index(object, index) => Some(value(object)?.then(match &index.kind {
            ExpressionKind::Text(name) => Step::Key(name.clone()),
            ExpressionKind::Integer(_) => Step::Each,
            _ => Step::Any,
        })),
        ExpressionKind::Method(object, name, _) if matches!(name.as_ref(), "items" | "toList" | "values") => {
            value(object)
        }
        ExpressionKind::Filter(input, ..) => value(input),
        _ => None,
    }
}

/// All keys that an expression reads, in its order, each once.
pub fn reads(expression: &Expression, around: &[Around]) -> Vec<Pattern> {
    let mut found = Vec::new();
    collect(expression, around, 0, &mut found);
    found
}

fn collect(expression: &Expression, around: &[Around], depth: usize, found: &mut Vec<Pattern>) {
    if depth > MAX_DEPTH {
        return;
    }
    let computed = match value_of(expression, around) {
        Some(pattern) => {
            if !found.contains(&pattern) {
                found.push(pattern);
            }
            // The parts of `a.b` are no keys of their own; those of an index or an argument are.
            arguments(expression)
        }
        None => match set_to(expression, around) {
            Some((value, outside)) => return collect(value, outside, depth + 1, found),
            None => parts(expression),
        },
    };
    computed.into_iter().for_each(|part| collect(part, around, depth + 1, found));
}

/// What a variable was set to, and what stands around the place where it was set.
fn set_to<'a, 'b>(
    expression: &Expression,
    around: &'b [Around<'a>],
) -> Option<(&'a Expression, &'b [Around<'a>])> {
    let ExpressionKind::Name(name) = &expression.kind else { return None };
    match variable(name, around)? {
        (Variable::Is(value), at) => Some((value, around.get(..at)?)),
        _ => None,
    }
}

fn parts(expression: &Expression) -> Vec<&Expression> {
    let mut parts = Vec::new();
    expression.for_each_part(&mut |part| parts.push(part));
    parts
}

/// The indices and arguments along a chain such as `a[b].c | default(d)`.
fn arguments(mut expression: &Expression) -> Vec<&Expression> {
    let mut found = Vec::new();
    loop {
        expression = match &expression.kind {
            ExpressionKind::Member(object, _) => object,
            ExpressionKind::Index(object, index) => {
                found.push(index.as_ref());
                object
            }
            ExpressionKind::Filter(input, _, arguments) | ExpressionKind::Method(input, _, arguments) => {
                found.extend(arguments);
                input
            }
            _ => return found,
        }
    }
}
