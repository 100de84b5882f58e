//! The keys of deployment.toml as the config mapper sees them: written, else inferred, else default.

use std::collections::BTreeMap;

use crate::catalog::vanilla::Pack;
use crate::model::{Origin, Setting};
use crate::source::Span;
use crate::syntax::Scalar;
use crate::syntax::toml::{Document, Item, Table};

/// Deepest nesting of tables that is followed.
const DEEPEST_TABLE: usize = 32;
/// So many `$ref{}` are followed for one value; a chain that needs more is a circle or an attack.
const MOST_REFERENCES: u32 = 200;
/// Longest text that `$ref{}` may build.
const LONGEST_VALUE: usize = 1 << 16;

/// All settings of one deployment.toml.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    written: BTreeMap<String, Written<'a>>,
    order: Vec<String>,
    headers: BTreeMap<String, Span>,
    tables: BTreeMap<String, &'a Table>,
    lists: BTreeMap<String, Vec<&'a Table>>,
    inferred: BTreeMap<String, String>,
    /// The written key that each inferred one follows from in the end.
    causes: BTreeMap<String, String>,
    pack: Option<&'static Pack>,
    start: Span,
}

#[derive(Debug, Clone, Copy)]
enum Written<'a> {
    Scalar(&'a Scalar),
    Array(Span, &'a [Item]),
}

/// A list of texts and where it stands.
#[derive(Debug, Clone)]
pub(super) struct List {
    /// The array, or the place that should hold it.
    pub span: Span,
    /// The entries.
    pub items: Vec<Setting>,
    /// Where the list as a whole came from.
    pub origin: Origin,
}

/// One `[[table]]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    settings: &'a Settings<'a>,
    table: &'a Table,
    trusted: bool,
}

impl<'a> Settings<'a> {
    /// Reads a document.
    pub fn new(document: &'a Document, pack: Option<&'static Pack>) -> Self {
        let mut settings = Self {
            written: BTreeMap::new(),
            order: Vec::new(),
            headers: BTreeMap::new(),
            tables: BTreeMap::new(),
            lists: BTreeMap::new(),
            inferred: BTreeMap::new(),
            causes: BTreeMap::new(),
            pack,
            start: Span { end: document.root.span.start, ..document.root.span },
        };
        settings.flatten(&document.root, "", 0);
        settings.infer();
        settings
    }

    fn flatten(&mut self, table: &'a Table, prefix: &str, depth: usize) {
        if depth >= DEEPEST_TABLE {
            return;
        }
        for entry in &table.entries {
            let quoted = if entry.key.contains('.') { format!("'{}'", entry.key) } else { entry.key.clone() };
            let key = if prefix.is_empty() { quoted } else { format!("{prefix}.{quoted}") };
            match &entry.item {
                Item::Scalar(scalar, _) => self.write(&key, Written::Scalar(scalar)),
                Item::Array(span, items) => {
                    let tables: Vec<&Table> = items.iter().filter_map(as_table).collect();
                    if tables.is_empty() {
                        self.write(&key, Written::Array(*span, items));
                    } else {
                        self.lists.insert(key, tables);
                    }
                }
                Item::Table(inner) => {
                    // A table without a header of its own points at the key that made it, maybe in another
                    // header.
                    if inner.span != entry.key_span {
                        self.headers.insert(key.clone(), inner.span);
                    }
                    self.flatten(inner, &key, depth + 1);
                    self.tables.insert(key, inner);
                }
                Item::Tables(tables) => {
                    self.lists.insert(key, tables.iter().collect());
                }
            }
        }
    }

    fn write(&mut self, key: &str, value: Written<'a>) {
        let targets = self.pack.map_or(&[][..], |pack| pack.key_mapping(key));
        let mut put = |target: &str| {
            if self.written.insert(target.to_owned(), value).is_none() {
                self.order.push(target.to_owned());
            }
        };
        if targets.is_empty() {
            put(key);
        }
        targets.iter().for_each(|target| put(target));
    }

