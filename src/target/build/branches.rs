//! Control structures: read branch by branch, and past their end where a branch leaves something open.

use super::super::tree::{Branch, Element, Loop, Node};
use super::Unbalanced;
use super::input::{Choice, Item};

/// The node of an item, the items inside it read by `read`.
pub fn node(
    item: &Item,
    read: &mut impl FnMut(&[Item]) -> Result<Vec<Node>, Unbalanced>,
) -> Result<Node, Unbalanced> {
    Ok(match item {
        Item::Text(text) => Node::Literal(text.to_string()),
        Item::Hole(expression) => Node::Hole(expression.clone()),
        Item::Set(name, value) => Node::Set(name.clone(), value.clone()),
        Item::Do(expression) => Node::Do(expression.clone()),
        Item::If(choices) => {
            let branch = |choice: &Choice| {
                Ok(Branch { condition: choice.condition.clone(), nodes: read(&choice.items)? })
            };
            Node::If(choices.iter().map(branch).collect::<Result<_, _>>()?)
        }
        Item::For(repeat) => Node::For(Loop {
            variables: repeat.variables.clone(),
            over: repeat.over.clone(),
            nodes: read(&repeat.items).map_err(|_| Unbalanced::Loop)?,
        }),
    })
}

/// The nodes of items whose text has no structure that we know.
pub fn text(items: &[Item]) -> Vec<Node> {
    items.iter().filter_map(|item| node(item, &mut |items| Ok(text(items))).ok()).collect()
}

/// The branches of an `if` with the one that is taken when none of its conditions holds.
pub fn exhaustive(choices: &[Choice]) -> Vec<Choice> {
    let mut choices = choices.to_vec();
    if choices.iter().all(|choice| choice.condition.is_some()) {
        choices.push(Choice { condition: None, items: Vec::new() });
    }
    choices
}

/// Joins branches that were continued past their end: what all end with stands behind the `if` again.
pub fn join(mut branches: Vec<Branch>) -> Vec<Node> {
    let mut tail = Vec::new();
    while let Some(last) = common_last(&branches) {
        for branch in &mut branches {
            branch.nodes.pop();
        }
        tail.push(last);
    }
    tail.reverse();
    match branches.last() {
        Some(last) if last.condition.is_none() && last.nodes.is_empty() => {
            branches.pop();
        }
        _ => {}
    }
    let mut nodes = Vec::new();
    if branches.iter().any(|branch| !branch.nodes.is_empty()) {
        nodes.push(one_element(&branches).map_or(Node::If(branches), Node::Element));
    }
    nodes.append(&mut tail);
    nodes
}

fn common_last(branches: &[Branch]) -> Option<Node> {
    let last = branches.first()?.nodes.last()?;
    branches.iter().all(|branch| branch.nodes.last() == Some(last)).then(|| last.clone())
}

/// The element that all branches hold, where they differ in its attributes only.
fn one_element(branches: &[Branch]) -> Option<Element> {
    let element = |branch: &Branch| match branch.nodes.as_slice() {
        [Node::Element(element)] => Some(element.clone()),
        _ => None,
    };
    let elements: Vec<Element> = branches.iter().map(element).collect::<Option<_>>()?;
    let first = elements.first()?;
    let exhaustive = branches.last()?.condition.is_none();
    let alike = |other: &Element| other.name == first.name && other.children == first.children;
    if !exhaustive || !elements.iter().all(alike) {
        return None;
    }
    let attributes = branches.iter().zip(&elements).map(|(branch, element)| Branch {
        condition: branch.condition.clone(),
        nodes: element.attributes.clone(),
    });
    let attributes = join(attributes.collect());
    Some(Element { name: first.name.clone(), attributes, children: first.children.clone() })
}
