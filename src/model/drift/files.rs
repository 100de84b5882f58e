//! One configuration file of each node of a group, as settings by path.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::keys;
use crate::input::Parsed;
use crate::model::deployment::Deployment;
use crate::model::node::Node;
use crate::model::settings;
use crate::source::{FileId, Span};
use crate::syntax::settings::paths::{Separator, without_positions};
use crate::syntax::settings::{Setting, xml_apart};
use crate::syntax::xml::{self, Element};
use crate::syntax::{secrets, toml};

/// The file of one node.
pub(super) struct File<'a> {
    pub(super) node: &'a Node,
    file: FileId,
    document: Document<'a>,
    separator: Separator,
    vanilla: Option<Arc<BTreeMap<String, String>>>,
    /// The settings that may differ, by path without positions.
    pub(super) values: BTreeMap<String, Vec<Value>>,
    /// Keys of deployment.toml as the node writes them, by the server's name for them.
    pub(super) spelling: BTreeMap<String, String>,
    present: BTreeSet<String>,
    /// The elements of an XML file that stand more than once, by path without positions.
    counts: BTreeMap<String, usize>,
    secrets: OnceCell<Vec<Range<usize>>>,
}

/// One setting.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) text: String,
    /// `None` for what nobody wrote.
    pub(super) span: Option<Span>,
}

/// Which of several values is meant.
type Which = fn(&[Value]) -> Option<&Value>;

