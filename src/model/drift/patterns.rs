//! Lists of settings by file and path, as `rules/drift` keeps them.

/// Settings by file and path.
#[derive(Debug)]
pub struct Patterns(Vec<(String, String)>);

impl Patterns {
    /// Reads `FILE | PATH | why` lines; empty ones and those behind `#` do not count.
    pub(super) fn parse(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let pattern = |line: &str| {
            let mut parts = line.split('|').map(|part| part.trim().to_ascii_lowercase());
            Some((parts.next()?, parts.next()?))
        };
        Self(lines.filter_map(pattern).collect())
    }

    /// True where a pattern fits. `file` is relative to `repository/conf`.
    pub(super) fn has(&self, file: &str, path: &str) -> bool {
        let (file, path) = (file.to_ascii_lowercase(), path.to_ascii_lowercase());
        self.0.iter().any(|(of_file, of_path)| fits(of_file, &file) && fits(of_path, &path))
    }

    /// True where a setting of this file may fit.
    pub(super) fn has_file(&self, file: &str) -> bool {
        let file = file.to_ascii_lowercase();
        self.0.iter().any(|(of_file, _)| fits(of_file, &file))
    }
}

/// True where a text is what a pattern says, in which `*` stands for any characters.
pub fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(index) => rest = rest.get(index + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcd", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn case_comments_and_reasons_do_not_count() {
        let patterns = Patterns::parse("# x | y\n\nEtc/jmx.xml | *HostName | own address\n");
        assert!(patterns.has("etc/jmx.xml", "/jmx/hostname") && patterns.has_file("etc/JMX.xml"));
        assert!(!patterns.has("carbon.xml", "/Server/HostName") && !patterns.has_file("x"));
    }
}
