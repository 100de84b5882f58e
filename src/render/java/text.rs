//! Texts: `String.valueOf`, replacement texts of `String.replaceAll`, `StringUtils.substringsBetween`.

use super::double_to_string;
use crate::render::value::Value;

/// `String.valueOf`: lists as `[a, b]`, maps as `{key=value, key=value}`.
#[must_use]
pub fn value_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Double(number) => double_to_string(*number),
        Value::Text(text) | Value::Date(text) => text.clone(),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(value_of).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let entries: Vec<_> =
                map.iter().map(|(key, value)| format!("{key}={}", value_of(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// What stands between each `open` and the next `}` (commons-lang 2 `StringUtils.substringsBetween`).
pub fn substrings_between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once(open)
        && let Some((inner, behind)) = behind.split_once(close)
    {
        found.push(inner);
        rest = behind;
    }
    found
}

/// What is wrong with a text that `String.replaceAll` is to put in: `$` and `\` mean something there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadReplacement;

/// `text.replaceAll(Pattern.quote(wanted), replacement)`: `\x` stands for `x`, `$0` for `wanted`; any other
/// `$` throws.
pub fn replace_all(text: &str, wanted: &str, replacement: &str) -> Result<String, BadReplacement> {
    if !text.contains(wanted) {
        return Ok(text.to_owned());
    }
    Ok(text.replace(wanted, &expand(replacement, wanted)?))
}

fn expand(replacement: &str, whole: &str) -> Result<String, BadReplacement> {
    let mut expanded = String::new();
    let mut rest = replacement.chars();
    while let Some(next) = rest.next() {
        match next {
            '\\' => expanded.push(rest.next().ok_or(BadReplacement)?),
            '$' if rest.next() == Some('0') => expanded.push_str(whole),
            '$' => return Err(BadReplacement),
            _ => expanded.push(next),
        }
    }
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::value::Map;

    #[test]
    fn values_read_as_in_java() {
        let map: Map = [
            ("a".to_owned(), Value::Null),
            ("b".to_owned(), Value::List(vec![Value::Double(1.0), Value::Text("x".to_owned())])),
        ]
        .into_iter()
        .collect();
        assert_eq!(value_of(&Value::Map(map)), "{a=null, b=[1.0, x]}");
        assert_eq!(value_of(&Value::List(Vec::new())), "[]");
    }

    #[test]
    fn substrings_end_at_the_first_brace() {
        assert_eq!(substrings_between("a$ref{b}c$ref{$ref{d}}$ref{e", "$ref{", "}"), ["b", "$ref{d"]);
        assert_eq!(substrings_between("$sys{}", "$sys{", "}"), [""]);
    }

    #[test]
    fn a_replacement_loses_backslashes_and_fails_on_dollars() {
        assert_eq!(replace_all("<$sys{h}>", "$sys{h}", r"C:\wso2"), Ok("<C:wso2>".to_owned()));
        assert_eq!(replace_all("<$sys{h}>", "$sys{h}", "a$0b"), Ok("<a$sys{h}b>".to_owned()));
        assert_eq!(replace_all("<$sys{h}>", "$sys{h}", "pa$$word"), Err(BadReplacement));
        assert_eq!(replace_all("<$sys{h}>", "$sys{h}", "end\\"), Err(BadReplacement));
        assert_eq!(replace_all("nothing", "$sys{h}", "$$"), Ok("nothing".to_owned()));
    }
}
