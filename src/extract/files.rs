//! The files of one node: as the input holds them, else as the untouched pack of its version has them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::view::View;
use crate::catalog::vanilla::{Pack, is_configuration};
use crate::input::{Read, Reader, TreeKind};
use crate::model::Origin;
use crate::source::{FileId, Span};
use crate::syntax::settings::Form;
use crate::syntax::{json, properties, toml, xml};

/// Folders in which configuration may lie.
const FOLDERS_WITH_CONFIGURATION: [&str; 3] =
    ["repository/conf", "repository/deployment/server", "repository/resources"];

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
/// model.
#[derive(Debug)]
pub(crate) struct Files {
    reader: Reader,
    pack: Option<&'static Pack>,
    vanilla: BTreeMap<String, Option<Arc<xml::Document>>>,
}

impl Files {
    /// The files of a node whose product and version are not known yet: none is vanilla.
    pub fn new(reader: Reader) -> Self {
        Self { reader, pack: None, vanilla: BTreeMap::new() }
    }

    /// From here on the node has the files of this pack where it leaves them out.
    pub fn set_pack(&mut self, pack: Option<&'static Pack>) {
        self.pack = pack;
        self.vanilla.clear();
    }

    /// The untouched pack of the node's version; a home has one, too, for what its files leave to defaults.
    pub fn pack(&self) -> Option<&'static Pack> {
        self.pack
    }

    /// The pack that stands in for files that the input leaves out. In a home, too: a server does not start without them,
    /// so that whoever cut them out meant the untouched ones.
    fn stand_in(&self, path: &str) -> Option<&'static Pack> {
        if self.has(path) { None } else { self.pack }
    }

    /// An XML file by home-relative path.
    pub fn xml(&mut self, path: &str) -> Option<XmlFile> {
        if let Some(document) = self.reader.xml(path) {
            return Some(XmlFile { document, origin: Origin::Written });
        }
        let pack = self.stand_in(path)?;
        if !self.vanilla.contains_key(path) {
            let built = if pack.has(path) { pack.xml(path, self.reader.absent(path)) } else { None };
            self.vanilla.insert(path.to_owned(), built.map(Arc::new));
        }
        let document = Arc::clone(self.vanilla.get(path)?.as_ref()?);
        Some(XmlFile { document, origin: Origin::Vanilla })
    }

    /// An XML file of the input.
    pub fn written_xml(&mut self, path: &str) -> Option<Arc<xml::Document>> {
        self.reader.xml(path)
    }

    /// A properties file.
    pub fn properties(&mut self, path: &str) -> Option<(Arc<properties::Document>, Origin)> {
        if let Some(document) = self.reader.properties(path) {
            return Some((document, Origin::Written));
        }
        let pack = self.stand_in(path).filter(|pack| pack.has(path))?;
        let document = pack.properties(path, self.reader.absent(path))?;
        Some((Arc::new(document), Origin::Vanilla))
    }

    /// A JSON file.
    pub fn json(&mut self, path: &str) -> Option<(Arc<json::Document>, Origin)> {
        if let Some(document) = self.reader.json(path) {
            return Some((document, Origin::Written));
        }
        let pack = self.stand_in(path).filter(|pack| pack.has(path))?;
        let document = pack.json(path, self.reader.absent(path))?;
        Some((Arc::new(document), Origin::Vanilla))
    }

    /// A TOML file of the input.
    pub fn toml(&mut self, path: &str) -> Option<Arc<toml::Document>> {
        self.reader.toml(path)
    }

    /// A text file of the input without a grammar of its own, and its text.
    pub fn text(&mut self, path: &str) -> Option<(FileId, &str)> {
        let file = self.reader.text(path)?;
        Some((file, self.reader.text_of(file)))
    }

    /// A file whose text was read, whether it could be parsed or not, and the text.
    pub fn taken_up(&self, path: &str) -> Option<(FileId, &str)> {
        let file = self.reader.taken_up(path)?;
        Some((file, self.reader.text_of(file)))
    }

    /// Bytes of a file that nothing parses, such as a key store; `None` where the input lacks it or it cannot be read.
    pub fn bytes(&mut self, path: &str) -> Option<Vec<u8>> {
        self.reader.tree().read(path).ok().flatten()
    }

    /// True when the input has this file, readable or not.
    pub fn has(&self, path: &str) -> bool {
        self.reader.tree().has(path)
    }

    /// True when the file was asked for, is there, and could not be read: its values are unknown.
    pub fn is_unreadable(&self, path: &str) -> bool {
        self.reader.is_unreadable(path)
    }

    /// True when the input has this folder: only then does the absence of a file in it prove anything.
    pub fn has_folder(&self, folder: &str) -> bool {
        self.reader.tree().has_folder(folder)
    }

    /// True when the input is a whole server home.
    pub fn is_home(&self) -> bool {
        self.reader.tree().kind() == TreeKind::Home
    }

    /// Home-relative paths of the input's files in this folder and below it, sorted.
    pub fn list(&self, folder: &str) -> Vec<String> {
        self.reader.tree().list(folder)
    }

    /// Home-relative paths of the files in this folder and below it, sorted: the input's, and in an overlay those of
    /// the vanilla pack that the input does not replace.
    pub fn list_with_vanilla(&self, folder: &str) -> Vec<String> {
        let mut paths: BTreeSet<String> = self.list(folder).into_iter().collect();
        if let Some(pack) = self.pack.filter(|_| !self.is_home()) {
            let inside = |path: &&str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
            paths.extend(pack.paths().filter(inside).map(str::to_owned));
        }
        paths.into_iter().collect()
    }

    /// Start of the file, whether the input holds it or leaves it out: where something missing should stand.
    pub fn place(&mut self, path: &str) -> Span {
        let read = if self.has(path) { self.reader.text(path) } else { None };
        let file = read.unwrap_or_else(|| self.reader.absent(path));
        Span::new(file, 0, 0)
    }

    /// Reads every configuration file. In a node with a deployment.toml the files that templates make say nothing of
    /// their own.
    pub fn read_everything(&mut self) {
        let mut paths: BTreeSet<String> = BTreeSet::new();
        if self.pack.is_none_or(|pack| !pack.is_toml()) {
            let listed = FOLDERS_WITH_CONFIGURATION.iter().flat_map(|folder| self.list(folder));
            paths.extend(listed.filter(|path| is_configuration(path)));
        }
        paths.extend(self.pack.into_iter().flat_map(Pack::paths).map(str::to_owned));
        for path in paths {
            match Form::of(&path) {
                Form::Xml => drop(self.reader.xml(&path)),
                Form::Properties => drop(self.reader.properties(&path)),
                Form::Json => drop(self.reader.json(&path)),
                Form::Toml => drop(self.reader.toml(&path)),
                Form::Text => drop(self.reader.text(&path)),
            }
        }
    }

    /// Ends the reading.
    pub fn finish(self) -> Read {
        self.reader.finish()
    }
}
