//! From tables that loop and share to a tree that does neither.

use super::MOST_LEVELS;
use super::fault::Fault;
use super::tables::{Draft, DraftEntry, DraftTable, EMPTY, ROOT, TableId};
use super::tree::{Document, Entry, Item, Table, Value};
use crate::source::Span;
use crate::syntax::java_hash::JavaHashMap;

/// So many values a file may have once what was added to `{}` stands in each of them.
const MOST_SHARED: usize = 1 << 22;

/// The tree of the tables of a file that starts at `start`.
pub(super) fn grow(drafts: Vec<DraftTable>, start: Span) -> Result<Document, Fault> {
    Growth::new(drafts, start).and_then(|mut growth| growth.table(ROOT)).map(|root| Document { root })
}

/// Drafts on their way to a tree.
struct Growth {
    drafts: Vec<Option<DraftTable>>,
    /// What stands in each `{}`.
    empty: Option<Table>,
    /// The number of values in `empty`.
    size_of_empty: usize,
    /// So many values were made from `empty`.
    shared: usize,
    levels: usize,
    /// The value or key that is being read.
    at: Span,
}

impl Growth {
    fn new(drafts: Vec<DraftTable>, at: Span) -> Result<Self, Fault> {
        let drafts = drafts.into_iter().map(Some).collect();
        let mut growth = Self { drafts, empty: None, size_of_empty: 0, shared: 0, levels: 0, at };
        let empty = growth.grow(EMPTY)?;
        growth.size_of_empty = size(&empty);
        growth.empty = Some(empty);
        Ok(growth)
    }

    fn table(&mut self, id: TableId) -> Result<Table, Fault> {
        if id == EMPTY { self.share() } else { self.grow(id) }
    }

    /// What stands in `{}`.
    fn share(&mut self) -> Result<Table, Fault> {
        let Some(empty) = &self.empty else {
            return Err(Fault::overflow(
                self.at,
                "`{}` stands within a table that was given as `{}`; for the server they are one table",
                "remove this key, or the line that gives the table around it as `{}`",
            ));
        };
        self.shared = self.shared.saturating_add(self.size_of_empty);
        if self.shared > MOST_SHARED {
            return Err(Fault::overflow(
                self.at,
                "keys were added to `{}`; for the server they stand in every `{}` of the file, which is more \
                 than its memory holds",
                "remove the lines that give tables as `{}`",
            ));
        }
        let mut table = empty.clone();
        table.span = self.at;
        Ok(table)
    }

    fn grow(&mut self, id: TableId) -> Result<Table, Fault> {
        let Some(draft) = self.drafts.get_mut(id.0).and_then(Option::take) else {
            return Ok(Table::new(self.at, Vec::new(), JavaHashMap::new()));
        };
        let mut entries = Vec::with_capacity(draft.entries.len());
        for DraftEntry { key, key_span, value, value_span, .. } in draft.entries {
            self.at = if matches!(value, Draft::Table(_)) { key_span } else { value_span };
            entries.push(Entry { key, key_span, value: self.value(value, value_span)? });
        }
        Ok(Table::new(draft.span, entries, draft.properties))
    }

    fn value(&mut self, draft: Draft, span: Span) -> Result<Value, Fault> {
        self.levels += 1;
        if self.levels > MOST_LEVELS {
            return Err(too_deep(self.at));
        }
        let item = match draft {
            Draft::Leaf(item) => item,
            Draft::Table(id) => Item::Table(self.table(id)?),
            Draft::List(items) => Item::Array(self.values(items)?),
            Draft::Tables(elements) => {
                Item::Array(self.values(elements.into_iter().map(|(id, span)| (Draft::Table(id), span)))?)
            }
        };
        self.levels -= 1;
        Ok(Value { item, span })
    }

    fn values(&mut self, items: impl IntoIterator<Item = (Draft, Span)>) -> Result<Vec<Value>, Fault> {
        let mut values = Vec::new();
        for (draft, span) in items {
            values.push(self.value(draft, span)?);
        }
        Ok(values)
    }
}

/// Arrays or tables that nest too deeply for the server.
pub(super) fn too_deep(span: Span) -> Fault {
    Fault::overflow(
        span,
        format!("arrays and tables stand within one another more than {MOST_LEVELS} levels deep"),
        "nest them less deeply",
    )
}

fn size(table: &Table) -> usize {
    table.entries().iter().map(|entry| 1 + size_of_item(&entry.value.item)).sum()
}

fn size_of_item(item: &Item) -> usize {
    match item {
        Item::Table(table) => size(table),
        Item::Array(values) => values.iter().map(|value| 1 + size_of_item(&value.item)).sum(),
        _ => 0,
    }
}