    /// What follows from written keys, and from what follows from them.
    fn infer(&mut self) {
        let Some(pack) = self.pack else { return };
        let mut causes: Vec<(String, String, String)> = self
            .order
            .iter()
            .filter_map(|key| match self.written.get(key)? {
                Written::Scalar(scalar) => Some((key.clone(), scalar.text.clone(), key.clone())),
                Written::Array(..) => None,
            })
            .collect();
        while let Some((key, value, cause)) = causes.pop() {
            for (target, text) in pack.inferred(&key, &value) {
                if !self.inferred.contains_key(&target) && !self.written.contains_key(&target) {
                    causes.push((target.clone(), text.clone(), cause.clone()));
                    self.causes.insert(target.clone(), cause.clone());
                    self.inferred.insert(target, text);
                }
            }
        }
    }

    /// The value in force. A key under what is written as `[[table]]` where the server wants a table is
    /// unknown.
    pub fn get(&self, key: &str) -> Option<Setting> {
        if let Some(span) = self.under_list(key) {
            return Some(Setting::at(String::new(), span, Origin::Unknown));
        }
        match self.written.get(key) {
            Some(Written::Scalar(scalar)) => Some(self.resolve(Setting::read(scalar, Origin::Written))),
            Some(Written::Array(span, _)) => Some(Setting::at(String::new(), *span, Origin::Unknown)),
            None => {
                let text = self.unwritten(key)?;
                Some(self.resolve(Setting::at(text.to_owned(), self.place(key), Origin::Derived)))
            }
        }
    }

    /// The value in force, else a default that no pack states.
    pub fn get_or(&self, key: &str, default: &str) -> Setting {
        self.get(key).unwrap_or_else(|| Setting::at(default.to_owned(), self.place(key), Origin::Derived))
    }

    /// A switch in force.
    pub fn switch(&self, key: &str, default: bool) -> Setting<bool> {
        self.get_or(key, if default { "true" } else { "false" }).boolean()
    }

    /// A port in force.
    pub fn port(&self, key: &str, default: u16) -> Setting<u16> {
        port(&self.get_or(key, &default.to_string()))
    }

    /// The value if the file writes it.
    pub fn written(&self, key: &str) -> Option<Setting> {
        self.written.contains_key(key).then(|| self.get(key)).flatten()
    }

    /// A list in force. A text counts as its parts between commas, as the templates take it.
    pub fn list(&self, key: &str) -> Option<List> {
        if let Some(span) = self.under_list(key) {
            return Some(List { span, items: Vec::new(), origin: Origin::Unknown });
        }
        match self.written.get(key) {
            Some(Written::Array(span, items)) => Some(List {
                span: *span,
                items: items
                    .iter()
                    .filter_map(as_scalar)
                    .map(|scalar| self.resolve(Setting::read(scalar, Origin::Written)))
                    .collect(),
                origin: Origin::Written,
            }),
            Some(Written::Scalar(scalar)) => Some(self.split(scalar)),
            None => {
                let place = self.place(key);
                let items = split_literal(self.unwritten(key)?)
                    .map(|text| self.resolve(Setting::at(text.to_owned(), place, Origin::Derived)))
                    .collect();
                Some(List { span: place, items, origin: Origin::Derived })
            }
        }
    }

    fn split(&self, scalar: &Scalar) -> List {
        let whole = self.resolve(Setting::read(scalar, Origin::Written));
        let items = if whole.value == scalar.trimmed().text {
            parts(&scalar.text)
                .map(|range| Setting::read(&part(scalar, range), Origin::Written).with_origin(whole.origin))
                .collect()
        } else {
            parts(&whole.value)
                .filter_map(|range| whole.value.get(range))
                .map(|text| Setting::at(text.to_owned(), scalar.span, whole.origin))
                .collect()
        };
        List { span: scalar.span, items, origin: Origin::Written }
    }

