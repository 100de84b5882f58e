//! The text of a template as a stream that keeps expressions and control structures apart.

use std::collections::VecDeque;
use std::rc::Rc;

use super::super::formula::Formula;

/// What a template consists of, whatever its text means.
#[derive(Debug, Clone)]
pub enum Item {
    /// Text that is written as it stands.
    Text(Rc<str>),
    /// `{{ … }}`
    Hole(Formula),
    /// `if`, `elif`, `else`
    If(Rc<[Choice]>),
    /// `for`
    For(Rc<Repeat>),
    /// `set`
    Set(String, Formula),
    /// `do`
    Do(Formula),
}

impl Item {
    /// True when its text, or that of anything inside it, has `needle`.
    pub fn holds(&self, needle: &str) -> bool {
        let any = |items: &[Self]| items.iter().any(|item| item.holds(needle));
        match self {
            Self::Text(text) => text.contains(needle),
            Self::If(choices) => choices.iter().any(|choice| any(&choice.items)),
            Self::For(repeat) => any(&repeat.items),
            Self::Hole(_) | Self::Set(..) | Self::Do(_) => false,
        }
    }
}

/// A branch of an `if`; no condition for `else`.
#[derive(Debug, Clone)]
pub struct Choice {
    /// When it is taken.
    pub condition: Option<Formula>,
    /// What stands in it.
    pub items: Vec<Item>,
}

/// A `for`.
#[derive(Debug, Clone)]
pub struct Repeat {
    /// The loop variables.
    pub variables: Vec<String>,
    /// What is gone through.
    pub over: Formula,
    /// What stands in it.
    pub items: Vec<Item>,
}

/// The items still to be read; the first text may be read in part.
#[derive(Debug, Clone, Default)]
pub struct Input {
    items: VecDeque<Item>,
    /// Bytes of the first text that are read.
    read: usize,
}

impl Input {
    /// All of `items`.
    pub fn new(items: &[Item]) -> Self {
        let mut input = Self { items: items.iter().cloned().collect(), read: 0 };
        input.settle();
        input
    }

    /// `items` and after them what this input still holds.
    pub fn preceded_by(&self, items: &[Item]) -> Self {
        let mut rest = self.clone();
        if rest.read > 0 {
            let text: Rc<str> = rest.text().into();
            rest.items.pop_front();
            rest.items.push_front(Item::Text(text));
            rest.read = 0;
        }
        for item in items.iter().rev() {
            match (item, rest.items.front_mut()) {
                // A token may begin in a branch and end behind it.
                (Item::Text(text), Some(Item::Text(next))) => *next = format!("{text}{next}").into(),
                _ => rest.items.push_front(item.clone()),
            }
        }
        rest.settle();
        rest
    }

    /// The text up to the next item that is none; empty at such an item and at the end.
    pub fn text(&self) -> &str {
        match self.items.front() {
            Some(Item::Text(text)) => text.get(self.read..).unwrap_or_default(),
            _ => "",
        }
    }

    /// Takes bytes of the text off.
    pub fn skip(&mut self, bytes: usize) {
        self.read += bytes;
        self.settle();
    }

    /// Takes text off up to the place that `end` finds; all of it where `end` finds none.
    pub fn take_until(&mut self, end: impl Fn(char) -> bool) -> String {
        let taken = self.text();
        let taken = taken.get(..taken.find(end).unwrap_or(taken.len())).unwrap_or_default().to_owned();
        self.skip(taken.len());
        taken
    }

    /// True when the text starts so.
    pub fn at(&self, prefix: &str) -> bool {
        self.text().starts_with(prefix)
    }

    /// Takes the next item off where it is no text.
    pub fn take_item(&mut self) -> Option<Item> {
        if matches!(self.items.front(), Some(Item::Text(_))) {
            return None;
        }
        let item = self.items.pop_front();
        self.settle();
        item
    }

    /// True in front of an expression.
    pub fn at_hole(&self) -> bool {
        matches!(self.items.front(), Some(Item::Hole(_)))
    }

    /// True when nothing is left.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How much is left: equal for two inputs that end alike and are read equally far.
    pub fn left(&self) -> (usize, usize) {
        (self.items.len(), self.text().len())
    }

    fn settle(&mut self) {
        while let Some(Item::Text(text)) = self.items.front() {
            if self.read < text.len() {
                return;
            }
            self.items.pop_front();
            self.read = 0;
        }
    }
}
