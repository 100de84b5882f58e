//! `${name}` placeholders, which a server fills in when it reads a value.

/// Starts of the references of deployment.toml behind the `$`; only the TOML reader resolves them.
const REFERENCES: [&str; 4] = ["env{", "sys{", "ref{", "secret{"];

/// A text with every `${name}` filled in by `value`, which gets the name without the prefix `sys:`. `None` where a value is
/// unknown, a placeholder does not end, or another kind of template marker stands.
pub fn expand<V: AsRef<str>>(text: &str, value: impl Fn(&str) -> Option<V>) -> Option<String> {
    if text.contains("{{") || text.contains("<%") {
        return None;
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('$') {
        filled.push_str(before);
        let Some(inside) = behind.strip_prefix('{') else {
            if REFERENCES.iter().any(|marker| behind.starts_with(marker)) {
                return None;
            }
            filled.push('$');
            rest = behind;
            continue;
        };
        let (name, after) = inside.split_once('}')?;
        filled.push_str(value(name.strip_prefix("sys:").unwrap_or(name))?.as_ref());
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::expand;

    fn port(name: &str) -> Option<&'static str> {
        (name == "jms.port").then_some("5672")
    }

    #[test]
    fn known_names_are_filled_in_and_other_text_stays() {
        assert_eq!(expand("h:${jms.port}/${sys:jms.port}$", port).as_deref(), Some("h:5672/5672$"));
    }

    #[test]
    fn what_nobody_can_fill_in_is_unknown() {
        for text in ["${other}", "${jms.port", "$env{X}", "$ref{a.b}", "{{ x }}", "<%= x %>"] {
            assert_eq!(expand(text, port), None, "{text}");
        }
    }
}
