//! JSON and TOML as settings under dotted keys, and settings as a JSON tree.

use super::{Kind, Labels, Setting, Settings, covers, cut, predicate};
use crate::source::{FileId, Span};
use crate::syntax::json::{self, Value};
use crate::syntax::toml::{self, Item, Table};
use crate::syntax::{Scalar, SyntaxError, quoted};

/// The parsers refuse deeper trees.
const MAX_DEPTH: usize = 256;

/// What both formats have in common.
enum View<'a> {
    Scalar(&'a str, Kind, Span),
    Array(Span, Vec<View<'a>>),
    Table(Span, Vec<(&'a str, Span, View<'a>)>),
}

impl<'a> View<'a> {
    fn of_json(value: &'a Value, depth: usize) -> Self {
        match value {
            Value::Null(span) => Self::Scalar("null", Kind::Literal, *span),
            Value::Boolean(scalar, _) | Value::Number(scalar) => {
                Self::Scalar(&scalar.text, Kind::Literal, scalar.span)
            }
            Value::String(scalar) => Self::Scalar(&scalar.text, Kind::Text, scalar.span),
            Value::Array(span, _) | Value::Object(span, _) if depth > MAX_DEPTH => {
                Self::Scalar("", Kind::Literal, *span)
            }
            Value::Array(span, items) => {
                Self::Array(*span, items.iter().map(|item| Self::of_json(item, depth + 1)).collect())
            }
            Value::Object(span, members) => {
                // The last of several members of one name wins, as in JavaScript.
                let last = |member: &&json::Member| {
                    value.get(&member.name.text).is_some_and(|last| std::ptr::eq(last, *member))
                };
                let view = |member: &'a json::Member| {
                    (member.name.text.as_str(), member.name.span, Self::of_json(&member.value, depth + 1))
                };
                Self::Table(*span, members.iter().filter(last).map(view).collect())
            }
        }
    }

    fn of_item(item: &'a Item, depth: usize) -> Self {
        match item {
            Item::Scalar(scalar, kind) => {
                let kind = if *kind == toml::Kind::String { Kind::Text } else { Kind::Literal };
                Self::Scalar(&scalar.text, kind, scalar.span)
            }
            Item::Table(table) => Self::of_table(table, depth),
            Item::Array(span, _) if depth > MAX_DEPTH => Self::Scalar("", Kind::Literal, *span),
            Item::Array(span, items) => {
                Self::Array(*span, items.iter().map(|item| Self::of_item(item, depth + 1)).collect())
            }
            Item::Tables(tables) => {
                // The array as such stands nowhere: only its tables do.
                let nowhere = tables.first().map_or_else(|| Span::new(FILE, 0, 0), |table| table.span);
                Self::Array(nowhere, tables.iter().map(|table| Self::of_table(table, depth)).collect())
            }
        }
    }

    fn of_table(table: &'a Table, depth: usize) -> Self {
        if depth > MAX_DEPTH {
            return Self::Scalar("", Kind::Literal, table.span);
        }
        let view = |entry: &'a toml::Entry| {
            (entry.key.as_str(), entry.key_span, Self::of_item(&entry.item, depth + 1))
        };
        Self::Table(table.span, table.entries.iter().map(view).collect())
    }

    fn span(&self) -> Span {
        match self {
            Self::Scalar(_, _, span) | Self::Array(span, _) | Self::Table(span, _) => *span,
        }
    }

    /// The value in one line, if there is neither table nor entry in it.
    fn line(&self) -> Option<String> {
        match self {
            Self::Scalar(text, Kind::Text, _) => Some(quoted(text)),
            Self::Scalar(text, Kind::Literal, _) => Some((*text).to_owned()),
            Self::Array(_, items) => {
                let items: Option<Vec<_>> = items.iter().map(Self::line).collect();
                Some(format!("[{}]", items?.join(", ")))
            }
            Self::Table(_, entries) => entries.is_empty().then(|| "{}".to_owned()),
        }
    }

    /// The key that names this item of an array, with the predicate.
    fn item_key(&self) -> Option<(&'static str, String)> {
        let Self::Table(_, entries) = self else { return None };
        ["name", "id", "Name"].into_iter().find_map(|name| {
            entries.iter().find_map(|(key, _, view)| match view {
                Self::Scalar(text, Kind::Text, _) if *key == name => Some((name, predicate(name, text)?)),
                _ => None,
            })
        })
    }

    fn children<'v>(&'v self, path: &str) -> Vec<(String, Option<Span>, &'v View<'a>)> {
        match self {
            Self::Scalar(..) => Vec::new(),
            Self::Array(_, items) => {
                let mut labels = Labels::default();
                let step = |(index, item): (usize, &'v View<'a>)| {
                    let step = match item.item_key() {
                        Some((_, predicate)) => labels.number(predicate),
                        None => format!("[{}]", index + 1),
                    };
                    (format!("{path}{step}"), None, item)
                };
                items.iter().enumerate().map(step).collect()
            }
            Self::Table(_, entries) => {
                let dot = if path.is_empty() { "" } else { "." };
                entries
                    .iter()
                    .map(|(key, span, view)| (format!("{path}{dot}{}", key_step(key)), Some(*span), view))
                    .collect()
            }
        }
    }

    /// `said` is the key that the path already names.
    fn flatten(&self, path: &str, said: Option<&str>, settings: &mut Vec<Setting>) {
        let before = settings.len();
        if let Self::Scalar(text, kind, span) = self {
            settings.push(Setting {
                path: path.to_owned(),
                value: (*text).to_owned(),
                kind: *kind,
                span: *span,
            });
        } else if let (Some(value), false) = (self.line(), path.is_empty()) {
            settings.push(Setting { path: path.to_owned(), value, kind: Kind::Literal, span: self.span() });
        } else {
            for (child_path, _, child) in self.children(path) {
                let said = match self {
                    Self::Array(..) => child.item_key().map(|(name, _)| name),
                    _ if said
                        .is_some_and(|said| child_path.strip_prefix(path) == Some(&format!(".{said}"))) =>
                    {
                        continue;
                    }
                    _ => None,
                };
                child.flatten(&child_path, said, settings);
            }
            if settings.len() == before && !path.is_empty() {
                let value = "{}".to_owned();
                settings.push(Setting {
                    path: path.to_owned(),
                    value,
                    kind: Kind::Literal,
                    span: self.span(),
                });
            }
        }
    }

    /// Tables of TOML may stand anywhere, so no branch can be ruled out by its place.
    fn path_at(&self, path: &str, key: Option<Span>, offset: u32) -> Option<String> {
        if self.line().is_none() || path.is_empty() {
            let mut children = self.children(path).into_iter();
            if let Some(found) = children.find_map(|(path, key, child)| child.path_at(&path, key, offset)) {
                return Some(found);
            }
        }
        let span = self.span();
        let own = key.is_some_and(|key| {
            covers(key, offset) || key.end <= span.start && key.start <= offset && offset < span.end
        });
        (own || covers(span, offset) && span.start < span.end).then(|| path.to_owned())
    }
}

