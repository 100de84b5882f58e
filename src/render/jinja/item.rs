//! Values while a template is rendered: those of the configuration by reference, and those that expressions make.

use super::paths::PathId;
use super::raised::Raised;
use super::tree::Dialect;
use crate::render::java::double_to_string;
use crate::render::value::{Map, Value};
use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// How deep lists and maps may lie in each other to be printed or compared.
const MAX_DEPTH: usize = 64;

/// The longest text that a template may make.
pub(super) const MAX_LENGTH: usize = 4 << 20;

/// The longest list that a template may make by adding lists.
pub(super) const MAX_ELEMENTS: usize = 100_000;

/// How many elements a template may have compared and copied. A real one has some thousands.
const MAX_WORK: usize = 10_000_000;

/// A value, as a Java object of a certain class.
#[derive(Debug, Clone)]
pub(super) enum Item<'c> {
    Null,
    Bool(bool),
    /// `java.lang.Integer`: lengths, loop counters. Numbers of the configuration count as `Long`.
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
    Text(Text<'c>),
    /// A date or time of the configuration.
    Date(&'c str),
    List(List<'c>),
    Map(Mapping<'c>),
    /// The entries of a map: a `Set<Map.Entry>`.
    Entries(MapEntries<'c>),
    Entry(Rc<(Text<'c>, Held<'c>)>),
    /// The variable `loop`.
    Turn(Rc<Turn>),
    /// `name=value` among arguments.
    Named(Rc<Held<'c>>),
}

/// An item, and where in the configuration it stands if it stands there.
#[derive(Debug, Clone)]
pub(super) struct Held<'c> {
    pub item: Item<'c>,
    pub path: Option<PathId>,
}

impl<'c> From<Item<'c>> for Held<'c> {
    fn from(item: Item<'c>) -> Self {
        Self { item, path: None }
    }
}

/// A string; two are the same object if they lie at the same place.
#[derive(Debug, Clone)]
pub(super) enum Text<'c> {
    Context(&'c str),
    Own(Arc<str>),
}

impl Text<'_> {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Context(text) => text,
            Self::Own(text) => text,
        }
    }

    fn is_same_object(&self, other: &Self) -> bool {
        std::ptr::eq(self.as_str(), other.as_str())
    }
}

/// A list and its class.
#[derive(Debug, Clone, Copy)]
pub(super) struct List<'c> {
    pub elements: Elements<'c>,
    pub class: ListClass,
}

/// The classes of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListClass {
    /// `PyList`.
    Wrapped,
    /// `PyList` around an unmodifiable list.
    Tuple,
    /// `ArrayList`.
    Plain,
    /// A Java array.
    Array,
}

/// Where the elements of a list are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Elements<'c> {
    Context(&'c [Value]),
    /// Index in [`Arena::lists`].
    Own(usize),
}

/// A map and whether it is a `PyMap`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mapping<'c> {
    pub entries: MapEntries<'c>,
    pub wrapped: bool,
}

/// Where the entries of a map are.
#[derive(Debug, Clone, Copy)]
pub(super) enum MapEntries<'c> {
    Context(&'c Map),
    /// Index in [`Arena::maps`].
    Own(usize),
}

/// The state of a `for` (`ForLoop`).
#[derive(Debug)]
pub(super) struct Turn {
    pub index: Cell<usize>,
    pub length: usize,
    pub last: Cell<bool>,
}

/// The lists and maps that expressions have made. Nothing is freed before the template is rendered.
#[derive(Debug, Default)]
pub(super) struct Arena<'c> {
    /// How much has been compared and copied.
    work: Cell<usize>,
    pub lists: Vec<Vec<Held<'c>>>,
    pub maps: Vec<Vec<(Text<'c>, Held<'c>)>>,
    /// Indexes of the maps that are namespaces.
    namespaces: Vec<usize>,
}

