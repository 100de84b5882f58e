//! Ways to write a configuration file anew without changing what it says, made by editing the places that our parsers
//! give.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use apimlint::source::{FileId, Span};
use apimlint::syntax::json::{self, Value};
use apimlint::syntax::properties;
use apimlint::syntax::toml::{self, Item, Kind, Table};
use apimlint::syntax::xml::{self, Element};

/// One way to write files anew.
pub struct Rewriting {
    /// What it changes.
    pub name: &'static str,
    /// Ends of the names of the files that it can rewrite.
    pub extensions: &'static [&'static str],
    /// The text written anew; `None` where it finds nothing to change or the text is broken. Gets path and text.
    pub rewrite: fn(&str, &str) -> Option<String>,
}

impl Rewriting {
    /// The text of the file at `path` written anew.
    pub fn of(&self, path: &str, text: &str) -> Option<String> {
        let is_ours = self.extensions.iter().any(|extension| path.ends_with(extension));
        is_ours.then(|| (self.rewrite)(path, text)).flatten().filter(|written| written != text)
    }
}

/// All ways, in an order in which each can follow the one before it.
pub const ALL: [Rewriting; 17] = [
    Rewriting { name: "xml-order", extensions: &[".xml"], rewrite: xml_order },
    Rewriting { name: "xml-prefix", extensions: &[".xml"], rewrite: xml_prefix },
    Rewriting { name: "xml-quotes", extensions: &[".xml"], rewrite: xml_quotes },
    Rewriting { name: "xml-attributes-on-lines", extensions: &[".xml"], rewrite: xml_attributes_on_lines },
    Rewriting { name: "xml-indentation", extensions: &[".xml"], rewrite: xml_indentation },
    Rewriting { name: "xml-comments", extensions: &[".xml"], rewrite: xml_comments },
    Rewriting { name: "toml-order", extensions: &[".toml"], rewrite: toml_order },
    Rewriting { name: "toml-quotes", extensions: &[".toml"], rewrite: toml_quotes },
    Rewriting { name: "toml-blanks", extensions: &[".toml"], rewrite: toml_blanks },
    Rewriting { name: "toml-comments", extensions: &[".toml"], rewrite: toml_comments },
    Rewriting { name: "properties-separators", extensions: &[".properties"], rewrite: properties_separators },
    Rewriting {
        name: "properties-continuations",
        extensions: &[".properties"],
        rewrite: properties_continuations,
    },
    Rewriting { name: "properties-comments", extensions: &[".properties"], rewrite: properties_comments },
    Rewriting { name: "json-order", extensions: &[".json"], rewrite: json_order },
    Rewriting { name: "json-comments", extensions: &[".json"], rewrite: json_comments },
    Rewriting { name: "json-blanks", extensions: &[".json"], rewrite: json_blanks },
    Rewriting {
        name: "crlf",
        extensions: &[".xml", ".toml", ".properties", ".json", ".txt", ".sh"],
        rewrite: crlf,
    },
];

const FILE: FileId = FileId { owner: 0, index: 0 };

/// Byte ranges with what takes their place.
type Edits = Vec<(Range<usize>, String)>;

fn apply(text: &str, mut edits: Edits) -> Option<String> {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let (mut written, mut end) = (String::new(), 0);
    for (range, new) in edits {
        written += &text[end..range.start];
        written += &new;
        end = range.end;
    }
    written += &text[end..];
    Some(written)
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |index| index + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |index| at + index)
}

/// True where a comment may cover the line that it ends, so that lines must stay what they are.
fn has_suppression(text: &str) -> bool {
    text.contains("apimlint:")
}

fn crlf(_: &str, text: &str) -> Option<String> {
    let multiline = text.contains("\"\"\"") || text.contains("'''");
    (!multiline).then(|| text.replace("\r\n", "\n").replace('\n', "\r\n"))
}

fn xml_root(text: &str) -> Option<Element> {
    // What an entity brings in has no place of its own.
    if text.contains("<!ENTITY") {
        return None;
    }
    xml::parse(FILE, text).ok().map(|document| document.root)
}

fn elements(root: &Element) -> Vec<(&Element, usize)> {
    let (mut found, mut open) = (Vec::new(), vec![(root, 0)]);
    while let Some((element, level)) = open.pop() {
        found.push((element, level));
        open.extend(element.children.iter().map(|child| (child, level + 1)));
    }
    found
}

/// Where `</` of the end tag stands; `None` for an empty tag.
fn end_tag(text: &str, element: &Element) -> Option<usize> {
    let whole = range(element.span);
    (element.span != element.start_tag)
        .then(|| whole.start + text[whole.clone()].rfind("</").expect("an end tag"))
}

