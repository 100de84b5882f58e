//! All that one pack can render: its templates as trees, and the rules that its keys go through.

use std::fmt::Write as _;

use super::build::build;
use super::format;
use super::tree::{FileModel, Form};
use crate::catalog::lines::{heading_line, split};
use crate::render::Pack;
use crate::render::jinja::Template;
use crate::render::phases::{RuleTexts, Rules};
use crate::render::value::{Map, Value};

/// What a pack can render.
#[derive(Debug, Clone)]
pub struct Model {
    /// default.json, infer.json, key-mappings.json, unit-resolve.json and validator.json.
    pub rules: Rules,
    /// The files that templates make, by path.
    pub files: Vec<FileModel>,
    /// The files under `repository/conf` that no template makes, by path.
    pub static_files: Vec<String>,
}

/// A template that no model could be made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfollowed {
    /// The file that it makes.
    pub path: String,
    /// The part of the template that cannot be followed.
    pub reason: String,
}

impl Model {
    /// The model of a pack.
    #[must_use]
    pub fn of_pack(pack: &Pack) -> (Self, Vec<Unfollowed>) {
        let templates = pack.templates.iter().map(|template| (template.output.as_str(), &template.template));
        Self::of(pack.rules.clone(), templates)
    }

    /// The model of a pack: its rules, and its templates with the paths of the files that they make.
    pub fn of<'a>(
        rules: Rules,
        templates: impl IntoIterator<Item = (&'a str, &'a Template)>,
    ) -> (Self, Vec<Unfollowed>) {
        let mut files = Vec::new();
        let mut unfollowed = Vec::new();
        for (path, template) in templates {
            match build(path, template) {
                Ok(file) => files.push(file),
                Err(reason) => unfollowed.push(Unfollowed { path: path.to_owned(), reason }),
            }
        }
        files.sort_by(|left, right| left.path.cmp(&right.path));
        (Self { rules, files, static_files: Vec::new() }, unfollowed)
    }

    /// The file of this path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&FileModel> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The model as sections of text; `same` names the version whose model has the same section, if one has.
    pub fn write(&self, same: impl Fn(&str, &str) -> Option<String>) -> String {
        let rules = self.rules.files().map(|(name, rules)| (name.to_owned(), write_rules(rules)));
        let files = self.files.iter().map(|file| (file.path.clone(), write_file(file)));
        let mut lines: String = self.static_files.iter().flat_map(|path| [path.as_str(), "\n"]).collect();
        let static_files = (!lines.is_empty()).then(|| (STATIC_FILES.to_owned(), std::mem::take(&mut lines)));
        let mut text = String::new();
        for (name, body) in rules.into_iter().chain(static_files).chain(files) {
            let other = same(&name, &body);
            text.push_str(&heading_line(&name, other.as_deref()));
            text.push_str(if other.is_some() { "" } else { &body });
        }
        text
    }
}

/// The section that lists the configuration files of the pack that no template makes.
pub const STATIC_FILES: &str = "static files";

/// `key = value` lines, the values in JSON.
fn write_rules(map: &Map) -> String {
    let mut lines = String::new();
    for (key, value) in map.iter() {
        // Writing to a string does not fail.
        let _ = writeln!(lines, "{key} = {}", json(value));
    }
    lines
}

fn json(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::Text(text) | Value::Date(text) => quoted(text),
        Value::List(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Value::Map(map) => {
            let entry = |(key, value): (&str, &Value)| format!("{}: {}", quoted(key), json(value));
            format!("{{{}}}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Reads the rules from the bodies of the sections that are named after their files; the error names the section and
/// what is wrong.
pub fn read_rules<'a>(body: impl Fn(&str) -> Option<&'a str>) -> Result<Rules, String> {
    let texts = RuleTexts::FILES.map(|name| object(body(name).unwrap_or_default()));
    Rules::parse(&RuleTexts::of(texts.each_ref().map(String::as_str))).map_err(|faults| {
        let faults =
            faults.iter().map(|fault| format!("{} line {}: {}", fault.file, fault.line, fault.reason));
        faults.collect::<Vec<_>>().join("; ")
    })
}

/// The lines of a section as one JSON object, a line a key.
fn object(body: &str) -> String {
    let entries = body.lines().filter_map(split).map(|(key, value)| format!("{}: {value}", quoted(key)));
    format!("{{{}}}", entries.collect::<Vec<_>>().join(",\n"))
}

/// What the first line of a section says whose file has no structure that its name promises.
const AS_TEXT: &str = "% text\n";

fn write_file(file: &FileModel) -> String {
    let mark = if file.form == Form::of(&file.path) { "" } else { AS_TEXT };
    format!("{mark}{}", format::write(&file.nodes))
}

/// Reads a file from the body of its section; the error is the line of the body, from 1, and what is wrong with it.
pub fn read_file(path: &str, body: &str) -> Result<FileModel, (usize, String)> {
    let (form, body) = match body.strip_prefix(AS_TEXT) {
        Some(body) => (Form::Text, body),
        None => (Form::of(path), body),
    };
    Ok(FileModel { path: path.to_owned(), form, nodes: format::read(body, form)? })
}

/// True for a section that holds a rule file and no rendered one.
#[must_use]
pub fn is_rule_file(section: &str) -> bool {
    RuleTexts::FILES.contains(&section)
}