impl Settings for json::Document {
    fn settings(&self) -> Vec<Setting> {
        let mut settings = Vec::new();
        View::of_json(&self.root, 0).flatten("", None, &mut settings);
        settings
    }

    fn path_at(&self, offset: u32) -> String {
        View::of_json(&self.root, 0).path_at("", None, offset).unwrap_or_default()
    }
}

impl Settings for toml::Document {
    fn settings(&self) -> Vec<Setting> {
        let mut settings = Vec::new();
        View::of_table(&self.root, 0).flatten("", None, &mut settings);
        settings
    }

    fn path_at(&self, offset: u32) -> String {
        View::of_table(&self.root, 0).path_at("", None, offset).unwrap_or_default()
    }
}

/// A key as a step of a path: in quotes where it would read as several.
fn key_step(key: &str) -> String {
    let bare = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$' | ':' | '/' | ' ');
    if !key.is_empty() && key.trim() == key && key.chars().all(bare) { key.to_owned() } else { quoted(key) }
}

const FILE: FileId = FileId { owner: 0, index: 0 };

/// Builds the JSON document that has these settings, in this order, from paths and literals (`"text"`, `12`,
/// `true`, `["a"]`). Every place in it is the empty span at the start of `file`. The error is one clause.
pub fn build<'a>(
    file: FileId,
    settings: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<json::Document, String> {
    let nowhere = Span::new(file, 0, 0);
    let mut root = Node::default();
    for (path, literal) in settings {
        let wrong = || format!("\"{path}\" is not a path");
        let steps = split(path).ok_or_else(wrong)?;
        let value = json::parse(file, literal);
        let value =
            value.map_err(|SyntaxError { reason, .. }| format!("the value of \"{path}\": {reason}"))?;
        let node = steps.into_iter().try_fold(&mut root, |node, step| node.child(step, nowhere));
        node.ok_or_else(wrong)?.value = Some(moved(value.root, nowhere, 0));
    }
    Ok(json::Document { root: root.finish(nowhere), comments: Vec::new() })
}