fn xml_comments(_: &str, text: &str) -> Option<String> {
    const COMMENT: &str = "<!-- <Offset>7</Offset> & so on -->";
    let root = xml_root(text)?;
    let mut edits = Edits::new();
    for (element, _) in elements(&root) {
        let start = element.span.start as usize;
        edits.push((start..start, COMMENT.to_owned()));
        if let Some(end) = end_tag(text, element).filter(|_| !element.children.is_empty()) {
            edits.push((end..end, COMMENT.to_owned()));
        }
    }
    apply(text, edits)
}

fn xml_quotes(_: &str, text: &str) -> Option<String> {
    let root = xml_root(text)?;
    let mut edits = Edits::new();
    for (element, _) in elements(&root) {
        for attribute in &element.attributes {
            let whole = range(attribute.value.span);
            let inner = attribute.value.inner as usize;
            let new = if text[..inner].ends_with('"') { "'" } else { "\"" };
            if !text[inner..whole.end - 1].contains(new) {
                edits.push((inner - 1..inner, new.to_owned()));
                edits.push((whole.end - 1..whole.end, new.to_owned()));
            }
        }
    }
    apply(text, edits)
}

fn xml_attributes_on_lines(_: &str, text: &str) -> Option<String> {
    if has_suppression(text) {
        return None;
    }
    let root = xml_root(text)?;
    let mut edits = Edits::new();
    for (element, _) in elements(&root) {
        for attribute in &element.attributes {
            let end = attribute.value.span.start as usize;
            let start = text[..end].trim_end().len();
            edits.push((start..end, "\n\t  ".to_owned()));
        }
        let tag = &text[range(element.start_tag)];
        let end = element.start_tag.end as usize - if tag.ends_with("/>") { 2 } else { 1 };
        edits.push((end..end, "\n".to_owned()));
    }
    apply(text, edits)
}

fn xml_indentation(_: &str, text: &str) -> Option<String> {
    let keeps_lines = has_suppression(text);
    let root = xml_root(text)?;
    let mut edits = Edits::new();
    for (element, level) in elements(&root) {
        let Some(end) = end_tag(text, element).filter(|_| !element.children.is_empty()) else { continue };
        let starts = element.children.iter().map(|child| child.span.start as usize).chain([end]);
        let ends = element.children.iter().map(|child| child.span.end as usize);
        let gaps = [element.start_tag.end as usize].into_iter().chain(ends).zip(starts);
        for (from, to) in gaps {
            let gap = &text[from..to];
            if gap.trim().is_empty() && (!keeps_lines || gap.contains('\n')) {
                edits.push((from..to, format!("\n\n{}", "\t".repeat(level * 2 + 1))));
            }
        }
    }
    apply(text, edits)
}

/// One prefix more for the namespace of the root, used throughout; one that nobody uses where there is no namespace.
fn xml_prefix(_: &str, text: &str) -> Option<String> {
    let root = xml_root(text)?;
    let namespace = root.namespace.clone();
    let mut edits = Edits::new();
    let name_of = |start: usize| {
        let length = text[start..].find(|letter: char| letter.is_whitespace() || "/>".contains(letter));
        start..start + length.expect("the end of a tag")
    };
    for (element, _) in elements(&root) {
        if namespace.is_some() && element.namespace == namespace {
            let tags = [Some(element.span.start as usize + 1), end_tag(text, element).map(|at| at + 2)];
            for name in tags.into_iter().flatten().map(name_of) {
                edits.push((name, format!("again:{}", element.name)));
            }
        }
    }
    let behind = name_of(root.span.start as usize + 1).end;
    let declaration = format!(" xmlns:again=\"{}\"", namespace.as_deref().unwrap_or("urn:again"));
    edits.push((behind..behind, declaration));
    apply(text, edits)
}

/// Elements whose order has no meaning among their like, as long as their names or paths differ.
const KEYED: [&str; 13] = [
    "datasource",
    "Property",
    "property",
    "parameter",
    "mount",
    "dbConfig",
    "remoteInstance",
    "Environment",
    "Connector",
    "transportReceiver",
    "transportSender",
    "messageBuilder",
    "messageFormatter",
];

fn key(element: &Element) -> Option<String> {
    ["name", "Name", "path", "url", "port", "contentType"].iter().find_map(|key| {
        let child = || element.child(key).map(|child| child.text.text.trim().to_owned());
        element.attribute_text(key).map(str::to_owned).or_else(child)
    })
}

/// The independent children of each element from the last to the first.
fn xml_order(path: &str, text: &str) -> Option<String> {
    if has_suppression(text) || path.contains("synapse-configs") {
        return None;
    }
    let root = xml_root(text)?;
    let whole = range(root.span);
    Some(format!("{}{}{}", &text[..whole.start], reversed(text, &root), &text[whole.end..]))
}

