//! Values and keys as the server's own TOML reader takes them (cava-toml 0.5.0, stricter than TOML 1.0): no tab, one type
//! in an array, an inline table on one line.

use toml_edit::Value as TomlValue;

use crate::render::value::Value;
use crate::syntax::quoted;
use crate::syntax::server_toml::is_bare_key;

/// A longer array stands on several lines.
const LONGEST_ARRAY: usize = 100;

/// The value in TOML; `None` for what TOML cannot hold.
pub(super) fn toml(value: &Value) -> Option<TomlValue> {
    let text = literal(value, true)?;
    text.parse().ok()
}

/// True for the name of a key that the reader takes: bare, or in quotes without blanks and escapes.
pub(super) fn is_key(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|letter| letter.is_ascii_graphic() && !matches!(letter, '"' | '\\' | '\''))
}

fn literal(value: &Value, may_break: bool) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Double(number) if number.is_finite() => {
            let text = number.to_string();
            if text.contains('.') { text } else { format!("{text}.0") }
        }
        Value::Double(_) => return None,
        Value::Text(text) | Value::Date(text) => quoted(text),
        Value::List(items) => array(items, may_break)?,
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| {
                let key = if is_bare_key(key) { key.to_owned() } else { is_key(key).then(|| quoted(key))? };
                Some(format!("{key} = {}", literal(value, false)?))
            });
            let entries: Vec<String> = entries.collect::<Option<_>>()?;
            if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
        }
    })
}

/// Items of several types become text.
fn array(items: &[Value], may_break: bool) -> Option<String> {
    let first = items.first().map(std::mem::discriminant);
    let is_mixed = items.iter().any(|item| Some(std::mem::discriminant(item)) != first);
    let item = |item: &Value| match item {
        Value::Bool(_) | Value::Integer(_) | Value::Double(_) if is_mixed => {
            Some(quoted(&literal(item, false)?))
        }
        Value::List(_) | Value::Map(_) if is_mixed => None,
        item => literal(item, false),
    };
    let items: Vec<String> = items.iter().map(item).collect::<Option<_>>()?;
    let line = format!("[{}]", items.join(", "));
    if line.chars().count() <= LONGEST_ARRAY || !may_break {
        return Some(line);
    }
    // The reader wants the comma on the line of the item before it, and none behind the last.
    Some(format!("[\n  {}\n]", items.join(",\n  ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::value::Map;

    fn written(value: &Value) -> String {
        toml(value).unwrap().to_string()
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn scalars_keep_their_type() {
        assert_eq!(written(&Value::Bool(true)), "true");
        assert_eq!(written(&Value::Integer(-1)), "-1");
        assert_eq!(written(&Value::Double(1.0)), "1.0");
        assert_eq!(written(&Value::Double(1e-7)), "0.0000001");
        assert_eq!(written(&text("a \"b\"\tC:\\d\n${x}")), r#""a \"b\"\tC:\\d\n${x}""#);
        assert_eq!(toml(&Value::Null).map(|value| value.to_string()), None);
        assert_eq!(toml(&Value::Double(f64::NAN)).map(|value| value.to_string()), None);
    }

    #[test]
    fn arrays_have_one_type_and_break_behind_commas() {
        assert_eq!(written(&Value::List(vec![Value::Integer(1), text("x")])), r#"["1", "x"]"#);
        let long = Value::List(vec![text(&"a".repeat(60)), text(&"b".repeat(60))]);
        let lines = format!("[\n  \"{}\",\n  \"{}\"\n]", "a".repeat(60), "b".repeat(60));
        assert_eq!(written(&long), lines);
    }

    #[test]
    fn maps_stand_on_one_line() {
        let mut map = Map::new();
        map.insert("a", Value::List(vec![text(&"a".repeat(90)), text("b")]));
        map.insert("b.c", Value::Integer(1));
        assert_eq!(
            written(&Value::Map(map)),
            format!("{{ a = [\"{}\", \"b\"], \"b.c\" = 1 }}", "a".repeat(90))
        );
    }

    #[test]
    fn keys_that_the_reader_refuses_are_none() {
        assert!(is_key("offset") && is_key("header.X-WSO2"));
        for name in ["", "a b", "a\"b", "a\\b", "é", "a\tb"] {
            assert!(!is_key(name), "{name}");
        }
    }
}