/// A step of a path: the key without its quotes, or what stands between the brackets of an item.
#[derive(Default, Clone, PartialEq, Eq)]
struct Step {
    text: String,
    item: bool,
}

#[derive(Default)]
struct Node {
    step: Step,
    value: Option<Value>,
    children: Vec<Node>,
}

impl Node {
    fn child(&mut self, step: Step, nowhere: Span) -> Option<&mut Self> {
        // Settings of one object mostly follow each other, so the search starts at the end.
        let found = self.children.iter().rposition(|child| child.step == step);
        let index = found.unwrap_or(self.children.len());
        if found.is_none() {
            let mut children = Vec::new();
            if let Some((name, value)) = step.text.split_once('=').filter(|_| step.item) {
                let step = Step { text: name.to_owned(), item: false };
                let value = value.get(1..value.len().checked_sub(1)?)?;
                let value = Some(Value::String(Scalar::plain(value, nowhere, 0)));
                children.push(Self { step, value, children: Vec::new() });
            }
            self.children.push(Self { step, value: None, children });
        }
        self.children.get_mut(index)
    }

    fn finish(self, nowhere: Span) -> Value {
        let array = self.children.first().is_some_and(|child| child.step.item);
        if self.children.is_empty() {
            self.value.unwrap_or(Value::Object(nowhere, Vec::new()))
        } else if array {
            Value::Array(nowhere, self.children.into_iter().map(|child| child.finish(nowhere)).collect())
        } else {
            let member = |child: Self| json::Member {
                name: Scalar::plain(child.step.text.clone(), nowhere, 0),
                value: child.finish(nowhere),
            };
            Value::Object(nowhere, self.children.into_iter().map(member).collect())
        }
    }
}

/// The steps of a path: keys between dots, bare or in JSON quotes, and items in brackets.
fn split(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while steps.len() < MAX_DEPTH {
        let step = match rest.chars().next()? {
            '[' => {
                let (text, behind) = cut(rest)?;
                rest = behind;
                Step { text: text.to_owned(), item: true }
            }
            '"' => {
                let (text, behind) = unquoted(rest)?;
                rest = behind;
                Step { text, item: false }
            }
            _ => {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (text, behind) = rest.split_at(end);
                if text.is_empty() {
                    return None;
                }
                rest = behind;
                Step { text: text.to_owned(), item: false }
            }
        };
        steps.push(step);
        if rest.is_empty() {
            return Some(steps);
        }
        if !rest.starts_with('[') {
            rest = rest.strip_prefix('.')?;
        }
    }
    None
}

/// Cuts a JSON string off the front.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find_map(|(index, letter)| {
        let ends = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends.then_some(index + 1)
    })?;
    match json::parse(FILE, text.get(..end)?).ok()?.root {
        Value::String(scalar) => Some((scalar.text, text.get(end..)?)),
        _ => None,
    }
}

