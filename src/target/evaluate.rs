//! What a model produces for a configuration: its nodes as a template again, without layout and comments.

use super::formula::Formula;
use super::tree::{Element, Named, Node};
use crate::render::jinja::{self, Dialect, Extent, Template};

/// The template that produces what the nodes say. Its expressions carry the extents of their nodes only.
pub fn template(nodes: &[Node], dialect: Dialect) -> Template {
    let mut writer = Writer { text: String::new() };
    let nodes = writer.list(nodes);
    Template { text: writer.text, dialect, nodes, faults: Vec::new() }
}

struct Writer {
    text: String,
}

impl Writer {
    fn list(&mut self, nodes: &[Node]) -> Vec<jinja::Node> {
        let mut list = Vec::new();
        for node in nodes {
            self.node(node, &mut list);
        }
        list
    }

    fn node(&mut self, node: &Node, out: &mut Vec<jinja::Node>) {
        match node {
            Node::Literal(text) => self.literal(text, out),
            Node::Hole(formula) => {
                let extent = self.write(&formula.to_string());
                out.push(at(extent, jinja::NodeKind::Output(formula.expression().clone())));
            }
            Node::Element(element) => self.element(element, out),
            Node::Attribute(attribute) => self.attribute(attribute, out),
            Node::Entry(entry) => {
                out.append(&mut self.list(&entry.name));
                self.literal("=", out);
                out.append(&mut self.list(&entry.value));
                self.literal("\n", out);
            }
            Node::If(branches) => {
                let start = self.text.len();
                let branch = |branch: &super::tree::Branch| {
                    let head = branch.condition.as_ref().map(Formula::to_string).unwrap_or_default();
                    jinja::Branch {
                        tag: self.write(&head),
                        condition: branch.condition.as_ref().map(|condition| condition.expression().clone()),
                        negated: false,
                        body: self.list(&branch.nodes),
                    }
                };
                let branches = branches.iter().map(branch).collect();
                out.push(at(Extent::new(start, self.text.len()), jinja::NodeKind::If(branches)));
            }
            Node::For(repeat) => {
                let tag = self.write(&repeat.over.to_string());
                let names = repeat.variables.iter();
                let names =
                    names.map(|name| jinja::Name { text: name.as_str().into(), extent: tag }).collect();
                let iterable = repeat.over.expression().clone();
                let body = self.list(&repeat.nodes);
                out.push(at(tag, jinja::NodeKind::For(jinja::Loop { names, iterable, body })));
            }
            Node::Set(name, value) => {
                let extent = self.write(name);
                let names = vec![jinja::Name { text: name.as_str().into(), extent }];
                let values = vec![value.expression().clone()];
                out.push(at(extent, jinja::NodeKind::Set { names, values }));
            }
            Node::Do(formula) => {
                let extent = self.write(&formula.to_string());
                out.push(at(extent, jinja::NodeKind::Do(formula.expression().clone())));
            }
        }
    }

    fn element(&mut self, element: &Element, out: &mut Vec<jinja::Node>) {
        self.literal("<", out);
        out.append(&mut self.list(&element.name));
        out.append(&mut self.list(&element.attributes));
        self.literal(">", out);
        out.append(&mut self.list(&element.children));
        self.literal("</", out);
        out.append(&mut self.list(&element.name));
        self.literal(">", out);
    }

    fn attribute(&mut self, attribute: &Named, out: &mut Vec<jinja::Node>) {
        let quote = if holds_double_quote(&attribute.value) { "'" } else { "\"" };
        self.literal(" ", out);
        out.append(&mut self.list(&attribute.name));
        self.literal(&format!("={quote}"), out);
        out.append(&mut self.list(&attribute.value));
        self.literal(quote, out);
    }

    fn literal(&mut self, text: &str, out: &mut Vec<jinja::Node>) {
        let extent = self.write(text);
        out.push(at(extent, jinja::NodeKind::Literal));
    }

    fn write(&mut self, text: &str) -> Extent {
        let start = self.text.len();
        self.text.push_str(text);
        Extent::new(start, self.text.len())
    }
}

fn at(extent: Extent, kind: jinja::NodeKind) -> jinja::Node {
    jinja::Node { extent, tag: extent, kind }
}

fn holds_double_quote(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Literal(text) => text.contains('"'),
        Node::If(branches) => branches.iter().any(|branch| holds_double_quote(&branch.nodes)),
        Node::For(repeat) => holds_double_quote(&repeat.nodes),
        _ => false,
    })
}
