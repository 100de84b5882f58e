//! Where a label stands, for viewers that know files by their path from the working folder.

use crate::diagnostic::Unread;
use crate::source::{Position, Sources, Span};

/// A place in a file that a viewer can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place<'a> {
    /// The file, relative to the working folder, with `/`; the archive where it lies in one.
    pub path: String,
    /// The file in the archive, relative to the node's home.
    pub in_archive: Option<&'a str>,
    /// First character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
}

const TOP: Position = Position { line: 1, column: 1 };

impl<'a> Place<'a> {
    /// The place of a span.
    pub(super) fn of(sources: &'a Sources, span: Span) -> Self {
        let Some(file) = sources.file(span.file) else {
            return Self { path: String::new(), in_archive: None, start: TOP, end: TOP };
        };
        Self {
            path: relative(&file.viewer_path, sources.node_name(span.file), &file.path),
            in_archive: file.in_archive.then_some(file.path.as_str()),
            start: file.position(span.start),
            end: file.position(span.end),
        }
    }

    /// Where in the file a viewer should look: an archive has no lines.
    pub(super) fn region(&self) -> (Position, Position) {
        if self.in_archive.is_some() { (TOP, TOP) } else { (self.start, self.end) }
    }

    /// Path, line and column, the file in an archive behind the archive.
    pub(super) fn text(&self) -> String {
        let inside = self.in_archive.map(|inside| format!(": {inside}")).unwrap_or_default();
        format!("{}{inside}:{}:{}", self.path, self.start.line, self.start.column)
    }
}

/// The file of what could not be read, as [`Place::path`].
pub(super) fn unread_path(unread: &Unread) -> String {
    relative(&unread.viewer_path, unread.node.as_deref(), &unread.file)
}

/// A path without `.` parts. One that does not lie below the working folder is named after the node: absolute paths tell
/// of a machine, and no viewer of a repository can open them.
fn relative(path: &str, node: Option<&str>, file: &str) -> String {
    let is_absolute = path.starts_with('/') || path.get(1..3).is_some_and(|drive| drive == ":/");
    if !is_absolute {
        return path.strip_prefix("./").unwrap_or(path).to_owned();
    }
    match node {
        Some(node) if file != path => format!("{node}/{file}"),
        Some(node) => node.to_owned(),
        None => path.rsplit('/').next().unwrap_or(path).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_whatever_was_given() {
        for (path, node, file, expected) in [
            ("node1/conf/a.xml", Some("node1"), "repository/conf/a.xml", "node1/conf/a.xml"),
            ("./conf/a.xml", Some("node1"), "repository/conf/a.xml", "conf/a.xml"),
            ("../node1/a.xml", Some("node1"), "a.xml", "../node1/a.xml"),
            ("/srv/node1/conf/a.xml", Some("node1"), "repository/conf/a.xml", "node1/repository/conf/a.xml"),
            ("C:/node1/conf/a.xml", Some("node1"), "repository/conf/a.xml", "node1/repository/conf/a.xml"),
            ("/srv/missing", Some("missing"), "/srv/missing", "missing"),
            ("/etc/nginx/nginx.conf", None, "nginx.conf", "nginx.conf"),
        ] {
            assert_eq!(relative(path, node, file), expected);
        }
    }
}