impl<'c> Item<'c> {
    pub fn of(value: &'c Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Integer(value) => Self::Long(*value),
            Value::Double(value) => Self::Double(*value),
            Value::Text(text) => Self::Text(Text::Context(text)),
            Value::Date(text) => Self::Date(text),
            Value::List(elements) => {
                Self::List(List { elements: Elements::Context(elements), class: ListClass::Wrapped })
            }
            Value::Map(map) => Self::Map(Mapping { entries: MapEntries::Context(map), wrapped: true }),
        }
    }

    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(Text::Own(text.into()))
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// `JinjavaInterpreterResolver.wrap`.
    pub fn wrapped(self) -> Self {
        match self {
            Self::List(List { elements, class: ListClass::Plain }) => {
                Self::List(List { elements, class: ListClass::Wrapped })
            }
            Self::Map(Mapping { entries, .. }) => Self::Map(Mapping { entries, wrapped: true }),
            other => other,
        }
    }

    /// The Java object without its wrapper.
    pub fn unwrapped(self) -> Self {
        match self {
            Self::List(List { elements, class: ListClass::Wrapped | ListClass::Tuple }) => {
                Self::List(List { elements, class: ListClass::Plain })
            }
            Self::Map(Mapping { entries, .. }) => Self::Map(Mapping { entries, wrapped: false }),
            other => other,
        }
    }

    /// How many steps it takes to go through it.
    pub fn weight(&self, arena: &Arena<'_>) -> usize {
        match self {
            Self::Text(text) => text.as_str().len() / 256,
            Self::List(list) => list.len(arena) / 16,
            Self::Map(Mapping { entries, .. }) | Self::Entries(entries) => entries.len(arena) / 16,
            _ => 0,
        }
    }

    /// What a fault calls it.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Long(_) => "a whole number",
            Self::Float(_) | Self::Double(_) => "a number",
            Self::Text(_) => "a string",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Entries(_) => "the entries of a map",
            Self::Entry(_) => "an entry of a map",
            Self::Turn(_) => "`loop`",
            Self::Named(_) => "a named argument",
        }
    }

    /// `==` of Java.
    pub fn is_same_object(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            // `Integer.valueOf` and `Long.valueOf` keep small numbers.
            (Self::Int(left), Self::Int(right)) => left == right && (-128..128).contains(left),
            (Self::Long(left), Self::Long(right)) => left == right && (-128..128).contains(left),
            (Self::Text(left), Self::Text(right)) => left.is_same_object(right),
            (Self::List(left), Self::List(right)) => match (left.elements, right.elements) {
                (Elements::Own(left), Elements::Own(right)) => left == right,
                // Each read of a list of the configuration wraps it anew.
                (Elements::Context(one), Elements::Context(two)) => {
                    std::ptr::eq(one, two)
                        && left.class == ListClass::Plain
                        && right.class == ListClass::Plain
                }
                _ => false,
            },
            (Self::Entries(MapEntries::Context(left)), Self::Entries(MapEntries::Context(right))) => {
                std::ptr::eq(*left, *right)
            }
            _ => false,
        }
    }

    /// `ObjectTruthValue.evaluate`.
    pub fn is_true(&self, arena: &Arena<'_>, dialect: Dialect) -> bool {
        let by_int = dialect < Dialect::V2_7_2;
        if by_int && let Some(value) = self.int_value() {
            return value != 0;
        }
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Long(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Double(value) => *value != 0.0,
            Self::Text(text) => !text.as_str().is_empty() && !text.as_str().eq_ignore_ascii_case("false"),
            Self::List(list) => list.len(arena) != 0,
            Self::Map(map) => map.entries.len(arena) != 0,
            Self::Entries(entries) => entries.len(arena) != 0,
            Self::Date(_) | Self::Entry(_) | Self::Turn(_) | Self::Named(_) => true,
        }
    }

    /// `TypeConverterImpl.coerceToLong`.
    pub fn to_long(&self) -> Result<i64, Raised> {
        match self {
            Self::Null => Ok(0),
            Self::Int(value) => Ok(i64::from(*value)),
            Self::Long(value) => Ok(*value),
            Self::Float(value) => Ok(*value as i64),
            Self::Double(value) => Ok(*value as i64),
            Self::Text(text) if text.as_str().is_empty() => Ok(0),
            Self::Text(text) => text
                .as_str()
                .parse()
                .map_err(|_| Raised::fatal("a string that is no whole number is used as one")),
            other => Err(Raised::fatal(format!("{} is used as a number", other.describe()))),
        }
    }

    /// `Number.intValue`; nothing for what is no number.
    pub fn int_value(&self) -> Option<i32> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Long(value) => Some(*value as i32),
            Self::Float(value) => Some(*value as i32),
            Self::Double(value) => Some(*value as i32),
            _ => None,
        }
    }

    /// `TypeConverterImpl.coerceToDouble`.
    pub fn to_double(&self) -> Result<f64, Raised> {
        match self {
            Self::Null => Ok(0.0),
            Self::Int(value) => Ok(f64::from(*value)),
            Self::Long(value) => Ok(*value as f64),
            Self::Float(value) => Ok(f64::from(*value)),
            Self::Double(value) => Ok(*value),
            Self::Text(text) if text.as_str().is_empty() => Ok(0.0),
            Self::Text(text) => parse_double(text.as_str())
                .ok_or_else(|| Raised::fatal("a string that is no number is used as one")),
            other => Err(Raised::fatal(format!("{} is used as a number", other.describe()))),
        }
    }

    /// `Objects.toString(…, "")`.
    pub fn to_text<'t>(&'t self, arena: &'t Arena<'c>) -> Result<Cow<'t, str>, Raised> {
        match self {
            Self::Null => Ok("".into()),
            Self::Text(text) => Ok(text.as_str().into()),
            Self::Date(text) => Ok((*text).into()),
            other => {
                let mut text = String::new();
                other.write(&mut text, arena, 0)?;
                Ok(text.into())
            }
        }
    }

    /// `Objects.toString(…)`: null is `null`.
    pub fn to_text_with_null<'t>(&'t self, arena: &'t Arena<'c>) -> Result<Cow<'t, str>, Raised> {
        if self.is_null() { Ok("null".into()) } else { self.to_text(arena) }
    }

    fn write(&self, text: &mut String, arena: &Arena<'c>, depth: usize) -> Result<(), Raised> {
        if depth > MAX_DEPTH || text.len() > MAX_LENGTH {
            return Err(Raised::limit("a list or map is too large or too deep to be written"));
        }
        match self {
            Self::Null => text.push_str("null"),
            Self::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
            Self::Int(value) => text.push_str(&value.to_string()),
            Self::Long(value) => text.push_str(&value.to_string()),
            Self::Float(value) => text.push_str(&float_to_string(*value)),
            Self::Double(value) => text.push_str(&double_to_string(*value)),
            Self::Text(value) => text.push_str(value.as_str()),
            Self::Date(value) => text.push_str(value),
            Self::List(List { class: ListClass::Array, .. }) => {
                return Err(Raised::unsupported(
                    "a Java array is written: its text changes from start to start",
                ));
            }
            Self::List(list) => {
                text.push('[');
                for at in 0..list.len(arena) {
                    separate(text, at);
                    list.get(at, arena).item.write(text, arena, depth + 1)?;
                }
                text.push(']');
            }
            Self::Map(Mapping { entries, .. }) => {
                text.push('{');
                entries.write(text, arena, depth)?;
                text.push('}');
            }
            Self::Entries(entries) => {
                text.push('[');
                entries.write(text, arena, depth)?;
                text.push(']');
            }
            Self::Entry(entry) => write_entry(text, &entry.0, &entry.1, arena, depth)?,
            Self::Turn(turn) => text.push_str(&format!("<ForLoop: {}>", turn.length)),
            Self::Named(value) => value.item.write(text, arena, depth + 1)?,
        }
        Ok(())
    }

    /// `equals` of Java.
    pub fn equals(&self, other: &Self, arena: &Arena<'c>) -> bool {
        self.equals_at(other, arena, 0)
    }

    fn equals_at(&self, other: &Self, arena: &Arena<'c>, depth: usize) -> bool {
        if arena.is_exhausted() {
            return false;
        }
        arena.spend(1);
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Int(left), Self::Int(right)) => left == right,
            (Self::Long(left), Self::Long(right)) => left == right,
            (Self::Float(left), Self::Float(right)) => left.to_bits() == right.to_bits(),
            (Self::Double(left), Self::Double(right)) => left.to_bits() == right.to_bits(),
            (Self::Text(left), Self::Text(right)) => left.as_str() == right.as_str(),
            (Self::Date(left), Self::Date(right)) => left == right,
            (Self::List(left), Self::List(right)) => {
                let length = left.len(arena);
                let comparable = left.class != ListClass::Array && right.class != ListClass::Array;
                let same =
                    |at| left.get(at, arena).item.equals_at(&right.get(at, arena).item, arena, depth + 1);
                comparable && depth < MAX_DEPTH && length == right.len(arena) && (0..length).all(same)
            }
            (Self::Map(left), Self::Map(right)) => {
                let same = |(key, value): (Text<'c>, Held<'c>)| {
                    let other = right.entries.get(key.as_str(), arena);
                    other.is_some_and(|other| value.item.equals_at(&other.item, arena, depth + 1))
                };
                depth < MAX_DEPTH
                    && left.entries.len(arena) == right.entries.len(arena)
                    && left.entries.all(arena).into_iter().all(same)
            }
            _ => false,
        }
    }
}

