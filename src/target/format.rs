//! Models as text: one node a line, indented by its depth.
//!
//! `Name = text {{ expression }}` is an element or an entry, `@name = …` an attribute, `= …` text, and what starts with
//! `%` a control structure: `% if …`, `% elif …`, `% else`, `% for a, b in …`, `% set name = …`, `% do …`. Text is
//! escaped as in the files of vanilla settings (see `catalog::lines`).

use std::fmt::Write as _;

use super::formula::Formula;
use super::tree::{Branch, Element, Form, Loop, Named, Node};
use crate::catalog::lines::{escape, unescape};

/// Blanks per level.
const INDENT: usize = 2;

/// The deepest level that is read.
const MAX_DEPTH: usize = 512;

/// The nodes as lines.
pub fn write(nodes: &[Node]) -> String {
    let mut text = String::new();
    write_nodes(nodes, 0, &mut text);
    text
}

fn write_nodes(nodes: &[Node], depth: usize, out: &mut String) {
    for run in nodes.chunk_by(|left, right| is_text(left) && is_text(right)) {
        match run {
            [node] if !is_text(node) => write_node(node, depth, out),
            _ => line(depth, &format!("= {}", parts(run)), out),
        }
    }
}

fn write_node(node: &Node, depth: usize, out: &mut String) {
    match node {
        Node::Element(element) => write_element(element, depth, out),
        Node::Attribute(named) => write_named("@", named, depth, out),
        Node::Entry(named) => write_named("", named, depth, out),
        Node::If(branches) => {
            for (index, branch) in branches.iter().enumerate() {
                let head = match &branch.condition {
                    Some(condition) if index == 0 => format!("% if {condition}"),
                    Some(condition) => format!("% elif {condition}"),
                    None => "% else".to_owned(),
                };
                line(depth, &head, out);
                write_nodes(&branch.nodes, depth + 1, out);
            }
        }
        Node::For(repeat) => {
            line(depth, &format!("% for {} in {}", repeat.variables.join(", "), repeat.over), out);
            write_nodes(&repeat.nodes, depth + 1, out);
        }
        Node::Set(name, value) => line(depth, &format!("% set {name} = {value}"), out),
        Node::Do(expression) => line(depth, &format!("% do {expression}"), out),
        Node::Literal(_) | Node::Hole(_) => {}
    }
}

fn write_element(element: &Element, depth: usize, out: &mut String) {
    let name = parts(&element.name);
    if element.attributes.is_empty() && element.children.iter().all(is_text) {
        let value = parts(&element.children);
        line(depth, &if value.is_empty() { name } else { format!("{name} = {value}") }, out);
        return;
    }
    line(depth, &name, out);
    write_nodes(&element.attributes, depth + 1, out);
    write_nodes(&element.children, depth + 1, out);
}

fn write_named(mark: &str, named: &Named, depth: usize, out: &mut String) {
    let name = parts(&named.name);
    if named.value.iter().all(is_text) {
        line(depth, format!("{mark}{name} = {}", parts(&named.value)).trim_end(), out);
    } else {
        line(depth, &format!("{mark}{name}"), out);
        write_nodes(&named.value, depth + 1, out);
    }
}

fn line(depth: usize, text: &str, out: &mut String) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{:indent$}{text}", "", indent = depth * INDENT);
}

fn is_text(node: &Node) -> bool {
    matches!(node, Node::Literal(_) | Node::Hole(_))
}

/// Literal text and expressions in one line.
fn parts(nodes: &[Node]) -> String {
    let part = |node: &Node| match node {
        Node::Literal(text) => text.replace("{{", "{{ '{{' }}"),
        Node::Hole(expression) => format!("{{{{ {expression} }}}}"),
        _ => String::new(),
    };
    escape(&nodes.iter().map(part).collect::<String>())
}

/// Reads what [`write()`] wrote; the error names the line, counted from 1, and what is wrong with it.
pub fn read(text: &str, form: Form) -> Result<Vec<Node>, (usize, String)> {
    let lines = text.lines().enumerate().map(|(index, line)| {
        let text = line.trim_start_matches(' ');
        Line { number: index + 1, depth: (line.len() - text.len()) / INDENT, text }
    });
    let lines: Vec<Line> =
        lines.filter(|line| !line.text.is_empty() && !line.text.starts_with('#')).collect();
    let (nodes, rest) = Reader { form }.nodes(&lines, 0)?;
    match rest.first() {
        Some(line) => Err((line.number, "is indented too little".to_owned())),
        None => Ok(nodes),
    }
}

#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    number: usize,
    depth: usize,
    text: &'a str,
}

struct Reader {
    form: Form,
}

type Lines<'a, 'b> = &'b [Line<'a>];
type ReadResult<T> = Result<T, (usize, String)>;

