//! Paths of places and conditions in the words of people: keys instead of the variables of templates.

use super::mapping::Mapping;
use crate::render::jinja::{Expression, ExpressionKind};
use crate::syntax::settings::{XmlKey, xml_keys_of};
use crate::target::formula::Formula;
use crate::target::pattern::{Around, Pattern, Step, value_of};
use crate::target::tree::{Element, Node};

/// Stands for the name of an entry that a loop goes through, as `*` does in a [`Pattern`].
pub const ENTRY_NAME: &str = "{*}";

/// The step of an element in a path, `parameter[@name='port']`.
pub fn step(element: &Element, repeated: bool, around: &[Around]) -> String {
    let name = local_name(element, around);
    let predicate = xml_keys_of(&name, repeated).find_map(|key| predicate(key, element, around));
    name + &predicate.unwrap_or_default()
}

/// The name of an element without its prefix.
pub fn local_name(element: &Element, around: &[Around]) -> String {
    let name = parts(&element.name, around);
    name.rsplit_once(':').map(|(_, local)| local.to_owned()).unwrap_or(name)
}

fn predicate(key: &XmlKey, element: &Element, around: &[Around]) -> Option<String> {
    let attribute = |name: &str| {
        let value = attribute(&element.attributes, name)?;
        Some(format!("[@{name}='{}']", Some(parts(value, around)).filter(|value| !value.is_empty())?))
    };
    match key {
        XmlKey::Attribute(name) => attribute(name),
        XmlKey::Attributes(first, second) => Some(attribute(first)? + &attribute(second)?),
        XmlKey::Child(name) => {
            let value = child_text(&element.children, name)?;
            Some(format!("[{name}='{}']", Some(parts(value, around)).filter(|value| !value.is_empty())?))
        }
    }
}

/// The nodes inside control structures, a branch after the other.
fn inner(node: &Node) -> Vec<&[Node]> {
    match node {
        Node::If(branches) => branches.iter().map(|branch| branch.nodes.as_slice()).collect(),
        Node::For(repeat) => vec![&repeat.nodes],
        _ => Vec::new(),
    }
}

fn attribute<'a>(nodes: &'a [Node], name: &str) -> Option<&'a [Node]> {
    nodes.iter().find_map(|node| match node {
        Node::Attribute(named) if matches!(named.name.as_slice(), [Node::Literal(text)] if text == name) => {
            Some(named.value.as_slice())
        }
        other => inner(other).into_iter().find_map(|nodes| attribute(nodes, name)),
    })
}

fn child_text<'a>(nodes: &'a [Node], name: &str) -> Option<&'a [Node]> {
    nodes.iter().find_map(|node| match node {
        Node::Element(child) if matches!(child.name.as_slice(), [Node::Literal(text)] if text == name) => {
            let is_text = |node: &Node| matches!(node, Node::Literal(_) | Node::Hole(_));
            child.children.iter().all(is_text).then_some(child.children.as_slice())
        }
        other => inner(other).into_iter().find_map(|nodes| child_text(nodes, name)),
    })
}

/// Text with `{name}` for what a key fills in.
pub fn parts(nodes: &[Node], around: &[Around]) -> String {
    let part = |node: &Node| match node {
        Node::Literal(text) => text.trim().to_owned(),
        Node::Hole(formula) => hole(formula.expression(), around),
        _ => String::new(),
    };
    nodes.iter().map(part).collect()
}

fn hole(expression: &Expression, around: &[Around]) -> String {
    let Some(pattern) = value_of(expression, around) else { return ENTRY_NAME.to_owned() };
    let name = pattern.0.iter().rev().find_map(|step| match step {
        Step::Key(name) => Some(name.as_ref()),
        Step::Each | Step::Any => None,
    });
    format!("{{{}}}", name.unwrap_or("*"))
}

/// The conditions around a place, but not those that a key is set at all: nobody asks without setting it.
pub fn conditions(around: &[Around], own: Option<&Pattern>, mapping: &Mapping) -> Vec<String> {
    let mut conditions = Vec::new();
    for (at, part) in around.iter().enumerate() {
        let Around::If(branches, taken) = part else { continue };
        let outside = around.get(..at).unwrap_or_default();
        let before = branches.iter().take(*taken).filter_map(|branch| branch.condition.as_ref());
        conditions.extend(before.map(|condition| not(condition, &spelt(condition, outside, mapping))));
        let own_branch = branches.get(*taken).and_then(|branch| branch.condition.as_ref());
        if let Some(condition) = own_branch.filter(|condition| !asks_only_for(condition, own, outside)) {
            conditions.push(spelt(condition, outside, mapping));
        }
    }
    conditions.dedup();
    conditions
}

/// True for `key is defined` and for `key` alone.
fn asks_only_for(condition: &Formula, own: Option<&Pattern>, around: &[Around]) -> bool {
    let asked = match &condition.expression().kind {
        ExpressionKind::Test { input, name, negated: false, .. } if name.as_ref() == "defined" => input,
        _ => condition.expression(),
    };
    let plain = matches!(
        asked.kind,
        ExpressionKind::Name(_) | ExpressionKind::Member(..) | ExpressionKind::Index(..)
    );
    plain && own.is_some_and(|own| value_of(asked, around).is_some_and(|asked| own.0.starts_with(&asked.0)))
}

fn not(condition: &Formula, text: &str) -> String {
    match &condition.expression().kind {
        ExpressionKind::Test { negated: false, .. } => text.replacen(" is ", " is not ", 1),
        ExpressionKind::Test { negated: true, .. } => text.replacen(" is not ", " is ", 1),
        ExpressionKind::Name(_) | ExpressionKind::Member(..) => format!("not {text}"),
        _ => format!("not ({text})"),
    }
}

fn spelt(condition: &Formula, around: &[Around], mapping: &Mapping) -> String {
    condition.reworded(&|part| match part.kind {
        ExpressionKind::Name(_) | ExpressionKind::Member(..) | ExpressionKind::Index(..) => {
            value_of(part, around).map(|pattern| mapping.usual(&pattern).to_string())
        }
        _ => None,
    })
}