/// The value with all its places at `nowhere`.
fn moved(value: Value, nowhere: Span, depth: usize) -> Value {
    let plain = |scalar: Scalar| Scalar::plain(scalar.text, nowhere, 0);
    match value {
        Value::Null(_) => Value::Null(nowhere),
        Value::Boolean(scalar, on) => Value::Boolean(plain(scalar), on),
        Value::Number(scalar) => Value::Number(plain(scalar)),
        Value::String(scalar) => Value::String(plain(scalar)),
        Value::Array(..) | Value::Object(..) if depth > MAX_DEPTH => Value::Null(nowhere),
        Value::Array(_, items) => {
            Value::Array(nowhere, items.into_iter().map(|item| moved(item, nowhere, depth + 1)).collect())
        }
        Value::Object(_, members) => {
            let member = |member: json::Member| json::Member {
                name: plain(member.name),
                value: moved(member.value, nowhere, depth + 1),
            };
            Value::Object(nowhere, members.into_iter().map(member).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(settings: &[Setting]) -> Vec<(String, String)> {
        settings.iter().map(|setting| (setting.path.clone(), setting.literal())).collect()
    }

    fn expect(settings: &[Setting], expected: &[(&str, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
        assert_eq!(pairs(settings), expected);
    }

    #[test]
    fn json_becomes_dotted_keys() {
        let text = r#"{ "theme": { "base": "wso2", "on": true }, "n": 1, "x.y": "a\"b",
            "list": ["a", 2], "none": [],
            "items": [ {"name": "one", "v": "1"}, {"v": "2"}, {"name": "one"} ] }"#;
        let settings = json::parse(FILE, text).unwrap().settings();
        expect(
            &settings,
            &[
                ("theme.base", "\"wso2\""),
                ("theme.on", "true"),
                ("n", "1"),
                ("\"x.y\"", r#""a\"b""#),
                ("list", "[\"a\", 2]"),
                ("none", "[]"),
                ("items[name='one'].v", "\"1\""),
                ("items[2].v", "\"2\""),
                ("items[name='one'][2]", "{}"),
            ],
        );
    }

    #[test]
    fn what_is_built_has_the_same_settings() {
        let text = r#"{ "a": { "b": "c", "": "d" }, "x.[y]": ["p", 2, []], "o": {},
            "i": [ {"name": "one", "v": "1"}, {"v": null} ],
            "m": [["q"], [{"k": "v"}]] }"#;
        let settings = json::parse(FILE, text).unwrap().settings();
        let literals: Vec<_> =
            settings.iter().map(|setting| (setting.path.clone(), setting.literal())).collect();
        let built =
            build(FILE, literals.iter().map(|(path, value)| (path.as_str(), value.as_str()))).unwrap();
        assert_eq!(pairs(&built.settings()), pairs(&settings));
    }

    #[test]
    fn toml_becomes_dotted_keys() {
        let text = "[server]\noffset = 1\n\n\
            [[apim.gateway.environment]]\nname = \"Default\"\ntype = \"hybrid\"\n\n\
            [[apim.throttling.url_group]]\ntraffic_manager_urls = [\"tcp://a:1\"]\n\n\
            [event_listener.properties]\n'header.X' = \"d\"\n";
        let document = toml::parse(FILE, text).unwrap();
        let settings = document.settings();
        expect(
            &settings,
            &[
                ("server.offset", "1"),
                ("apim.gateway.environment[name='Default'].type", "\"hybrid\""),
                ("apim.throttling.url_group[1].traffic_manager_urls", "[\"tcp://a:1\"]"),
                ("event_listener.properties.\"header.X\"", "\"d\""),
            ],
        );
        for setting in &settings {
            assert_eq!(document.path_at(setting.span.start), setting.path);
        }
        let at = |needle: &str| document.path_at(u32::try_from(text.find(needle).unwrap()).unwrap());
        assert_eq!(at("offset"), "server.offset");
        assert_eq!(at("= \"hybrid"), "apim.gateway.environment[name='Default'].type");
        assert_eq!(at("[[apim.gateway"), "apim.gateway.environment[name='Default']");
    }

    #[test]
    fn the_innermost_place_is_named() {
        let text = r#"{ "a": { "b": "c" }, "l": [ {"id": "x", "v": "y"} ] }"#;
        let document = json::parse(FILE, text).unwrap();
        let at = |needle: &str| document.path_at(u32::try_from(text.find(needle).unwrap()).unwrap());
        assert_eq!(at("\"a\""), "a");
        assert_eq!(at("\"b\""), "a.b");
        assert_eq!(at("\"c\""), "a.b");
        assert_eq!(at("\"y\""), "l[id='x'].v");
        assert_eq!(document.path_at(9_999), "");
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in ["", ".", "a.", "a..b", "a[", "\"a", "a[x='"] {
            assert!(build(FILE, [(path, "1")]).is_err(), "{path}");
        }
        assert!(build(FILE, [("a", "not json")]).is_err());
    }
}
