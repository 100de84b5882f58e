//! deployment.toml key by key, as it is written, with what its version knows.

use super::DEPLOYMENT;
use super::settings::Settings;
use crate::extract::files::Files;
use crate::model::deployment_toml::{
    DeploymentToml, Form, Pattern, Step, Value, WrittenKey, WrittenTable, header_name, judging,
};
use crate::model::{Origin, Setting, Version};
use crate::source::Span;
use crate::syntax::placeholder::TEMPLATE_MARKS;
use crate::syntax::server_toml;
use crate::syntax::toml::{Document, Item, Table};
use crate::target::keys::known::{self, KnownKeys};

const UTF_8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Keys that Micro Integrator alone has; its deployment.toml lies beside those of API Manager.
const OF_MICRO_INTEGRATOR: [(&str, &str); 2] = [("service_catalog", ""), ("truststore", "algorithm")];

/// A file that could be read.
pub(super) fn written(
    document: &Document,
    settings: &Settings<'_>,
    version: Option<Version>,
    files: &mut Files,
) -> Option<DeploymentToml> {
    let toml = unread(files)?;
    if is_of_micro_integrator(&document.root) {
        return Some(toml);
    }
    let (_, text) = files.taken_up(DEPLOYMENT)?;
    let mut walk = Walk { text, known: known::keys(), tables: Vec::new(), keys: Vec::new() };
    walk.table(&document.root, &mut Vec::new(), None);
    let Walk { mut tables, mut keys, .. } = walk;
    tables.sort_by_key(|table| (table.span.start, table.path.0.len()));
    keys.sort_by_key(|key| key.span.start);
    let (versions, is_approximate) = judging(version);
    Some(DeploymentToml {
        tables,
        keys,
        versions,
        is_approximate,
        unresolved: settings.unresolved(versions),
        contradictions: settings.contradictions("server.server_role"),
        unmet: settings.unmet(),
        ..toml
    })
}

fn is_of_micro_integrator(root: &Table) -> bool {
    OF_MICRO_INTEGRATOR.iter().any(|(table, key)| match root.get(table) {
        Some(Item::Table(table)) => key.is_empty() || table.get(key).is_some(),
        Some(_) => key.is_empty(),
        None => false,
    })
}

/// A file of which nothing is known but what the server says of it. Of a template that somebody fills in before the
/// server sees it that means nothing.
pub(super) fn unread(files: &mut Files) -> Option<DeploymentToml> {
    let (file, text) = files.taken_up(DEPLOYMENT)?;
    let is_template = TEMPLATE_MARKS.iter().any(|mark| text.contains(mark));
    let faults = server_toml::parse(file, text).err().filter(|_| !is_template).unwrap_or_default();
    let toml = DeploymentToml::unread(Span::new(file, 0, 0), faults);
    Some(DeploymentToml { has_byte_order_mark: has_byte_order_mark(files), ..toml })
}

fn has_byte_order_mark(files: &mut Files) -> bool {
    files.bytes(DEPLOYMENT).is_some_and(|bytes| bytes.starts_with(UTF_8_MARK))
}

struct Walk<'a> {
    text: &'a str,
    known: &'static KnownKeys,
    tables: Vec<WrittenTable>,
    keys: Vec<WrittenKey>,
}