    /// The `[[tables]]` of this key. One `[table]` in their place counts as one of which nothing is known.
    pub fn entries(&'a self, key: &str) -> Vec<Entry<'a>> {
        match (self.lists.get(key), self.tables.get(key)) {
            (Some(tables), _) => {
                tables.iter().map(|table| Entry { settings: self, table, trusted: true }).collect()
            }
            (None, Some(table)) => vec![Entry { settings: self, table, trusted: false }],
            (None, None) => Vec::new(),
        }
    }

    /// Header of the key if it is written as `[table]`.
    pub fn header(&self, key: &str) -> Option<Span> {
        self.headers.get(key).copied()
    }

    /// True when the file has the table, or a key in it.
    pub fn has_table(&self, table: &str) -> bool {
        self.headers.contains_key(table) || self.written_under(table).next().is_some()
    }

    /// Written keys inside a table in file order, without the name of the table.
    pub fn written_under<'b>(&'b self, table: &'b str) -> impl Iterator<Item = (&'b str, Setting)> + 'b {
        self.order.iter().filter_map(move |key| {
            let name = key.strip_prefix(table)?.strip_prefix('.')?;
            Some((name, self.get(key)?))
        })
    }

    /// All values in force inside a table: the written ones in file order, then the others by name.
    pub fn under(&self, table: &str) -> Vec<(String, Setting)> {
        let mut found: Vec<(String, Setting)> =
            self.written_under(table).map(|(name, value)| (unquoted(name), value)).collect();
        let mut others: Vec<&str> = self.inferred.keys().map(String::as_str).collect();
        if let Some(pack) = self.pack {
            others.extend(pack.toml_defaults_under(table).map(|(key, _)| key));
        }
        others.sort_unstable();
        others.dedup();
        for key in others {
            let name = key.strip_prefix(table).and_then(|rest| rest.strip_prefix('.'));
            if let Some(name) = name
                && !self.written.contains_key(key)
                && let Some(value) = self.get(key)
            {
                found.push((unquoted(name), value));
            }
        }
        found
    }

    /// Where a key that nobody wrote should stand: the nearest table header, else the start of the file.
    pub fn place(&self, key: &str) -> Span {
        let mut table = key;
        while let Some((parent, _)) = table.rsplit_once('.') {
            if let Some(span) = self.headers.get(parent) {
                return *span;
            }
            table = parent;
        }
        self.start
    }

    /// Header of a table, else where it should stand.
    pub fn table_place(&self, table: &str) -> Span {
        self.headers.get(table).copied().unwrap_or_else(|| self.place(table))
    }

    /// Start of the file.
    pub fn start(&self) -> Span {
        self.start
    }

    /// True where a key has a value of any kind, whoever gives it.
    pub fn holds(&self, key: &str) -> bool {
        self.written.contains_key(key)
            || self.lists.contains_key(key)
            || self.under_list(key).is_some()
            || self.unwritten(key).is_some()
    }

    /// The texts that the file writes outside of `[[tables]]`, with their keys and places.
    pub fn written_texts(&self) -> impl Iterator<Item = (&str, &str, Span)> {
        self.order.iter().flat_map(|key| {
            let scalars: Vec<&Scalar> = match self.written.get(key) {
                Some(Written::Scalar(scalar)) => vec![*scalar],
                Some(Written::Array(_, items)) => items.iter().filter_map(as_scalar).collect(),
                None => Vec::new(),
            };
            scalars.into_iter().map(move |scalar| (key.as_str(), scalar.text.as_str(), scalar.span))
        })
    }

    /// The texts that follow from written keys: key, text, and the written key with the place of its value.
    pub fn inferred_texts(&self) -> impl Iterator<Item = (&str, &str, &str, Span)> {
        self.inferred.iter().filter_map(|(key, text)| {
            let cause = self.causes.get(key)?;
            let Some(Written::Scalar(scalar)) = self.written.get(cause) else { return None };
            Some((key.as_str(), text.as_str(), cause.as_str(), scalar.span))
        })
    }

    /// What the version infers from the value of a written key.
    pub fn follows_from(&self, key: &str) -> Vec<(String, String)> {
        match (self.pack, self.written.get(key)) {
            (Some(pack), Some(Written::Scalar(scalar))) => pack.inferred(key, &scalar.text),
            _ => Vec::new(),
        }
    }

    /// True where the untouched pack has a value for the key, so that its templates read it.
    pub fn has_default(&self, key: &str) -> bool {
        self.pack.is_some_and(|pack| pack.toml_default(key).is_some())
    }

    fn unwritten(&self, key: &str) -> Option<&str> {
        let inferred = self.inferred.get(key).map(String::as_str);
        inferred.or_else(|| self.pack.and_then(|pack| pack.toml_default(key)))
    }

    /// First header of a `[[table]]` that the key lies in.
    fn under_list(&self, key: &str) -> Option<Span> {
        if self.lists.is_empty() {
            return None;
        }
        let mut table = key;
        while let Some((parent, _)) = table.rsplit_once('.') {
            if let Some(first) = self.lists.get(parent).and_then(|tables| tables.first()) {
                return Some(first.span);
            }
            table = parent;
        }
        None
    }

    /// Fills in `$ref{}`. What the environment or the vault fills in is unknown.
    fn resolve(&self, setting: Setting) -> Setting {
        if !setting.value.contains('$') {
            return setting;
        }
        let mut budget = MOST_REFERENCES;
        match self.filled(&setting.value, &mut budget) {
            Some(text) if text == setting.value => setting,
            Some(text) => Setting::at(text, setting.span, setting.origin),
            None => setting.with_origin(Origin::Unknown),
        }
    }

    fn filled(&self, text: &str, budget: &mut u32) -> Option<String> {
        if ["$env{", "$sys{", "$secret{"].iter().any(|marker| text.contains(marker)) {
            return None;
        }
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("$ref{") {
            let (key, after) = behind.split_once('}')?;
            *budget = budget.checked_sub(1)?;
            filled.push_str(before);
            let value = self.filled(self.raw(key.trim())?, budget)?;
            filled.push_str(&value);
            if filled.len() > LONGEST_VALUE {
                return None;
            }
            rest = after;
        }
        filled.push_str(rest);
        Some(filled)
    }

    /// Text of a key in either spelling, before `$ref{}` in it is filled in.
    fn raw(&self, key: &str) -> Option<&str> {
        let target = self.pack.and_then(|pack| pack.key_mapping(key).first()).map_or(key, String::as_str);
        match self.written.get(target) {
            Some(Written::Scalar(scalar)) => Some(&scalar.text),
            Some(Written::Array(..)) => None,
            None => self.unwritten(target),
        }
    }
}