fn reversed(text: &str, element: &Element) -> String {
    let mut alike: BTreeMap<&str, Vec<&Element>> = BTreeMap::new();
    for child in &element.children {
        alike.entry(&child.name).or_default().push(child);
    }
    let is_free = |child: &&Element| {
        let alike = &alike[child.name.as_str()];
        let keys: BTreeSet<_> = alike.iter().filter_map(|child| key(child)).collect();
        alike.len() == 1 || KEYED.contains(&child.name.as_str()) && keys.len() == alike.len()
    };
    let mut free: Vec<&Element> = element.children.iter().filter(is_free).collect();
    let whole = range(element.span);
    let edits = element.children.iter().map(|child| {
        let new = if is_free(&child) { free.pop().expect("as many as places") } else { child };
        let place = child.span.start as usize - whole.start..child.span.end as usize - whole.start;
        (place, reversed(text, new))
    });
    apply(&text[whole.clone()], edits.collect()).expect("a text")
}

/// A key of a table, outside of arrays and inline tables.
struct Line<'a> {
    key: Span,
    item: &'a Item,
    value: Span,
}

/// The places of the headers, and the keys of each table.
fn toml_tables<'a>(text: &str, root: &'a Table) -> (Vec<Span>, Vec<Vec<Line<'a>>>) {
    let (mut headers, mut lines, mut open) = (Vec::new(), Vec::new(), vec![root]);
    while let Some(table) = open.pop() {
        if text[range(table.span)].starts_with('[') {
            headers.push(table.span);
        }
        let mut own = Vec::new();
        for entry in &table.entries {
            let value = match &entry.item {
                Item::Scalar(scalar, _) => scalar.span,
                Item::Array(span, _) => *span,
                Item::Table(table) if text[range(table.span)].starts_with('{') => table.span,
                Item::Table(table) => {
                    open.push(table);
                    continue;
                }
                Item::Tables(tables) => {
                    open.extend(tables);
                    continue;
                }
            };
            own.push(Line { key: entry.key_span, item: &entry.item, value });
        }
        lines.push(own);
    }
    (headers, lines)
}

fn toml_root(text: &str) -> Option<Table> {
    toml::parse(FILE, text).ok().map(|document| document.root)
}

fn toml_comments(_: &str, text: &str) -> Option<String> {
    let root = toml_root(text)?;
    let (headers, lines) = toml_tables(text, &root);
    let keys = lines.iter().flatten().map(|line| line.key);
    let mut starts: Vec<usize> =
        headers.into_iter().chain(keys).map(|span| line_start(text, span.start as usize)).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut edits: Edits =
        starts.into_iter().map(|start| (start..start, "# offset = 7 [x]\n\n".to_owned())).collect();
    for line in lines.iter().flatten() {
        let end = line.value.end as usize;
        if text[end..line_end(text, end)].trim().is_empty() {
            edits.push((end..end, "  # \"so\"".to_owned()));
        }
    }
    apply(text, edits)
}

fn toml_blanks(_: &str, text: &str) -> Option<String> {
    let root = toml_root(text)?;
    let (headers, lines) = toml_tables(text, &root);
    let mut edits = Edits::new();
    for line in lines.iter().flatten() {
        let between = line.key.end as usize..line.value.start as usize;
        if text[between.clone()].trim() == "=" {
            edits.push((between, "\t =  ".to_owned()));
        }
    }
    for header in headers {
        let start = header.start as usize + text[range(header)].find(|letter| letter != '[').unwrap_or(0);
        edits.push((start..start, " ".to_owned()));
    }
    apply(text, edits)
}

fn toml_quotes(_: &str, text: &str) -> Option<String> {
    let root = toml_root(text)?;
    let (_, lines) = toml_tables(text, &root);
    let mut open: Vec<&Item> = lines.iter().flatten().map(|line| line.item).collect();
    let mut edits = Edits::new();
    while let Some(item) = open.pop() {
        match item {
            Item::Array(_, items) => open.extend(items),
            Item::Table(table) => open.extend(table.entries.iter().map(|entry| &entry.item)),
            Item::Scalar(scalar, Kind::String) => {
                let raw = &text[range(scalar.span)];
                let inner = &raw[1..raw.len() - 1];
                let new = if raw.starts_with('"') { '\'' } else { '"' };
                if !inner.contains(['"', '\'', '\\', '\n']) {
                    edits.push((range(scalar.span), format!("{new}{inner}{new}")));
                }
            }
            _ => {}
        }
    }
    apply(text, edits)
}

