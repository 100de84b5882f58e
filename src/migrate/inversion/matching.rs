//! Which places of a file can produce a setting, and in which turn of which loop.

use super::path::{Path, Predicate, Segment};
use super::scope::{Meaning, Scope, Turn};
use super::solve::{Proposal, Solver, all};
use crate::migrate::Key;
use crate::render::jinja::{Expression, ExpressionKind};
use crate::render::value::{Map, Value};
use crate::target::pattern::Around;
use crate::target::place::Place;
use crate::target::tree::{Element, Loop, Named, Node};

/// A place that can produce a setting.
#[derive(Debug)]
pub struct Match<'a> {
    /// What stands around it, the turns of its loops chosen.
    pub scope: Scope<'a>,
    /// What its value consists of.
    pub value: &'a [Node],
    /// What has to hold for the place to be there and to have this path.
    pub present: Vec<Proposal>,
    /// True where a table gets an entry for it that it does not have.
    pub is_new: bool,
}

/// The lists and tables as they are configured now.
pub trait Configured {
    /// The value of an internal key.
    fn value(&self, key: &Key) -> Option<&Value>;
}

/// The place as producer of a path of an XML file, if it can be one.
pub fn xml<'a>(place: &Place<'a>, path: &Path, configured: &impl Configured) -> Option<Match<'a>> {
    if place.elements.len() != path.segments.len() || place.name.is_some() != path.attribute.is_some() {
        return None;
    }
    if let (Some(name), Some(attribute)) = (place.name, path.attribute)
        && literal(name).is_some_and(|name| local(name) != attribute)
    {
        return None;
    }
    for (element, segment) in place.elements.iter().zip(&path.segments) {
        if literal(&element.name).is_some_and(|name| local(name) != segment.name) {
            return None;
        }
    }
    let claims = claims(place, path)?;
    let scope = scope(place, path, &claims, configured)?;
    let mut solver = Solver::default();
    let mut present = conditions(&mut solver, place, &scope);
    for (nodes, text) in &claims {
        let nodes: Vec<&Node> = nodes.iter().collect();
        present = all(&present, &solver.print(&nodes, text, &scope));
    }
    let is_new = scope.has_new_entry(configured);
    (!present.is_empty()).then_some(Match { scope, value: place.value, present, is_new })
}

/// The place as producer of a key of a properties file, if it can be one.
pub fn entry<'a>(place: &Place<'a>, key: &str, configured: &impl Configured) -> Option<Match<'a>> {
    let name = place.name?;
    if literal(name).is_some_and(|name| name != key) {
        return None;
    }
    let claims = vec![(name, key.to_owned())];
    let path = Path { segments: Vec::new(), attribute: None };
    let scope = scope(place, &path, &claims, configured)?;
    let mut solver = Solver::default();
    let mut present = conditions(&mut solver, place, &scope);
    present = all(&present, &solver.print(&name.iter().collect::<Vec<_>>(), key, &scope));
    let is_new = scope.has_new_entry(configured);
    (!present.is_empty()).then_some(Match { scope, value: place.value, present, is_new })
}

fn conditions(solver: &mut Solver, place: &Place, scope: &Scope) -> Vec<Proposal> {
    let mut found = vec![Proposal::default()];
    for around in &place.around {
        if let Around::If(branches, index) = around {
            found = all(&found, &solver.taken(branches, *index, scope));
        }
    }
    found
}

/// Nodes that have to print a text for the place to have the path: names that are not literal, and what tells elements
/// apart.
type Claims<'a> = Vec<(&'a [Node], String)>;

fn claims<'a>(place: &Place<'a>, path: &Path) -> Option<Claims<'a>> {
    let mut claims = Claims::new();
    if let (Some(name), Some(attribute)) = (place.name, path.attribute)
        && literal(name).is_none()
    {
        claims.push((name, attribute.to_owned()));
    }
    for (element, segment) in place.elements.iter().zip(&path.segments) {
        if literal(&element.name).is_none() {
            claims.push((&element.name, segment.name.to_owned()));
        }
        for predicate in &segment.predicates {
            let (nodes, value) = match predicate {
                Predicate::Attribute(name, value) => (attribute(&element.attributes, name), value),
                Predicate::Child(name, value) => (child_text(&element.children, name), value),
                Predicate::Position(_) => continue,
            };
            claims.push((nodes?, (*value).to_owned()));
        }
    }
    Some(claims)
}

/// The value of an attribute; of one whose name is an expression, if no other has this name.
fn attribute<'a>(attributes: &'a [Node], name: &str) -> Option<&'a [Node]> {
    find(attributes, &mut |node| match node {
        Node::Attribute(Named { name: own, value }) if literal(own).is_some_and(|own| local(own) == name) => {
            Some(value.as_slice())
        }
        _ => None,
    })
}

/// The text of a child.
fn child_text<'a>(children: &'a [Node], name: &str) -> Option<&'a [Node]> {
    find(children, &mut |node| match node {
        Node::Element(Element { name: own, children, .. })
            if literal(own).is_some_and(|own| local(own) == name) =>
        {
            Some(children.as_slice())
        }
        _ => None,
    })
}

fn find<'a>(
    nodes: &'a [Node],
    wanted: &mut impl FnMut(&'a Node) -> Option<&'a [Node]>,
) -> Option<&'a [Node]> {
    nodes.iter().find_map(|node| match node {
        Node::If(branches) => branches.iter().find_map(|branch| find(&branch.nodes, wanted)),
        Node::For(repeat) => find(&repeat.nodes, wanted),
        node => wanted(node),
    })
}

