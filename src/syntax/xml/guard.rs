//! What is refused before the parser sees the text, since it would cost the parser seconds or gigabytes.

use std::collections::BTreeMap;

use memchr::{memchr, memchr_iter, memmem};

use super::markup::{Kind, Pieces};
use super::{Fault, MOST_LEVELS};

const MOST_EXPANDED_BYTES: usize = 1_000_000;
const MOST_ATTRIBUTES: usize = 1_000;
const MOST_NAMESPACES: usize = 256;
/// The same where entities multiply elements, and for all entities together.
const MOST_NAMESPACES_BESIDE_ENTITIES: usize = 32;
/// Names that roxmltree may compare for attributes and namespaces: well below a second.
const MOST_COMPARISONS: usize = 200_000_000;
/// Every reference is looked up in the list of entities.
const MOST_ENTITIES: usize = 1_000;
/// As many levels as roxmltree follows.
const MOST_ENTITY_LEVELS: u32 = 10;
/// What a reference counts at least, so that references to empty entities are bounded too.
const LEAST_EXPANSION: usize = 8;

/// Refuses a text that only an attack would hold.
pub(super) fn check(text: &str) -> Result<(), Fault> {
    match memmem::find(text.as_bytes(), b"<!DOCTYPE") {
        None => check_tags(text, 0, MOST_NAMESPACES),
        Some(start) => {
            let with_entities = check_entities(text, start)?;
            let most = if with_entities { MOST_NAMESPACES_BESIDE_ENTITIES } else { MOST_NAMESPACES };
            check_tags(text, 0, most)
        }
    }
}

