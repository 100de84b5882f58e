//! How values are spelt in deployment.toml so that templates and files keep their meaning.

use std::collections::HashSet;

use super::Wanted;
use super::solve::Content;
use crate::render::value::Value;
use crate::target::tree::Form;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelling {
    /// `true`, `false` and whole numbers without quotes; some keys take nothing but text.
    typed: bool,
    /// Templates put values into files as they are: what would mean something else there, but for CDATA in XML.
    escapes: Option<Escapes>,
}

/// What has to be written otherwise for the file to say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// `&` and `<`.
    Text,
    /// `&`, `<` and `"`.
    Attribute,
    /// Backslashes.
    Properties,
}

impl Spelling {
    /// Written as it is read.
    pub const TYPED: Self = Self { typed: true, escapes: None };

    /// The ways to write a setting, the likelier first.
    pub fn all(wanted: &Wanted) -> [Self; 4] {
        let escapes = match Form::of(&wanted.file) {
            Form::Xml if wanted.path.contains("/@") => Some(Escapes::Attribute),
            Form::Xml => Some(Escapes::Text),
            Form::Properties => Some(Escapes::Properties),
            Form::Text => None,
        };
        let untyped = Self { typed: false, ..Self::TYPED };
        [Self { escapes, ..Self::TYPED }, Self { escapes, ..untyped }, Self::TYPED, untyped]
    }

    /// The value of a key.
    pub fn value(self, content: &Content) -> Value {
        match content {
            Content::Text(text) => self.scalar(text),
            Content::List(items) => {
                let values: Vec<Value> = items.iter().map(|item| self.scalar(item)).collect();
                let kinds: HashSet<_> = values.iter().map(std::mem::discriminant).collect();
                // An array of the server's TOML has one type.
                if kinds.len() > 1 {
                    Self { typed: false, ..self }.value(content)
                } else {
                    Value::List(values)
                }
            }
        }
    }

    fn scalar(self, text: &str) -> Value {
        match (text, text.parse::<i64>()) {
            ("true", _) if self.typed => Value::Bool(true),
            ("false", _) if self.typed => Value::Bool(false),
            (_, Ok(number)) if self.typed && number.to_string() == text => Value::Integer(number),
            _ => Value::Text(self.escapes.map_or_else(|| text.to_owned(), |escapes| escapes.applied(text))),
        }
    }
}

impl Escapes {
    fn applied(self, text: &str) -> String {
        let markup = || text.replace('&', "&amp;").replace('<', "&lt;");
        match self {
            Self::Text => markup(),
            Self::Attribute => markup().replace('"', "&quot;"),
            Self::Properties => text.replace('\\', "\\\\"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_as_their_file_wants_it() {
        let first = |file: &str, path: &str, text: &str| {
            let wanted =
                Wanted { file: file.to_owned(), path: path.to_owned(), value: Some(text.to_owned()) };
            Spelling::all(&wanted)[0].value(&Content::Text(text.to_owned()))
        };
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(first("a.xml", "/a/@b", "\"x\" & <y"), text("&quot;x&quot; &amp; &lt;y"));
        assert_eq!(first("a.xml", "/a/b", "\"x\" & <y"), text("\"x\" &amp; &lt;y"));
        assert_eq!(first("a.properties", "b", "\\d & 1"), text("\\\\d & 1"));
        assert_eq!(first("a.txt", "b", "\\d & 1"), text("\\d & 1"));
        assert_eq!(first("a.xml", "/a/b", "010"), text("010"));
        assert_eq!(first("a.xml", "/a/b", "10"), Value::Integer(10));
    }
}