/// The scope of the place; nothing where a loop's turn cannot be told.
fn scope<'a>(
    place: &Place<'a>,
    path: &Path,
    claims: &Claims,
    configured: &impl Configured,
) -> Option<Scope<'a>> {
    let mut scope = Scope::default();
    for around in &place.around {
        let turn = match around {
            Around::For(repeat) => Some(turn(repeat, path, claims, &scope, configured)?),
            _ => None,
        };
        scope.push(*around, turn);
    }
    Some(scope)
}

fn turn(
    repeat: &Loop,
    path: &Path,
    claims: &Claims,
    scope: &Scope,
    configured: &impl Configured,
) -> Option<Turn> {
    let over = scope.key(repeat.over.expression())?;
    if let [key, entry] = repeat.variables.as_slice() {
        let entries = match configured.value(&over) {
            Some(Value::Map(entries)) => entries,
            _ => &Map::new(),
        };
        let named = claims.iter().find_map(|(nodes, text)| match field(nodes, entry) {
            Some(field) => {
                entries.iter().find(|(_, value)| is_named(value, &field, text)).map(|(key, _)| key.to_owned())
            }
            None => part(nodes, text, key, entries, scope),
        });
        return named.map(Turn::Entry);
    }
    let [variable] = repeat.variables.as_slice() else { return None };
    let elements = match configured.value(&over) {
        Some(Value::List(elements)) => elements.as_slice(),
        _ => &[],
    };
    let identity = claims.iter().find_map(|(nodes, text)| match field(nodes, variable) {
        Some(field) => Some((field, text.clone())),
        None => named_first(nodes, text, variable),
    });
    let index = match &identity {
        Some((field, text)) => {
            elements.iter().position(|element| is_named(element, field, text)).unwrap_or(elements.len())
        }
        None => match claims.iter().find(|(nodes, _)| prints_only(nodes, variable)) {
            Some((_, text)) => {
                let same = |element: &Value| printed(element).as_ref() == Some(text);
                elements.iter().position(same).unwrap_or(elements.len())
            }
            None => counted(claims, scope)
                .unwrap_or_else(|| path.segments.iter().map(Segment::index).max().unwrap_or(0))
                .min(elements.len()),
        },
    };
    Some(Turn::Element { index, identity })
}

/// A scalar as text.
pub fn printed(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Date(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Double(value) => Some(crate::render::java::double_to_string(*value)),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

/// True for a table whose field has this value.
pub fn is_named(item: &Value, field: &str, name: &str) -> bool {
    match item {
        Value::Map(map) => map.get(field).and_then(printed).as_deref() == Some(name),
        _ => false,
    }
}

/// What a key of a table is where nodes print it as a part of a text: one that the table has, or all that is left.
fn part(nodes: &[Node], text: &str, variable: &str, entries: &Map, scope: &Scope) -> Option<String> {
    let (first, rest) = nodes.split_first()?;
    let formula = match first {
        Node::Literal(literal) => {
            return part(rest, text.strip_prefix(literal.as_str())?, variable, entries, scope);
        }
        Node::Hole(formula) => formula,
        _ => return None,
    };
    if formula.to_string() != variable {
        let Meaning::Text(own) = scope.meaning(formula.expression())? else { return None };
        return part(rest, text.strip_prefix(own.as_str())?, variable, entries, scope);
    }
    let fits = |key: &&str| text.strip_prefix(key).is_some_and(|behind| may_begin(rest, behind));
    match entries.iter().map(|(key, _)| key).filter(fits).max_by_key(|key| key.len()) {
        Some(key) => Some(key.to_owned()),
        None => rest.is_empty().then(|| text.to_owned()),
    }
}

/// The field that a name begins with, and its value: what stands before the text behind it.
fn named_first(nodes: &[Node], text: &str, variable: &str) -> Option<(String, String)> {
    let (first, [Node::Literal(behind), ..]) = nodes.split_first()? else { return None };
    let field = field(std::slice::from_ref(first), variable)?;
    let (name, _) = text.split_once(behind.as_str())?;
    Some((field, name.to_owned()))
}

/// The turn of a loop whose number stands in a name, from 0.
fn counted(claims: &Claims, scope: &Scope) -> Option<usize> {
    let number =
        claims.iter().find_map(|(nodes, text)| part(nodes, text, "loop.index", &Map::new(), scope))?;
    number.parse::<usize>().ok()?.checked_sub(1)
}

fn may_begin(nodes: &[Node], text: &str) -> bool {
    match nodes.first() {
        None => text.is_empty(),
        Some(Node::Literal(literal)) => text.starts_with(literal.as_str()),
        Some(_) => true,
    }
}

fn prints_only(nodes: &[Node], variable: &str) -> bool {
    matches!(nodes, [Node::Hole(formula)] if formula.to_string() == variable)
}

/// The field of the loop variable that nodes print, and nothing else.
fn field(nodes: &[Node], variable: &str) -> Option<String> {
    let [Node::Hole(formula)] = nodes else { return None };
    field_of(formula.expression(), variable)
}

fn field_of(expression: &Expression, variable: &str) -> Option<String> {
    match &expression.kind {
        ExpressionKind::Filter(input, ..) => field_of(input, variable),
        ExpressionKind::Member(object, field) => match &object.kind {
            ExpressionKind::Name(name) if name.as_ref() == variable => Some(field.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// The text of nodes that are text only.
fn literal(nodes: &[Node]) -> Option<&str> {
    match nodes {
        [Node::Literal(text)] => Some(text),
        _ => None,
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}
