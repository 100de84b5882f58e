//! Whether any file of a node names something, for what is defined in one place and may be used in many.

use super::files::Files;

/// Folders whose files may name a data source, and the ends of those that people write.
const FOLDERS: [&str; 2] = ["repository/conf", "repository/deployment/server"];
const ENDS: [&str; 6] = [".xml", ".properties", ".dbs", ".json", ".siddhiql", ".toml"];
/// A larger file is no configuration.
const LARGEST: usize = 1 << 20;

/// True when a file other than those in `defining` has one of the names outside of comments.
pub(super) fn is_mentioned(files: &mut Files, names: &[&str], defining: &str) -> bool {
    let paths: Vec<String> = FOLDERS.iter().flat_map(|folder| files.list(folder)).collect();
    paths.iter().filter(|path| !path.starts_with(defining)).any(|path| {
        ENDS.iter().any(|end| path.ends_with(end))
            && files.bytes(path).is_some_and(|bytes| bytes.len() <= LARGEST && holds(&bytes, names))
    })
}

fn holds(bytes: &[u8], names: &[&str]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut rest: &str = &text;
    loop {
        let (before, behind) = rest.split_once("<!--").unwrap_or((rest, ""));
        if names.iter().any(|name| before.contains(name)) {
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
