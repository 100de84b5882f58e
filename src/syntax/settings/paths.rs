//! Paths of settings, cut at elements and keys, without positions.

use crate::syntax::secrets;

/// How the steps of a path are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// `/Server/Ports/Offset`.
    Slash,
    /// `apim.gateway.environment[name='Default'].type`.
    Dot,
    /// A property: one step.
    None,
}

impl Separator {
    /// The one of a file, by its extension.
    pub fn of(file: &str) -> Self {
        match file.rsplit('.').next() {
            Some("xml") => Self::Slash,
            Some("toml" | "json") => Self::Dot,
            _ => Self::None,
        }
    }

    /// The path cut behind each of its steps, shortest first; the last is the whole path.
    pub fn prefixes<'p>(self, path: &'p str) -> impl Iterator<Item = &'p str> + use<'p> {
        let mut ends: Vec<usize> = Vec::new();
        let (mut depth, mut quote) = (0_usize, None);
        for (index, letter) in path.char_indices() {
            match (quote, letter) {
                (Some(open), _) if letter == open => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') if self != Self::None => quote = Some(letter),
                (None, '[') => {
                    if self == Self::Dot && depth == 0 {
                        ends.push(index);
                    }
                    depth += 1;
                }
                (None, ']') => depth = depth.saturating_sub(1),
                (None, '/') if self == Self::Slash && depth == 0 && index > 0 => ends.push(index),
                (None, '.') if self == Self::Dot && depth == 0 => ends.push(index),
                _ => {}
            }
        }
        ends.push(path.len());
        ends.into_iter().filter_map(|end| path.get(..end))
    }

    /// True where the last name of a path is that of a password, key or token.
    pub fn names_secret(self, path: &str) -> bool {
        if self == Self::None {
            return secrets::is_secret_key(path);
        }
        let path = without_positions(path);
        let mut names = path.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '-'));
        names.rfind(|name| !name.is_empty()).is_some_and(secrets::is_secret_key)
    }

    /// The path without its last step.
    pub fn parent(self, path: &str) -> Option<&str> {
        let mut before = None;
        let mut last = None;
        for prefix in self.prefixes(path) {
            before = last.replace(prefix);
        }
        before
    }
}

/// The path without positions: `members/member[2]/port` and `members/member/port` are places of one list.
pub fn without_positions(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once('[') {
        out.push_str(before);
        let end = behind.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(behind.len());
        match behind.get(end..).and_then(|after| after.strip_prefix(']')) {
            Some(after) if end > 0 => rest = after,
            _ => {
                out.push('[');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The last step of an XML path, its predicates included.
pub fn last_step(path: &str) -> &str {
    let parent = Separator::Slash.parent(path).map_or(0, str::len);
    path.get(parent..).unwrap_or(path).trim_start_matches('/')
}

/// An XML path without its predicates: `/Server/Service/Connector/@port`.
pub fn without_predicates(path: &str) -> String {
    let mut names = String::with_capacity(path.len());
    let mut start = 0;
    for prefix in Separator::Slash.prefixes(path).filter(|prefix| !prefix.is_empty()) {
        let step = prefix.get(start..).unwrap_or_default().trim_start_matches('/');
        start = prefix.len();
        names.push('/');
        names.push_str(step.split('[').next().unwrap_or(step));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predicates_go_and_names_stay() {
        assert_eq!(without_predicates("/a/b[@x='c/d']/e[2]/@f"), "/a/b/e/@f");
        assert_eq!(last_step("/a/b[@x='c/d']"), "b[@x='c/d']");
    }

    #[test]
    fn steps_end_where_elements_and_keys_do() {
        let cut = |separator: Separator, path| separator.prefixes(path).collect::<Vec<_>>().join(" ");
        assert_eq!(cut(Separator::Slash, "/A/B[@x='a/b']/@c"), "/A /A/B[@x='a/b'] /A/B[@x='a/b']/@c");
        assert_eq!(
            cut(Separator::Dot, "a.'x.y'.b[name='c.d'].e"),
            "a a.'x.y' a.'x.y'.b a.'x.y'.b[name='c.d'] a.'x.y'.b[name='c.d'].e"
        );
        assert_eq!(cut(Separator::None, "a.b/c"), "a.b/c");
        assert_eq!(Separator::Slash.parent("/A/B"), Some("/A"));
        assert_eq!(Separator::Slash.parent("/A"), None);
    }

    #[test]
    fn the_last_name_tells_a_secret() {
        assert!(Separator::Slash.names_secret("/A/Property[@name='password'][2]"));
        assert!(Separator::Dot.names_secret("super_admin.password"));
        assert!(Separator::None.names_secret("a.Password"));
        assert!(!Separator::Slash.names_secret("/A/Password/@secretAlias"));
        assert!(!Separator::Dot.names_secret("password.a"));
    }

    #[test]
    fn positions_go_and_names_stay() {
        assert_eq!(without_positions("/a/b[2]/c[@n='x[3]'][4]/d[]"), "/a/b/c[@n='x']/d[]");
        assert_eq!(without_positions("/a[@n='é[1'"), "/a[@n='é[1'");
    }
}