impl<'a> Entry<'a> {
    /// The header.
    pub fn span(self) -> Span {
        self.table.span
    }

    /// False for a `[table]` that stands where `[[table]]` belongs.
    pub fn is_trusted(self) -> bool {
        self.trusted
    }

    /// A value of the entry.
    pub fn get(self, key: &str) -> Option<Setting> {
        match item(self.table, key)? {
            Item::Scalar(scalar, _) => Some(self.resolve(Setting::read(scalar, Origin::Written))),
            Item::Array(span, _) => Some(Setting::at(String::new(), *span, Origin::Unknown)),
            Item::Table(_) | Item::Tables(_) => None,
        }
    }

    /// A list of the entry; a text counts as its parts between commas.
    pub fn list(self, key: &str) -> Option<List> {
        match item(self.table, key)? {
            Item::Array(span, items) => Some(List {
                span: *span,
                items: items
                    .iter()
                    .filter_map(as_scalar)
                    .map(|scalar| self.resolve(Setting::read(scalar, Origin::Written)))
                    .collect(),
                origin: Origin::Written,
            }),
            Item::Scalar(scalar, _) => Some(List {
                span: scalar.span,
                items: parts(&scalar.text)
                    .map(|range| self.resolve(Setting::read(&part(scalar, range), Origin::Written)))
                    .collect(),
                origin: Origin::Written,
            }),
            Item::Table(_) | Item::Tables(_) => None,
        }
    }

    /// Scalars of a table inside the entry, in file order.
    pub fn under(self, key: &str) -> Vec<(String, Setting)> {
        let Some(Item::Table(table)) = item(self.table, key) else { return Vec::new() };
        table
            .entries
            .iter()
            .filter_map(|entry| match &entry.item {
                Item::Scalar(scalar, _) => {
                    Some((entry.key.clone(), self.resolve(Setting::read(scalar, Origin::Written))))
                }
                _ => None,
            })
            .collect()
    }

    /// `[[tables]]` inside the entry.
    pub fn entries(self, key: &str) -> Vec<Self> {
        match item(self.table, key) {
            Some(Item::Tables(tables)) => tables.iter().map(|table| Self { table, ..self }).collect(),
            Some(Item::Array(_, items)) => {
                items.iter().filter_map(as_table).map(|table| Self { table, ..self }).collect()
            }
            Some(Item::Table(table)) => vec![Self { table, trusted: false, ..self }],
            Some(Item::Scalar(..)) | None => Vec::new(),
        }
    }

