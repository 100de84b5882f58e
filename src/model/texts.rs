//! Every value in the files of a node, however its file writes it: for rules about how values are written.

use super::node::{ConfigModel, Node};
use crate::input::Parsed;
use crate::source::FileId;
use crate::syntax::toml::{Item, Kind as TomlKind, Table};
use crate::syntax::xml::Element;
use crate::syntax::{Scalar, json, xml};

/// How a file writes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text of an XML element without child elements.
    Element,
    /// An XML attribute.
    Attribute,
    /// Value of a property.
    Property,
    /// A string of TOML or JSON.
    String,
    /// A number, a boolean or a date of TOML or JSON.
    Literal,
}

/// One value.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    /// Home-relative path of the file.
    pub file: &'a str,
    /// Names of the elements, tables or keys around it, its own last.
    pub path: Vec<&'a str>,
    /// The value.
    pub scalar: &'a Scalar,
    /// How it is written.
    pub form: Form,
}

impl Text<'_> {
    /// Name of the element, attribute, property or key.
    pub fn key(&self) -> &str {
        self.path.last().copied().unwrap_or("")
    }

    /// The value without the white space around it.
    pub fn value(&self) -> &str {
        self.scalar.text.trim()
    }

    /// The names of its path in one line: `/Server/Ports/Offset`, `/Server/@port`, `server.offset`.
    pub fn place(&self) -> String {
        match self.form {
            Form::Element => format!("/{}", self.path.join("/")),
            Form::Attribute => {
                let (name, elements) = self.path.split_last().unwrap_or((&"", &[]));
                format!("/{}/@{name}", elements.join("/"))
            }
            Form::Property | Form::String | Form::Literal => self.path.join("."),
        }
    }
}

/// An element with the names of the elements around it.
#[derive(Debug, Clone)]
pub struct Placed<'a> {
    /// `/Server/Ports/Offset`: names alone.
    pub path: String,
    /// The element.
    pub element: &'a Element,
}

/// All elements of an XML file, in document order.
pub fn elements(document: &xml::Document) -> Vec<Placed<'_>> {
    let mut placed = Vec::new();
    place(&document.root, "", &mut placed);
    placed
}

fn place<'a>(element: &'a Element, parent: &str, placed: &mut Vec<Placed<'a>>) {
    let path = format!("{parent}/{}", element.name);
    placed.push(Placed { path: path.clone(), element });
    element.children.iter().for_each(|child| place(child, &path, placed));
}

impl Node {
    /// The files that the server reads as they are: in a node with a deployment.toml what templates make of it says
    /// nothing of its own.
    pub fn own_documents(&self) -> impl Iterator<Item = (&str, FileId, &Parsed)> {
        let documents = self.documents.iter().map(|(path, (file, parsed))| (path.as_str(), *file, parsed));
        documents.filter(|(path, ..)| {
            let is_made = path.starts_with("repository/conf/") && *path != "repository/conf/deployment.toml";
            self.config_model == ConfigModel::Xml || !is_made
        })
    }

    /// Every value of those files, file by file in their order.
    pub fn texts(&self) -> Vec<Text<'_>> {
        let mut texts = Vec::new();
        for (file, _, parsed) in self.own_documents() {
            let mut walk = Walk { file, path: Vec::new(), texts: &mut texts };
            match parsed {
                Parsed::Xml(document) => walk.element(&document.root),
                Parsed::Properties(document) => {
                    for property in &document.properties {
                        walk.within(&property.key.text, |walk| walk.push(&property.value, Form::Property));
                    }
                }
                Parsed::Toml(document) => walk.table(&document.root),
                Parsed::Json(document) => walk.json(&document.root),
                Parsed::Nginx(_) | Parsed::Hosts(_) => {}
            }
        }
        texts
    }
}

/// A walk through one file.
struct Walk<'a, 't> {
    file: &'a str,
    path: Vec<&'a str>,
    texts: &'t mut Vec<Text<'a>>,
}

impl<'a> Walk<'a, '_> {
    fn push(&mut self, scalar: &'a Scalar, form: Form) {
        self.texts.push(Text { file: self.file, path: self.path.clone(), scalar, form });
    }

    fn within(&mut self, name: &'a str, walk: impl FnOnce(&mut Self)) {
        self.path.push(name);
        walk(self);
        self.path.pop();
    }

    fn element(&mut self, element: &'a Element) {
        self.within(&element.name, |walk| {
            for attribute in &element.attributes {
                walk.within(&attribute.name, |walk| walk.push(&attribute.value, Form::Attribute));
            }
            if element.children.is_empty() && !element.text.text.is_empty() {
                walk.push(&element.text, Form::Element);
            }
            element.children.iter().for_each(|child| walk.element(child));
        });
    }

    fn table(&mut self, table: &'a Table) {
        for entry in &table.entries {
            self.within(&entry.key, |walk| walk.item(&entry.item));
        }
    }

    fn item(&mut self, item: &'a Item) {
        match item {
            Item::Scalar(scalar, TomlKind::String) => self.push(scalar, Form::String),
            Item::Scalar(scalar, _) => self.push(scalar, Form::Literal),
            Item::Array(_, items) => items.iter().for_each(|item| self.item(item)),
            Item::Table(table) => self.table(table),
            Item::Tables(tables) => tables.iter().for_each(|table| self.table(table)),
        }
    }

    fn json(&mut self, value: &'a json::Value) {
        match value {
            json::Value::Null(_) => {}
            json::Value::String(scalar) => self.push(scalar, Form::String),
            json::Value::Boolean(scalar, _) | json::Value::Number(scalar) => {
                self.push(scalar, Form::Literal);
            }
            json::Value::Array(_, items) => items.iter().for_each(|item| self.json(item)),
            json::Value::Object(_, members) => {
                for member in members {
                    self.within(&member.name.text, |walk| walk.json(&member.value));
                }
            }
        }
    }
}
