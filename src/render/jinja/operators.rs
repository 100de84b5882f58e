//! The operators (JUEL's `NumberOperations` and `BooleanOperations`, Jinjava's own operators).

use super::item::{Arena, Held, Item, ListClass, MAX_ELEMENTS, MAX_LENGTH, Text};
use super::raised::Raised;
use super::tree::{Binary, Dialect, Unary};
use crate::syntax::java_hash::JavaHashMap;
use std::cmp::Ordering;

type Evaluated<'c> = Result<Item<'c>, Raised>;

/// An operator in front, but `not`.
pub(super) fn unary<'c>(
    operator: Unary,
    operand: &Item<'c>,
    arena: &Arena<'c>,
    dialect: Dialect,
) -> Evaluated<'c> {
    match operator {
        Unary::Not => Ok(Item::Bool(!operand.is_true(arena, dialect))),
        Unary::Empty => Ok(Item::Bool(is_empty(operand, arena))),
        Unary::Negate => match operand {
            Item::Null => Ok(Item::Long(0)),
            Item::Int(value) => Ok(Item::Int(value.wrapping_neg())),
            Item::Long(value) => Ok(Item::Long(value.wrapping_neg())),
            Item::Float(value) => Ok(Item::Float(-value)),
            Item::Double(value) => Ok(Item::Double(-value)),
            Item::Text(text) if has_point_or_exponent(text.as_str()) => {
                Ok(Item::Double(-operand.to_double()?))
            }
            Item::Text(_) => Ok(Item::Long(operand.to_long()?.wrapping_neg())),
            other => Err(Raised::fatal(format!("{} has no negative", other.describe()))),
        },
        Unary::Absolute => match operand {
            Item::Null => Ok(Item::Null),
            Item::Int(value) => Ok(Item::Int(value.wrapping_abs())),
            Item::Long(value) => Ok(Item::Long(value.wrapping_abs())),
            Item::Float(value) => Ok(Item::Float(value.abs())),
            Item::Double(value) => Ok(Item::Double(value.abs())),
            other => Err(Raised::fatal(format!("{} has no absolute value", other.describe()))),
        },
    }
}

fn is_empty(item: &Item<'_>, arena: &Arena<'_>) -> bool {
    match item {
        Item::Null => true,
        Item::Text(text) => text.as_str().is_empty(),
        Item::List(list) => list.len(arena) == 0,
        Item::Map(map) => map.entries.len(arena) == 0,
        Item::Entries(entries) => entries.len(arena) == 0,
        _ => false,
    }
}

/// An operator between, but `and` and `or`, which look at one operand first.
pub(super) fn binary<'c>(
    operator: Binary,
    left: &Held<'c>,
    right: &Held<'c>,
    arena: &mut Arena<'c>,
    dialect: Dialect,
) -> Evaluated<'c> {
    let (one, two) = (&left.item, &right.item);
    match operator {
        Binary::And | Binary::Or => Ok(Item::Bool(false)),
        Binary::Equal => equal(one, two, arena, dialect).map(Item::Bool),
        Binary::NotEqual => equal(one, two, arena, dialect).map(|equal| Item::Bool(!equal)),
        Binary::Less => ordered(one, two, arena, Ordering::is_lt, false).map(Item::Bool),
        Binary::LessOrEqual => ordered(one, two, arena, Ordering::is_le, true).map(Item::Bool),
        Binary::Greater => ordered(one, two, arena, Ordering::is_gt, false).map(Item::Bool),
        Binary::GreaterOrEqual => ordered(one, two, arena, Ordering::is_ge, true).map(Item::Bool),
        Binary::In => contains(two, one, arena, dialect).map(Item::Bool),
        Binary::NotIn => contains(two, one, arena, dialect).map(|contains| Item::Bool(!contains)),
        Binary::Add => add(left, right, arena),
        Binary::Concatenate => concatenate(one.to_text(arena)?.as_ref(), two.to_text(arena)?.as_ref()),
        Binary::Subtract => arithmetic(one, two, i64::wrapping_sub, |one, two| one - two),
        Binary::Multiply => arithmetic(one, two, i64::wrapping_mul, |one, two| one * two),
        Binary::Divide if one.is_null() && two.is_null() => Ok(Item::Long(0)),
        Binary::Divide => Ok(Item::Double(one.to_double()? / two.to_double()?)),
        Binary::Remainder => {
            let nothing = one.is_null() && two.is_null();
            if !nothing && !calculates_in_double(one, two) && two.to_long()? == 0 {
                one.to_long()?;
                return Err(Raised::fatal("a number is divided by zero"));
            }
            arithmetic(one, two, i64::wrapping_rem, |one, two| one % two)
        }
        Binary::FloorDivide => floor_divide(one, two),
        Binary::Power => power(one, two),
    }
}

fn has_point_or_exponent(text: &str) -> bool {
    text.contains(['.', 'e', 'E'])
}

