//! Comments that keep a rule silent: what they say, and what they cover.

use super::registry::{self, Rulebook};
use super::words;
use crate::input::Parsed;
use crate::model::Date;
use crate::model::Deployment;
use crate::source::{FileId, SourceFile, Span};
use crate::syntax::{hosts, json, nginx, toml, xml};

/// The word that makes a comment ours.
const MARK: &str = "apimlint:";

/// What parts the words in its brackets.
const SEPARATORS: [char; 5] = [',', ' ', '\t', '\r', '\n'];

/// One understood comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suppression {
    /// The comment.
    pub span: Span,
    /// What it covers; `None` where nothing follows it.
    pub covers: Option<Span>,
    /// Codes in the order written.
    pub codes: Vec<String>,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// Why, in the words of the comment; may be empty.
    pub reason: String,
}

/// A comment that starts like ours and cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed {
    /// The comment.
    pub span: Span,
    /// Why, in one clause that follows the comment's place.
    pub reason: String,
}

/// All comments of a deployment that are ours.
#[derive(Debug, Default)]
pub(super) struct Suppressions {
    pub understood: Vec<Suppression>,
    pub malformed: Vec<Malformed>,
}

/// Collects the comments of every file that was read.
pub(super) fn collect(deployment: &Deployment, rulebook: &Rulebook<'_>) -> Suppressions {
    let mut found = Suppressions::default();
    for (owner, files) in deployment.sources.owners.iter().enumerate() {
        let documents = deployment.nodes.get(owner).map(|node| &node.documents);
        for (index, source) in files.files.iter().enumerate() {
            if memchr::memmem::find(source.text.as_bytes(), MARK.as_bytes()).is_none() {
                continue;
            }
            let (Ok(owner), Ok(index)) = (u16::try_from(owner), u16::try_from(index)) else { continue };
            let file = FileId { owner, index };
            let known = documents.and_then(|documents| documents.get(&source.path));
            match known.filter(|(id, _)| *id == file) {
                Some((_, parsed)) => found.add(parsed, source, rulebook),
                None if files.node.is_none() => {
                    if let Some(parsed) = parse_without_node(deployment, file, source) {
                        found.add(&parsed, source, rulebook);
                    }
                }
                None => {}
            }
        }
    }
    found
}

/// The proxy, the hosts file and the inventory keep no tree; the few that hold our comments are parsed once more.
fn parse_without_node(deployment: &Deployment, file: FileId, source: &SourceFile) -> Option<Parsed> {
    let hosts_file = deployment.hosts.as_ref().and_then(|hosts| hosts.span).map(|span| span.file);
    if hosts_file == Some(file) {
        Some(Parsed::Hosts(hosts::parse(file, &source.text).into()))
    } else if source.path.ends_with(".toml") {
        toml::parse(file, &source.text).ok().map(|document| Parsed::Toml(document.into()))
    } else {
        nginx::parse(file, &source.text).ok().map(|document| Parsed::Nginx(document.into()))
    }
}

impl Suppressions {
    fn add(&mut self, parsed: &Parsed, source: &SourceFile, rulebook: &Rulebook<'_>) {
        for (span, text) in comments(parsed) {
            let Some(instruction) = text.trim_start().strip_prefix(MARK) else { continue };
            match parse_instruction(instruction, rulebook) {
                Ok(Instruction { whole_file, codes, until, reason }) => {
                    let covers = if whole_file {
                        Some(Span::new(span.file, 0, source.text.len()))
                    } else {
                        covered(parsed, source, span)
                    };
                    self.understood.push(Suppression { span, covers, codes, until, reason });
                }
                Err(reason) => self.malformed.push(Malformed { span, reason }),
            }
        }
    }
}

fn comments(parsed: &Parsed) -> Vec<(Span, &str)> {
    match parsed {
        Parsed::Xml(document) => {
            document.comments.iter().map(|comment| (comment.span, comment.text.as_str())).collect()
        }
        Parsed::Json(document) => borrowed(&document.comments),
        Parsed::Properties(document) => borrowed(&document.comments),
        Parsed::Toml(document) => borrowed(&document.comments),
        Parsed::Nginx(document) => borrowed(&document.comments),
        Parsed::Hosts(document) => borrowed(&document.comments),
    }
}

fn borrowed(comments: &[(Span, String)]) -> Vec<(Span, &str)> {
    comments.iter().map(|(span, text)| (*span, text.as_str())).collect()
}

#[derive(Debug, PartialEq, Eq)]
struct Instruction {
    whole_file: bool,
    codes: Vec<String>,
    until: Option<Date>,
    reason: String,
}

