//! The methods of Java objects that templates call, and the functions.

use super::interpret::Renderer;
use super::item::{
    Arena, Elements, Held, Item, List, ListClass, MAX_LENGTH, MapEntries, Mapping, Text, Turn,
};
use super::operators::collection;
use super::raised::Raised;
use super::tree::Dialect;
use std::sync::Arc;

type Evaluated<'c> = Result<Held<'c>, Raised>;

/// The most numbers that `range` gives (`JinjavaConfig.rangeLimit`).
const RANGE_LIMIT: usize = 1000;

/// Methods that only some classes of values have: called on another one, Java finds none.
const PYTHON_METHODS: [&str; 13] = [
    "append", "copy", "count", "extend", "index", "insert", "items", "keys", "pop", "reverse", "split",
    "toList", "update",
];

/// What a function gives.
pub(super) fn function<'c>(
    name: &str,
    arguments: &[Held<'c>],
    arena: &mut Arena<'c>,
) -> Result<Item<'c>, Raised> {
    match (name, arguments) {
        ("range", [first, more @ ..]) => range(&first.item, more, arena),
        ("type", [value]) => Ok(Item::text(type_of(&value.item))),
        ("range" | "type", _) => {
            Err(Raised::fatal(format!("`{name}` is called with another number of arguments")))
        }
        _ => Err(Raised::unsupported(format!("this renderer does not know the function `{name}`"))),
    }
}

fn range<'c>(first: &Item<'c>, more: &[Held<'c>], arena: &mut Arena<'c>) -> Result<Item<'c>, Raised> {
    if first.is_null() {
        return Err(Raised::fatal("`range` is called with nothing"));
    }
    let number = |item: &Item<'c>| -> Result<Option<i64>, Raised> {
        Ok(item.to_text(arena)?.parse::<i32>().ok().map(i64::from))
    };
    let (start, end, step) = match more {
        [] => (0, number(first)?.unwrap_or(0), 1),
        [end] => (number(first)?.unwrap_or(0), number(&end.item)?.unwrap_or(0), 1),
        [end, step, ..] => {
            let step = if step.item.is_null() { 1 } else { number(&step.item)?.unwrap_or(1) };
            (number(first)?.unwrap_or(0), number(&end.item)?.unwrap_or(0), step)
        }
    };
    let mut numbers = Vec::new();
    let mut next = start;
    while step != 0 && (if step > 0 { next < end } else { next > end }) && numbers.len() < RANGE_LIMIT {
        numbers.push(Item::Int(next as i32).into());
        next += step;
    }
    Ok(arena.list(numbers, ListClass::Plain))
}

