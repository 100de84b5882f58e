//! The files of a pack that its renderer needs, wherever they lie in what was given.

use std::path::Path;

use super::archive;
use super::error::InputError;
use super::store::Store;
use super::tree::{Located, folder, join, locate};

/// The folder of a home that holds templates and rules.
const RESOURCES: &str = "repository/resources/conf";
const TEMPLATE_EXTENSION: &str = ".j2";
/// Wrapping folders to look through, as in `backup/wso2am-4.5.0/repository`.
const WRAPPING_LEVELS: usize = 2;
/// Folders to look at in one search.
const MOST_FOLDERS: usize = 400;
/// Templates of one pack, and how deep they may lie; real packs have some eighty, four levels deep.
const MOST_TEMPLATES: usize = 20_000;
const MOST_DEPTH: usize = 32;

/// A pack over a folder or an archive in memory: an API-M home of 3.x or 4.x, any other product on the same mapper, or
/// a folder that directly holds `templates` and the rule files. Nothing is written to disk.
#[derive(Debug)]
pub struct PackFiles {
    store: Box<dyn Store>,
    /// The home in the store, empty or ending in `/`; none for a folder that directly holds `templates`.
    home: Option<String>,
    /// The folder of the store that holds `templates`, empty or ending in `/`.
    resources: String,
    shown: String,
}

impl PackFiles {
    /// Finds the pack at a path, at most two wrapping folders below it. A relative path counts from the working folder.
    ///
    /// # Errors
    /// Where nothing can be opened there, or no pack or several are found.
    pub fn open(path: &Path, working_folder: &Path) -> Result<Self, InputError> {
        let Located { on_disk, shown, is_folder } = locate(path, working_folder)?;
        if is_folder {
            // The jars that tell the mapper's version lie beside `repository`.
            let home = on_disk.ancestors().nth(3).filter(|_| on_disk.ends_with(RESOURCES));
            return Self::over(folder(home.unwrap_or(&on_disk).to_owned(), &shown)?, shown);
        }
        let name = on_disk.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(format) = archive::Format::of(&name) else {
            return Err(InputError::NotAPack { path: shown });
        };
        let archive = archive::open(&on_disk, format, is_wanted)
            .map_err(|reason| InputError::BrokenArchive { path: shown.clone(), reason })?;
        Self::over(Box::new(archive), shown)
    }

    fn over(store: Box<dyn Store>, shown: String) -> Result<Self, InputError> {
        let mut found = find(store.as_ref());
        if found.len() > 1 {
            let inside = found.into_iter().map(|(home, resources)| home.unwrap_or(resources));
            let inside = inside.map(|at| at.trim_end_matches('/').to_owned()).collect();
            return Err(InputError::SeveralPacks { path: shown, inside });
        }
        match found.pop() {
            Some((home, resources)) => Ok(Self { store, home, resources, shown }),
            None => Err(InputError::NotAPack { path: shown }),
        }
    }

