//! Values for what is neither written nor inferred (`DefaultParser`, default.json).

use super::Data;
use super::origin::{Held, Origin};
use crate::render::value::Map;

pub(super) fn add(data: &mut Data, defaults: &Map) {
    for (key, value) in defaults.iter() {
        if !data.contains_key(key) {
            data.put(key.to_owned(), Held::of_rules(value.clone(), Origin::Default));
        }
    }
}
