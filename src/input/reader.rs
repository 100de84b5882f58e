//! Reads and parses the files of one owner, each once, and keeps what could not be read.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Parsed;
use super::tree::Tree;
use crate::diagnostic::Unread;
use crate::source::{FileId, OwnerSources, SourceFile, Span};
use crate::syntax::encoding::{self, Format, Undecodable};
use crate::syntax::{SyntaxError, hosts, json, nginx, properties, toml, xml};

/// What became of a file that was asked for.
#[derive(Debug)]
enum State {
    /// The input has no such file.
    Absent,
    /// It is there and could not be opened, decoded or parsed.
    Unreadable,
    /// Its text was taken up.
    Text(FileId),
}

/// A file that is there and says nothing, since it cannot be decoded or parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unparsed {
    /// Home-relative path.
    pub path: String,
    /// Why, and where the cause stands.
    pub error: SyntaxError,
    /// True where the bytes are no text in the encoding of the file; its text then ends before the first of them.
    pub is_undecodable: bool,
}

/// Reads and parses the files of one node, each once. What cannot be read is noted in `unread`, and the rest goes on.
#[derive(Debug)]
pub struct Reader {
    owner: u16,
    tree: Tree,
    sources: OwnerSources,
    states: BTreeMap<String, State>,
    documents: BTreeMap<String, Parsed>,
    absent: BTreeMap<String, FileId>,
    unread: Vec<Unread>,
    unparsed: Vec<Unparsed>,
}

/// All that was read of one node.
#[derive(Debug)]
pub struct Read {
    /// The texts, for places and snippets.
    pub sources: OwnerSources,
    /// What could not be read, sorted.
    pub unread: Vec<Unread>,
    /// Those of them that can be decoded or parsed by nobody, sorted by path.
    pub unparsed: Vec<Unparsed>,
    /// The parsed files by home-relative path.
    pub documents: BTreeMap<String, Parsed>,
    /// The files, for questions about what is there.
    pub tree: Tree,
}

impl Reader {
    /// A reader of a node's tree. `owner` is the node's index, `node` its name.
    pub fn new(owner: u16, node: Option<String>, tree: Tree) -> Self {
        Self {
            owner,
            tree,
            sources: OwnerSources { node, files: Vec::new() },
            states: BTreeMap::new(),
            documents: BTreeMap::new(),
            absent: BTreeMap::new(),
            unread: Vec::new(),
            unparsed: Vec::new(),
        }
    }

    /// The node's files.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// An XML file; `None`: absent or unreadable.
    pub fn xml(&mut self, path: &str) -> Option<Arc<xml::Document>> {
        let parsed = self
            .parsed(path, Some(Format::Xml), |file, text| Ok(Parsed::Xml(Arc::new(xml::parse(file, text)?))));
        if let Parsed::Xml(document) = parsed? { Some(document) } else { None }
    }

    /// A JSON file; `None`: absent or unreadable.
    pub fn json(&mut self, path: &str) -> Option<Arc<json::Document>> {
        let parsed = self.parsed(path, Some(Format::Utf8), |file, text| {
            Ok(Parsed::Json(Arc::new(json::parse(file, text)?)))
        });
        if let Parsed::Json(document) = parsed? { Some(document) } else { None }
    }

    /// A properties file; `None`: absent or unreadable.
    pub fn properties(&mut self, path: &str) -> Option<Arc<properties::Document>> {
        let parsed = self.parsed(path, Some(Format::Properties), |file, text| {
            Ok(Parsed::Properties(Arc::new(properties::parse(file, text))))
        });
        if let Parsed::Properties(document) = parsed? { Some(document) } else { None }
    }

    /// A TOML file; `None`: absent or unreadable.
    pub fn toml(&mut self, path: &str) -> Option<Arc<toml::Document>> {
        let parsed = self.parsed(path, Some(Format::Utf8), |file, text| {
            Ok(Parsed::Toml(Arc::new(toml::parse(file, text)?)))
        });
        if let Parsed::Toml(document) = parsed? { Some(document) } else { None }
    }

    /// An nginx file; `None`: absent or unreadable.
    pub fn nginx(&mut self, path: &str) -> Option<Arc<nginx::Document>> {
        let parsed =
            self.parsed(path, None, |file, text| Ok(Parsed::Nginx(Arc::new(nginx::parse(file, text)?))));
        if let Parsed::Nginx(document) = parsed? { Some(document) } else { None }
    }

    /// A hosts file; `None`: absent or unreadable.
    pub fn hosts(&mut self, path: &str) -> Option<Arc<hosts::Document>> {
        let parsed =
            self.parsed(path, None, |file, text| Ok(Parsed::Hosts(Arc::new(hosts::parse(file, text)))));
        if let Parsed::Hosts(document) = parsed? { Some(document) } else { None }
    }

    /// A text file without a grammar of its own: start scripts, `version.txt`. Bytes that are no UTF-8 are taken as
    /// ISO-8859-1.
    pub fn text(&mut self, path: &str) -> Option<FileId> {
        self.take_up(path, None)
    }

    /// A file whose text was taken up, whether it could be parsed or not.
    pub fn taken_up(&self, path: &str) -> Option<FileId> {
        let index = self.sources.files.iter().position(|file| file.path == path && !file.absent)?;
        Some(FileId { owner: self.owner, index: u16::try_from(index).ok()? })
    }

    /// The text of a file that was taken up.
    pub fn text_of(&self, file: FileId) -> &str {
        self.sources.files.get(usize::from(file.index)).map_or("", |file| file.text.as_str())
    }