enum Document<'a> {
    Xml(&'a xml::Document),
    Toml(&'a toml::Document),
    Other,
    /// The file of the untouched pack, which the overlay leaves out.
    Vanilla,
}

/// The files of the group's nodes that may differ; nodes that nobody can tell of are left out, and all where the texts
/// are the same.
pub(super) fn read<'a>(deployment: &'a Deployment, group: &[&'a Node], path: &str) -> Vec<File<'a>> {
    let pack = group.first().and_then(|node| settings::pack(node));
    let mut held: Vec<(&'a Node, Option<&'a (FileId, Parsed)>)> = Vec::new();
    for node in group {
        match node.documents.get(path) {
            Some(document) => held.push((node, Some(document))),
            // Present and not read: nothing is known of its settings.
            None if node.files.contains(path) => {}
            None if pack.is_some_and(|pack| pack.has(path)) => held.push((node, None)),
            None => {}
        }
    }
    let text = |document: &Option<&(FileId, Parsed)>| {
        document.and_then(|(id, _)| deployment.sources.file(*id)).map(|file| file.text.as_str())
    };
    let texts: BTreeSet<Option<&str>> = held.iter().map(|(_, document)| text(document)).collect();
    if texts.len() < 2 {
        return Vec::new();
    }
    let absent_xml = pack.filter(|_| held.iter().any(|(_, document)| document.is_none()));
    let absent_xml = absent_xml.and_then(|pack| pack.xml(path, FileId::NOWHERE));
    let documents: Vec<Option<&xml::Document>> = held
        .iter()
        .map(|(_, document)| match document {
            Some((_, Parsed::Xml(document))) => Some(document.as_ref()),
            Some(_) => None,
            None => absent_xml.as_ref(),
        })
        .collect();
    let lists: Vec<Vec<Setting>> = if documents.iter().all(Option::is_some) {
        xml_apart(&documents.into_iter().flatten().collect::<Vec<_>>())
    } else {
        held.iter().map(|(node, _)| settings::of(node, pack, path)).collect()
    };
    let separator = Separator::of(path);
    let vanilla = pack.filter(|pack| pack.has(path)).map(|pack| {
        let settings = pack.settings(path).map(|(path, value)| (without_positions(&path), value));
        Arc::new(settings.collect::<BTreeMap<_, _>>())
    });
    let mut files: Vec<File<'a>> = Vec::new();
    for ((node, document), list) in held.into_iter().zip(lists) {
        let file = document.map(|(id, _)| *id);
        let Some(file) = file.or_else(|| absent(deployment, node, path)) else { continue };
        let written = document.is_some();
        let mut values: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let paths: Vec<String> = list.iter().map(|setting| setting.path.clone()).collect();
        let settings = settings::connectors_by_scheme(list);
        let counts = if separator == Separator::Slash { counts(&settings, &paths) } else { BTreeMap::new() };
        // A table without keys sets nothing.
        for setting in settings.into_iter().filter(|setting| setting.value != "{}") {
            let span = written.then_some(setting.span);
            values
                .entry(without_positions(&setting.path))
                .or_default()
                .push(Value { text: setting.value, span });
        }
        let document = match document {
            Some((_, Parsed::Xml(document))) => Document::Xml(document),
            Some((_, Parsed::Toml(document))) => Document::Toml(document),
            Some(_) => Document::Other,
            None => Document::Vanilla,
        };
        let (vanilla, secrets) = (vanilla.clone(), OnceCell::new());
        files.push(File {
            node,
            file,
            document,
            separator,
            vanilla,
            values,
            spelling: BTreeMap::new(),
            present: BTreeSet::new(),
            counts,
            secrets,
        });
    }
    if path.ends_with("deployment.toml") {
        keys::complete(&mut files, pack);
    }
    for file in &mut files {
        let prefixes = file.values.keys().flat_map(|path| separator.prefixes(path).map(str::to_owned));
        file.present = prefixes.collect();
    }
    files
}

/// How many elements there are under one path; `paths` tell apart what the settings go by one name for.
fn counts(settings: &[Setting], paths: &[String]) -> BTreeMap<String, usize> {
    let mut elements: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (setting, path) in settings.iter().zip(paths) {
        let prefixes = Separator::Slash.prefixes(&setting.path).zip(Separator::Slash.prefixes(path));
        for (name, element) in prefixes {
            elements.entry(without_positions(name)).or_default().insert(element);
        }
    }
    let counts = elements.into_iter().map(|(name, elements)| (name, elements.len()));
    counts.filter(|(_, count)| *count > 1).collect()
}

/// Place of a file that an overlay leaves out, if anything asked for it.
fn absent(deployment: &Deployment, node: &Node, path: &str) -> Option<FileId> {
    let owner = u16::try_from(node.index).ok()?;
    let files = &deployment.sources.owners.get(node.index)?.files;
    let index = files.iter().position(|file| file.absent && file.path == path);
    let index = u16::try_from(index?).ok()?;
    Some(FileId { owner, index })
}

impl File<'_> {
    /// The keys that are written, for defaults of deployment.toml.
    pub(super) fn toml(&self) -> Option<&toml::Document> {
        match self.document {
            Document::Toml(document) => Some(document),
            _ => None,
        }
    }

    /// True where the file has the setting or something in the element.
    pub(super) fn has(&self, path: &str) -> bool {
        self.present.contains(path)
    }

    /// How often an element that the file has stands there; 1 in files of other formats.
    pub(super) fn count(&self, path: &str) -> usize {
        self.counts.get(path).copied().unwrap_or(1)
    }

    /// What the untouched pack sets.
    pub(super) fn vanilla(&self, path: &str) -> Option<String> {
        if self.toml().is_some() {
            return None;
        }
        self.vanilla.as_ref()?.get(path).cloned()
    }

    /// True where an attribute says that the secret stands in the secure vault.
    pub(super) fn has_alias(&self, path: &str) -> bool {
        self.values.contains_key(&format!("{path}/@secretAlias"))
    }

    /// True for a password or key by its name.
    pub(super) fn is_secret(&self, path: &str) -> bool {
        self.separator.names_secret(path)
    }

    /// The values of a setting as the file has them.
    pub(super) fn texts(&self, path: &str) -> impl Iterator<Item = &str> {
        self.values.get(path).into_iter().flatten().map(|value| value.text.as_str())
    }

    /// True where no value may be shown: a password stands somewhere in the text, as in the URL of a broker.
    pub(super) fn holds_secret(&self, deployment: &Deployment, path: &str) -> bool {
        self.values.get(path).into_iter().flatten().any(|value| match value.span {
            Some(span) => {
                let ranges = self.secrets.get_or_init(|| {
                    let source = deployment.sources.file(self.file);
                    source.map(|file| secrets::secret_ranges(&file.path, &file.text)).unwrap_or_default()
                });
                let (start, end) = (span.start as usize, span.end as usize);
                ranges.iter().any(|range| range.start < end && start < range.end)
            }
            None => secrets::mask("text", &value.text) != value.text,
        })
    }

    /// Start of the file.
    pub(super) fn start(&self) -> Span {
        match self.document {
            Document::Xml(document) => document.root.start_tag,
            _ => Span::new(self.file, 0, 0),
        }
    }

    /// The setting or the whole element, the first of several.
    pub(super) fn element(&self, path: &str) -> Span {
        self.one_element(path, <[Value]>::first)
    }

    /// The last of the elements that have this path.
    pub(super) fn last_element(&self, path: &str) -> Span {
        self.one_element(path, <[Value]>::last)
    }

    fn one_element(&self, path: &str, which: Which) -> Span {
        if let Some(span) = self.values.get(path).and_then(|values| which(values)?.span) {
            return span;
        }
        match self.document {
            Document::Xml(_) => {
                self.found(path, which).map_or_else(|| self.start(), |element| element.start_tag)
            }
            Document::Toml(document) => keys::table(document, path).unwrap_or_else(|| self.start()),
            Document::Other | Document::Vanilla => self.start(),
        }
    }

    /// What is written of a setting or in an element, each setting from the start of its line.
    pub(super) fn settings_in(&self, deployment: &Deployment, separator: Separator, path: &str) -> Vec<Span> {
        let text = deployment.sources.file(self.file).map_or("", |file| file.text.as_str());
        let inside = |key: &str| separator.prefixes(key).any(|prefix| prefix == path);
        let values = self.values.range(path.to_owned()..).take_while(|(key, _)| key.starts_with(path));
        let written = values.filter(|(key, _)| inside(key)).flat_map(|(_, values)| values);
        let whole = |span: Span| {
            let before = text.get(..span.start as usize).unwrap_or_default();
            let line = before.rfind('\n').map_or(0, |end| end + 1);
            Span { start: u32::try_from(line).unwrap_or(span.start), ..span }
        };
        written.filter_map(|value| value.span).map(whole).collect()
    }

    /// What should hold a setting that is not there.
    pub(super) fn place(&self, path: &str) -> Span {
        let path = self.spelling.get(path).map_or(path, String::as_str);
        let mut parent = self.separator.parent(path);
        while let Some(path) = parent {
            match self.document {
                Document::Xml(_) => {
                    if let Some(element) = self.found(path, <[Value]>::first) {
                        return element.start_tag;
                    }
                }
                Document::Toml(document) => {
                    if let Some(span) = keys::table(document, path) {
                        return span;
                    }
                }
                Document::Other | Document::Vanilla => {}
            }
            parent = self.separator.parent(path);
        }
        self.start()
    }

    /// The element at a path, by one of the settings within it.
    fn found(&self, path: &str, which: Which) -> Option<&Element> {
        let Document::Xml(document) = self.document else { return None };
        let depth = self.separator.prefixes(path).count();
        let inside = |other: &&String| {
            other.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let key = self.values.range(path.to_owned()..).map(|(key, _)| key).find(inside)?;
        let span = which(self.values.get(key)?)?.span?;
        let mut element = &document.root;
        for _ in 1..depth {
            element = element.children.iter().find(|child| child.span.contains(&span))?;
        }
        Some(element)
    }
}
