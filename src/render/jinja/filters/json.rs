//! The filter `tojson`: what Jackson's `ObjectMapper` writes.

use crate::render::jinja::interpret::Renderer;
use crate::render::jinja::item::{Item, MAX_LENGTH};
use crate::render::jinja::raised::Raised;

/// How deep lists and maps may lie in each other.
const MAX_DEPTH: usize = 64;

impl<'c> Renderer<'c> {
    /// A value as JSON, in one line and without blanks.
    pub(super) fn json(&self, item: &Item<'c>) -> Result<Item<'c>, Raised> {
        let mut text = String::new();
        self.write_json(item, &mut text, 0)?;
        Ok(Item::text(text))
    }

    fn write_json(&self, item: &Item<'c>, text: &mut String, depth: usize) -> Result<(), Raised> {
        if depth > MAX_DEPTH || text.len() > MAX_LENGTH {
            return Err(Raised::limit("a list or map is too large or too deep to be written"));
        }
        match item {
            Item::Null | Item::Bool(_) | Item::Int(_) | Item::Long(_) | Item::Float(_) | Item::Double(_) => {
                text.push_str(&item.to_text_with_null(&self.arena)?);
            }
            Item::Text(string) => write_string(string.as_str(), text),
            Item::List(list) => {
                text.push('[');
                for at in 0..list.len(&self.arena) {
                    separate(text, at);
                    self.write_json(&list.get(at, &self.arena).item, text, depth + 1)?;
                }
                text.push(']');
            }
            Item::Map(map) => {
                text.push('{');
                for (at, (key, value)) in map.entries.all(&self.arena).iter().enumerate() {
                    separate(text, at);
                    write_string(key.as_str(), text);
                    text.push(':');
                    self.write_json(&value.item, text, depth + 1)?;
                }
                text.push('}');
            }
            Item::Date(_) | Item::Entries(_) | Item::Entry(_) | Item::Turn(_) | Item::Named(_) => {
                let reason = format!("this renderer does not write {} as JSON", item.describe());
                return Err(Raised::unsupported(reason));
            }
        }
        Ok(())
    }
}

fn separate(text: &mut String, at: usize) {
    if at > 0 {
        text.push(',');
    }
}

fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for letter in string.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            control if control < ' ' => text.push_str(&format!("\\u{:04X}", u32::from(control))),
            other => text.push(other),
        }
    }
    text.push('"');
}