    /// The place of a file that the input leaves out: labels about vanilla values stand there.
    pub fn absent(&mut self, path: &str) -> FileId {
        if let Some(file) = self.absent.get(path) {
            return *file;
        }
        let viewer_path = self.tree.viewer_path(path);
        let file = self
            .add(SourceFile::absent(path, viewer_path).inside_archive(self.tree.is_in_archive()))
            .unwrap_or(FileId { owner: self.owner, index: u16::MAX });
        self.absent.insert(path.to_owned(), file);
        file
    }

    /// True when the file was asked for, is there, and could not be read or parsed: its values are unknown.
    pub fn is_unreadable(&self, path: &str) -> bool {
        matches!(self.states.get(path), Some(State::Unreadable))
    }

    /// Notes a fault at a place of a file that was taken up.
    pub(super) fn note(&mut self, span: Span, reason: impl Into<String>) {
        let Some(source) = self.sources.files.get(usize::from(span.file.index)) else { return };
        let position = source.position(span.start);
        self.unread.push(Unread {
            node: self.sources.node.clone(),
            file: source.path.clone(),
            line: Some(position.line),
            column: Some(position.column),
            reason: reason.into(),
            viewer_path: source.viewer_path.clone(),
        });
    }

    /// Ends the reading.
    pub fn finish(self) -> Read {
        let (mut unread, mut unparsed) = (self.unread, self.unparsed);
        for (path, reason) in self.tree.left_out() {
            let file = if path.is_empty() { self.tree.path().to_owned() } else { path };
            if !unread.iter().any(|known| known.file == file) {
                let viewer_path = self.tree.viewer_path(&file);
                unread.push(Unread {
                    node: self.sources.node.clone(),
                    file,
                    line: None,
                    column: None,
                    reason,
                    viewer_path,
                });
            }
        }
        unread.sort();
        unparsed.sort_by(|left, right| left.path.cmp(&right.path));
        Read { sources: self.sources, unread, unparsed, documents: self.documents, tree: self.tree }
    }

    fn parsed(
        &mut self,
        path: &str,
        format: Option<Format>,
        parse: impl FnOnce(FileId, &str) -> Result<Parsed, SyntaxError>,
    ) -> Option<Parsed> {
        if let Some(known) = self.documents.get(path) {
            return Some(known.clone());
        }
        let file = self.take_up(path, format)?;
        let source = self.sources.files.get(usize::from(file.index))?;
        match parse(file, &source.text) {
            Ok(parsed) => {
                self.documents.insert(path.to_owned(), parsed.clone());
                Some(parsed)
            }
            Err(error) => {
                self.note(error.span, error.reason.clone());
                self.unparsed.push(Unparsed { path: path.to_owned(), error, is_undecodable: false });
                self.states.insert(path.to_owned(), State::Unreadable);
                None
            }
        }
    }

    /// Reads and decodes a file the first time it is asked for. `None` for the format is any text.
    fn take_up(&mut self, path: &str, format: Option<Format>) -> Option<FileId> {
        match self.states.get(path) {
            Some(State::Text(file)) => return Some(*file),
            Some(State::Absent | State::Unreadable) => return None,
            None => {}
        }
        let bytes = match self.tree.read(path) {
            Ok(None) => {
                self.states.insert(path.to_owned(), State::Absent);
                return None;
            }
            Ok(Some(bytes)) => bytes,
            Err(reason) => {
                self.refuse(path, reason);
                return None;
            }
        };
        let (text, error) = match decode(format, &bytes) {
            Ok(text) => (text, None),
            // What stands before the first byte that is no text serves to name the place.
            Err(Undecodable { reason, before }) => (before, Some(reason)),
        };
        let viewer_path = self.tree.viewer_path(path);
        let in_archive = self.tree.is_in_archive();
        let end = text.len();
        let Some(file) = self.add(SourceFile::new(path, viewer_path, text).inside_archive(in_archive)) else {
            self.refuse(path, "too many files were read".to_owned());
            return None;
        };
        if let Some(reason) = error {
            let error = SyntaxError::new(file, end, end, reason);
            self.note(error.span, error.reason.clone());
            self.unparsed.push(Unparsed { path: path.to_owned(), error, is_undecodable: true });
            self.states.insert(path.to_owned(), State::Unreadable);
            return None;
        }
        self.states.insert(path.to_owned(), State::Text(file));
        Some(file)
    }

    /// Notes a file of which nothing could be taken up.
    fn refuse(&mut self, path: &str, reason: String) {
        self.unread.push(Unread {
            node: self.sources.node.clone(),
            file: path.to_owned(),
            line: None,
            column: None,
            reason,
            viewer_path: self.tree.viewer_path(path),
        });
        self.states.insert(path.to_owned(), State::Unreadable);
    }

    fn add(&mut self, file: SourceFile) -> Option<FileId> {
        let index = u16::try_from(self.sources.files.len()).ok().filter(|index| *index < u16::MAX)?;
        self.sources.files.push(file);
        Some(FileId { owner: self.owner, index })
    }
}

/// Bytes to text. What nginx and resolvers read bytewise, and plain text, falls back to ISO-8859-1.
fn decode(format: Option<Format>, bytes: &[u8]) -> Result<String, Undecodable> {
    match format {
        Some(format) => encoding::decode(format, bytes),
        None => {
            encoding::decode(Format::Utf8, bytes).or_else(|_| encoding::decode(Format::Properties, bytes))
        }
    }
}
