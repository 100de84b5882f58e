//! Expressions where they stand: loop variables stand for one element each.

use super::matching::Configured;
use crate::migrate::{Key, KeyPart};
use crate::render::jinja::{Expression, ExpressionKind};
use crate::target::pattern::Around;

/// How deep expressions and the variables in them are followed.
const MAX_DEPTH: usize = 64;

/// Which turn of a loop is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// The element at this place of the list.
    Element {
        /// From 0.
        index: usize,
        /// The field and value that a person knows it by.
        identity: Option<(String, String)>,
    },
    /// The entry of this key of the table.
    Entry(String),
}

/// What stands around a place, the turns of its loops chosen.
#[derive(Debug, Clone, Default)]
pub struct Scope<'a> {
    parts: Vec<(Around<'a>, Option<Turn>)>,
}

/// What an expression stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The value of an internal key.
    Key(Key),
    /// This text.
    Text(String),
}

impl<'a> Scope<'a> {
    /// The scope one step further in; `turn` is asked for loops only.
    pub fn push(&mut self, around: Around<'a>, turn: Option<Turn>) {
        self.parts.push((around, turn));
    }

    /// The scope with a variable that is set from here on.
    pub fn with(&self, around: Around<'a>) -> Self {
        let mut scope = self.clone();
        scope.push(around, None);
        scope
    }

    /// What an expression stands for where it is no computed one.
    pub fn meaning(&self, expression: &Expression) -> Option<Meaning> {
        meaning(expression, &self.parts, 0)
    }

    /// The innermost array of tables whose table is known by a field: the array, the field and its value.
    pub fn element(&self) -> Option<(Key, String, String)> {
        self.parts.iter().enumerate().rev().find_map(|(at, (around, turn))| match (around, turn) {
            (Around::For(repeat), Some(Turn::Element { identity: Some((field, name)), .. })) => {
                let outside = self.parts.get(..at)?;
                match meaning(repeat.over.expression(), outside, 0)? {
                    Meaning::Key(list) => Some((list, field.clone(), name.clone())),
                    Meaning::Text(_) => None,
                }
            }
            _ => None,
        })
    }

    /// True where the turn of a loop is an entry that its table does not have.
    pub fn has_new_entry(&self, configured: &impl Configured) -> bool {
        self.parts.iter().enumerate().any(|(at, (around, turn))| match (around, turn) {
            (Around::For(repeat), Some(Turn::Entry(name))) => {
                let outside = self.parts.get(..at).unwrap_or_default();
                match meaning(repeat.over.expression(), outside, 0) {
                    Some(Meaning::Key(table)) => configured.value(&table.name(name.clone())).is_none(),
                    _ => false,
                }
            }
            _ => false,
        })
    }

    /// The internal key that an expression is the value of.
    pub fn key(&self, expression: &Expression) -> Option<Key> {
        match self.meaning(expression)? {
            Meaning::Key(key) => Some(key),
            Meaning::Text(_) => None,
        }
    }
}

fn meaning(expression: &Expression, parts: &[(Around, Option<Turn>)], depth: usize) -> Option<Meaning> {
    if depth > MAX_DEPTH {
        return None;
    }
    let key_of = |expression: &Expression| match meaning(expression, parts, depth + 1)? {
        Meaning::Key(key) => Some(key),
        Meaning::Text(_) => None,
    };
    Some(match &expression.kind {
        ExpressionKind::Text(text) => Meaning::Text(text.to_string()),
        ExpressionKind::Integer(number) => Meaning::Text(number.to_string()),
        ExpressionKind::Bool(value) => Meaning::Text(value.to_string()),
        ExpressionKind::Name(name) => return variable(name, parts, depth),
        ExpressionKind::Member(object, name) if is_counter(object, name) => {
            Meaning::Text(turn_of(parts)?.saturating_add(1).to_string())
        }
        ExpressionKind::Member(object, name) => Meaning::Key(key_of(object)?.name(name.to_string())),
        ExpressionKind::Index(object, index) => {
            // A place in a list holds more than one setting: the list as a whole is written elsewhere.
            if matches!(index.kind, ExpressionKind::Integer(_)) {
                return None;
            }
            let Meaning::Text(name) = meaning(index, parts, depth + 1)? else { return None };
            Meaning::Key(key_of(object)?.name(name))
        }
        ExpressionKind::Method(object, name, arguments)
            if arguments.is_empty() && matches!(name.as_ref(), "items" | "toList") =>
        {
            Meaning::Key(key_of(object)?)
        }
        _ => return None,
    })
}

/// True for `loop.index`.
fn is_counter(object: &Expression, name: &str) -> bool {
    name == "index" && matches!(&object.kind, ExpressionKind::Name(object) if object.as_ref() == "loop")
}

/// The turn of the innermost loop over a list, from 0.
fn turn_of(parts: &[(Around, Option<Turn>)]) -> Option<usize> {
    match parts.iter().rev().find_map(|(_, turn)| turn.as_ref())? {
        Turn::Element { index, .. } => Some(*index),
        Turn::Entry(_) => None,
    }
}

fn variable(name: &str, parts: &[(Around, Option<Turn>)], depth: usize) -> Option<Meaning> {
    for (at, (around, turn)) in parts.iter().enumerate().rev() {
        let outside = parts.get(..at).unwrap_or_default();
        match around {
            Around::Set(set, value) if *set == name => {
                return meaning(value.expression(), outside, depth + 1);
            }
            Around::For(repeat) => {
                let Some(position) = repeat.variables.iter().position(|variable| variable == name) else {
                    if name == "loop" {
                        return None;
                    }
                    continue;
                };
                let Meaning::Key(over) = meaning(repeat.over.expression(), outside, depth + 1)? else {
                    return None;
                };
                return match turn.as_ref()? {
                    Turn::Element { index, identity } => {
                        let part = KeyPart::Item { index: *index, identity: identity.clone() };
                        let mut key = over;
                        key.0.push(part);
                        Some(Meaning::Key(key))
                    }
                    Turn::Entry(entry) if position == 0 => Some(Meaning::Text(entry.clone())),
                    Turn::Entry(entry) => Some(Meaning::Key(over.name(entry.clone()))),
                };
            }
            _ => {}
        }
    }
    Some(Meaning::Key(Key(vec![KeyPart::Name(name.to_owned())])))
}
