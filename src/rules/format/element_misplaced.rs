//! The server looks for each element in one place and skips it in any other, without a word in the log.

use super::{base, is_read_by_name, known_files};
use crate::catalog::vocabulary;
use crate::model::texts::{Placed, elements};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;
use crate::syntax::xml::Element;

/// FM008.
pub static RULE: Rule = Rule { card: "FM008-element-misplaced", check: Check::Node(check) };

/// A name with more places than this says nothing about where it belongs.
const MOST_PLACES: usize = 3;

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for (path, document, known) in known_files(node) {
        for placed in elements(document).iter().filter(|placed| is_read_by_name(path, &placed.path)) {
            if let Some(right) = right_places(placed, known) {
                let finding = finding(node, base(path), placed, &right);
                let home = right.iter().find_map(|place| start_tag(&document.root, place));
                findings.push(match home {
                    Some(home) => finding.related(home, "belongs in here"),
                    None => finding,
                });
            }
        }
    }
}

/// Where the element belongs; `None` for one in its place and for one that nobody knows.
fn right_places<'a>(placed: &Placed<'_>, known: &'a vocabulary::File) -> Option<Vec<&'a str>> {
    let (parent, name) = placed.path.rsplit_once('/')?;
    // What stands in an unknown element or in a misplaced one is that element's business.
    if known.has(&placed.path) || !known.has(parent) {
        return None;
    }
    // Where nothing but the case of its letters is wrong, it is misspelt.
    if known.names_under(parent).any(|known| known.eq_ignore_ascii_case(name)) {
        return None;
    }
    let places: Vec<&str> =
        known.paths_of(name).filter_map(|path| path.rsplit_once('/').map(|(parent, _)| parent)).collect();
    (1..=MOST_PLACES).contains(&places.len()).then_some(places)
}

/// The start tag of the element at a path from the root on, as far as it is there.
fn start_tag(root: &Element, path: &str) -> Option<Span> {
    let names: Vec<&str> = path.split('/').skip(2).collect();
    root.descend(&names).map(|element| element.start_tag)
}

fn finding(node: &Node, file: &str, placed: &Placed<'_>, right: &[&str]) -> Finding {
    let (parent, name) = placed.path.rsplit_once('/').unwrap_or_default();
    let places = right.join(" or ");
    let message = format!("{file} of {} has {name} in {parent}, where no version looks for it", node.name);
    let element = placed.element;
    let place = if element.children.is_empty() { element.span } else { element.start_tag };
    Finding::new(place, "not read here", message).help(format!("move {name} to {places}"))
}