impl Reader {
    fn nodes<'a, 'b>(&self, lines: Lines<'a, 'b>, depth: usize) -> ReadResult<(Vec<Node>, Lines<'a, 'b>)> {
        let mut nodes = Vec::new();
        let mut rest = lines;
        while let Some((line, after)) = rest.split_first() {
            if line.depth < depth {
                break;
            }
            if line.depth > depth || depth > MAX_DEPTH {
                return Err((line.number, "is indented too much".to_owned()));
            }
            let (inner, after) = self.nodes(after, depth + 1)?;
            rest = after;
            self.node(*line, inner, &mut nodes).map_err(|reason| (line.number, reason))?;
        }
        Ok((nodes, rest))
    }

    fn node(&self, line: Line, inner: Vec<Node>, nodes: &mut Vec<Node>) -> Result<(), String> {
        if let Some(control) = line.text.strip_prefix("% ") {
            return control_structure(control, inner, nodes);
        }
        if let Some(text) = line.text.strip_prefix("=") {
            nodes.append(&mut read_parts(&unescape(text.strip_prefix(' ').unwrap_or(text)))?);
            return Ok(());
        }
        let (attribute, text) = match line.text.strip_prefix('@') {
            Some(text) => (true, text),
            None => (false, line.text),
        };
        let (name, value) = text.split_once(" =").unwrap_or((text, ""));
        let name = read_parts(&unescape(name))?;
        let mut value = read_parts(&unescape(value.strip_prefix(' ').unwrap_or(value)))?;
        value.extend(inner);
        nodes.push(if attribute {
            Node::Attribute(Named { name, value })
        } else if self.form == Form::Properties {
            Node::Entry(Named { name, value })
        } else {
            // Variables that are set between attributes stay in their place.
            let children =
                value.split_off(value.iter().rposition(holds_attribute).map_or(0, |last| last + 1));
            Node::Element(Element { name, attributes: value, children })
        });
        Ok(())
    }
}

/// True for an attribute and for a control structure around attributes.
fn holds_attribute(node: &Node) -> bool {
    match node {
        Node::Attribute(_) => true,
        Node::If(branches) => branches.iter().any(|branch| branch.nodes.iter().any(holds_attribute)),
        Node::For(repeat) => repeat.nodes.iter().any(holds_attribute),
        _ => false,
    }
}

fn control_structure(text: &str, inner: Vec<Node>, nodes: &mut Vec<Node>) -> Result<(), String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "if" => nodes.push(Node::If(vec![Branch { condition: Some(expression(rest)?), nodes: inner }])),
        "elif" | "else" => {
            let Some(Node::If(branches)) = nodes.last_mut() else {
                return Err("stands behind no `% if`".to_owned());
            };
            let condition = if word == "elif" { Some(expression(rest)?) } else { None };
            branches.push(Branch { condition, nodes: inner });
        }
        "for" => {
            let (variables, over) = rest.split_once(" in ").ok_or("has no ` in `")?;
            let variables = variables.split(", ").map(str::to_owned).collect();
            nodes.push(Node::For(Loop { variables, over: expression(over)?, nodes: inner }));
        }
        "set" => {
            let (name, value) = rest.split_once(" = ").ok_or("has no ` = `")?;
            nodes.push(Node::Set(name.to_owned(), expression(value)?));
        }
        "do" => nodes.push(Node::Do(expression(rest)?)),
        _ => return Err(format!("`% {word}` is no control structure")),
    }
    Ok(())
}

fn expression(text: &str) -> Result<Formula, String> {
    Formula::parse(text).map_err(|reason| format!("`{text}` is no expression: {reason}"))
}

/// Literal text and `{{ expression }}`, in which quoted braces do not end it.
fn read_parts(text: &str) -> Result<Vec<Node>, String> {
    let mut nodes = Vec::new();
    let mut rest = text;
    while let Some((literal, after)) = rest.split_once("{{") {
        if !literal.is_empty() {
            nodes.push(Node::Literal(literal.to_owned()));
        }
        let end = end_of_expression(after).ok_or("has an expression without end")?;
        let (inner, after) = after.split_at_checked(end).ok_or("has an expression without end")?;
        nodes.push(Node::Hole(expression(inner.trim())?));
        rest = after.strip_prefix("}}").unwrap_or(after);
    }
    if !rest.is_empty() {
        nodes.push(Node::Literal(rest.to_owned()));
    }
    Ok(nodes)
}

fn end_of_expression(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut end = None;
    for (at, character) in text.char_indices() {
        match quote {
            Some(open) if open == character => quote = None,
            Some(_) => {}
            None if character == '\'' || character == '"' => quote = Some(character),
            None if text.get(at..).is_some_and(|rest| rest.starts_with("}}")) => {
                end = Some(at);
                break;
            }
            None => {}
        }
    }
    end
}