/// The keys of each table from the last to the first, where each has a line of its own.
fn toml_order(_: &str, text: &str) -> Option<String> {
    if has_suppression(text) {
        return None;
    }
    let root = toml_root(text)?;
    let (_, lines) = toml_tables(text, &root);
    let mut edits = Edits::new();
    for lines in lines {
        let mut places: Vec<Range<usize>> = lines
            .iter()
            .map(|line| line_start(text, line.key.start as usize)..line_end(text, line.value.end as usize))
            .collect();
        places.sort_by_key(|place| place.start);
        let is_apart = |pair: &[Range<usize>]| pair[0].end < pair[1].start;
        if places.windows(2).all(is_apart) {
            let texts = places.iter().rev().map(|place| text[place.clone()].to_owned());
            edits.extend(places.iter().cloned().zip(texts));
        }
    }
    apply(text, edits)
}

fn properties_separators(_: &str, text: &str) -> Option<String> {
    let document = properties::parse(FILE, text);
    let mut edits = Edits::new();
    for (index, property) in document.properties.iter().enumerate() {
        let between = property.key.span.end as usize..property.value.span.start as usize;
        let blank_will_do = !property.value.text.is_empty() && !property.value.text.starts_with(['=', ':']);
        let new = match text[between.clone()].trim() {
            "=" if index % 2 == 1 && blank_will_do => "  ",
            "=" => " : ",
            ":" => "=",
            "" if blank_will_do => " = ",
            _ => continue,
        };
        edits.push((between, new.to_owned()));
    }
    apply(text, edits)
}

fn properties_continuations(_: &str, text: &str) -> Option<String> {
    if has_suppression(text) {
        return None;
    }
    let document = properties::parse(FILE, text);
    let mut edits = Edits::new();
    for property in &document.properties {
        let place = range(property.value.span);
        let raw = &text[place.clone()];
        let cut = raw.len() / 2;
        if raw.len() > 3 && raw.is_ascii() && !raw.contains('\\') && !raw[cut..].starts_with([' ', '\t']) {
            edits.push((place.start + cut..place.start + cut, "\\\n      ".to_owned()));
        }
    }
    apply(text, edits)
}

fn properties_comments(_: &str, text: &str) -> Option<String> {
    let document = properties::parse(FILE, text);
    let starts =
        document.properties.iter().map(|property| line_start(text, property.key.span.start as usize));
    let outside = starts.filter(|start| !text[..*start].trim_end().ends_with('\\'));
    let edits = outside.map(|start| (start..start, "# offset = 7\n  ! so: on\\\n\n".to_owned()));
    apply(text, edits.collect())
}

fn json_values(root: &Value) -> Vec<&Value> {
    let (mut found, mut open) = (Vec::new(), vec![root]);
    while let Some(value) = open.pop() {
        found.push(value);
        match value {
            Value::Array(_, items) => open.extend(items),
            Value::Object(_, members) => open.extend(members.iter().map(|member| &member.value)),
            _ => {}
        }
    }
    found
}

fn json_root(text: &str) -> Option<Value> {
    json::parse(FILE, text).ok().map(|document| document.root)
}

fn json_comments(_: &str, text: &str) -> Option<String> {
    let root = json_root(text)?;
    let values = json_values(&root);
    let starts = values.iter().map(|value| value.span().start as usize);
    let edits = starts.map(|start| (start..start, "/* \"context\": \"/x\" */ ".to_owned()));
    apply(text, edits.collect())
}

fn json_blanks(_: &str, text: &str) -> Option<String> {
    let root = json_root(text)?;
    let line = if has_suppression(text) { "" } else { "// \"host\": 1\n\n" };
    let mut edits = Edits::new();
    for value in json_values(&root) {
        let Value::Object(_, members) = value else { continue };
        for member in members {
            let (start, end) = (member.name.span.start as usize, member.name.span.end as usize);
            edits.push((start..start, format!("{line}\t")));
            edits.push((end..end, "  ".to_owned()));
        }
    }
    apply(text, edits)
}

/// The members of each object from the last to the first.
fn json_order(_: &str, text: &str) -> Option<String> {
    if has_suppression(text) {
        return None;
    }
    let root = json_root(text)?;
    let whole = range(root.span());
    Some(format!("{}{}{}", &text[..whole.start], json_reversed(text, &root), &text[whole.end..]))
}

fn json_reversed(text: &str, value: &Value) -> String {
    let whole = range(value.span());
    let Value::Object(_, members) = value else { return text[whole].to_owned() };
    let names: BTreeSet<&str> = members.iter().map(|member| member.name.text.as_str()).collect();
    if names.len() < members.len() {
        return text[whole].to_owned();
    }
    let places = members.iter().map(|member| {
        member.name.span.start as usize - whole.start..member.value.span().end as usize - whole.start
    });
    let texts = members.iter().rev().map(|member| {
        let name = member.name.span.start as usize..member.value.span().start as usize;
        format!("{}{}", &text[name], json_reversed(text, &member.value))
    });
    apply(&text[whole.clone()], places.zip(texts).collect()).expect("a text")
}
