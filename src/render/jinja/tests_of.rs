//! What can stand behind `is` (Jinjava's `lib.exptest`).

use super::item::{Arena, Item, ListClass};
use super::operators;
use super::raised::Raised;
use super::tree::Dialect;
use std::cmp::Ordering;

const SINCE_2_4: [&str; 21] = [
    "containing",
    "containingall",
    "defined",
    "divisibleby",
    "equalto",
    "even",
    "iterable",
    "lower",
    "mapping",
    "none",
    "number",
    "odd",
    "sameas",
    "sequence",
    "string",
    "string_containing",
    "string_startingwith",
    "truthy",
    "undefined",
    "upper",
    "within",
];

const SINCE_2_6: [&str; 20] = [
    "!=",
    "<",
    "<=",
    "==",
    ">",
    ">=",
    "boolean",
    "eq",
    "false",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "integer",
    "le",
    "lessthan",
    "lt",
    "ne",
    "true",
];

/// Whether this Jinjava has the test. `is` and `is not` one that it has not are both null.
pub(super) fn is_known(name: &str, dialect: Dialect) -> bool {
    SINCE_2_4.contains(&name) || dialect >= Dialect::V2_6_0 && SINCE_2_6.contains(&name)
}

/// Whether the test holds.
pub(super) fn holds<'c>(
    name: &str,
    item: &Item<'c>,
    argument: Option<Item<'c>>,
    arena: &Arena<'c>,
    dialect: Dialect,
) -> Result<bool, Raised> {
    let other = argument.as_ref();
    let required = || other.ok_or_else(|| Raised::fatal(format!("`is {name}` expects something behind it")));
    match name {
        "defined" => Ok(!item.is_null()),
        "undefined" | "none" => Ok(item.is_null()),
        "truthy" => Ok(item.is_true(arena, dialect)),
        "sameas" => Ok(item.is_same_object(required()?)),
        "sequence" | "iterable" => Ok(is_iterable(item)),
        "string" => Ok(matches!(item, Item::Text(_))),
        "mapping" => Ok(matches!(item, Item::Map(_))),
        "number" => Ok(is_number(item)),
        "integer" => Ok(matches!(item, Item::Int(_) | Item::Long(_))),
        "float" => Ok(matches!(item, Item::Float(_) | Item::Double(_))),
        "boolean" => Ok(matches!(item, Item::Bool(_))),
        "true" => Ok(matches!(item, Item::Bool(true))),
        "false" => Ok(matches!(item, Item::Bool(false))),
        "lower" => Ok(matches!(item, Item::Text(text) if all(text.as_str(), char::is_lowercase))),
        "upper" => Ok(matches!(item, Item::Text(text) if all(text.as_str(), char::is_uppercase))),
        "even" => Ok(item.int_value().is_some_and(|value| value % 2 == 0)),
        "odd" => Ok(item.int_value().is_some_and(|value| value % 2 != 0)),
        "divisibleby" => is_divisible(item, other, dialect),
        "equalto" | "eq" | "==" => operators::equal(item, required()?, arena, dialect),
        "ne" | "!=" => operators::equal(item, required()?, arena, dialect).map(|equal| !equal),
        "lt" | "lessthan" | "<" => operators::ordered(item, required()?, arena, Ordering::is_lt, false),
        "le" | "<=" => operators::ordered(item, required()?, arena, Ordering::is_le, true),
        "gt" | "greaterthan" | ">" => operators::ordered(item, required()?, arena, Ordering::is_gt, false),
        "ge" | ">=" => operators::ordered(item, required()?, arena, Ordering::is_ge, true),
        "in" | "within" => is_within(name, item, other, arena, dialect),
        "containing" => contains(item, other, arena, dialect),
        "containingall" => contains_all(item, other, arena, dialect),
        "string_containing" | "string_startingwith" => text_test(name, item, other, arena, dialect),
        _ => Err(Raised::unsupported(format!("this renderer does not know the test `{name}`"))),
    }
}

fn is_number(item: &Item<'_>) -> bool {
    matches!(item, Item::Int(_) | Item::Long(_) | Item::Float(_) | Item::Double(_))
}

