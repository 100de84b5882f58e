//! Workflow commands of GitHub Actions: annotations on the changed files.

use super::human::summary;
use super::place::{Place, unread_path};
use super::{Results, clean};
use crate::diagnostic::{Diagnostic, Severity, Unread};
use crate::source::{Position, Sources};

/// One command for each finding, errors first, since GitHub shows about ten of a kind; then a line that sums up.
pub fn report_github(results: &Results<'_>) -> String {
    let mut diagnostics: Vec<&Diagnostic> = results.diagnostics.iter().collect();
    diagnostics.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
    let unread = results.unread.iter().map(unread_command);
    let found = diagnostics.into_iter().map(|one| command(results.sources, one));
    let lines: String = unread.chain(found).collect();
    format!("{lines}apimlint: {}\n", summary(results))
}

fn command(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let place = Place::of(sources, diagnostic.primary.span);
    let kind = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut text = diagnostic.message.clone();
    if place.in_archive.is_some() {
        text.push_str(&format!(" ({})", place.text()));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    let (start, end) = place.region();
    let title = format!("{} {}", diagnostic.code, diagnostic.rule);
    written(kind, &place.path, start, end, &title, &text)
}

fn unread_command(unread: &Unread) -> String {
    let start = Position { line: unread.line.unwrap_or(1), column: unread.column.unwrap_or(1) };
    let text = format!("{}: {}", unread.file, unread.reason);
    written("error", &unread_path(unread), start, start, "cannot read", &text)
}

fn written(kind: &str, path: &str, start: Position, end: Position, title: &str, text: &str) -> String {
    let (path, title) = (property(path), property(title));
    let columns = match end.column {
        // Columns of a place over several lines are refused.
        last if start.line == end.line && last > start.column => {
            format!("col={},endColumn={last},", start.column)
        }
        _ if start.line == end.line => format!("col={},", start.column),
        _ => String::new(),
    };
    let (line, end_line) = (start.line, end.line);
    format!("::{kind} file={path},line={line},endLine={end_line},{columns}title={title}::{}\n", data(text))
}

/// The text of a command; a line break in it would end the command, and the next line could be another.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| clean(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// A property, which a comma would end.
fn property(text: &str) -> String {
    clean(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_end_a_command() {
        let start = Position { line: 3, column: 5 };
        let end = Position { line: 3, column: 9 };
        let line = written("error", "a,b:c\n::d.xml", start, end, "CL004 x", "100%\r\n::error::forged");
        assert_eq!(
            line,
            "::error file=a%2Cb%3Ac\u{fffd}%3A%3Ad.xml,line=3,endLine=3,col=5,endColumn=9,title=CL004 x\
             ::100%25\u{fffd}%0A::error::forged\n"
        );
        let far = Position { line: 4, column: 1 };
        assert!(!written("error", "a", start, far, "t", "x").contains("col"));
    }
}