/// Looks at single tags only where the whole text has enough `=` and `xmlns` for a tag to be refused. `base`
/// is where the text begins in the file.
fn check_tags(text: &str, base: usize, most_namespaces: usize) -> Result<(), Fault> {
    let bytes = text.as_bytes();
    let declarations = memmem::find_iter(bytes, b"xmlns").count();
    if declarations <= most_namespaces
        && memchr_iter(b'=', bytes).count() <= MOST_ATTRIBUTES
        && declarations * memchr_iter(b'<', bytes).count() <= MOST_COMPARISONS
    {
        return Ok(());
    }
    let mut scopes: Vec<usize> = Vec::new();
    let mut comparisons = 0_usize;
    for piece in Pieces::new(text) {
        let place = base + piece.range.start..base + piece.range.end;
        match piece.kind {
            Kind::EndTag => {
                scopes.pop();
            }
            Kind::StartTag | Kind::EmptyTag => {
                let tag = text.get(piece.range).unwrap_or_default();
                let (attributes, namespaces) = count_attributes(tag);
                let scope = scopes.last().copied().unwrap_or(0) + namespaces;
                // Attributes are compared with each other, a tag's own namespaces with all in scope.
                let copied = if namespaces > 0 { scope * scope / 2 } else { 0 };
                let compared = attributes * attributes / 2 + copied + scope;
                comparisons = comparisons.saturating_add(compared);
                let refused = if attributes > MOST_ATTRIBUTES {
                    Some(format!("more than {MOST_ATTRIBUTES} attributes on one element: refused"))
                } else if scope > most_namespaces {
                    Some(format!("more than {most_namespaces} namespaces in one place: refused"))
                } else if comparisons > MOST_COMPARISONS {
                    Some("too many attributes or namespaces in the file: refused".to_owned())
                } else {
                    None
                };
                if let Some(reason) = refused {
                    return Err(Fault::new(place, reason));
                }
                if piece.kind == Kind::StartTag {
                    if scopes.len() >= MOST_LEVELS {
                        return Err(Fault::too_deep(place));
                    }
                    scopes.push(scope);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Attributes and namespace declarations of a start tag.
fn count_attributes(tag: &str) -> (usize, usize) {
    let bytes = tag.as_bytes();
    let (mut attributes, mut namespaces, mut at, mut word) = (0, 0, 0, 0);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'=' => {
                attributes += 1;
                let name = bytes.get(word..at - 1).unwrap_or_default();
                if name.trim_ascii_start().starts_with(b"xmlns") {
                    namespaces += 1;
                }
            }
            b'"' | b'\'' => {
                let rest = bytes.get(at..).unwrap_or_default();
                at += memchr(*byte, rest).map_or(rest.len(), |found| found + 1);
                word = at;
            }
            b' ' | b'\t' | b'\r' | b'\n' if !bytes.get(at).is_some_and(|next| b"= \t\r\n".contains(next)) => {
                word = at;
            }
            _ => {}
        }
    }
    (attributes, namespaces)
}

/// The entities that a text declares. Where a name is declared twice the larger one counts: declarations are
/// found in comments too, and those must not hide the real one.
struct Entities<'a> {
    values: BTreeMap<&'a str, Vec<&'a str>>,
    sizes: BTreeMap<&'a str, usize>,
}

/// Checks what is declared and referred to from `start` on; true where there are entities at all.
fn check_entities(text: &str, start: usize) -> Result<bool, Fault> {
    let mut entities = Entities { values: BTreeMap::new(), sizes: BTreeMap::new() };
    let (mut count, mut namespaces) = (0, 0);
    for found in memmem::find_iter(text.as_bytes().get(start..).unwrap_or_default(), b"<!ENTITY") {
        let at = start + found;
        count += 1;
        if count > MOST_ENTITIES {
            let reason = format!("more than {MOST_ENTITIES} entities: refused");
            return Err(Fault::new(at..at + b"<!ENTITY".len(), reason));
        }
        let Some((name, value, end)) = declaration(text, at) else { continue };
        check_tags(value, end - 1 - value.len(), MOST_NAMESPACES_BESIDE_ENTITIES)?;
        namespaces += memmem::find_iter(value.as_bytes(), b"xmlns").count();
        if namespaces > MOST_NAMESPACES_BESIDE_ENTITIES {
            let reason =
                format!("more than {MOST_NAMESPACES_BESIDE_ENTITIES} namespaces in entities: refused");
            return Err(Fault::new(at..end, reason));
        }
        entities.values.entry(name).or_default().push(value);
    }
    if entities.values.is_empty() {
        return Ok(false);
    }
    let names: Vec<&str> = entities.values.keys().copied().collect();
    for name in names {
        if entities.size(name, 0).is_none() {
            let reason = "entities refer to each other in a loop or too deep";
            return Err(Fault::new(start..start + b"<!DOCTYPE".len(), reason));
        }
    }
    let mut total = 0_usize;
    for (at, name) in references(text, start) {
        let Some(size) = entities.sizes.get(name) else { continue };
        total = total.saturating_add((*size).max(LEAST_EXPANSION));
        if total > MOST_EXPANDED_BYTES {
            let reason = "entities that expand to more than 1 MB: refused";
            return Err(Fault::new(at..at + name.len() + 2, reason));
        }
    }
    Ok(true)
}

impl<'a> Entities<'a> {
    /// Expanded size of an entity in bytes; `None` where it is nested too deep or in itself.
    fn size(&mut self, name: &'a str, level: u32) -> Option<usize> {
        if let Some(size) = self.sizes.get(name) {
            return Some(*size);
        }
        if level >= MOST_ENTITY_LEVELS {
            return None;
        }
        let values = self.values.get(name)?.clone();
        let mut largest = 0_usize;
        for value in values {
            let mut size = value.len();
            for (_, inner) in references(value, 0) {
                if self.values.contains_key(inner) {
                    let inner = self.size(inner, level + 1)?;
                    size = size.saturating_add(inner.max(LEAST_EXPANSION));
                }
            }
            largest = largest.max(size);
        }
        self.sizes.insert(name, largest);
        Some(largest)
    }
}

/// Name and value of the entity declared at `at`, and the offset behind its closing quote.
fn declaration(text: &str, at: usize) -> Option<(&str, &str, usize)> {
    let rest = text.get(at + b"<!ENTITY".len()..)?.trim_start();
    let rest = rest.strip_prefix('%').unwrap_or(rest).trim_start();
    let name = rest.split(char::is_whitespace).next()?;
    let rest = rest.get(name.len()..)?.trim_start();
    let quote = *rest.as_bytes().first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let value = rest.get(1..)?;
    let value = value.get(..memchr(quote, value.as_bytes())?)?;
    let end = text.len() - rest.len() + value.len() + 2;
    Some((name, value, end))
}

/// The `&name;` references of a text from an offset on. Which characters a name may have is left to the
/// parser.
fn references(text: &str, from: usize) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes().get(from..).unwrap_or_default();
    memchr_iter(b'&', bytes).filter_map(move |found| {
        let at = from + found;
        let rest = text.get(at + 1..)?;
        let end = rest.bytes().position(|byte| matches!(byte, b';' | b'&' | b'<'))?;
        let name = rest.get(..end)?;
        (rest.as_bytes().get(end) == Some(&b';')).then_some((at, name))
    })
}
