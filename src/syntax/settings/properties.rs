//! Properties files as settings: the path is the key.

use super::{Kind, Setting, Settings, covers};
use crate::source::Span;
use crate::syntax::properties::Document;

impl Settings for Document {
    /// Of doubles only the last, which is the one that Java sees.
    fn settings(&self) -> Vec<Setting> {
        self.properties
            .iter()
            .filter(|property| self.get(&property.key.text).is_some_and(|last| std::ptr::eq(last, *property)))
            .map(|property| Setting {
                path: property.key.text.clone(),
                value: property.value.text.trim_end().to_owned(),
                kind: Kind::Text,
                span: property.value.span,
            })
            .collect()
    }

    fn path_at(&self, offset: u32) -> String {
        self.properties
            .iter()
            .find(|property| covers(whole(property.key.span, property.value.span), offset))
            .map_or_else(String::new, |property| property.key.text.clone())
    }
}

fn whole(key: Span, value: Span) -> Span {
    Span { end: value.end.max(key.end), ..key }
}
