//! The server's tables while a file is read (`MutableTomlTable`, `MutableTomlArray`): loops and sharing
//! included.

use super::fault::{Fault, FaultKind};
use super::growth::grow;
use super::keys::join_key_path;
use super::tree::{Document, Item};
use crate::source::Span;
use crate::syntax::java_hash::JavaHashMap;

/// A single key of a dotted key, with its place.
pub(super) type Key = (String, Span);

/// A table of [`Tables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TableId(pub(super) usize);

/// The table of the whole file.
pub(super) const ROOT: TableId = TableId(0);
/// `MutableTomlTable.EMPTY`: every `{}` is this one table.
pub(super) const EMPTY: TableId = TableId(1);

/// A value while the file is read.
#[derive(Debug)]
pub(super) enum Draft {
    /// Neither array nor table.
    Leaf(Item),
    /// `[a, b]`.
    List(Vec<(Draft, Span)>),
    /// The tables of `[[header]]`, each with its header.
    Tables(Vec<(TableId, Span)>),
    /// A table.
    Table(TableId),
}

/// A table while the file is read.
#[derive(Debug)]
pub(super) struct DraftTable {
    pub(super) span: Span,
    pub(super) entries: Vec<DraftEntry>,
    pub(super) properties: JavaHashMap<String, usize>,
    /// Made by a dotted key or by the header of a sub-table (`implicitlyDefined`), and so open to a header of
    /// its own.
    implicit: bool,
}

/// A key of a [`DraftTable`].
#[derive(Debug)]
pub(super) struct DraftEntry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) value_span: Span,
    pub(super) value: Draft,
    /// Index of the fault that told of this table put into itself.
    looped: Option<usize>,
}

/// All tables of a file.
#[derive(Debug)]
pub(super) struct Tables {
    /// The start of the file.
    start: Span,
    tables: Vec<DraftTable>,
    /// The table that keys go to.
    current: TableId,
    /// The key before was there already: more of the sort have the same cause, often a missing header.
    is_repeating: bool,
    /// What was found wrong so far, by the parser too.
    pub(super) faults: Vec<Fault>,
}

/// What a header makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeaderKind {
    /// `[header]`
    Table,
    /// `[[header]]`
    Element,
}

impl DraftTable {
    fn new(span: Span, implicit: bool) -> Self {
        Self { span, entries: Vec::new(), properties: JavaHashMap::new(), implicit }
    }
}

impl Tables {
    pub(super) fn new(start: Span) -> Self {
        let tables = vec![DraftTable::new(start, false), DraftTable::new(start, true)];
        Self { start, tables, current: ROOT, is_repeating: false, faults: Vec::new() }
    }

    /// A new table that no other one holds.
    pub(super) fn add(&mut self, span: Span, implicit: bool) -> TableId {
        self.tables.push(DraftTable::new(span, implicit));
        TableId(self.tables.len() - 1)
    }

    /// Says where a table stands.
    pub(super) fn place(&mut self, id: TableId, span: Span) {
        if let Some(table) = self.get(id) {
            table.span = span;
        }
    }

    /// Lets keys go to a table of their own, since their header says nothing.
    pub(super) fn leave(&mut self, header: Span) {
        self.current = self.add(header, false);
    }

    /// The table that keys go to.
    pub(super) fn current(&self) -> TableId {
        self.current
    }

    fn get(&mut self, id: TableId) -> Option<&mut DraftTable> {
        self.tables.get_mut(id.0)
    }

    fn entry(&mut self, id: TableId, key: &str) -> Option<&mut DraftEntry> {
        let table = self.get(id)?;
        let at = *table.properties.get(key)?;
        table.entries.get_mut(at)
    }

    /// `LineVisitor.visitStandardTable`, `visitArrayTable`.
    pub(super) fn open(&mut self, path: &[Key], header: Span, kind: HeaderKind) {
        let opened = match kind {
            HeaderKind::Table => self.create_table(path, header),
            HeaderKind::Element => self.create_element(path, header),
        };
        self.is_repeating = false;
        match opened {
            Some(table) => self.current = table,
            None => self.leave(header),
        }
    }