/// Codes about comments themselves.
const OWN: [&str; 2] = [registry::SUPPRESSION_UNUSED, registry::SUPPRESSION_MALFORMED];

/// Reads `ignore[CODE,CODE until=YYYY-MM-DD] reason`.
fn parse_instruction(text: &str, rulebook: &Rulebook<'_>) -> Result<Instruction, String> {
    let text = text.trim_start();
    let end =
        text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let whole_file = match word {
        "ignore" => false,
        "ignore-file" => true,
        _ => return Err("is neither ignore[CODE] nor ignore-file[CODE]".to_owned()),
    };
    let Some((list, reason)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return Err(format!("names no rule; a code stands in brackets: {word}[CODE]"));
    };
    let mut instruction = Instruction { whole_file, codes: Vec::new(), until: None, reason: words(reason) };
    for item in list.split(SEPARATORS).filter(|item| !item.is_empty()) {
        if let Some(date) = item.strip_prefix("until=") {
            if instruction.until.is_some() {
                return Err("has two dates".to_owned());
            }
            instruction.until = Some(date.parse()?);
            continue;
        }
        let code = match rulebook.card(item) {
            Some(card) if OWN.contains(&card.code.as_str()) => {
                return Err(format!("names {}, which no comment can silence", card.code));
            }
            Some(card) => card.code.clone(),
            None => {
                let offer = registry::suggestion(item).map(|name| format!("; did you mean {name}?"));
                return Err(format!("names {}, which is no rule{}", quoted(item), offer.unwrap_or_default()));
            }
        };
        if !instruction.codes.contains(&code) {
            instruction.codes.push(code);
        }
    }
    if instruction.codes.is_empty() {
        return Err(format!("names no rule; a code stands in brackets: {word}[CODE]"));
    }
    Ok(instruction)
}

/// A word of a comment, cut to what a message can bear.
fn quoted(word: &str) -> String {
    let short: String = word.chars().take(40).filter(|letter| !letter.is_control()).collect();
    format!("\"{short}\"")
}

/// What a comment covers: what follows it when it stands alone on its line, else the line that it ends.
fn covered(parsed: &Parsed, source: &SourceFile, comment: Span) -> Option<Span> {
    let (before, _) = source.text.split_at_checked(comment.start as usize)?;
    let line = before.rfind(['\n', '\r']).map_or(0, |index| index + 1);
    if before.get(line..)?.trim().is_empty() {
        return next_block(parsed, source, comment.end);
    }
    let (_, after) = source.text.split_at_checked(comment.end as usize)?;
    let end = after.find(['\n', '\r']).unwrap_or(after.len());
    Some(Span::new(comment.file, line, comment.end as usize + end))
}

fn next_block(parsed: &Parsed, source: &SourceFile, offset: u32) -> Option<Span> {
    match parsed {
        Parsed::Xml(document) => next_element(&document.root, offset),
        Parsed::Json(document) => next_member(&document.root, offset),
        Parsed::Toml(document) => next_key(&document.root, source, offset),
        Parsed::Nginx(document) => next_directive(document, offset),
        Parsed::Properties(document) => {
            let next = document.properties.iter().find(|property| property.key.span.start >= offset)?;
            Some(join(next.key.span, next.value.span))
        }
        Parsed::Hosts(document) => {
            let next = document.lines.iter().find(|line| line.address.span.start >= offset)?;
            Some(join(next.address.span, next.names.last().map_or(next.address.span, |name| name.span)))
        }
    }
}

fn join(first: Span, last: Span) -> Span {
    Span { end: last.end.max(first.end), ..first }
}

fn next_element(root: &xml::Element, offset: u32) -> Option<Span> {
    let mut element = root;
    if element.span.start >= offset {
        return Some(element.span);
    }
    loop {
        let next = element.children.iter().find(|child| child.span.end > offset)?;
        if next.span.start >= offset {
            return Some(next.span);
        }
        element = next;
    }
}

fn next_member(root: &json::Value, offset: u32) -> Option<Span> {
    let mut value = root;
    if value.span().start >= offset {
        return Some(value.span());
    }
    loop {
        let (whole, inner) = match value {
            json::Value::Object(_, members) => members
                .iter()
                .map(|member| (join(member.name.span, member.value.span()), &member.value))
                .find(|(whole, _)| whole.end > offset)?,
            json::Value::Array(_, items) => {
                items.iter().map(|item| (item.span(), item)).find(|(whole, _)| whole.end > offset)?
            }
            _ => return None,
        };
        if whole.start >= offset {
            return Some(whole);
        }
        value = inner;
    }
}

