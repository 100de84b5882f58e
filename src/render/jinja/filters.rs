//! The filters (Jinjava's `lib.filter`), as far as configuration templates use such.

mod json;
mod text;

use super::interpret::Renderer;
use super::item::{Held, Item, ListClass};
use super::operators::collection;
use super::paths::Segment;
use super::raised::Raised;
use super::tests_of;
use super::tree::Dialect;
use std::sync::Arc;

type Evaluated<'c> = Result<Held<'c>, Raised>;

/// Filters that this renderer applies.
const SUPPORTED: [&str; 38] = [
    "abs",
    "attr",
    "bool",
    "capitalize",
    "count",
    "cut",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "forceescape",
    "int",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "safe",
    "select",
    "selectattr",
    "sort",
    "split",
    "string",
    "title",
    "tojson",
    "trim",
    "unique",
    "upper",
    "urlencode",
    "wordcount",
];

/// Filters that this renderer does not know, and since when there are.
const UNSUPPORTED: [(&str, Dialect); 57] = [
    ("add", Dialect::V2_4_14),
    ("allow_snake_case", Dialect::V2_7_2),
    ("b64decode", Dialect::V2_6_0),
    ("b64encode", Dialect::V2_6_0),
    ("batch", Dialect::V2_4_14),
    ("between_times", Dialect::V2_4_14),
    ("center", Dialect::V2_4_14),
    ("date", Dialect::V2_4_14),
    ("datetimeformat", Dialect::V2_4_14),
    ("difference", Dialect::V2_4_14),
    ("divide", Dialect::V2_4_14),
    ("divisible", Dialect::V2_4_14),
    ("escape_jinjava", Dialect::V2_4_14),
    ("escapejs", Dialect::V2_4_14),
    ("escapejson", Dialect::V2_4_14),
    ("filesizeformat", Dialect::V2_4_14),
    ("format", Dialect::V2_4_14),
    ("format_date", Dialect::V2_7_2),
    ("format_datetime", Dialect::V2_7_2),
    ("format_number", Dialect::V2_7_2),
    ("format_time", Dialect::V2_7_2),
    ("fromjson", Dialect::V2_4_14),
    ("fromyaml", Dialect::V2_6_0),
    ("groupby", Dialect::V2_4_14),
    ("indent", Dialect::V2_4_14),
    ("intersect", Dialect::V2_4_14),
    ("ipaddr", Dialect::V2_4_14),
    ("ipv4", Dialect::V2_6_0),
    ("ipv6", Dialect::V2_6_0),
    ("log", Dialect::V2_6_0),
    ("md5", Dialect::V2_4_14),
    ("minus_time", Dialect::V2_4_14),
    ("multiply", Dialect::V2_4_14),
    ("plus_time", Dialect::V2_4_14),
    ("pprint", Dialect::V2_4_14),
    ("random", Dialect::V2_4_14),
    ("regex_replace", Dialect::V2_4_14),
    ("render", Dialect::V2_6_0),
    ("root", Dialect::V2_6_0),
    ("round", Dialect::V2_4_14),
    ("shuffle", Dialect::V2_4_14),
    ("slice", Dialect::V2_4_14),
    ("striptags", Dialect::V2_4_14),
    ("strtodate", Dialect::V2_6_0),
    ("strtotime", Dialect::V2_4_14),
    ("sum", Dialect::V2_4_14),
    ("symmetric_difference", Dialect::V2_4_14),
    ("toyaml", Dialect::V2_6_0),
    ("truncate", Dialect::V2_4_14),
    ("truncatehtml", Dialect::V2_4_14),
    ("unescape_html", Dialect::V2_7_2),
    ("union", Dialect::V2_4_14),
    ("unixtimestamp", Dialect::V2_4_14),
    ("urldecode", Dialect::V2_7_2),
    ("urlize", Dialect::V2_4_14),
    ("wordwrap", Dialect::V2_4_14),
    ("xmlattr", Dialect::V2_4_14),
];

/// Whether this Jinjava has the filter. What comes out of one that it has not is null.
pub(super) fn is_known(name: &str, dialect: Dialect) -> bool {
    SUPPORTED.contains(&name) || UNSUPPORTED.iter().any(|(known, since)| *known == name && *since <= dialect)
}