/// `TypeFunction.type`.
fn type_of(item: &Item<'_>) -> &'static str {
    match item {
        Item::Null => "null",
        Item::Bool(_) => "bool",
        Item::Int(_) => "int",
        Item::Long(_) => "long",
        Item::Float(_) | Item::Double(_) => "float",
        Item::Text(_) => "str",
        Item::List(list) if list.class != ListClass::Array => "list",
        Item::Map(_) => "dict",
        _ => "unknown",
    }
}

/// What `loop` knows.
pub(super) fn loop_property<'c>(turn: &Turn, name: &str) -> Option<Item<'c>> {
    let int = |number: usize| Some(Item::Int(i32::try_from(number).unwrap_or(i32::MAX)));
    let index = turn.index.get();
    let left = turn.length.saturating_sub(index + 1);
    match name {
        "index" | "counter" => int(index + 1),
        "index0" => int(index),
        "revindex" => int(left + 1),
        "revindex0" => int(left),
        "revcounter" => int(left + 1),
        "length" => int(turn.length),
        "depth" => int(1),
        "depth0" => int(0),
        "first" => Some(Item::Bool(index == 0)),
        "last" => Some(Item::Bool(turn.last.get())),
        _ => None,
    }
}

impl<'c> Renderer<'c> {
    /// Calls a method of a value that is not null.
    pub fn call(&mut self, object: &Held<'c>, name: &str, arguments: &[Held<'c>]) -> Evaluated<'c> {
        let called = match &object.item {
            Item::Text(text) => self.call_text(text, name, arguments)?.map(Held::from),
            Item::List(list) => self.call_list(*list, object, name, arguments)?,
            Item::Map(map) => self.call_map(*map, object, name, arguments)?,
            Item::Entries(entries) => self.call_entries(*entries, name),
            Item::Entry(entry) => match (name, arguments) {
                ("getKey", []) => Some(Item::Text(entry.0.clone()).into()),
                ("getValue", []) => Some(entry.1.clone()),
                _ => None,
            },
            Item::Turn(turn) if name == "cycle" && !arguments.is_empty() => {
                arguments.get(turn.index.get() % arguments.len()).cloned()
            }
            _ => None,
        };
        if let Some(called) = called {
            return Ok(called);
        }
        match (name, arguments) {
            ("toString", []) => Ok(Item::text(object.item.to_text(&self.arena)?.as_ref()).into()),
            ("equals", [other]) => Ok(Item::Bool(object.item.equals(&other.item, &self.arena)).into()),
            _ if PYTHON_METHODS.contains(&name) || is_restricted(name) => {
                Err(Raised::fatal(format!("{} has no method `{name}`", object.item.describe())))
            }
            _ => {
                let what = object.item.describe();
                Err(Raised::unsupported(format!(
                    "this renderer does not know whether {what} has a method `{name}`"
                )))
            }
        }
    }

    fn argument_text(&self, argument: &Held<'c>) -> Result<String, Raised> {
        if argument.item.is_null() {
            return Err(Raised::fatal("a method of a string is called with nothing"));
        }
        Ok(argument.item.to_text(&self.arena)?.into_owned())
    }

    fn call_text(
        &mut self,
        text: &Text<'c>,
        name: &str,
        arguments: &[Held<'c>],
    ) -> Result<Option<Item<'c>>, Raised> {
        let string = text.as_str();
        if let [argument] = arguments
            && matches!(
                name,
                "contains" | "startsWith" | "endsWith" | "equalsIgnoreCase" | "concat" | "split"
            )
        {
            if name == "equalsIgnoreCase" && argument.item.is_null() {
                return Ok(Some(Item::Bool(false)));
            }
            let other = self.argument_text(argument)?;
            return Ok(Some(match name {
                "contains" => Item::Bool(string.contains(&other)),
                "startsWith" => Item::Bool(string.starts_with(&other)),
                "endsWith" => Item::Bool(string.ends_with(&other)),
                "equalsIgnoreCase" => Item::Bool(string.to_lowercase() == other.to_lowercase()),
                "concat" if string.len() + other.len() > MAX_LENGTH => {
                    return Err(Raised::limit("the template makes too long a text"));
                }
                "concat" => Item::text([string, &other].concat()),
                _ => self.split(string, &other)?,
            }));
        }
        Ok(Some(match (name, arguments) {
            ("length", []) => Item::Int(i32::try_from(string.encode_utf16().count()).unwrap_or(i32::MAX)),
            ("isEmpty", []) => Item::Bool(string.is_empty()),
            ("trim", []) => Item::text(super::tags::java_trim(string)),
            ("toLowerCase", []) => Item::text(string.to_lowercase()),
            ("toUpperCase", []) => Item::text(string.to_uppercase()),
            ("substring", [from]) => substring(string, from, None)?,
            ("substring", [from, to]) => substring(string, from, Some(to))?,
            ("replace", [from, to]) => {
                let (from, to) = (self.argument_text(from)?, self.argument_text(to)?);
                // Which of the two methods of that name Java picks is not fixed; for single characters it is all the same.
                if from.chars().count() != 1 || to.chars().count() != 1 {
                    return Err(Raised::unsupported(
                        "Java has two methods `replace`; the filter `replace` has one meaning",
                    ));
                }
                Item::text(string.replace(&from, &to))
            }
            _ => return Ok(None),
        }))
    }

    /// `String.split(String)`: empty parts at the end are left out.
    fn split(&mut self, text: &str, pattern: &str) -> Result<Item<'c>, Raised> {
        let separator = plain_pattern(pattern).ok_or_else(|| {
            Raised::unsupported("this renderer splits at plain text, not at regular expressions")
        })?;
        let mut parts: Vec<Held<'c>> = text.split(&separator).map(|part| Item::text(part).into()).collect();
        let is_empty = |part: &Held<'c>| matches!(&part.item, Item::Text(text) if text.as_str().is_empty());
        while parts.len() > 1 && parts.last().is_some_and(is_empty) {
            parts.pop();
        }
        if parts.len() == 1 && !text.is_empty() && parts.first().is_some_and(is_empty) {
            parts.clear();
        }
        Ok(self.arena.list(parts, ListClass::Array))
    }

    fn call_list(
        &mut self,
        list: List<'c>,
        object: &Held<'c>,
        name: &str,
        arguments: &[Held<'c>],
    ) -> Result<Option<Held<'c>>, Raised> {
        if list.class == ListClass::Array {
            return Ok(None);
        }
        let length = list.len(&self.arena);
        let wrapped = list.class != ListClass::Plain;
        let position = |renderer: &Self, wanted: &Held<'c>| {
            (0..length)
                .position(|at| list.get(at, &renderer.arena).item.equals(&wanted.item, &renderer.arena))
        };
        let index =
            |found: Option<usize>| Item::Int(found.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1));
        Ok(Some(match (name, arguments) {
            ("toList", []) if wrapped => Held { item: object.item.clone().unwrapped(), path: object.path },
            ("size", []) => Item::Int(i32::try_from(length).unwrap_or(i32::MAX)).into(),
            ("isEmpty", []) => Item::Bool(length == 0).into(),
            ("contains", [wanted]) => Item::Bool(position(self, wanted).is_some()).into(),
            ("indexOf", [wanted]) => index(position(self, wanted)).into(),
            ("get", [at]) => {
                let at = usize::try_from(at.item.to_long()?).ok().filter(|at| *at < length);
                list.get(at.ok_or_else(|| Raised::fatal("a list has no element of that index"))?, &self.arena)
            }
            ("append", [element]) if wrapped => self.append(list, element.clone())?.into(),
            ("add", [element]) => self.append(list, element.clone())?.into(),
            _ if !wrapped || self.dialect < Dialect::V2_6_0 => return Ok(None),
            ("index", [wanted]) => index(position(self, wanted)).into(),
            ("count", [wanted]) => {
                let same = |at: &usize| list.get(*at, &self.arena).item.equals(&wanted.item, &self.arena);
                Item::Long((0..length).filter(same).count() as i64).into()
            }
            ("copy", []) => {
                let elements = collection(&object.item, &self.arena).unwrap_or_default();
                self.arena.list(elements, ListClass::Wrapped).into()
            }
            ("extend", [more]) => {
                let Item::List(more) = more.item else {
                    return Err(Raised::fatal("a list is extended by something that is no list"));
                };
                for at in 0..more.len(&self.arena) {
                    self.append(list, more.get(at, &self.arena))?;
                }
                Item::Bool(more.len(&self.arena) > 0).into()
            }
            ("pop", []) => {
                let elements = self.changeable(list)?;
                elements.pop().ok_or_else(|| Raised::ignored("an element is taken from an empty list"))?
            }
            ("reverse", []) => {
                self.changeable(list)?.reverse();
                Item::Null.into()
            }
            ("insert", [at, element]) => {
                let at = at.item.to_long()? as i32;
                let length = i32::try_from(length).unwrap_or(i32::MAX);
                if at >= length {
                    return Err(Raised::ignored("an element is put behind the end of a list"));
                }
                let at = if at < 0 { (length + at).max(0) } else { at };
                self.changeable(list)?.insert(usize::try_from(at).unwrap_or(0), element.clone());
                Item::Null.into()
            }
            _ => return Ok(None),
        }))
    }

    fn append(&mut self, list: List<'c>, element: Held<'c>) -> Result<Item<'c>, Raised> {
        self.count_step()?;
        self.changeable(list)?.push(element);
        Ok(Item::Bool(true))
    }

    /// The elements of a list that the template has made itself.
    fn changeable(&mut self, list: List<'c>) -> Result<&mut Vec<Held<'c>>, Raised> {
        if list.class == ListClass::Tuple {
            return Err(Raised::fatal("a tuple is changed"));
        }
        match list.elements {
            Elements::Own(id) => self
                .arena
                .lists
                .get_mut(id)
                .ok_or_else(|| Raised::unsupported("a list is changed that is gone")),
            Elements::Context(_) => Err(Raised::unsupported(
                "the template changes a list of the configuration, which all later templates see",
            )),
        }
    }

    fn call_map(
        &mut self,
        map: Mapping<'c>,
        object: &Held<'c>,
        name: &str,
        arguments: &[Held<'c>],
    ) -> Result<Option<Held<'c>>, Raised> {
        let entries = map.entries;
        let key = |renderer: &Self, key: &Held<'c>| match &key.item {
            Item::Text(text) => entries.get(text.as_str(), &renderer.arena),
            _ => None,
        };
        Ok(Some(match (name, arguments) {
            ("items", []) if map.wrapped => Held { item: Item::Entries(entries), path: object.path },
            ("entrySet", []) => Held { item: Item::Entries(entries), path: object.path },
            ("keys", []) if map.wrapped && self.dialect >= Dialect::V2_7_2 => self.keys(entries),
            ("keySet", []) => self.keys(entries),
            ("values", []) => {
                let values = self.iterated(object);
                self.arena.list(values, ListClass::Plain).into()
            }
            ("size", []) => Item::Int(i32::try_from(entries.len(&self.arena)).unwrap_or(i32::MAX)).into(),
            ("isEmpty", []) => Item::Bool(entries.len(&self.arena) == 0).into(),
            ("get", [wanted]) => key(self, wanted).unwrap_or(Item::Null.into()),
            ("containsKey", [wanted]) => Item::Bool(key(self, wanted).is_some()).into(),
            ("put", [wanted, value]) => self.put(entries, &wanted.item, value.clone())?,
            ("update", [Held { item: Item::Map(more), .. }]) if map.wrapped => {
                for (key, value) in more.entries.all(&self.arena) {
                    self.put(entries, &Item::Text(key), value)?;
                }
                Item::Null.into()
            }
            _ => return Ok(None),
        }))
    }

    fn keys(&mut self, entries: MapEntries<'c>) -> Held<'c> {
        let keys = entries.all(&self.arena).into_iter().map(|(key, _)| Item::Text(key).into()).collect();
        self.arena.list(keys, ListClass::Plain).into()
    }

    pub fn put(&mut self, entries: MapEntries<'c>, key: &Item<'c>, value: Held<'c>) -> Evaluated<'c> {
        self.count_step()?;
        let key: Arc<str> = key.to_text(&self.arena)?.as_ref().into();
        let MapEntries::Own(id) = entries else {
            return Err(Raised::unsupported(
                "the template changes a map of the configuration, which all later templates see",
            ));
        };
        self.arena.spend(entries.len(&self.arena));
        let Some(entries) = self.arena.maps.get_mut(id) else { return Ok(Item::Null.into()) };
        match entries.iter_mut().find(|(known, _)| known.as_str() == &*key) {
            Some((_, slot)) => Ok(std::mem::replace(slot, value)),
            None => {
                entries.push((Text::Own(key), value));
                Ok(Item::Null.into())
            }
        }
    }

    fn call_entries(&mut self, entries: MapEntries<'c>, name: &str) -> Option<Held<'c>> {
        match name {
            "size" => Some(Item::Int(i32::try_from(entries.len(&self.arena)).unwrap_or(i32::MAX)).into()),
            "isEmpty" => Some(Item::Bool(entries.len(&self.arena) == 0).into()),
            _ => None,
        }
    }
}

/// Methods that Jinjava does not let templates call.
fn is_restricted(name: &str) -> bool {
    matches!(
        name,
        "class"
            | "clone"
            | "hashCode"
            | "getClass"
            | "getDeclaringClass"
            | "forName"
            | "notify"
            | "notifyAll"
            | "wait"
    )
}

fn substring<'c>(text: &str, from: &Held<'c>, to: Option<&Held<'c>>) -> Result<Item<'c>, Raised> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let end = to.map_or(Ok(units.len() as i64), |to| to.item.to_long())?;
    let range = usize::try_from(from.item.to_long()?).ok().zip(usize::try_from(end).ok());
    let part = range.and_then(|(start, end)| units.get(start..end));
    let part = part.ok_or_else(|| Raised::fatal("a part of a string lies outside of it"))?;
    Ok(Item::text(String::from_utf16_lossy(part)))
}

/// What a regular expression stands for that stands for one text; None for others.
fn plain_pattern(pattern: &str) -> Option<String> {
    let mut plain = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.push(characters.next().filter(|escaped| escaped.is_ascii_punctuation())?),
            '.' | '$' | '|' | '(' | ')' | '[' | ']' | '{' | '}' | '^' | '?' | '*' | '+' => return None,
            other => plain.push(other),
        }
    }
    (!plain.is_empty()).then_some(plain)
}