impl Walk<'_> {
    fn table(&mut self, table: &Table, path: &mut Vec<Step>, element: Option<Span>) {
        for entry in &table.entries {
            path.push(Step::Key(entry.key.as_str().into()));
            match &entry.item {
                Item::Scalar(scalar, kind) => {
                    let value = Value::Scalar(Setting::read(scalar, Origin::Written), *kind);
                    self.key(path, entry.key_span, value, element);
                }
                Item::Array(span, items) => self.array(*span, items, path, entry.key_span, element),
                Item::Table(inner) => {
                    let form = self.form(inner.span, entry.key_span);
                    self.push_table(path, form, inner.span, entry.key_span);
                    self.table(inner, path, element);
                }
                Item::Tables(tables) => {
                    for inner in tables {
                        self.push_table(path, Form::Element, inner.span, entry.key_span);
                        path.push(Step::Each);
                        self.table(inner, path, element.or(Some(inner.span)));
                        path.pop();
                    }
                }
            }
            path.pop();
        }
    }

    fn array(
        &mut self,
        span: Span,
        items: &[Item],
        path: &mut Vec<Step>,
        key_span: Span,
        element: Option<Span>,
    ) {
        let mut values = Vec::new();
        let mut has_tables = false;
        path.push(Step::Each);
        for item in items {
            match item {
                Item::Scalar(scalar, kind) => values.push((Setting::read(scalar, Origin::Written), *kind)),
                Item::Table(inner) => {
                    has_tables = true;
                    self.table(inner, path, element.or(Some(inner.span)));
                }
                Item::Array(..) | Item::Tables(_) => {}
            }
        }
        path.pop();
        if !has_tables {
            self.key(path, key_span, Value::List(span, values), element);
        }
    }

    fn form(&self, span: Span, key_span: Span) -> Form {
        let opening = self.text.get(span.start as usize..).and_then(|rest| rest.chars().next());
        match opening {
            Some('{') => Form::Braces,
            Some('[') if span != key_span => Form::Header,
            _ => Form::Implied,
        }
    }

    fn push_table(&mut self, path: &[Step], form: Form, span: Span, key_span: Span) {
        self.tables.push(WrittenTable {
            path: Pattern(path.to_vec()),
            name: header_name(path),
            form,
            span,
            key_span,
            facts: self.known.facts(path),
        });
    }

    fn key(&mut self, path: &[Step], span: Span, value: Value, element: Option<Span>) {
        let pattern = Pattern(path.to_vec());
        let facts = self.known.facts(path);
        let name = pattern.to_string();
        self.keys.push(WrittenKey { path: pattern, name, span, value, element, facts });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::tests::Folder;

    fn read(text: &str) -> DeploymentToml {
        let folder = Folder::of(&[(DEPLOYMENT, text), ("bin/version.txt", "WSO2 API Manager 4.5.0")]);
        folder.node().node.deployment_toml.unwrap()
    }

    #[test]
    fn tables_and_keys_come_in_file_order_with_their_form() {
        let text = "[server]\nhostname = \"a\"\n[[apim.gateway.environment]]\nname = \"b\"\n\
                    virtual_host = [{ws_endpoint = \"ws://a\"}]\n[apim]\nx = {y = 1}\n";
        let toml = read(text);
        let tables: Vec<_> = toml.tables.iter().map(|table| (table.name.as_str(), table.form)).collect();
        assert_eq!(
            tables,
            [
                ("server", Form::Header),
                ("apim.gateway.environment", Form::Element),
                ("apim.gateway", Form::Implied),
                ("apim", Form::Header),
                ("apim.x", Form::Braces),
            ]
        );
        let keys: Vec<_> = toml.keys.iter().map(|key| key.name.as_str()).collect();
        let environment = "apim.gateway.environment[]";
        let virtual_host = format!("{environment}.virtual_host[].ws_endpoint");
        assert_eq!(keys, ["server.hostname", &format!("{environment}.name"), &virtual_host, "apim.x.y"]);
        assert!(toml.keys[0].quoted().is_some() && toml.keys[1].element == toml.keys[2].element);
        assert_eq!(toml.faults.len(), 1);
        assert!(toml.knows(&toml.keys[0].facts) && !toml.knows(&toml.keys[3].facts));
    }

    #[test]
    fn of_a_broken_file_only_the_faults_are_known() {
        let toml = read("[server\nhostname = \"a\"\n");
        assert!(toml.keys.is_empty() && !toml.faults.is_empty());
        assert!(read("[server]\nhostname = {{ host }}\n").faults.is_empty());
    }
}