impl<'c> List<'c> {
    pub fn len(&self, arena: &Arena<'_>) -> usize {
        match self.elements {
            Elements::Context(values) => values.len(),
            Elements::Own(id) => arena.lists.get(id).map_or(0, Vec::len),
        }
    }

    /// An element as it lies in the list, or null.
    pub fn get(&self, at: usize, arena: &Arena<'c>) -> Held<'c> {
        match self.elements {
            Elements::Context(values) => {
                values.get(at).map_or(Item::Null, |value| Item::of(value).unwrapped()).into()
            }
            Elements::Own(id) => {
                arena.lists.get(id).and_then(|list| list.get(at)).cloned().unwrap_or(Item::Null.into())
            }
        }
    }
}

impl<'c> MapEntries<'c> {
    pub fn len(self, arena: &Arena<'_>) -> usize {
        match self {
            Self::Context(map) => map.len(),
            Self::Own(id) => arena.maps.get(id).map_or(0, Vec::len),
        }
    }

    pub fn get(self, key: &str, arena: &Arena<'c>) -> Option<Held<'c>> {
        match self {
            Self::Context(map) => map.get(key).map(|value| Item::of(value).unwrapped().into()),
            Self::Own(id) => {
                let entries = arena.maps.get(id)?;
                arena.spend(entries.len());
                entries.iter().find(|(name, _)| name.as_str() == key).map(|(_, value)| value.clone())
            }
        }
    }

    /// The entries in their order.
    pub fn all(self, arena: &Arena<'c>) -> Vec<(Text<'c>, Held<'c>)> {
        match self {
            Self::Context(map) => {
                let entry = |(key, value)| (Text::Context(key), Item::of(value).unwrapped().into());
                map.iter().map(entry).collect()
            }
            Self::Own(id) => arena.maps.get(id).cloned().unwrap_or_default(),
        }
    }

    fn write(self, text: &mut String, arena: &Arena<'c>, depth: usize) -> Result<(), Raised> {
        for (at, (key, value)) in self.all(arena).iter().enumerate() {
            separate(text, at);
            write_entry(text, key, value, arena, depth)?;
        }
        Ok(())
    }
}

impl<'c> Arena<'c> {
    pub fn spend(&self, work: usize) {
        self.work.set(self.work.get().saturating_add(work));
    }

