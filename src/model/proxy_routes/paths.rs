//! Paths of locations: which part of the back end a prefix or a regular expression takes.

use crate::model::proxy::{Location, ProxyPass};

/// Public path of a prefix location and the path that the back end sees for it, both without trailing slash.
/// nginx puts the path of the `proxy_pass` in the place of the prefix, and passes the request path on where
/// there is none.
pub(super) fn mapping(location: &Location, pass: &ProxyPass) -> Option<(String, String)> {
    let public = location.path.text.as_str();
    if !["", "^~"].contains(&location.modifier.as_str()) || !public.starts_with('/') {
        return None;
    }
    let public = trimmed(public);
    match pass.path.as_deref() {
        None => (!pass.servers.is_empty()).then(|| (public.to_owned(), public.to_owned())),
        Some(path) if path.contains('$') => None,
        Some(path) => {
            let path = path.split('?').next().unwrap_or("");
            Some((public.to_owned(), trimmed(path).to_owned()))
        }
    }
}

fn trimmed(path: &str) -> &str {
    path.trim_end_matches('/')
}

/// The first path segments that a regular expression takes whole, such as `store` and `publisher` of
/// `^/(store|publisher)(/.*)?$`; none where it asks for more behind them.
pub(super) fn named_by_expression(expression: &str) -> Vec<&str> {
    let text = expression.strip_prefix("(?i)").unwrap_or(expression);
    let text = text.strip_prefix('^').unwrap_or(text);
    let (grouped, text) = match text.strip_prefix("(/") {
        Some(rest) => (true, rest),
        None => match text.strip_prefix('/') {
            Some(rest) => match rest.strip_prefix("(?:").or_else(|| rest.strip_prefix('(')) {
                Some(rest) => (true, rest),
                None => (false, rest),
            },
            None => return Vec::new(),
        },
    };
    let (names, rest) = if grouped {
        match text.split_once(')') {
            Some(parts) => parts,
            None => return Vec::new(),
        }
    } else {
        let end = text.find(|one: char| !is_word(one)).unwrap_or(text.len());
        text.split_at_checked(end).unwrap_or((text, ""))
    };
    // Whatever is more than slashes, ends and wild cards narrows the expression to a part of the application.
    if !rest.chars().all(|one| "/.*()|$?+:".contains(one)) {
        return Vec::new();
    }
    names.split('|').map(|name| name.trim_start_matches('/').trim_end_matches('/')).collect()
}

fn is_word(one: char) -> bool {
    one.is_ascii_alphanumeric() || one == '-' || one == '_'
}

/// True for an expression that takes every path.
pub(super) fn generic_prefix(expression: &str) -> bool {
    !expression.is_empty()
        && expression.chars().all(|one| "^/.*()$?+".contains(one))
        && expression.contains('/')
}

/// True when a location takes the path of an application, or may take it: a location for the root of its
/// block does not.
pub(super) fn covers(location: &Location, app: &str) -> bool {
    let path = location.path.text.as_str();
    if location.modifier.starts_with('~') {
        return path.split(|one: char| !is_word(one)).any(|word| word == app);
    }
    location.modifier != "=" && trimmed(path).strip_prefix('/') == Some(app)
}