fn calculates_in_double(one: &Item<'_>, two: &Item<'_>) -> bool {
    let in_double = |item: &Item<'_>| match item {
        Item::Float(_) | Item::Double(_) => true,
        Item::Text(text) => has_point_or_exponent(text.as_str()),
        _ => false,
    };
    in_double(one) || in_double(two)
}

fn arithmetic<'c>(
    one: &Item<'c>,
    two: &Item<'c>,
    whole: fn(i64, i64) -> i64,
    double: fn(f64, f64) -> f64,
) -> Evaluated<'c> {
    if one.is_null() && two.is_null() {
        return Ok(Item::Long(0));
    }
    if calculates_in_double(one, two) {
        return Ok(Item::Double(double(one.to_double()?, two.to_double()?)));
    }
    Ok(Item::Long(whole(one.to_long()?, two.to_long()?)))
}

fn floor_divide<'c>(one: &Item<'c>, two: &Item<'c>) -> Evaluated<'c> {
    match (is_whole(one), is_whole(two)) {
        (Some(true), Some(true)) => {
            let (dividend, divisor) = (one.to_long()?, two.to_long()?);
            if divisor == 0 {
                return Err(Raised::fatal("a number is divided by zero"));
            }
            let rounds_down = dividend.wrapping_rem(divisor) != 0 && (dividend < 0) != (divisor < 0);
            Ok(Item::Long(dividend.wrapping_div(divisor) - i64::from(rounds_down)))
        }
        (Some(_), Some(_)) => Ok(Item::Double((one.to_double()? / two.to_double()?).floor())),
        _ => Err(Raised::fatal(format!("{} and {} cannot be divided", one.describe(), two.describe()))),
    }
}

fn power<'c>(one: &Item<'c>, two: &Item<'c>) -> Evaluated<'c> {
    match (is_whole(one), is_whole(two)) {
        (Some(true), Some(true)) => Ok(Item::Long(one.to_double()?.powf(two.to_double()?) as i64)),
        (Some(_), Some(_)) => Ok(Item::Double(one.to_double()?.powf(two.to_double()?))),
        _ => Err(Raised::fatal(format!("{} has no power of {}", one.describe(), two.describe()))),
    }
}

/// Whether a number is a whole one; None for what is no number.
fn is_whole(item: &Item<'_>) -> Option<bool> {
    match item {
        Item::Int(_) | Item::Long(_) => Some(true),
        Item::Float(_) | Item::Double(_) => Some(false),
        _ => None,
    }
}

/// `AdditionOperator`: lists and maps are put together, strings joined, numbers added.
fn add<'c>(left: &Held<'c>, right: &Held<'c>, arena: &mut Arena<'c>) -> Evaluated<'c> {
    if let Some(mut elements) = collection(&left.item, arena) {
        match collection(&right.item, arena) {
            Some(more) => elements.extend(more),
            None => elements.push(right.clone()),
        }
        if elements.len() > MAX_ELEMENTS {
            return Err(Raised::limit("the template makes too large a list"));
        }
        return Ok(arena.list(elements, ListClass::Plain));
    }
    match (&left.item, &right.item) {
        (Item::Map(one), Item::Map(two)) => {
            let mut map = JavaHashMap::new();
            let entries = |text: Text<'c>, held| (text.as_str().to_owned(), (text, held));
            map.put_all(
                one.entries
                    .all(arena)
                    .into_iter()
                    .map(|(key, value)| entries(key, value))
                    .collect::<Vec<_>>(),
            );
            map.put_all(
                two.entries
                    .all(arena)
                    .into_iter()
                    .map(|(key, value)| entries(key, value))
                    .collect::<Vec<_>>(),
            );
            let entries = map.iter().map(|(_, entry)| entry.clone()).collect();
            Ok(arena.map(entries, false))
        }
        (one @ Item::Text(_), two) | (one, two @ Item::Text(_)) => {
            concatenate(one.to_text_with_null(arena)?.as_ref(), two.to_text_with_null(arena)?.as_ref())
        }
        (one, two) => arithmetic(one, two, i64::wrapping_add, |one, two| one + two),
    }
}

fn concatenate<'c>(one: &str, two: &str) -> Evaluated<'c> {
    if one.len() + two.len() > MAX_LENGTH {
        return Err(Raised::limit("the template makes too long a text"));
    }
    Ok(Item::text([one, two].concat()))
}

/// The elements of a `java.util.Collection`; an array is none.
pub(super) fn collection<'c>(item: &Item<'c>, arena: &Arena<'c>) -> Option<Vec<Held<'c>>> {
    arena.spend(item.weight(arena) * 16);
    match item {
        Item::List(list) if list.class != ListClass::Array => {
            Some((0..list.len(arena)).map(|at| list.get(at, arena)).collect())
        }
        Item::Entries(entries) => Some(entries_of(entries.all(arena))),
        _ => None,
    }
}

fn entries_of<'c>(entries: Vec<(Text<'c>, Held<'c>)>) -> Vec<Held<'c>> {
    entries.into_iter().map(|entry| Item::Entry(std::rc::Rc::new(entry)).into()).collect()
}