    /// Whether the template has taken more work than it may.
    pub fn is_exhausted(&self) -> bool {
        self.work.get() > MAX_WORK
    }

    pub fn list(&mut self, elements: Vec<Held<'c>>, class: ListClass) -> Item<'c> {
        self.lists.push(elements);
        Item::List(List { elements: Elements::Own(self.lists.len() - 1), class })
    }

    /// A map to whose entries a `set` with a point may give values.
    pub fn namespace(&mut self, entries: Vec<(Text<'c>, Held<'c>)>) -> Item<'c> {
        self.namespaces.push(self.maps.len());
        self.map(entries, true)
    }

    pub fn is_namespace(&self, map: usize) -> bool {
        self.namespaces.contains(&map)
    }

    pub fn map(&mut self, entries: Vec<(Text<'c>, Held<'c>)>, wrapped: bool) -> Item<'c> {
        self.maps.push(entries);
        Item::Map(Mapping { entries: MapEntries::Own(self.maps.len() - 1), wrapped })
    }
}

fn separate(text: &mut String, at: usize) {
    if at > 0 {
        text.push_str(", ");
    }
}

fn write_entry<'c>(
    text: &mut String,
    key: &Text<'c>,
    value: &Held<'c>,
    arena: &Arena<'c>,
    depth: usize,
) -> Result<(), Raised> {
    text.push_str(key.as_str());
    text.push('=');
    value.item.write(text, arena, depth + 1)
}

/// `Float.toString`: the layout of a double with the digits that tell one float from the next.
fn float_to_string(number: f32) -> String {
    double_to_string(number.to_string().parse().unwrap_or(f64::NAN))
}

/// `Double.valueOf(String)`.
pub(super) fn parse_double(text: &str) -> Option<f64> {
    let bare = super::tags::java_trim(text);
    let number = bare.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(bare);
    match bare.trim_start_matches(['+', '-']) {
        "NaN" => return Some(f64::NAN),
        "Infinity" => return Some(if bare.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }),
        _ => {}
    }
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if plain { number.parse().ok() } else { None }
}
