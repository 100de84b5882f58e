//! Keys of deployment.toml: other spellings, inferred values and defaults.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{File, Value};
use crate::catalog::vanilla::Pack;
use crate::source::Span;
use crate::syntax::toml::{self, Item, Table};

/// References to references end here.
const MAX_DEPTH: usize = 8;

/// Brings keys to the spelling that the server uses and fills in what a node leaves to defaults where another node
/// writes it.
pub(super) fn complete(files: &mut [File<'_>], pack: Option<&Pack>) {
    let Some(pack) = pack else { return };
    for file in files.iter_mut() {
        let written = std::mem::take(&mut file.values);
        for (key, values) in written {
            let name = pack.key_mapping(&key).first().unwrap_or(&key).clone();
            file.values.entry(name.clone()).or_insert(values);
            file.spelling.entry(name).or_insert(key);
        }
    }
    let all: BTreeSet<String> = files.iter().flat_map(|file| file.values.keys().cloned()).collect();
    // A node that leaves a key out would write it as the others do.
    let mut spelling: BTreeMap<String, String> = BTreeMap::new();
    for (name, key) in files.iter().flat_map(|file| &file.spelling) {
        spelling.entry(name.clone()).or_insert_with(|| key.clone());
    }
    let mut all_inferred: Vec<BTreeMap<String, String>> = Vec::new();
    for file in files.iter_mut() {
        for (name, key) in &spelling {
            file.spelling.entry(name.clone()).or_insert_with(|| key.clone());
        }
        let inferred = inferred(&file.values, pack);
        let mut filled: Vec<(String, String)> = Vec::new();
        for key in all.iter().filter(|key| !file.values.contains_key(*key)) {
            let value = inferred.get(key).map(String::as_str).or_else(|| pack.toml_default(key));
            filled.extend(value.map(|value| (key.clone(), value.to_owned())));
        }
        for (key, value) in filled {
            file.values.insert(key, vec![Value { text: value, span: None }]);
        }
        all_inferred.push(inferred);
    }
    // One reference on all nodes differs where its target is set.
    let is_alike = |key: &String| {
        files.windows(2).all(|pair| matches!(pair, [one, other] if one.texts(key).eq(other.texts(key))))
    };
    let alike: BTreeSet<String> = all.into_iter().filter(is_alike).collect();
    for (file, inferred) in files.iter_mut().zip(all_inferred) {
        let refers = |key: &String, text: &str| text.contains("$ref{") && !alike.contains(key);
        let resolved: Vec<(String, String)> = file
            .values
            .iter()
            .filter_map(|(key, values)| match values.as_slice() {
                [one] if refers(key, &one.text) => {
                    Some((key.clone(), resolve(&one.text, &file.values, &inferred, pack, 0)?))
                }
                _ => None,
            })
            .collect();
        for (key, text) in resolved {
            if let Some(value) = file.values.get_mut(&key).and_then(|values| values.first_mut()) {
                value.text = text;
            }
        }
    }
}

fn inferred(written: &BTreeMap<String, Vec<Value>>, pack: &Pack) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (key, values) in written {
        if let [one] = values.as_slice() {
            for (key, value) in pack.inferred(key, &one.text) {
                found.entry(key).or_insert(value);
            }
        }
    }
    found
}

/// The text with `$ref{key}` filled in; `None` where a key has no value.
fn resolve(
    text: &str,
    written: &BTreeMap<String, Vec<Value>>,
    inferred: &BTreeMap<String, String>,
    pack: &Pack,
    depth: usize,
) -> Option<String> {
    let Some((before, rest)) = text.split_once("$ref{") else { return Some(text.to_owned()) };
    let (key, after) = rest.split_once('}')?;
    if depth > MAX_DEPTH || text.len() > 10_000 {
        return None;
    }
    let target = pack.key_mapping(key).first().map_or(key, String::as_str);
    let value = match written.get(target).map(Vec::as_slice) {
        Some([one]) => Some(one.text.as_str()),
        Some(_) => None,
        None => inferred.get(target).map(String::as_str).or_else(|| pack.toml_default(target)),
    }?;
    resolve(&format!("{before}{value}{after}"), written, inferred, pack, depth + 1)
}

/// Header of the table at a dotted path, positions and names of items aside.
pub(super) fn table(document: &toml::Document, path: &str) -> Option<Span> {
    let mut table: &Table = &document.root;
    let mut rest = path;
    while !rest.is_empty() {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (key, behind) = rest.split_at(end);
        let (item, behind) = match behind.strip_prefix('[') {
            Some(inside) => inside.split_once(']').map(|(item, behind)| (Some(item), behind))?,
            None => (None, behind),
        };
        rest = behind.trim_start_matches('.');
        table = match table.get(key)? {
            Item::Table(inner) => inner,
            Item::Tables(tables) => {
                let named = |table: &&Table| {
                    item.and_then(|item| item.split_once('=')).is_none_or(|(key, value)| {
                        let text = match table.get(key) {
                            Some(Item::Scalar(scalar, _)) => scalar.text.as_str(),
                            _ => "",
                        };
                        text == value.trim_matches(['\'', '"'])
                    })
                };
                tables.iter().find(named)?
            }
            Item::Scalar(scalar, _) => return Some(scalar.span),
            Item::Array(span, _) => return Some(*span),
        };
    }
    Some(table.span)
}