fn is_iterable(item: &Item<'_>) -> bool {
    matches!(item, Item::List(_) | Item::Entries(_))
}

/// `StringUtils.isAllLowerCase` and its like: nothing is neither.
fn all(text: &str, holds: fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(holds)
}

fn is_divisible(item: &Item<'_>, divisor: Option<&Item<'_>>, dialect: Dialect) -> Result<bool, Raised> {
    if !is_number(item) {
        return Ok(false);
    }
    let whole = |number: &Item<'_>| number.to_double().is_ok_and(|number| number.ceil() == number.floor());
    let lenient = dialect >= Dialect::V2_6_0;
    if lenient && !whole(item) {
        return Ok(false);
    }
    let Some(divisor) = divisor else {
        return Err(Raised::fatal("`is divisibleby` expects a number behind it"));
    };
    if lenient && divisor.is_null() {
        return Ok(false);
    }
    let numbers = item.int_value().zip(divisor.int_value().filter(|value| *value != 0));
    match numbers {
        Some((dividend, by)) if !lenient || whole(divisor) => Ok(dividend.wrapping_rem(by) == 0),
        _ => Err(Raised::fatal("`is divisibleby` expects a whole number other than zero behind it")),
    }
}

fn is_within<'c>(
    name: &str,
    item: &Item<'c>,
    other: Option<&Item<'c>>,
    arena: &Arena<'c>,
    dialect: Dialect,
) -> Result<bool, Raised> {
    let Some(other) = other else { return Ok(false) };
    if dialect < Dialect::V2_6_0 {
        return contains_in_2_4(other, item, arena);
    }
    if !is_iterable(other) {
        return Err(Raised::fatal(format!("`is {name}` expects a list behind it")));
    }
    operators::contains(other, item, arena, dialect)
}

fn contains<'c>(
    item: &Item<'c>,
    other: Option<&Item<'c>>,
    arena: &Arena<'c>,
    dialect: Dialect,
) -> Result<bool, Raised> {
    let Some(other) = other else { return Ok(false) };
    if dialect < Dialect::V2_6_0 {
        contains_in_2_4(item, other, arena)
    } else {
        operators::contains(item, other, arena, dialect)
    }
}

fn contains_all<'c>(
    item: &Item<'c>,
    other: Option<&Item<'c>>,
    arena: &Arena<'c>,
    dialect: Dialect,
) -> Result<bool, Raised> {
    let Some(other) = other else { return Ok(false) };
    if item.is_null() || other.is_null() {
        return Ok(false);
    }
    for wanted in iterated(other, arena) {
        if !contains(item, Some(&wanted), arena, dialect)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// In 2.4 these tests iterate, and compare without converting.
fn contains_in_2_4<'c>(container: &Item<'c>, wanted: &Item<'c>, arena: &Arena<'c>) -> Result<bool, Raised> {
    Ok(iterated(container, arena).iter().any(|element| element.equals(wanted, arena)))
}

fn iterated<'c>(item: &Item<'c>, arena: &Arena<'c>) -> Vec<Item<'c>> {
    match item {
        Item::Null => Vec::new(),
        Item::List(list) if list.class == ListClass::Array => {
            (0..list.len(arena)).map(|at| list.get(at, arena).item).collect()
        }
        Item::Map(map) => map.entries.all(arena).into_iter().map(|(_, value)| value.item).collect(),
        other => match operators::collection(other, arena) {
            Some(elements) => elements.into_iter().map(|element| element.item).collect(),
            None => vec![other.clone()],
        },
    }
}

fn text_test<'c>(
    name: &str,
    item: &Item<'c>,
    other: Option<&Item<'c>>,
    arena: &Arena<'c>,
    dialect: Dialect,
) -> Result<bool, Raised> {
    let Item::Text(text) = item else { return Ok(false) };
    let other = match other {
        Some(Item::Null) if dialect >= Dialect::V2_6_0 => return Ok(false),
        None | Some(Item::Null) => {
            return Err(Raised::fatal(format!("`is {name}` expects a string behind it")));
        }
        Some(other) => other.to_text(arena)?,
    };
    let text = text.as_str();
    Ok(if name == "string_containing" { text.contains(&*other) } else { text.starts_with(&*other) })
}
