//! Which keys a model reads, and in which files.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::mapping::{parse, references};
use super::model::Model;
use super::pattern::{Around, Pattern, Step, reads, value_of};
use super::tree::Node;
use crate::render::phases::Rules;
use crate::render::value::{Map, Value};

/// The keys that the templates and the rules of a pack read.
#[derive(Debug, Default)]
pub struct Reads {
    patterns: BTreeSet<Pattern>,
    roots: BTreeMap<String, BTreeSet<String>>,
    mapped: BTreeMap<String, Vec<String>>,
}

impl Reads {
    /// What a model reads.
    #[must_use]
    pub fn of(model: &Model) -> Self {
        let mut found = Self { mapped: mappings(&model.rules.key_mappings), ..Self::default() };
        for file in &model.files {
            let mut walk = Walk { around: Vec::new(), patterns: BTreeSet::new() };
            walk.nodes(&file.nodes);
            let roots = walk.patterns.iter().filter_map(|pattern| match pattern.0.first() {
                Some(Step::Key(root)) => Some(root.to_string()),
                _ => None,
            });
            found.roots.insert(file.path.clone(), roots.collect());
            found.patterns.append(&mut walk.patterns);
        }
        found.patterns.extend(of_rules(&model.rules));
        found
    }

    /// The internal keys that a key of deployment.toml stands for, without the tables of arrays in it.
    #[must_use]
    pub fn internal(&self, key: &str) -> Vec<String> {
        self.mapped.get(key).cloned().unwrap_or_else(|| vec![key.to_owned()])
    }

    /// True where a template or a rule reads what this internal key holds, or a part of it.
    #[must_use]
    pub fn knows(&self, key: &[Step]) -> bool {
        self.patterns.iter().any(|pattern| {
            let same = pattern.0.iter().zip(key).all(|(known, step)| known == step || *known == Step::Any);
            same && (pattern.0.len() >= key.len() || pattern.0.last() == Some(&Step::Any))
        })
    }

    /// True where a file reads keys of this first name.
    #[must_use]
    pub fn file_reads(&self, file: &str, root: &str) -> bool {
        self.roots.get(file).is_some_and(|roots| roots.contains(root))
    }
}

fn mappings(rules: &Map) -> BTreeMap<String, Vec<String>> {
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    let mapped = |value: &Value| match value {
        Value::List(items) => items.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    };
    rules.iter().map(|(key, value)| (key.to_owned(), mapped(value))).collect()
}

/// The keys that the rules of a pack look at: those that something follows from, and those that values refer to.
fn of_rules(rules: &Rules) -> impl Iterator<Item = Pattern> {
    let triggers = rules.infer.iter().filter_map(|(key, _)| parse(key));
    let outcomes = rules.infer.iter().flat_map(|(_, outcomes)| values_of(outcomes));
    let defaults = rules.default.iter().map(|(_, value)| value);
    triggers.chain(defaults.chain(outcomes.flat_map(values_of)).flat_map(references))
}

/// The values of a table; none of what is no table.
fn values_of(value: &Value) -> impl Iterator<Item = &Value> {
    let table = match value {
        Value::Map(map) => Some(map),
        _ => None,
    };
    table.into_iter().flat_map(Map::iter).map(|(_, value)| value)
}

struct Walk<'a> {
    around: Vec<Around<'a>>,
    patterns: BTreeSet<Pattern>,
}

impl<'a> Walk<'a> {
    fn nodes(&mut self, nodes: &'a [Node]) {
        let outside = self.around.len();
        nodes.iter().for_each(|node| self.node(node));
        self.around.truncate(outside);
    }

    fn node(&mut self, node: &'a Node) {
        match node {
            Node::Literal(_) => {}
            Node::Hole(formula) | Node::Do(formula) => {
                self.patterns.extend(reads(formula.expression(), &self.around));
            }
            Node::Set(name, formula) => {
                self.patterns.extend(reads(formula.expression(), &self.around));
                self.around.push(Around::Set(name, formula));
            }
            Node::Element(element) => {
                self.nodes(&element.name);
                self.nodes(&element.attributes);
                self.nodes(&element.children);
            }
            Node::Attribute(named) | Node::Entry(named) => {
                self.nodes(&named.name);
                self.nodes(&named.value);
            }
            Node::If(branches) => {
                for (index, branch) in branches.iter().enumerate() {
                    let conditions = branch.condition.iter();
                    conditions.for_each(|condition| {
                        self.patterns.extend(reads(condition.expression(), &self.around));
                    });
                    self.within(Around::If(branches, index), &branch.nodes);
                }
            }
            Node::For(repeat) => {
                let over = repeat.over.expression();
                self.patterns.extend(reads(over, &self.around));
                // A loop over a table reads the names of its keys, too.
                if let (2, Some(mut table)) = (repeat.variables.len(), value_of(over, &self.around)) {
                    table.0.push(Step::Any);
                    self.patterns.insert(table);
                }
                self.within(Around::For(repeat), &repeat.nodes);
            }
        }
    }

    fn within(&mut self, around: Around<'a>, nodes: &'a [Node]) {
        self.around.push(around);
        self.nodes(nodes);
        self.around.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::embedded;

    fn steps(key: &str) -> Vec<Step> {
        let step = |name: &str| if name == "[]" { Step::Each } else { Step::Key(name.into()) };
        key.split('.').map(step).collect()
    }

    #[test]
    fn keys_of_templates_are_known() {
        let reads = Reads::of(embedded::of_version("4.5.0").unwrap().model());
        for key in [
            "server.offset",
            "server.hostname",
            "apim.gateway.environment.[].name",
            "apim.cors.allow_origins",
            "database.apim_db.url",
        ] {
            assert!(reads.knows(&steps(key)), "{key}");
        }
        for key in ["database.apim_db.hostname", "database.apim_db.port", "database.apim_db.name"] {
            assert!(reads.knows(&steps(key)), "infer.json refers to {key}");
        }
        for key in ["server.no_such_key", "apim.gateway.environment.[].no_such_key", "nothing"] {
            assert!(!reads.knows(&steps(key)), "{key}");
        }
        assert!(reads.file_reads("repository/conf/carbon.xml", "server"));
        assert!(!reads.file_reads("repository/conf/carbon.xml", "nothing"));
    }
}