/// The next value with its key, or the next `[header]` with everything up to the header behind it.
fn next_key(root: &toml::Table, source: &SourceFile, offset: u32) -> Option<Span> {
    let mut headers = Vec::new();
    let mut values = Vec::new();
    let mut tables = vec![root];
    let mut items: Vec<&toml::Item> = Vec::new();
    while let Some(table) = tables.pop() {
        if source.slice(table.span).starts_with('[') {
            headers.push(table.span);
        }
        items.extend(table.entries.iter().map(|entry| &entry.item));
        while let Some(item) = items.pop() {
            match item {
                toml::Item::Scalar(scalar, _) => values.push(scalar.span),
                toml::Item::Array(span, inside) => {
                    values.push(*span);
                    items.extend(inside);
                }
                toml::Item::Table(table) => {
                    if source.slice(table.span).starts_with('{') {
                        values.push(table.span);
                    }
                    tables.push(table);
                }
                toml::Item::Tables(inside) => tables.extend(inside),
            }
        }
    }
    let first = |spans: &[Span]| spans.iter().copied().filter(|span| span.start >= offset).min();
    match (first(&headers), first(&values)) {
        (Some(header), value) if value.is_none_or(|value| header.start < value.start) => {
            let behind = headers.iter().map(|span| span.start).filter(|start| *start > header.start).min();
            let end = behind.map_or(source.text.len(), |start| start as usize);
            Some(Span::new(header.file, header.start as usize, end))
        }
        (_, value) => value.map(|value| Span { start: offset, ..value }),
    }
}

fn next_directive(document: &nginx::Document, offset: u32) -> Option<Span> {
    let mut level = document.directives.as_slice();
    let mut found: Option<&nginx::Directive> = None;
    loop {
        let behind = level.partition_point(|directive| directive.span.start < offset);
        if let Some(next) = level.get(behind) {
            found = Some(next);
        }
        let inside = behind.checked_sub(1).and_then(|index| level.get(index));
        match inside.and_then(|directive| directive.block.as_deref()) {
            Some(block) => level = block,
            None => break,
        }
    }
    let mut covers = found?.span;
    let mut open: Vec<&nginx::Directive> = found.into_iter().collect();
    while let Some(directive) = open.pop() {
        covers = join(covers, directive.span);
        open.extend(directive.block.iter().flatten());
    }
    Some(covers)
}

/// What to remove so that a comment is gone: its lines where nothing else stands on them, else the comment and the blanks
/// before it.
pub(super) fn whole_comment(source: &SourceFile, comment: Span) -> Span {
    let (start, end) = (comment.start as usize, comment.end as usize);
    let before = source.text.get(..start).unwrap_or("");
    let behind = source.text.get(end..).unwrap_or("");
    let line = before.rfind(['\n', '\r']).map_or(0, |index| index + 1);
    let is_blank = |text: &str| text.chars().all(|letter| matches!(letter, ' ' | '\t'));
    let rest = behind.find(['\n', '\r']).unwrap_or(behind.len());
    let (indent, left) = (before.get(line..).unwrap_or(""), behind.get(..rest).unwrap_or(""));
    if is_blank(indent) && is_blank(left) {
        let line_end = behind.get(rest..).unwrap_or("");
        let length = if line_end.starts_with("\r\n") { 2 } else { line_end.len().min(1) };
        return Span::new(comment.file, line, end + rest + length);
    }
    let trimmed = indent.trim_end_matches([' ', '\t']);
    Span::new(comment.file, if trimmed.is_empty() { start } else { line + trimmed.len() }, end)
}

