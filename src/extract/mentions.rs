//! Whether any file of a node names something, for what is defined in one place and may be used in many.

use std::collections::BTreeSet;

use super::files::Files;

/// Folders whose files may name a data source, and the ends of those that people write.
const FOLDERS: [&str; 2] = ["repository/conf", "repository/deployment/server"];
const ENDS: [&str; 6] = [".xml", ".properties", ".dbs", ".json", ".siddhiql", ".toml"];
/// A larger file is no configuration.
const LARGEST: usize = 1 << 20;

/// Of several things, each with the names that it goes by, those that no file other than the ones in `defining` calls by any
/// of them outside of comments.
pub(super) fn unmentioned<T: Ord>(
    files: &mut Files,
    named: impl IntoIterator<Item = (T, Vec<String>)>,
    defining: &str,
) -> BTreeSet<T> {
    let mut named: Vec<(T, Vec<String>)> = named.into_iter().collect();
    let paths: Vec<String> = FOLDERS.iter().flat_map(|folder| files.list(folder)).collect();
    let is_asked = |path: &&String| !path.starts_with(defining) && ENDS.iter().any(|end| path.ends_with(end));
    for path in paths.iter().filter(is_asked) {
        if named.is_empty() {
            break;
        }
        if let Some(bytes) = files.bytes(path).filter(|bytes| bytes.len() <= LARGEST) {
            named.retain(|(_, names)| !holds(&bytes, names));
        }
    }
    named.into_iter().map(|(thing, _)| thing).collect()
}

fn holds(bytes: &[u8], names: &[impl AsRef<str>]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut rest: &str = &text;
    loop {
        let (before, behind) = rest.split_once("<!--").unwrap_or((rest, ""));
        if names.iter().any(|name| before.contains(name.as_ref())) {
            return true;
        }
        let Some((_, after)) = behind.split_once("-->") else { return false };
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_name_in_a_comment_is_none() {
        assert!(holds(b"<a>jdbc/X</a>", &["jdbc/X"]));
        assert!(!holds(b"<!-- <a>jdbc/X</a> --><b/>", &["jdbc/X"]));
        assert!(holds(b"<!-- c --><b>jdbc/X</b>", &["jdbc/X"]));
        assert!(!holds(b"<!-- never closed jdbc/X", &["jdbc/X"]));
    }
}