    fn resolve(self, setting: Setting) -> Setting {
        // The mapper looks for `$ref{}` in values and in arrays of texts, not in the tables of a list.
        if !self.trusted || setting.value.contains("$ref{") {
            return setting.with_origin(Origin::Unknown);
        }
        self.settings.resolve(setting)
    }
}

/// A port; numbers of the mapper's own files may be written as `5701.0`.
pub(super) fn port(setting: &Setting) -> Setting<u16> {
    setting.parse(|text| text.strip_suffix(".0").unwrap_or(text).parse().ok())
}

/// An item of a table by dotted key.
fn item<'a>(table: &'a Table, key: &str) -> Option<&'a Item> {
    if let Some(item) = table.get(key) {
        return Some(item);
    }
    let (first, rest) = key.split_once('.')?;
    match table.get(first)? {
        Item::Table(inner) => item(inner, rest),
        _ => None,
    }
}

fn as_scalar(item: &Item) -> Option<&Scalar> {
    match item {
        Item::Scalar(scalar, _) => Some(scalar),
        _ => None,
    }
}

fn as_table(item: &Item) -> Option<&Table> {
    match item {
        Item::Table(table) => Some(table),
        _ => None,
    }
}

/// Trimmed parts between commas, as byte ranges; empty ones left out.
fn parts(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut start = 0;
    text.split(',').filter_map(move |piece| {
        let lead = start + piece.len() - piece.trim_start().len();
        let range = lead..lead + piece.trim().len();
        start += piece.len() + 1;
        (!range.is_empty()).then_some(range)
    })
}

/// A part of a scalar with its own place.
fn part(scalar: &Scalar, range: std::ops::Range<usize>) -> Scalar {
    let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let text = scalar.text.get(range.clone()).unwrap_or("").to_owned();
    let plain = clamp(range.end) <= scalar.verbatim;
    Scalar {
        span: scalar.part(range.clone()),
        inner: scalar.inner.saturating_add(clamp(range.start)),
        verbatim: if plain { clamp(text.len()) } else { 0 },
        text,
    }
}

/// The texts of a default written as `["a", "b"]` or as one text.
fn split_literal(literal: &str) -> impl Iterator<Item = &str> {
    let inside = literal.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(literal);
    inside.split(',').map(|text| text.trim().trim_matches('"')).filter(|text| !text.is_empty())
}

