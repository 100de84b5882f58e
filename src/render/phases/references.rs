//! `$ref{…}` (`ReferenceResolver.resolveConfigReferences`).

use std::collections::BTreeSet;

use super::origin::{Origin, name_of, span_of};
use super::{Data, Fault, FaultKind, ReferenceKind, collect, outcome};
use crate::render::java::value_of;
use crate::render::value::{LinkedMap, Value};

/// Puts the values of other internal keys in. Only texts and arrays of texts are looked at; in tables the
/// placeholder stays. A boolean or an array takes the place of the whole value, whatever stands around the
/// placeholder.
pub(super) fn resolve(data: &mut Data) -> Result<(), Vec<Fault>> {
    let mut pending = Pending::of(data);
    let mut faults = Vec::new();
    while !pending.users_of.is_empty() {
        let (ready, rest): (Vec<_>, Vec<_>) =
            pending.users_of.into_iter().partition(|(key, _)| !pending.needs_of.contains_key(key));
        pending.users_of = rest.into_iter().collect();
        if ready.is_empty() {
            faults.extend(pending.needs_of.iter().map(|(key, needs)| circle(data, key, needs)));
            break;
        }
        for (key, users) in &ready {
            collect(&mut faults, put_value(data, key, users));
        }
        pending.forget_resolved();
    }
    outcome(faults)
}

/// What is to be resolved, in the order in which it was found.
struct Pending {
    /// Internal key to the keys whose values name it.
    users_of: LinkedMap<BTreeSet<String>>,
    /// Internal key to the keys that its value names.
    needs_of: LinkedMap<BTreeSet<String>>,
}

impl Pending {
    fn of(data: &Data) -> Self {
        let mut pending = Self { users_of: LinkedMap::new(), needs_of: LinkedMap::new() };
        for (key, held) in data.iter() {
            let texts = match &held.value {
                Value::List(items) => items.as_slice(),
                other => std::slice::from_ref(other),
            };
            for text in texts {
                let Value::Text(text) = text else { continue };
                for name in ReferenceKind::Configuration.names(text) {
                    add(&mut pending.users_of, name, key);
                    add(&mut pending.needs_of, key, name);
                }
            }
        }
        pending
    }

    fn forget_resolved(&mut self) {
        // Needs go first, then the keys that need nothing more: a chain loses one link a round.
        let unresolved: BTreeSet<_> = self.needs_of.iter().map(|(key, _)| key.to_owned()).collect();
        let needs_of = std::mem::take(&mut self.needs_of).into_iter().map(|(key, mut needs)| {
            needs.retain(|need| unresolved.contains(need));
            (key, needs)
        });
        self.needs_of = needs_of.filter(|(_, needs)| !needs.is_empty()).collect();
    }
}

fn add(map: &mut LinkedMap<BTreeSet<String>>, key: &str, name: &str) {
    match map.get_mut(key) {
        Some(names) => {
            names.insert(name.to_owned());
        }
        None => {
            map.insert(key, BTreeSet::from([name.to_owned()]));
        }
    }
}

fn put_value(data: &mut Data, key: &str, users: &BTreeSet<String>) -> Result<(), Fault> {
    let value = match data.get(key).map(|held| &held.value) {
        None | Some(Value::Null) => return Err(dangling(data, key, users)),
        Some(value) => value.clone(),
    };
    let placeholder = ReferenceKind::Configuration.placeholder(key);
    let text = value_of(&value);
    for user in users {
        let Some(held) = data.get_mut(user) else { continue };
        match (&value, &mut held.value) {
            (Value::List(_) | Value::Bool(_), target) => *target = value.clone(),
            (_, Value::Text(target)) => *target = target.replace(&placeholder, &text),
            (_, Value::List(items)) => {
                for item in items {
                    let Value::Text(item) = item else { return Err(mixed(data, user)) };
                    *item = item.replace(&placeholder, &text);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn dangling(data: &Data, key: &str, users: &BTreeSet<String>) -> Fault {
    // Of several users the first one that is written shows best where to look.
    let user = users.iter().find(|user| span_of(data, user).is_some()).or_else(|| users.first());
    let user = user.map_or("", String::as_str);
    let noun = match data.get(user).map(|held| &held.origin) {
        Some(Origin::Default) => "the default value of ",
        _ => "",
    };
    let name = name_of(data, user);
    Fault::new(
        FaultKind::Reference,
        span_of(data, user),
        format!("{noun}{name} has the reference $ref{{{key}}}, but no key {key} exists"),
        format!("write a value for {key}, or replace the reference by the value itself"),
    )
}

fn mixed(data: &Data, user: &str) -> Fault {
    let name = name_of(data, user);
    Fault::new(
        FaultKind::Type,
        span_of(data, user),
        format!("{name} is an array with a reference and with elements of a type other than text"),
        "write all elements of the array as text",
    )
}

fn circle(data: &Data, key: &str, needs: &BTreeSet<String>) -> Fault {
    let needs: Vec<_> = needs.iter().map(String::as_str).collect();
    Fault::new(
        FaultKind::Reference,
        span_of(data, key),
        format!("the reference of {} to {} goes in a circle", name_of(data, key), needs.join(", ")),
        "write the value itself for one of the keys in the circle",
    )
}
