//! What templates do with keys: which places they fill or decide, and what tells of their values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::mapping::Mapping;
use super::spelling;
use super::{Implication, Place, Role};
use crate::render::jinja::{Binary, Expression, ExpressionKind};
use crate::target::formula::Formula;
use crate::target::pattern::{Around, Pattern, reads, value_of};
use crate::target::tree::{Branch, Element, FileModel, Form, Node};

/// What is known of a key from the templates alone.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Where it shows.
    pub places: Vec<Place>,
    /// What stands there when it is not set.
    pub fallback: Option<Fallback>,
    /// What is done with its value.
    pub signs: BTreeSet<Sign>,
    /// Texts that it is compared with.
    pub values: BTreeSet<String>,
    /// Values that something follows from.
    pub outcomes: BTreeSet<String>,
    /// What follows from it.
    pub implies: Vec<Implication>,
    /// What it follows from.
    pub implied_by: Vec<Implication>,
    /// The unit of its number.
    pub unit: Option<String>,
    /// The only texts that the server takes.
    pub only: Option<Vec<String>>,
}

/// What a template writes for a key that is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fallback {
    /// This text, from a `default` filter.
    Filter(String),
    /// This text, from the other branch of a condition.
    Branch(String),
    /// The value of another key.
    Key(Pattern),
}

/// What is done with a value, and what it must be for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// Compared with true or false.
    Boolean,
    /// Compared with a number.
    Integer,
    /// Compared with a text, or changed as one.
    Text,
    /// Gone through, joined.
    List,
    /// Its entries are gone through.
    Table,
    /// Compared with `true` by `is sameas`, which a text in quotes never is.
    Exact,
}

/// Evidence by internal key.
pub type Evidences = BTreeMap<Pattern, Evidence>;

/// Adds what the template of a file does with keys.
pub fn collect(file: &FileModel, mapping: &Mapping, evidences: &mut Evidences) {
    let mut walk = Walk {
        file: file.path.as_str().into(),
        form: file.form,
        path: String::new(),
        around: Vec::new(),
        leaves: Vec::new(),
        mapping,
        evidences,
    };
    walk.nodes(&file.nodes, &BTreeSet::new());
}

/// What fills a place in one of several branches.
struct Leaf {
    path: String,
    filling: Filling,
}

enum Filling {
    Literal(String),
    Key(Pattern),
}

struct Walk<'a, 'e> {
    file: Arc<str>,
    form: Form,
    path: String,
    around: Vec<Around<'a>>,
    leaves: Vec<Leaf>,
    mapping: &'e Mapping,
    evidences: &'e mut Evidences,
}

