//! The places of a file that can hold a value: text of elements, attributes, entries.

use super::pattern::Around;
use super::tree::{Element, FileModel, Form, Named, Node};

/// A place that a template can produce, and what it is filled with.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    /// The elements from the root on; empty in a properties file.
    pub elements: Vec<&'a Element>,
    /// The attribute, or the entry of a properties file; none for the text of the last element.
    pub name: Option<&'a [Node]>,
    /// What stands there; nothing for an element that holds neither text nor anything else.
    pub value: &'a [Node],
    /// Conditions, loops and variables around it, from the outside in.
    pub around: Vec<Around<'a>>,
}

/// All places of a file, in its order.
pub fn places(file: &FileModel) -> Vec<Place<'_>> {
    let mut walk = Walk { form: file.form, elements: Vec::new(), around: Vec::new(), places: Vec::new() };
    walk.nodes(&file.nodes);
    walk.places
}

struct Walk<'a> {
    form: Form,
    elements: Vec<&'a Element>,
    around: Vec<Around<'a>>,
    places: Vec<Place<'a>>,
}

impl<'a> Walk<'a> {
    /// Goes through nodes; a variable that is set counts for those behind it.
    fn nodes(&mut self, nodes: &'a [Node]) {
        let outside = self.around.len();
        for node in nodes {
            self.node(node);
        }
        self.around.truncate(outside);
    }

    fn node(&mut self, node: &'a Node) {
        match node {
            Node::Element(element) => self.element(element),
            Node::Attribute(Named { name, value }) | Node::Entry(Named { name, value }) => {
                self.place(Some(name), value);
            }
            Node::If(branches) => {
                for (index, branch) in branches.iter().enumerate() {
                    self.within(Around::If(branches, index), &branch.nodes);
                }
            }
            Node::For(repeat) => self.within(Around::For(repeat), &repeat.nodes),
            Node::Set(name, value) => self.around.push(Around::Set(name, value)),
            Node::Hole(_) | Node::Literal(_) if self.form == Form::Text => {
                self.place(None, std::slice::from_ref(node));
            }
            Node::Hole(_) | Node::Literal(_) | Node::Do(_) => {}
        }
    }

    fn within(&mut self, around: Around<'a>, nodes: &'a [Node]) {
        self.around.push(around);
        self.nodes(nodes);
        self.around.pop();
    }

    fn element(&mut self, element: &'a Element) {
        self.elements.push(element);
        let outside = self.around.len();
        self.nodes(&element.attributes);
        let holds_elements = element.children.iter().any(holds_element);
        if !holds_elements && (!element.children.is_empty() || element.attributes.is_empty()) {
            self.place(None, &element.children);
        }
        self.nodes(&element.children);
        self.around.truncate(outside);
        self.elements.pop();
    }

    fn place(&mut self, name: Option<&'a [Node]>, value: &'a [Node]) {
        let (elements, around) = (self.elements.clone(), self.around.clone());
        self.places.push(Place { elements, name, value, around });
    }
}

/// True for an element, and for a control structure around one.
pub fn holds_element(node: &Node) -> bool {
    match node {
        Node::Element(_) => true,
        Node::If(branches) => branches.iter().any(|branch| branch.nodes.iter().any(holds_element)),
        Node::For(repeat) => repeat.nodes.iter().any(holds_element),
        _ => false,
    }
}