impl<'c> Renderer<'c> {
    /// What comes out of a filter that this Jinjava has.
    pub fn apply_filter(&mut self, input: &Held<'c>, name: &str, arguments: &[Held<'c>]) -> Evaluated<'c> {
        match name {
            "default" | "d" => self.default(input, arguments),
            "first" => Ok(self.iterated(input).into_iter().next().unwrap_or(Item::Null.into())),
            "last" => Ok(self.iterated(input).pop().unwrap_or(Item::Null.into())),
            "length" | "count" => Ok(self.length(&input.item).into()),
            "list" => self.list_of(input),
            "map" => self.map_each(input, arguments),
            "select" | "reject" => self.select(input, name == "select", arguments),
            "selectattr" | "rejectattr" => self.select_by_member(input, name == "selectattr", arguments),
            "sort" => self.sort(input, arguments),
            "unique" => self.unique(input, arguments),
            "reverse" => self.reverse(input),
            "dictsort" => self.sort_entries(input, arguments),
            "attr" => {
                let attribute = self.required_text(name, arguments, 0)?;
                self.chained_property(input, &attribute)
            }
            "safe" => Ok(input.clone()),
            _ => self.apply_text_filter(&input.item, name, arguments).map(Held::from),
        }
    }

    /// A positional or named argument as Jinjava hands it to most filters: as text, or null.
    fn argument(&self, arguments: &[Held<'c>], at: usize) -> Result<Option<Arc<str>>, Raised> {
        let Some(argument) = arguments.get(at) else { return Ok(None) };
        let item = match &argument.item {
            Item::Named(value) => &value.item,
            item => item,
        };
        if item.is_null() {
            return Ok(None);
        }
        Ok(Some(item.to_text(&self.arena)?.as_ref().into()))
    }

    fn required_text(&self, filter: &str, arguments: &[Held<'c>], at: usize) -> Result<Arc<str>, Raised> {
        self.argument(arguments, at)?.ok_or_else(|| {
            Raised::fatal(format!("the filter `{filter}` expects at least {} argument(s)", at + 1))
        })
    }

    fn default(&mut self, input: &Held<'c>, arguments: &[Held<'c>]) -> Evaluated<'c> {
        let Some(replacement) = arguments.first() else {
            return Err(Raised::fatal("the filter `default` expects an argument"));
        };
        if arguments.len() > 2 && self.dialect >= Dialect::V2_6_0 {
            return Err(Raised::fatal("the filter `default` expects at most two arguments"));
        }
        let truthy = arguments.len() == 2 && self.argument(arguments, 1)?.is_some_and(|text| is_yes(&text));
        let keep = if truthy { self.is_true(&input.item) } else { !input.item.is_null() };
        if keep {
            return Ok(input.clone());
        }
        let replacement = match &replacement.item {
            Item::Named(value) => (**value).clone(),
            _ => replacement.clone(),
        };
        match &replacement.item {
            Item::Null if self.dialect == Dialect::V2_6_0 => Ok(Item::text("null").into()),
            Item::Null => Ok(replacement),
            Item::List(list) if self.dialect >= Dialect::V2_6_0 && is_wrapper(list.class) => Ok(replacement),
            Item::Map(map) if self.dialect >= Dialect::V2_6_0 && map.wrapped => Ok(replacement),
            Item::Text(_) => Ok(replacement),
            item => {
                Ok(Held { item: Item::text(item.to_text(&self.arena)?.as_ref()), path: replacement.path })
            }
        }
    }

    fn length(&self, item: &Item<'c>) -> Item<'c> {
        let length = match item {
            Item::List(list) => list.len(&self.arena),
            Item::Map(map) => map.entries.len(&self.arena),
            Item::Entries(entries) => entries.len(&self.arena),
            Item::Text(text) => text.as_str().encode_utf16().count(),
            _ => 0,
        };
        Item::Int(i32::try_from(length).unwrap_or(i32::MAX))
    }

    fn list_of(&mut self, input: &Held<'c>) -> Evaluated<'c> {
        let elements = match &input.item {
            Item::Null if self.dialect < Dialect::V2_6_0 => {
                return Err(Raised::fatal("the filter `list` gets nothing"));
            }
            Item::Null => return Ok(Item::Null.into()),
            Item::Text(text) => {
                text.as_str().chars().map(|letter| Item::text(letter.to_string()).into()).collect()
            }
            Item::List(list) if list.class == ListClass::Array && self.dialect < Dialect::V2_7_2 => {
                vec![input.clone()]
            }
            Item::Map(_) => vec![input.clone()],
            _ => self.iterated(input),
        };
        Ok(self.arena.list(elements, ListClass::Plain).into())
    }

    fn map_each(&mut self, input: &Held<'c>, arguments: &[Held<'c>]) -> Evaluated<'c> {
        let name = self.required_text("map", arguments, 0)?;
        let by_attribute = matches!(arguments.first(), Some(Held { item: Item::Named(_), .. }));
        let filter = !by_attribute && is_known(&name, self.dialect);
        let rest = if self.dialect >= Dialect::V2_6_0 { arguments.get(1..).unwrap_or_default() } else { &[] };
        let mut mapped = Vec::new();
        for element in self.iterated(input) {
            mapped.push(if filter {
                self.count_step()?;
                self.apply_filter(&element, &name, rest)?
            } else {
                self.chained_property(&element, &name)?
            });
        }
        Ok(self.arena.list(mapped, ListClass::Plain).into())
    }

    fn select(&mut self, input: &Held<'c>, selects: bool, arguments: &[Held<'c>]) -> Evaluated<'c> {
        let filter = if selects { "select" } else { "reject" };
        let test = self.known_test(filter, arguments, 0)?;
        // `reject` takes no argument for its test.
        let argument = arguments.get(1).filter(|_| selects).map(|held| held.item.clone());
        let mut kept = Vec::new();
        for element in self.iterated(input) {
            if tests_of::holds(&test, &element.item, argument.clone(), &self.arena, self.dialect)? == selects
            {
                kept.push(element);
            }
        }
        Ok(self.arena.list(kept, ListClass::Plain).into())
    }

    fn select_by_member(&mut self, input: &Held<'c>, selects: bool, arguments: &[Held<'c>]) -> Evaluated<'c> {
        let filter = if selects { "selectattr" } else { "rejectattr" };
        let member = self.required_text(filter, arguments, 0)?;
        let test = if arguments.len() > 1 { self.known_test(filter, arguments, 1)? } else { "truthy".into() };
        let argument = arguments.get(2).map(|held| held.item.clone());
        let mut kept = Vec::new();
        for element in self.iterated(input) {
            let value = self.chained_property(&element, &member)?;
            if tests_of::holds(&test, &value.item, argument.clone(), &self.arena, self.dialect)? == selects {
                kept.push(element);
            }
        }
        Ok(self.arena.list(kept, ListClass::Plain).into())
    }

    fn known_test(&self, filter: &str, arguments: &[Held<'c>], at: usize) -> Result<Arc<str>, Raised> {
        let test = self.required_text(filter, arguments, at)?;
        if tests_of::is_known(&test, self.dialect) {
            return Ok(test);
        }
        Err(Raised::fatal(format!("the filter `{filter}` names a test `{test}`, which there is not")))
    }

    /// A property of a property, as `Variable` resolves a chain with dots.
    fn chained_property(&mut self, held: &Held<'c>, chain: &str) -> Evaluated<'c> {
        let mut held = Held { item: held.item.clone().wrapped(), path: held.path };
        for name in chain.split('.') {
            let path = self.paths.below(held.path, Segment::Name(name.into()));
            held = self.property(&held, name)?;
            held.path = path.or(held.path);
        }
        Ok(held)
    }

    fn sort(&mut self, input: &Held<'c>, arguments: &[Held<'c>]) -> Evaluated<'c> {
        if input.item.is_null() {
            return Ok(Item::Null.into());
        }
        let reverse = self.argument(arguments, 0)?.is_some_and(|text| is_yes(&text));
        let case_sensitive = self.argument(arguments, 1)?.is_some_and(|text| is_yes(&text));
        let attribute = self.argument(arguments, 2)?;
        let mut keyed = Vec::new();
        for element in self.iterated(input) {
            let key = match &attribute {
                Some(attribute) => self.chained_property(&element, attribute)?.item,
                None => element.item.clone(),
            };
            keyed.push((SortKey::of(&key, case_sensitive)?, element));
        }
        Ok(self.arena.list(sorted(keyed, reverse)?, ListClass::Plain).into())
    }

    /// The entries of a map by their keys or values (`DictSortFilter`); what is no map stays as it is.
    fn sort_entries(&mut self, input: &Held<'c>, arguments: &[Held<'c>]) -> Evaluated<'c> {
        let Item::Map(map) = &input.item else { return Ok(input.clone()) };
        let case_sensitive = self.argument(arguments, 0)?.is_some_and(|text| is_yes(&text));
        let says_value = |by: Arc<str>| by.eq_ignore_ascii_case("value");
        // Before 2.7 it is the other way round, whatever is said.
        let by_value = self.argument(arguments, 1)?.map(says_value) == Some(self.dialect >= Dialect::V2_7_2);
        let entries = Held { item: Item::Entries(map.entries), path: input.path };
        let mut keyed = Vec::new();
        for element in self.iterated(&entries) {
            let Item::Entry(entry) = &element.item else { continue };
            let key = if by_value { entry.1.item.clone() } else { Item::Text(entry.0.clone()) };
            keyed.push((SortKey::of(&key, case_sensitive)?, element));
        }
        Ok(self.arena.list(sorted(keyed, false)?, ListClass::Plain).into())
    }

    fn unique(&mut self, input: &Held<'c>, arguments: &[Held<'c>]) -> Evaluated<'c> {
        let attribute = self.argument(arguments, 0)?;
        let mut keys: Vec<Item<'c>> = Vec::new();
        let mut unique = Vec::new();
        for element in self.iterated(input) {
            let key = match &attribute {
                Some(attribute) => {
                    let element = Held { item: element.item.clone().wrapped(), path: element.path };
                    self.property(&element, attribute)?.item
                }
                None => element.item.clone(),
            };
            self.count_steps(keys.len())?;
            if !keys.iter().any(|known| known.equals(&key, &self.arena)) {
                keys.push(key);
                unique.push(element);
            }
        }
        Ok(self.arena.list(unique, ListClass::Plain).into())
    }

    fn reverse(&mut self, input: &Held<'c>) -> Evaluated<'c> {
        let array = matches!(&input.item, Item::List(list) if list.class == ListClass::Array);
        if array || collection(&input.item, &self.arena).is_some() {
            let mut elements = self.iterated(input);
            elements.reverse();
            return Ok(self.arena.list(elements, ListClass::Array).into());
        }
        let Item::Text(text) = &input.item else { return Ok(input.clone()) };
        let units: Vec<u16> = text.as_str().encode_utf16().collect();
        let units: Vec<u16> = units.into_iter().rev().collect();
        Ok(Item::text(String::from_utf16_lossy(&units)).into())
    }
}