    /// `MutableTomlTable.createTable`.
    fn create_table(&mut self, path: &[Key], header: Span) -> Option<TableId> {
        let ((key, key_span), above) = path.split_last()?;
        let holder = self.ensure_table(ROOT, above, header, true)?;
        let Some(entry) = self.entry(holder, key) else {
            let table = self.add(header, false);
            self.put(holder, (key.clone(), *key_span), header, Draft::Table(table));
            return Some(table);
        };
        let (earlier, looped) = (entry.value_span, entry.looped);
        if let Draft::Table(id) = entry.value
            && self.get(id).is_some_and(|table| table.implicit)
        {
            self.loop_back(id, path, header);
            return Some(id);
        }
        let name = name_of(path);
        let words = match self.entry(holder, key).map(|entry| &entry.value) {
            Some(Draft::Table(_)) => (
                format!("[{name}] is defined a second time"),
                format!("put its keys where {name} was first defined, and remove this header"),
            ),
            Some(Draft::Tables(_)) => (
                format!("[{name}] names one table, but {name} is a list of tables already"),
                format!("write [[{name}]], or remove one of the two"),
            ),
            _ => (
                format!("[{name}] names a table, but {name} has a value already"),
                "remove one of the two".to_owned(),
            ),
        };
        self.clash(looped, header, earlier, words);
        None
    }

    /// What `createTable` does with a table that is there already, but has no header yet: it means to replace
    /// the entry of its holder, but puts the table into itself. Reading all keys then never ends.
    fn loop_back(&mut self, id: TableId, path: &[Key], header: Span) {
        let Some((key, key_span)) = path.last() else { return };
        let name = name_of(path);
        let Some(table) = self.get(id) else { return };
        table.implicit = false;
        let earlier = table.span;
        let fault = if id == EMPTY {
            Fault::overflow(
                header,
                format!("[{name}] is defined after `{{}}` gave it as an empty table"),
                format!("remove the line that gives {name} as `{{}}`"),
            )
        } else {
            Fault::overflow(
                header,
                format!("the table [{name}] comes after a table or key within it"),
                format!("move [{name}] with its keys above the first table or key that starts with {name}."),
            )
        };
        self.faults.push(if id == EMPTY { fault } else { fault.clashing_with(earlier) });
        let looped = Some(self.faults.len() - 1);
        match self.entry(id, key) {
            Some(entry) => {
                entry.value = Draft::Table(id);
                entry.value_span = header;
                entry.looped = looped;
            }
            None => {
                self.put(id, (key.clone(), *key_span), header, Draft::Table(id));
                if let Some(entry) = self.entry(id, key) {
                    entry.looped = looped;
                }
            }
        }
    }

    /// `MutableTomlTable.createArrayTable`.
    fn create_element(&mut self, path: &[Key], header: Span) -> Option<TableId> {
        let ((key, key_span), above) = path.split_last()?;
        let holder = self.ensure_table(ROOT, above, header, true)?;
        self.compute(holder, key, *key_span, header, |_| Draft::Tables(Vec::new()))?;
        let element = self.add(header, false);
        let entry = self.entry(holder, key)?;
        if let Draft::Tables(elements) = &mut entry.value {
            elements.push((element, header));
            return Some(element);
        }
        let name = name_of(path);
        let reason = match entry.value {
            Draft::Table(_) => format!("[[{name}]] names a list of tables, but {name} is one table already"),
            Draft::List(_) => format!("[[{name}]] adds to {name}, which was written as a list in brackets"),
            _ => format!("[[{name}]] names a list of tables, but {name} has a value already"),
        };
        let (earlier, looped) = (entry.value_span, entry.looped);
        let help = format!("remove one of the two, or write all of {name} in the same way");
        self.clash(looped, header, earlier, (reason, help));
        None
    }