/// `BooleanOperations.eq`.
pub(super) fn equal<'c>(
    one: &Item<'c>,
    two: &Item<'c>,
    arena: &Arena<'c>,
    dialect: Dialect,
) -> Result<bool, Raised> {
    if one.is_same_object(two) {
        return Ok(true);
    }
    if one.is_null() || two.is_null() {
        return Ok(false);
    }
    match (is_whole(one), is_whole(two)) {
        (Some(false), _) | (_, Some(false)) => Ok(one.to_double()?.to_bits() == two.to_double()?.to_bits()),
        (Some(true), _) | (_, Some(true)) => Ok(one.to_long()? == two.to_long()?),
        _ => match (one, two) {
            (Item::Bool(_), _) | (_, Item::Bool(_)) => {
                Ok(one.is_true(arena, dialect) == two.is_true(arena, dialect))
            }
            (Item::Text(_), _) | (_, Item::Text(_)) => Ok(one.to_text(arena)? == two.to_text(arena)?),
            _ => Ok(one.equals(two, arena)),
        },
    }
}

/// `BooleanOperations.lt` and its like.
pub(super) fn ordered<'c>(
    one: &Item<'c>,
    two: &Item<'c>,
    arena: &Arena<'c>,
    holds: fn(Ordering) -> bool,
    holds_for_same: bool,
) -> Result<bool, Raised> {
    if one.is_same_object(two) {
        return Ok(holds_for_same);
    }
    if one.is_null() || two.is_null() {
        return Ok(false);
    }
    match (is_whole(one), is_whole(two)) {
        (Some(false), _) | (_, Some(false)) => {
            let (one, two) = (one.to_double()?, two.to_double()?);
            // `<=` is `!(>)` in Java, which holds where one of them is not a number.
            Ok(one.partial_cmp(&two).map_or(holds_for_same, holds))
        }
        (Some(true), _) | (_, Some(true)) => Ok(holds(one.to_long()?.cmp(&two.to_long()?))),
        _ => match (one, two) {
            (Item::Text(_), _) | (_, Item::Text(_)) => {
                let (one, two) = (one.to_text(arena)?, two.to_text(arena)?);
                Ok(holds(one.encode_utf16().cmp(two.encode_utf16())))
            }
            (Item::Bool(one), Item::Bool(two)) => Ok(holds(one.cmp(two))),
            _ => Err(Raised::fatal(format!("{} and {} are compared", one.describe(), two.describe()))),
        },
    }
}

/// `CollectionMembershipOperator`.
pub(super) fn contains<'c>(
    container: &Item<'c>,
    item: &Item<'c>,
    arena: &Arena<'c>,
    dialect: Dialect,
) -> Result<bool, Raised> {
    if let Item::Text(text) = container {
        return Ok(text.as_str().contains(item.to_text(arena)?.as_ref()));
    }
    if let Some(elements) = collection(container, arena) {
        return Ok(collection_contains(&elements, item, arena, dialect));
    }
    match container {
        Item::Map(map) if dialect >= Dialect::V2_6_0 && map.entries.len(arena) > 0 => {
            Ok(map.entries.get(item.to_text(arena)?.as_ref(), arena).is_some())
        }
        _ => Ok(false),
    }
}

/// Since 2.5 the wanted item first becomes what the first element is.
fn collection_contains<'c>(
    elements: &[Held<'c>],
    wanted: &Item<'c>,
    arena: &Arena<'c>,
    dialect: Dialect,
) -> bool {
    let mut wanted = wanted.clone();
    if dialect >= Dialect::V2_6_0 {
        let Some(first) = elements.iter().position(|element| !element.item.is_null()) else {
            return wanted.is_null() && !elements.is_empty();
        };
        if first > 0 && wanted.is_null() {
            return true;
        }
        let Some(converted) =
            elements.get(first).and_then(|like| converted(&wanted, &like.item, arena, dialect))
        else {
            return false;
        };
        wanted = converted;
    }
    elements.iter().any(|element| element.item.equals(&wanted, arena))
}

/// An item as an object of the class of another; None where that throws.
fn converted<'c>(item: &Item<'c>, like: &Item<'c>, arena: &Arena<'c>, dialect: Dialect) -> Option<Item<'c>> {
    match like {
        Item::Text(_) => Some(Item::text(item.to_text(arena).ok()?.as_ref())),
        Item::Long(_) => item.to_long().ok().map(Item::Long),
        Item::Int(_) => Some(Item::Int(i32::try_from(item.to_long().ok()?).ok()?)),
        Item::Double(_) => item.to_double().ok().map(Item::Double),
        Item::Float(_) => Some(Item::Float(item.to_double().ok()? as f32)),
        Item::Bool(_) => Some(Item::Bool(item.is_true(arena, dialect))),
        _ if item.is_null() => Some(Item::Null),
        Item::List(_) if matches!(item, Item::List(list) if list.class == ListClass::Plain) => {
            Some(item.clone())
        }
        Item::Map(_) if matches!(item, Item::Map(map) if !map.wrapped) => Some(item.clone()),
        _ => None,
    }
}