fn unquoted(name: &str) -> String {
    name.strip_prefix('\'').and_then(|name| name.strip_suffix('\'')).unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{lower, under};
    use super::*;

    fn text_of(version: &str, text: &str, key: &str) -> Option<(String, Origin, String)> {
        lower(version, text, |settings, _| {
            settings
                .get(key)
                .map(|value| (value.value.clone(), value.origin, under(text, value.span).to_owned()))
        })
    }

    fn value(text: &str, origin: Origin, place: &str) -> Option<(String, Origin, String)> {
        Some((text.to_owned(), origin, place.to_owned()))
    }

    #[test]
    fn a_written_key_beats_an_inferred_one_and_that_a_default() {
        let key = "apim.throttling.enable_data_publishing";
        let role = "[server]\nserver_role = \"control-plane\"\n[apim.throttling]\n";
        assert_eq!(text_of("4.2.0", "", key), value("true", Origin::Derived, ""));
        assert_eq!(text_of("4.2.0", role, key), value("false", Origin::Derived, "[apim.throttling]"));
        let written = format!("{role}enable_data_publishing = true");
        assert_eq!(text_of("4.2.0", &written, key), value("true", Origin::Written, "true"));
    }

    #[test]
    fn a_user_facing_key_fills_all_keys_that_it_stands_for() {
        let text = "[transport.receiver]\ntcp_port = 9711\n[transport.http.listener]\nport = 81";
        for (key, port) in [
            ("transport.binary.receiver.tcpPort", "9711"),
            ("transport.thrift.receiver.tcpPort", "9711"),
            ("transport.passthru_http.listener.parameters.port", "81"),
        ] {
            assert_eq!(text_of("4.2.0", text, key), value(port, Origin::Written, port));
        }
    }

    #[test]
    fn references_are_filled_in_and_point_at_the_place_that_refers() {
        let text = "[super_admin]\nusername = \"svc\"\n[a]\nx = \"$ref{a.y}!\"\n\
                    y = \"$ref{super_admin.username}\"\n\
                    z = \"$ref{keystore.tls.file_name}\"\nround = \"$ref{a.about}\"\n\
                    about = \"$ref{a.round}\"\n\
                    gone = \"$ref{a.nothing}\"\nhome = \"$env{HOME}\"\nvia = \"$ref{a.home}\"\n\
                    own = \"${admin.username}\"";
        let get = |key: &str| text_of("4.2.0", text, key);
        assert_eq!(get("a.x"), value("svc!", Origin::Written, "\"$ref{a.y}!\""));
        assert_eq!(get("a.z").map(|found| found.0).as_deref(), Some("wso2carbon.jks"));
        assert_eq!(get("a.own").map(|found| found.1), Some(Origin::Written));
        for key in ["a.round", "a.gone", "a.home", "a.via"] {
            assert_eq!(get(key).map(|found| found.1), Some(Origin::Unknown), "{key}");
        }
    }

    #[test]
    fn many_references_to_many_references_end() {
        let mut text = "[a]\n".to_owned();
        for level in 0..40 {
            let next = format!("$ref{{a.k{}}}", level + 1).repeat(50);
            text.push_str(&format!("k{level} = \"{next}\"\n"));
        }
        text.push_str("k40 = \"x\"\n");
        assert_eq!(text_of("4.2.0", &text, "a.k0").map(|found| found.1), Some(Origin::Unknown));
    }

    #[test]
    fn references_inside_lists_of_tables_stay_as_they_are() {
        let text = "[super_admin]\nusername = \"svc\"\n[[x]]\nname = \"$ref{super_admin.username}\"";
        let origin = |version| {
            lower(version, text, |settings, _| settings.entries("x")[0].get("name").map(|name| name.origin))
        };
        assert_eq!(origin("4.1.0"), Some(Origin::Unknown));
        assert_eq!(origin("3.0.0"), Some(Origin::Unknown));
    }

    #[test]
    fn a_table_where_a_list_belongs_tells_nothing_and_the_other_way_round() {
        let text = "[x]\nname = \"a\"\n[[server]]\nhostname = \"b\"";
        lower("4.2.0", text, |settings, _| {
            let entries = settings.entries("x");
            assert_eq!(entries.len(), 1);
            assert_eq!(entries[0].get("name").map(|name| name.origin), Some(Origin::Unknown));
            assert_eq!(settings.get("server.hostname").map(|name| name.origin), Some(Origin::Unknown));
        });
    }

    #[test]
    fn a_list_may_be_an_array_a_text_or_a_default() {
        let text = "[a]\nx = [\"p\", \"q\"]\ny = \"p, q\"\nz = 5";
        lower("4.2.0", text, |settings, _| {
            for key in ["a.x", "a.y"] {
                let list = settings.list(key).expect("a list");
                let items: Vec<_> = list.items.iter().map(|item| item.value.as_str()).collect();
                assert_eq!(items, ["p", "q"]);
                assert_eq!(under(text, list.items[1].part(0..1)), "q");
            }
            let labels =
                settings.list("apim.sync_runtime_artifacts.gateway.gateway_labels").expect("a default");
            assert_eq!(labels.items[0].value, "Default");
            assert_eq!(labels.origin, Origin::Derived);
        });
    }

    #[test]
    fn the_place_of_what_nobody_wrote_is_the_nearest_header() {
        let text = "[server]\nhostname = \"a\"\n[apim.throttling.jms]\nssl = true\n[apim.key_manager]\n\
                    pool.max_idle = 1";
        lower("4.2.0", text, |settings, _| {
            let place = |key: &str| under(text, settings.place(key)).to_owned();
            assert_eq!(place("server.offset"), "[server]");
            assert_eq!(place("apim.key_manager.pool.init_idle_capacity"), "[apim.key_manager]");
            assert_eq!(place("apim.throttling.service_url"), "");
            assert_eq!(settings.place("clustering.domain").start, 0);
        });
    }
}