    /// `MutableTomlTable.set`.
    pub(super) fn set(&mut self, table: TableId, path: &[Key], value: Draft, value_span: Span) {
        let Some(((key, key_span), above)) = path.split_last() else { return };
        let Some(holder) = self.ensure_table(table, above, *key_span, false) else { return };
        let Some(entry) = self.entry(holder, key) else {
            self.put(holder, (key.clone(), *key_span), value_span, value);
            self.is_repeating = false;
            return;
        };
        let (earlier, looped) = (entry.key_span, entry.looped);
        let name = name_of(path);
        if !std::mem::replace(&mut self.is_repeating, true) {
            let reason = format!("the key {name} is defined a second time");
            let help =
                "delete one of the two lines, or put the [header] above this one that it belongs under";
            self.clash(looped, whole(path, *key_span), earlier, (reason, help.to_owned()));
        }
    }

    /// `MutableTomlTable.ensureTable`: the table at a path, made where it is missing.
    fn ensure_table(
        &mut self,
        from: TableId,
        path: &[Key],
        by: Span,
        into_elements: bool,
    ) -> Option<TableId> {
        let mut id = from;
        for (at, (key, key_span)) in path.iter().enumerate() {
            self.compute(id, key, *key_span, by, |tables| Draft::Table(tables.add(*key_span, true)))?;
            let entry = self.entry(id, key)?;
            id = match &entry.value {
                Draft::Table(inner) => *inner,
                Draft::Tables(elements) if into_elements => elements.last()?.0,
                other => {
                    let reason = not_a_table(&name_of(path.get(..=at).unwrap_or(path)), other);
                    let earlier = entry.key_span;
                    let help = "rename one of the two, or remove it".to_owned();
                    self.clash(None, whole(path, *key_span), earlier, (reason, help));
                    return None;
                }
            };
        }
        Some(id)
    }

    /// `Map.computeIfAbsent`.
    fn compute(
        &mut self,
        id: TableId,
        key: &str,
        key_span: Span,
        value_span: Span,
        value: impl FnOnce(&mut Self) -> Draft,
    ) -> Option<()> {
        let table = self.get(id)?;
        let next = table.entries.len();
        let at = *table.properties.compute_if_absent(key.to_owned(), || next)?;
        if at == next {
            let value = value(self);
            let entry = DraftEntry { key: key.to_owned(), key_span, value_span, value, looped: None };
            self.get(id)?.entries.push(entry);
        }
        Some(())
    }

    /// `Map.put` of a key that is not there.
    fn put(&mut self, id: TableId, (key, key_span): Key, value_span: Span, value: Draft) {
        let Some(table) = self.get(id) else { return };
        table.properties.put(key.clone(), table.entries.len());
        table.entries.push(DraftEntry { key, key_span, value_span, value, looped: None });
    }

    /// A definition that Java refuses. A clash with a table that stands within itself is no fault of its own,
    /// but Java sees it first.
    fn clash(&mut self, looped: Option<usize>, span: Span, earlier: Span, (reason, help): (String, String)) {
        match looped.and_then(|at| self.faults.get_mut(at)) {
            Some(fault) => fault.kind = FaultKind::Rejected,
            None => self.faults.push(Fault::rejected(span, reason, help).clashing_with(earlier)),
        }
    }

    /// The tables as a tree, or what stands against it.
    pub(super) fn finish(self) -> Result<Document, Vec<Fault>> {
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        grow(self.tables, self.start).map_err(|fault| vec![fault])
    }
}

fn name_of(path: &[Key]) -> String {
    join_key_path(&path.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>())
}

/// The whole of a dotted key that ends with `last`.
fn whole(path: &[Key], last: Span) -> Span {
    path.first().map_or(last, |(_, first)| Span { end: last.end, ..*first })
}

fn not_a_table(name: &str, value: &Draft) -> String {
    match value {
        Draft::Tables(_) => format!("{name} is a list of tables, and this key names none of them"),
        Draft::List(_) => format!("{name} is a list in brackets, so nothing can be added within it"),
        _ => format!("{name} has a value already, so it cannot be a table too"),
    }
}
