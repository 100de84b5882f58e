//! Markdown for comments on merge requests.

use super::human::summary;
use super::place::{Place, unread_path};
use super::{Results, clean};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;

/// A heading with the numbers, then one item for each finding, errors first.
pub fn report_markdown(results: &Results<'_>) -> String {
    let mut text = format!("## apimlint: {}\n", summary(results));
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let found: Vec<&Diagnostic> =
            results.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).collect();
        if found.is_empty() {
            continue;
        }
        let heading = match severity {
            Severity::Error => "Errors",
            Severity::Warning => "Warnings",
            Severity::Info => "Worth knowing",
        };
        text.push_str(&format!("\n### {heading}\n\n"));
        found.iter().for_each(|one| text.push_str(&item(results.sources, one)));
    }
    if !results.unread.is_empty() {
        text.push_str("\n### Not read\n\n");
    }
    for unread in results.unread {
        let place: String =
            [unread.line, unread.column].iter().flatten().map(|part| format!(":{part}")).collect();
        let file = code(&format!("{}{place}", unread_path(unread)));
        text.push_str(&format!("- {file} – {}\n", escaped(&unread.reason)));
    }
    text
}

fn item(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let mut text = format!(
        "- **{}** {} – {}\n",
        diagnostic.code,
        escaped(&diagnostic.rule),
        escaped(&diagnostic.message)
    );
    for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.related) {
        let place = code(&Place::of(sources, label.span).text());
        let message = if label.message.is_empty() {
            String::new()
        } else {
            format!(" – {}", escaped(&label.message))
        };
        text.push_str(&format!("  - {place}{message}\n"));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("  - help: {}\n", escaped(help)));
    }
    text
}

/// Text in which nothing is markup: values of files must not draw links, mention people or load images.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in clean(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Entities keep GitHub and GitLab from linking people, issues and addresses.
            '@' => escaped.push_str("&#64;"),
            '#' => escaped.push_str("&#35;"),
            ':' => escaped.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '|' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// A code span around any text.
pub(crate) fn code(text: &str) -> String {
    let text = clean(text);
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if longest > 0 { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_files_are_no_markup() {
        let text = escaped("![x](http://h) <img src=x> @all #1 `a` | **b**\n# c");
        assert_eq!(
            text,
            "\\!\\[x\\]\\(http&#58;//h\\) &lt;img src=x&gt; &#64;all &#35;1 \\`a\\` \\| \\*\\*b\\*\\*\u{fffd}&#35; c"
        );
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(code("a"), "`a`");
    }
}