impl<'a> Walk<'a, '_> {
    /// `repeated`: names that several of the elements have.
    fn nodes(&mut self, nodes: &'a [Node], repeated: &BTreeSet<String>) {
        let outside = self.around.len();
        for node in nodes {
            match node {
                Node::Element(element) => self.element(element, repeated),
                Node::Attribute(named) => {
                    let name = spelling::parts(&named.name, &self.around);
                    self.named(&named.name, &named.value, &format!("/@{name}"));
                }
                Node::Entry(named) => {
                    let name = spelling::parts(&named.name, &self.around);
                    self.named(&named.name, &named.value, &name);
                }
                Node::Literal(text) => {
                    self.leaves.push(Leaf {
                        path: self.path.clone(),
                        filling: Filling::Literal(text.trim().to_owned()),
                    });
                }
                Node::Hole(formula) => self.hole(formula),
                Node::If(branches) => self.branches(branches, repeated),
                Node::For(repeat) => {
                    let over = repeat.over.expression();
                    self.signs(over);
                    if let Some(pattern) = value_of(over, &self.around) {
                        let sign = if repeat.variables.len() > 1 { Sign::Table } else { Sign::List };
                        self.of(pattern).signs.insert(sign);
                    }
                    let inside = [self.around.as_slice(), &[Around::For(repeat)]].concat();
                    self.decides(over, &direct_steps(&repeat.nodes, &inside));
                    self.around.push(Around::For(repeat));
                    self.nodes(&repeat.nodes, &names(&repeat.nodes));
                    self.around.pop();
                }
                Node::Set(name, value) => {
                    self.signs(value.expression());
                    self.around.push(Around::Set(name, value));
                }
                Node::Do(formula) => self.signs(formula.expression()),
            }
        }
        self.around.truncate(outside);
    }

    fn of(&mut self, pattern: Pattern) -> &mut Evidence {
        self.evidences.entry(pattern).or_default()
    }

    fn element(&mut self, element: &'a Element, repeated: &BTreeSet<String>) {
        let name = spelling::local_name(element, &self.around);
        let is_root = self.path.is_empty();
        let step = spelling::step(element, repeated.contains(&name), &self.around);
        let step = if is_root { name } else { step };
        let outside = self.path.len();
        self.path.push('/');
        self.path.push_str(&step);
        self.holes(&element.name);
        self.nodes(&element.attributes, &BTreeSet::new());
        self.nodes(&element.children, &repeated_names(&element.children));
        self.path.truncate(outside);
    }

    fn named(&mut self, name: &'a [Node], value: &'a [Node], step: &str) {
        let outside = self.path.len();
        self.path.push_str(step);
        self.holes(name);
        self.nodes(value, &BTreeSet::new());
        self.path.truncate(outside);
    }

    /// What fills a name; its literal text is no value.
    fn holes(&mut self, name: &'a [Node]) {
        for node in name {
            if let Node::Hole(formula) = node {
                self.hole(formula);
            }
        }
    }

    fn hole(&mut self, formula: &'a Formula) {
        let expression = formula.expression();
        self.signs(expression);
        for pattern in reads(expression, &self.around) {
            self.place(pattern, Role::Fills, self.path.clone());
        }
        if let Some(pattern) = value_of(expression, &self.around) {
            self.leaves.push(Leaf { path: self.path.clone(), filling: Filling::Key(pattern) });
        }
    }

    fn place(&mut self, pattern: Pattern, role: Role, path: String) {
        let path = if self.form == Form::Text { String::new() } else { path };
        let conditions = spelling::conditions(&self.around, Some(&pattern), self.mapping);
        let place = Place { file: self.file.clone(), path, conditions, role };
        let places = &mut self.of(pattern).places;
        if !places.contains(&place) {
            places.push(place);
        }
    }

    fn branches(&mut self, branches: &'a [Branch], repeated: &BTreeSet<String>) {
        for condition in branches.iter().filter_map(|branch| branch.condition.as_ref()) {
            self.signs(condition.expression());
            for branch in branches {
                self.decides(condition.expression(), &direct_steps(&branch.nodes, &self.around));
            }
        }
        let first = self.leaves.len();
        let mut ends = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            self.around.push(Around::If(branches, index));
            self.nodes(&branch.nodes, repeated);
            self.around.pop();
            ends.push(self.leaves.len());
        }
        if let [.., before_last, last] = ends.as_slice()
            && branches.last().is_some_and(|branch| branch.condition.is_none())
        {
            self.fall_back(first, *before_last, *last);
        }
    }

    /// Notes for the keys of earlier branches what the last one says instead.
    fn fall_back(&mut self, first: usize, before_last: usize, last: usize) {
        let otherwise: BTreeMap<&str, &Filling> = self
            .leaves
            .get(before_last..last)
            .unwrap_or_default()
            .iter()
            .map(|leaf| (leaf.path.as_str(), &leaf.filling))
            .collect();
        let mut found = Vec::new();
        for leaf in self.leaves.get(first..before_last).unwrap_or_default() {
            if let (Filling::Key(key), Some(other)) = (&leaf.filling, otherwise.get(leaf.path.as_str())) {
                found.push((
                    key.clone(),
                    match other {
                        Filling::Literal(text) => Fallback::Branch(text.clone()),
                        Filling::Key(other) => Fallback::Key(other.clone()),
                    },
                ));
            }
        }
        for (key, fallback) in
            found.into_iter().filter(|(key, fallback)| *fallback != Fallback::Key(key.clone()))
        {
            self.of(key).fallback.get_or_insert(fallback);
        }
    }

    /// The keys of a condition or loop decide what stands directly in it, given by its steps.
    fn decides(&mut self, expression: &'a Expression, steps: &[String]) {
        let keys = reads(expression, &self.around);
        for step in steps {
            let path = format!("{}{step}", self.path);
            for key in &keys {
                self.place(key.clone(), Role::Decides, path.clone());
            }
        }
        for key in keys {
            self.of(key);
        }
    }

    /// What the parts of an expression tell of the keys in them.
    fn signs(&mut self, expression: &'a Expression) {
        for key in reads(expression, &self.around) {
            self.of(key);
        }
        let mut parts = vec![expression];
        while let Some(part) = parts.pop() {
            self.sign(part);
            part.for_each_part(&mut |inner| parts.push(inner));
        }
    }

    fn sign(&mut self, part: &'a Expression) {
        match &part.kind {
            ExpressionKind::Test { input, name, argument, .. } => match (name.as_ref(), argument) {
                (name, Some(argument)) => {
                    self.compared(input, argument);
                    if name == "sameas" && matches!(argument.kind, ExpressionKind::Bool(true)) {
                        self.note(input, Sign::Exact);
                    }
                }
                ("sequence" | "iterable", None) => self.note(input, Sign::List),
                ("mapping", None) => self.note(input, Sign::Table),
                _ => {}
            },
            ExpressionKind::Binary(Binary::Equal | Binary::NotEqual, left, right) => {
                self.compared(left, right);
                self.compared(right, left);
            }
            ExpressionKind::Binary(
                Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual,
                left,
                right,
            ) => {
                self.compared(left, right);
                self.compared(right, left);
            }
            ExpressionKind::Binary(Binary::In, left, right) => {
                if let ExpressionKind::List(items) | ExpressionKind::Tuple(items) = &right.kind {
                    items.iter().for_each(|item| self.compared(left, item));
                }
            }
            ExpressionKind::Filter(input, name, arguments) => match name.as_ref() {
                "join" | "first" | "last" | "sort" | "unique" => self.note(input, Sign::List),
                "upper" | "lower" | "replace" | "trim" => self.note(input, Sign::Text),
                "default" | "d" => self.filtered(input, arguments.first()),
                _ => {}
            },
            ExpressionKind::Method(object, name, _) => match name.as_ref() {
                "items" | "keys" | "values" | "entrySet" | "keySet" => self.note(object, Sign::Table),
                "split" | "startsWith" | "endsWith" | "toLowerCase" => self.note(object, Sign::Text),
                _ => {}
            },
            _ => {}
        }
    }

    fn note(&mut self, expression: &Expression, sign: Sign) {
        if let Some(key) = value_of(expression, &self.around) {
            self.of(key).signs.insert(sign);
        }
    }

    fn compared(&mut self, input: &Expression, with: &Expression) {
        match &with.kind {
            ExpressionKind::Bool(_) => self.note(input, Sign::Boolean),
            ExpressionKind::Text(text) if matches!(text.as_ref(), "true" | "false") => {
                self.note(input, Sign::Boolean);
            }
            ExpressionKind::Integer(_) if !matches!(input.kind, ExpressionKind::Filter(..)) => {
                self.note(input, Sign::Integer);
            }
            ExpressionKind::Text(text) => {
                if let Some(key) = value_of(input, &self.around).filter(|_| !text.is_empty()) {
                    let evidence = self.of(key);
                    evidence.signs.insert(Sign::Text);
                    evidence.values.insert(text.to_string());
                }
            }
            _ => {}
        }
    }

    fn filtered(&mut self, input: &Expression, argument: Option<&Expression>) {
        let (Some(key), Some(argument)) = (value_of(input, &self.around), argument) else { return };
        let fallback = match &argument.kind {
            ExpressionKind::Text(text) => Fallback::Filter(text.to_string()),
            ExpressionKind::Integer(number) => Fallback::Filter(number.to_string()),
            ExpressionKind::Bool(truth) => Fallback::Filter(truth.to_string()),
            ExpressionKind::Double(number) => Fallback::Filter(number.to_string()),
            _ => match value_of(argument, &self.around) {
                Some(other) => Fallback::Key(other),
                None => return,
            },
        };
        self.of(key).fallback.get_or_insert(fallback);
    }
}

