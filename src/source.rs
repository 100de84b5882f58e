//! Source texts and the places in them that values and findings point at.

use std::sync::OnceLock;

/// Names one file of one owner. Nodes own files under their index; the proxy, the hosts file and the inventory
/// come after the last node. Owners are read side by side, so an id never depends on the order of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId {
    /// Index of the owner: the node, or one past the nodes.
    pub owner: u16,
    /// Index of the file within its owner.
    pub index: u16,
}

impl FileId {
    /// No file at all: for texts that nobody points at, such as those of an untouched pack.
    pub const NOWHERE: Self = Self { owner: u16::MAX, index: u16::MAX };
}

/// A range of bytes in the decoded text of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end.max(start)) }
    }

    /// True when both lie in one file and share a byte; an empty span shares with whatever surrounds it.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.file == other.file
            && (self.start < other.end && other.start < self.end
                || self.start == other.start
                || self.contains(other)
                || other.contains(self))
    }

    /// True when `other` lies within this span.
    pub fn contains(&self, other: &Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A line and a column, both counted from 1, the column in characters (a tab is one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One decoded text file, or the place of a file that an input leaves out.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path relative to the node's home as far as the layout tells, with `/`.
    pub path: String,
    /// Path for viewers: relative to the working folder, with `/`; of the archive where the file lies in one.
    pub viewer_path: String,
    /// The text, decoded to UTF-8. Empty for a file that the input leaves out.
    pub text: String,
    /// True when the input has no such file: its settings are the vanilla ones.
    pub absent: bool,
    /// True when the file lies in an archive, which `viewer_path` names.
    pub in_archive: bool,
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// A file that was read.
    pub fn new(path: impl Into<String>, viewer_path: impl Into<String>, text: String) -> Self {
        Self {
            path: path.into(),
            viewer_path: viewer_path.into(),
            text,
            absent: false,
            in_archive: false,
            line_starts: OnceLock::new(),
        }
    }

    /// A file that the input leaves out; labels on it stand at line 1, column 1.
    pub fn absent(path: impl Into<String>, viewer_path: impl Into<String>) -> Self {
        Self { absent: true, ..Self::new(path, viewer_path, String::new()) }
    }

    /// The same file, in an archive or not.
    pub fn inside_archive(self, in_archive: bool) -> Self {
        Self { in_archive, ..self }
    }

    /// Line and column of a byte offset. An offset past the end or within a character counts as the nearest before.
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts.get_or_init(|| line_starts(&self.text));
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0) as usize;
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let column = self.text.get(start..end).map_or(0, |text| text.chars().count()) + 1;
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// The text under a span of this file; empty when the span leaves the file.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

/// Lines end in LF, CRLF or a lone CR, as XML and Java count them.
fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for (index, byte) in bytes.iter().enumerate() {
        let ends = match byte {
            b'\n' => true,
            b'\r' => bytes.get(index + 1) != Some(&b'\n'),
            _ => false,
        };
        if ends {
            starts.push(u32::try_from(index + 1).unwrap_or(u32::MAX));
        }
    }
    starts
}

/// All files of one owner, in the order in which they were read.
#[derive(Debug, Clone, Default)]
pub struct OwnerSources {
    /// Name of the node; `None` for the proxy, the hosts file and the inventory, which live on no node.
    pub node: Option<String>,
    /// The files; `FileId::index` points here.
    pub files: Vec<SourceFile>,
}

/// Every file of a run.
#[derive(Debug, Default)]
pub struct Sources {
    /// The owners; `FileId::owner` points here.
    pub owners: Vec<OwnerSources>,
}

impl Sources {
    /// The file with this id.
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.owners.get(usize::from(id.owner))?.files.get(usize::from(id.index))
    }

    /// Name of the node that owns the file; `None` for files that live on no node.
    pub fn node_name(&self, id: FileId) -> Option<&str> {
        self.owners.get(usize::from(id.owner))?.node.as_deref()
    }

    /// The text under a span.
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.file).map_or("", |file| file.slice(span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_over_every_kind_of_line_end() {
        let file = SourceFile::new("a", "a", "é<a>\r\n\tb\rc\nd".to_owned());
        let at = |needle: &str| file.position(u32::try_from(file.text.find(needle).unwrap()).unwrap());
        assert_eq!(at("<a>"), Position { line: 1, column: 2 });
        assert_eq!(at("b"), Position { line: 2, column: 2 });
        assert_eq!(at("c"), Position { line: 3, column: 1 });
        assert_eq!(at("d"), Position { line: 4, column: 1 });
        assert_eq!(file.position(9_999), Position { line: 4, column: 2 });
    }
}
