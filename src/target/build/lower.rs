//! From the syntax tree of a template to the stream that its text is read from.

use super::super::formula::Formula;
use super::input::{Choice, Item, Repeat};
use crate::render::jinja::{Branch, Expression, Name, Node, NodeKind, Template};

/// The items of a template; the error names what cannot be followed.
pub fn items(template: &Template) -> Result<Vec<Item>, String> {
    list(&template.nodes, &template.text)
}

fn list(nodes: &[Node], text: &str) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    for node in nodes {
        lower(node, text, &mut items)?;
    }
    Ok(items)
}

fn lower(node: &Node, text: &str, items: &mut Vec<Item>) -> Result<(), String> {
    match &node.kind {
        NodeKind::Literal => items.push(Item::Text(node.extent.of(text).into())),
        NodeKind::Raw(extents) => {
            items.extend(extents.iter().map(|extent| Item::Text(extent.of(text).into())));
        }
        NodeKind::Output(expression) | NodeKind::Print(expression) => {
            items.push(Item::Hole(Formula::new(expression.clone())));
        }
        NodeKind::If(branches) => {
            let choices: Vec<Choice> =
                branches.iter().map(|branch| choice(branch, text)).collect::<Result<_, _>>()?;
            items.push(Item::If(choices.into()));
        }
        NodeKind::For(repeat) => items.push(Item::For(
            Repeat {
                variables: repeat.names.iter().map(|name| name.text.to_string()).collect(),
                over: Formula::new(repeat.iterable.clone()),
                items: list(&repeat.body, text)?,
            }
            .into(),
        )),
        NodeKind::Set { names, values } => set(names, values, items)?,
        NodeKind::Do(expression) => items.push(Item::Do(Formula::new(expression.clone()))),
        NodeKind::Ignored => {}
        NodeKind::SetBlock(_) | NodeKind::DoBlock(_) | NodeKind::Malformed(_) | NodeKind::Unsupported(_) => {
            return Err(format!("`{}` is not followed", node.tag.of(text)));
        }
    }
    Ok(())
}

fn choice(branch: &Branch, text: &str) -> Result<Choice, String> {
    let condition = branch.condition.clone().map(Formula::new);
    let condition = match condition {
        Some(condition) if branch.negated => Some(condition.negated()?),
        other => other,
    };
    Ok(Choice { condition, items: list(&branch.body, text)? })
}

fn set(names: &[Name], values: &[Expression], items: &mut Vec<Item>) -> Result<(), String> {
    match (names, values) {
        ([name], [value, ..]) => {
            items.push(Item::Set(name.text.to_string(), Formula::new(value.clone())));
            Ok(())
        }
        _ => Err("a `set` of several variables is not followed".to_owned()),
    }
}
