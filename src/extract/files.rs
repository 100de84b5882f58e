//! The files of one node: as the input holds them, else as the untouched pack of its version has them.

use std::sync::Arc;

use super::view::View;
use crate::model::Origin;
use crate::source::{FileId, Span};
use crate::syntax::{json, properties, toml, xml};

/// An XML file with its origin.
#[derive(Debug, Clone)]
pub(crate) struct XmlFile {
    /// The tree. Of a vanilla file every span is the place of the file that the input leaves out.
    pub document: Arc<xml::Document>,
    /// [`Origin::Written`] or [`Origin::Vanilla`].
    pub origin: Origin,
}

impl XmlFile {
    /// The root element.
    pub fn root(&self) -> View<'_> {
        View { element: &self.document.root, origin: self.origin }
    }
}

/// Written or vanilla files of one node.
///
/// `None` means that nothing is known of the file: the input holds one that cannot be read, or the input leaves it out
/// and the vanilla pack of that version is not known (or has no such file). What such a file says must stay out of the
/// model. A whole home has no vanilla files: what it lacks is absent.
#[derive(Debug, Default)]
pub(crate) struct Files {}

impl Files {
    /// An XML file by home-relative path.
    pub fn xml(&mut self, path: &str) -> Option<XmlFile> {
        let _ = path;
        None
    }

    /// A properties file.
    pub fn properties(&mut self, path: &str) -> Option<(Arc<properties::Document>, Origin)> {
        let _ = path;
        None
    }

    /// A JSON file.
    pub fn json(&mut self, path: &str) -> Option<(Arc<json::Document>, Origin)> {
        let _ = path;
        None
    }

    /// A TOML file of the input.
    pub fn toml(&mut self, path: &str) -> Option<Arc<toml::Document>> {
        let _ = path;
        None
    }

    /// Bytes of a file that nothing parses, such as a key store; `None` where the input lacks it or it cannot be read.
    pub fn bytes(&mut self, path: &str) -> Option<Vec<u8>> {
        let _ = path;
        None
    }

    /// True when the input has this file, readable or not.
    pub fn has(&self, path: &str) -> bool {
        let _ = path;
        false
    }

    /// True when the input has this folder: only then does the absence of a file in it prove anything.
    pub fn has_folder(&self, folder: &str) -> bool {
        let _ = folder;
        false
    }

    /// True when the input is a whole server home.
    pub fn is_home(&self) -> bool {
        false
    }

    /// Home-relative paths of the input's files in this folder and below it, sorted.
    pub fn list(&self, folder: &str) -> Vec<String> {
        let _ = folder;
        Vec::new()
    }

    /// Home-relative paths of the files in this folder and below it, sorted: the input's where it has the folder,
    /// else the vanilla pack's.
    pub fn list_or_vanilla(&self, folder: &str) -> Vec<String> {
        self.list(folder)
    }

    /// Start of the file, whether the input holds it or leaves it out: where something missing should stand.
    pub fn place(&mut self, path: &str) -> Span {
        let _ = path;
        Span::new(FileId { owner: 0, index: 0 }, 0, 0)
    }
}
