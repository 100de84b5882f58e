//! The comments that packs ship, by digest: what is not among them a person wrote.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::catalog::compressed::Compressed;
use crate::syntax::settings::value_digest;

/// So many hexadecimal digits of a digest tell comments apart.
const DIGITS: usize = 12;

static LIST: Compressed = Compressed::new(include_bytes!(concat!(env!("OUT_DIR"), "/comments.list")));

static SHIPPED: LazyLock<BTreeSet<&str>> = LazyLock::new(|| digests().collect());

fn digests() -> impl Iterator<Item = &'static str> {
    LIST.text().lines().filter(|line| !line.starts_with('#'))
}

/// The digest of a comment as the list has it; white space does not count.
pub fn digest(comment: &str) -> String {
    value_digest(comment).chars().take(DIGITS).collect()
}

/// True for a comment that stands in some file of some pack.
pub fn is_shipped(comment: &str) -> bool {
    SHIPPED.contains(digest(comment).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_holds_digests() {
        let lines: Vec<&str> = SHIPPED.iter().copied().collect();
        assert!(lines.len() > 500, "{}", lines.len());
        assert!(lines.iter().all(|line| line.len() == DIGITS && line.chars().all(|c| c.is_ascii_hexdigit())));
        assert!(digests().eq(lines));
    }

    #[test]
    fn white_space_does_not_count() {
        assert_eq!(digest(" a\n  b "), digest("a b"));
        assert_ne!(digest("a b"), digest("ab"));
        assert!(!is_shipped("agreed with the network team"));
    }
}
