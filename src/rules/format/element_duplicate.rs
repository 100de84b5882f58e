//! Of an element that may stand once the server reads the first, so that an edit of the second changes nothing.

use super::{base, known_files};
use crate::catalog::vocabulary;
use crate::model::texts::{Placed, elements};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::syntax::secrets;
use crate::syntax::xml::Element;

/// FM006.
pub static RULE: Rule = Rule { card: "FM006-element-duplicate", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for (path, document, known) in known_files(node) {
        for parent in elements(document) {
            // An element that somebody meant to comment out is another rule's business.
            let is_meant =
                |element: &Element| document.loose.iter().all(|loose| loose.before != Some(element.span));
            let doubles = doubles(&parent, known).into_iter();
            for (first, second) in doubles.filter(|(first, second)| is_meant(first) && is_meant(second)) {
                findings.push(finding(node, base(path), first, second));
            }
        }
    }
}

/// The first of the children that stand more than once and must not, each with the next that says otherwise.
fn doubles<'a>(parent: &Placed<'a>, known: &vocabulary::File) -> Vec<(&'a Element, &'a Element)> {
    let mut doubles: Vec<(&Element, &Element)> = Vec::new();
    for (position, second) in parent.element.children.iter().enumerate() {
        let before = parent.element.children.iter().take(position);
        let Some(first) = before.into_iter().find(|child| child.name == second.name) else { continue };
        let is_known = doubles.iter().any(|(double, _)| std::ptr::eq(*double, first));
        let path = || format!("{}/{}", parent.path, second.name);
        if !is_known && !is_alike(first, second) && !is_keyed(first) && known.is_single(&path()) {
            doubles.push((first, second));
        }
    }
    doubles
}

/// True for elements that an attribute tells apart.
fn is_keyed(element: &Element) -> bool {
    let keys = ["name", "id", "path", "url", "key"];
    element.children.is_empty() && !element.attributes.is_empty()
        || keys.iter().any(|key| element.attribute(key).is_some())
}

/// True for elements that say the same.
fn is_alike(left: &Element, right: &Element) -> bool {
    let attributes = |element: &Element| -> Vec<(String, String)> {
        let pairs = element.attributes.iter();
        pairs.map(|attribute| (attribute.name.clone(), attribute.value.text.clone())).collect()
    };
    left.text.text.trim() == right.text.text.trim()
        && attributes(left) == attributes(right)
        && left.children.len() == right.children.len()
        && left
            .children
            .iter()
            .zip(&right.children)
            .all(|(left, right)| left.name == right.name && is_alike(left, right))
}

fn finding(node: &Node, file: &str, first: &Element, second: &Element) -> Finding {
    let name = &first.name;
    let is_leaf = first.children.is_empty() && second.children.is_empty();
    let is_shown = is_leaf && !secrets::is_secret_key(name);
    let (read, values) = if is_shown {
        let quoted = |element: &Element| format!("\"{}\"", secrets::hide(element.text.text.trim()));
        (quoted(first), format!(": {} and {}", quoted(first), quoted(second)))
    } else {
        ("this one".to_owned(), String::new())
    };
    let message = format!("{file} of {} has {name} twice{values}", node.name);
    let place = |element: &Element| if is_leaf { element.span } else { element.start_tag };
    Finding::new(place(second), "stands here again", message)
        .help(format!("keep one {name}; while both are there the server goes by the first"))
        .related(place(first), format!("{read} counts"))
}