/// The steps of the elements, attributes and entries that stand directly in nodes, each once.
fn direct_steps(nodes: &[Node], around: &[Around]) -> Vec<String> {
    let mut steps = Vec::new();
    for node in nodes {
        let step = match node {
            Node::Element(element) => format!("/{}", spelling::local_name(element, around)),
            Node::Attribute(named) => format!("/@{}", spelling::parts(&named.name, around)),
            Node::Entry(named) => spelling::parts(&named.name, around),
            Node::Literal(_) => String::new(),
            _ => continue,
        };
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    steps
}

/// The names of elements in nodes, control structures looked through.
fn names(nodes: &[Node]) -> BTreeSet<String> {
    counted(nodes).into_keys().collect()
}

/// The names that several elements can have at once.
fn repeated_names(nodes: &[Node]) -> BTreeSet<String> {
    counted(nodes).into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name).collect()
}

fn counted(nodes: &[Node]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut add = |inner: BTreeMap<String, usize>, times: usize| {
        for (name, count) in inner {
            *counts.entry(name).or_insert(0) += count * times;
        }
    };
    for node in nodes {
        match node {
            Node::Element(element) => {
                add(BTreeMap::from([(spelling::local_name(element, &[]), 1)]), 1);
            }
            Node::For(repeat) => add(counted(&repeat.nodes), 2),
            Node::If(branches) => {
                let mut most = BTreeMap::new();
                for (name, count) in branches.iter().flat_map(|branch| counted(&branch.nodes)) {
                    let entry = most.entry(name).or_insert(0);
                    *entry = count.max(*entry);
                }
                add(most, 1);
            }
            _ => {}
        }
    }
    counts
}