    /// The path as it was given, with `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.shown
    }

    /// Where a file of the pack lies for people: below the given path, or within the archive.
    #[must_use]
    pub fn viewer_path(&self, resource: &str) -> String {
        join(&self.shown, &format!("{}{resource}", self.resources))
    }

    /// The paths of all templates below `templates`, sorted, without the extension `.j2`
    /// (`ConfigParser.getTemplatedFilesMap`): where the server writes what they render, below its home.
    #[must_use]
    pub fn outputs(&self) -> Vec<String> {
        let mut outputs = Vec::new();
        self.walk("", 0, &mut outputs);
        outputs.sort();
        outputs
    }

    fn walk(&self, below: &str, depth: usize, outputs: &mut Vec<String>) {
        let folder = format!("{}templates/{below}", self.resources);
        for entry in self.store.entries(folder.trim_end_matches('/')) {
            if outputs.len() >= MOST_TEMPLATES {
                return;
            }
            let path = format!("{below}{}", entry.name);
            if entry.is_folder {
                if depth < MOST_DEPTH {
                    self.walk(&format!("{path}/"), depth + 1, outputs);
                }
            } else if let Some(output) = path.strip_suffix(TEMPLATE_EXTENSION)
                && !output.is_empty()
                && !output.ends_with('/')
            {
                outputs.push(output.to_owned());
            }
        }
    }

    /// The template of an output, by its path below the folder of [`PackFiles::resource`].
    #[must_use]
    pub fn template_of(output: &str) -> String {
        format!("templates/{output}{TEMPLATE_EXTENSION}")
    }

    /// The bytes of a file below the folder that holds `templates`; `None` when it is not there.
    ///
    /// # Errors
    /// One clause that says why it cannot be read.
    pub fn resource(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        self.store.read(&format!("{}{path}", self.resources))
    }

    /// The pack's own deployment.toml, and its path below the given one.
    ///
    /// # Errors
    /// One clause that says why it cannot be read.
    pub fn deployment_toml(&self) -> Result<Option<(String, Vec<u8>)>, String> {
        let path = match &self.home {
            Some(home) => format!("{home}repository/conf/deployment.toml"),
            None => format!("{}deployment.toml", self.resources),
        };
        Ok(self.store.read(&path)?.map(|bytes| (path, bytes)))
    }

    /// The version in the name of a library, as in `lib/config-mapper-1.0.23.jar`.
    #[must_use]
    pub fn library(&self, name: &str) -> Option<String> {
        let folder = format!("{}lib", self.home.as_ref()?);
        let entries = self.store.entries(&folder).into_iter();
        let mut versions = entries.filter_map(|entry| {
            let version = entry.name.strip_prefix(name)?.strip_prefix('-')?.strip_suffix(".jar")?;
            version.starts_with(|letter: char| letter.is_ascii_digit()).then(|| version.to_owned())
        });
        versions.next_back()
    }

    /// The version of an API Manager by its `bin/version.txt`, such as `4.5.0`.
    #[must_use]
    pub fn api_manager_version(&self) -> Option<String> {
        let bytes = self.store.read(&format!("{}bin/version.txt", self.home.as_ref()?)).ok()??;
        let text = String::from_utf8_lossy(&bytes);
        Some(text.trim().strip_prefix("WSO2 API Manager v")?.to_owned())
    }
}

/// What of an archive is read: a full pack has thousands of other files.
fn is_wanted(name: &str) -> bool {
    name.ends_with(TEMPLATE_EXTENSION)
        || name.ends_with("bin/version.txt")
        || name.ends_with("deployment.toml")
        || name.ends_with(".json") && !name.contains("/deployment/") && !name.contains("/components/")
}

/// Home and resources of each pack, those under the fewest wrapping folders.
fn find(store: &dyn Store) -> Vec<(Option<String>, String)> {
    let mut level = vec![String::new()];
    for _ in 0..=WRAPPING_LEVELS {
        level.truncate(MOST_FOLDERS);
        let found: Vec<_> = level.iter().filter_map(|folder| classify(store, folder)).collect();
        if !found.is_empty() {
            return found;
        }
        let inner = level.iter().flat_map(|folder| {
            let entries = store.entries(folder.trim_end_matches('/')).into_iter();
            let folders = entries.filter(|entry| entry.is_folder && !entry.name.starts_with('.'));
            folders.map(move |entry| format!("{folder}{}/", entry.name))
        });
        level = inner.collect();
    }
    Vec::new()
}

/// Tells whether a folder (empty, or ending in `/`) is a home or directly holds templates.
fn classify(store: &dyn Store, folder: &str) -> Option<(Option<String>, String)> {
    let resources = format!("{folder}{RESOURCES}/");
    if store.is_folder(&format!("{resources}templates")) {
        return Some((Some(folder.to_owned()), resources));
    }
    let holds_templates =
        store.is_folder(&format!("{folder}templates")) && store.is_file(&format!("{folder}default.json"));
    holds_templates.then(|| (None, folder.to_owned()))
}