/// What to remove so that a comment no longer names one of its codes: the word, and what parts it from the next one, or
/// from the one before where it is the last.
pub(super) fn one_code(
    source: &SourceFile,
    comment: Span,
    code: &str,
    rulebook: &Rulebook<'_>,
) -> Option<Span> {
    let text = source.slice(comment);
    let open = text.find('[')? + 1;
    let list = text.get(open..)?.split(']').next()?;
    let is_part = |letter: char| !SEPARATORS.contains(&letter);
    let mut from = 0;
    while let Some(start) = list.get(from..)?.find(is_part).map(|index| from + index) {
        let rest = list.get(start..)?;
        let end = start + rest.find(SEPARATORS).unwrap_or(rest.len());
        let item = list.get(start..end)?;
        if rulebook.card(item).is_some_and(|card| card.code == code) {
            let next = list.get(end..)?.find(is_part).map(|index| end + index);
            let is_code = |at: usize| list.get(at..).is_some_and(|rest| !rest.starts_with("until="));
            let (start, end) = match next.filter(|next| is_code(*next)) {
                Some(next) => (start, next),
                None => (list.get(..start)?.trim_end_matches(SEPARATORS).len(), end),
            };
            let at = comment.start as usize + open;
            return Some(Span::new(comment.file, at + start, at + end));
        }
        from = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::properties;

    const FILE: FileId = FileId { owner: 0, index: 0 };

    fn code() -> &'static str {
        registry::entries().iter().find(|entry| entry.rule.is_some()).unwrap().card.code.as_str()
    }

    fn parsed(text: &str) -> Result<Instruction, String> {
        parse_instruction(text, &Rulebook::new(&[]))
    }

    fn covers(parsed: &Parsed, text: &str) -> Option<String> {
        let source = SourceFile::new("a", "a", text.to_owned());
        let (span, _) = comments(parsed).into_iter().find(|(_, text)| text.contains(MARK)).unwrap();
        covered(parsed, &source, span).map(|span| source.slice(span).trim().to_owned())
    }

    #[test]
    fn an_instruction_names_rules_and_may_end() {
        let code = code();
        let instruction = parsed(&format!(" ignore[{code}, {code} until=2027-06-30] a [reason]")).unwrap();
        assert_eq!(instruction.codes, [code]);
        assert_eq!(instruction.until.unwrap().to_string(), "2027-06-30");
        assert_eq!(instruction.reason, "a [reason]");
        assert!(!instruction.whole_file);
        assert!(parsed(&format!("ignore-file[{code}]")).unwrap().whole_file);
    }

    #[test]
    fn blanket_forms_and_slips_are_refused() {
        let code = code();
        for text in [
            "ignore",
            "ignore[]",
            "ignore-file",
            "ignore[ until=2027-06-30]",
            "ignored[CL004]",
            "ignore [CL004]",
            "ignore[XX999]",
            "ignore[CL]",
            "ignore[AL001]",
            "",
            &format!("ignore[{code} until=tomorrow]"),
            &format!("ignore[{code}"),
        ] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn in_xml_the_next_element_or_the_line_is_covered() {
        let xml = |text: &str| covers(&Parsed::Xml(xml::parse(FILE, text).unwrap().into()), text);
        assert_eq!(xml("<a>\n<!-- apimlint: x -->\n<b>\n<c/></b><d/></a>").unwrap(), "<b>\n<c/></b>");
        assert_eq!(xml("<a><b/> <!-- apimlint: x -->\n<c/></a>").unwrap(), "<a><b/> <!-- apimlint: x -->");
        assert_eq!(xml("<!-- apimlint: x -->\n<a/>").unwrap(), "<a/>");
        assert_eq!(xml("<a><b/>\n<!-- apimlint: x -->\n</a>"), None);
    }

    #[test]
    fn in_toml_the_next_key_or_table_or_the_line_is_covered() {
        let toml = |text: &str| covers(&Parsed::Toml(toml::parse(FILE, text).unwrap().into()), text);
        assert_eq!(toml("# apimlint: x\n[a]\nb = 1\n[c]\nd = 1\n").unwrap(), "[a]\nb = 1");
        assert_eq!(toml("[a]\n# apimlint: x\nb = [\n1]\nc = 1\n").unwrap(), "b = [\n1]");
        assert_eq!(toml("[a]\nb = 1 # apimlint: x\nc = 1\n").unwrap(), "b = 1 # apimlint: x");
        assert_eq!(toml("a = 1\n# apimlint: x\n"), None);
    }

    #[test]
    fn in_json_the_next_member_is_covered() {
        let json = |text: &str| covers(&Parsed::Json(json::parse(FILE, text).unwrap().into()), text);
        assert_eq!(json("{\"a\": {\n// apimlint: x\n\"b\": [1],\n\"c\": 2}}").unwrap(), "\"b\": [1]");
        assert_eq!(json("{\"a\": 1, // apimlint: x\n\"b\": 2}").unwrap(), "{\"a\": 1, // apimlint: x");
    }

    #[test]
    fn in_properties_the_next_key_is_covered() {
        let text = "a=1\n# apimlint: x\n\nb = 2\nc=3\n";
        assert_eq!(covers(&Parsed::Properties(properties::parse(FILE, text).into()), text).unwrap(), "b = 2");
    }

    #[test]
    fn in_nginx_the_next_directive_is_covered_with_its_block() {
        let nginx = |text: &str| covers(&Parsed::Nginx(nginx::parse(FILE, text).unwrap().into()), text);
        let text = "http {\n# apimlint: x\nserver {\nlisten 80;\n}\nserver { listen 81; }\n}";
        assert_eq!(nginx(text).unwrap(), "server {\nlisten 80");
        assert_eq!(nginx("http {\nlisten 80; # apimlint: x\n}").unwrap(), "listen 80; # apimlint: x");
    }
}
