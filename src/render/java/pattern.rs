//! Java patterns of the pack's JSON files, for `String.matches`.

/// A pattern that has to match a whole text.
#[derive(Debug)]
pub struct Pattern(regex::Regex);

impl Pattern {
    /// Compiles a Java pattern. What only Java knows (look-around, back references) is an error here.
    pub fn compile(java: &str) -> Result<Self, String> {
        let pattern = format!(r"\A(?:{})\z", translate(java));
        regex::Regex::new(&pattern).map(Self).map_err(|error| error.to_string())
    }

    /// `String.matches`.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// Says what differs in the other dialect's words: Java's classes are of ASCII, its `.` knows more line ends.
fn translate(java: &str) -> String {
    let mut pattern = String::new();
    let mut brackets = 0_usize;
    let mut rest = java.chars();
    while let Some(next) = rest.next() {
        match next {
            '\\' => match rest.next() {
                Some('Z') => pattern.push_str(r"\z"),
                Some('d') => pattern.push_str("[0-9]"),
                Some('D') => pattern.push_str("[^0-9]"),
                Some('w') => pattern.push_str("[0-9A-Z_a-z]"),
                Some('W') => pattern.push_str("[^0-9A-Z_a-z]"),
                Some('s') => pattern.push_str(r"[\t-\r ]"),
                Some('S') => pattern.push_str(r"[^\t-\r ]"),
                Some(other) => pattern.extend(['\\', other]),
                None => pattern.push('\\'),
            },
            '.' if brackets == 0 => pattern.push_str(r"[^\n\r\x{85}\x{2028}\x{2029}]"),
            _ => {
                match next {
                    '[' => brackets += 1,
                    ']' => brackets = brackets.saturating_sub(1),
                    _ => {}
                }
                pattern.push(next);
            }
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(java: &str, text: &str) -> bool {
        Pattern::compile(java).unwrap().matches(text)
    }

    #[test]
    fn a_pattern_matches_the_whole_text() {
        assert!(matches(r"\Adatabase\Z|\Aread_only_ldap\Z", "read_only_ldap"));
        assert!(!matches(r"\Adatabase\Z|\Aread_only_ldap\Z", "database "));
        assert!(!matches(r"\Adatabase\Z", "database\n"));
        assert!(!matches(".+", ""));
        assert!(!matches(".+", "a\u{2028}b"));
        assert!(matches(r"database.\w+.type", "database.shared_db.type"));
        assert!(!matches(r"database.\w+.type", "database.dé.type"));
        assert!(matches(r"[\w.-]+", "a.b-c"));
    }

    #[test]
    fn what_is_not_a_pattern_is_an_error() {
        assert!(Pattern::compile("a(").is_err());
        assert!(Pattern::compile("(?=a)a").is_err());
    }
}