/// In the order of their keys. Java compares only where there are two, and then cannot compare everything.
fn sorted<'c>(mut keyed: Vec<(SortKey, Held<'c>)>, reverse: bool) -> Result<Vec<Held<'c>>, Raised> {
    if keyed.windows(2).any(|pair| matches!(pair, [(one, _), (two, _)] if !one.is_comparable_to(two))) {
        return Err(Raised::fatal("things of different kinds, or nothing, are sorted"));
    }
    keyed.sort_by(|(one, _), (two, _)| if reverse { two.compare(one) } else { one.compare(two) });
    Ok(keyed.into_iter().map(|(_, element)| element).collect())
}

/// What `sort` compares.
enum SortKey {
    Null,
    Text(Vec<u16>),
    Whole(i64),
    Double(f64),
    Bool(bool),
    /// Java does not compare it: everything is equal.
    Other,
}

impl SortKey {
    fn of(item: &Item<'_>, case_sensitive: bool) -> Result<Self, Raised> {
        Ok(match item {
            Item::Null => Self::Null,
            Item::Text(text) if case_sensitive => Self::Text(text.as_str().encode_utf16().collect()),
            Item::Text(text) => {
                Self::Text(text.as_str().to_uppercase().to_lowercase().encode_utf16().collect())
            }
            Item::Int(_) | Item::Long(_) => Self::Whole(item.to_long()?),
            Item::Float(_) | Item::Double(_) => Self::Double(item.to_double()?),
            Item::Bool(value) => Self::Bool(*value),
            Item::Date(_) => return Err(Raised::unsupported("this renderer does not sort dates")),
            _ => Self::Other,
        })
    }

    fn is_comparable_to(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => false,
            (Self::Other, _) | (_, Self::Other) => true,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Text(one), Self::Text(two)) => one.cmp(two),
            (Self::Whole(one), Self::Whole(two)) => one.cmp(two),
            (Self::Double(one), Self::Double(two)) => one.total_cmp(two),
            (Self::Bool(one), Self::Bool(two)) => one.cmp(two),
            _ => std::cmp::Ordering::Equal,
        }
    }
}

fn is_wrapper(class: ListClass) -> bool {
    matches!(class, ListClass::Wrapped | ListClass::Tuple)
}

/// `BooleanUtils.toBoolean(String)`.
fn is_yes(text: &str) -> bool {
    ["true", "yes", "on", "t", "y"].iter().any(|yes| text.eq_ignore_ascii_case(yes))
}
