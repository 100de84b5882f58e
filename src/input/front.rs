//! What stands in front of the nodes and lives on none: the nginx configuration and the hosts file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{InputError, refusal};
use super::reader::Reader;
use super::store::{DANGLING, is_plain};
use super::tree::{Tree, shown_path};
use crate::diagnostic::Unread;
use crate::source::{OwnerSources, Span};
use crate::syntax::nginx::Directive;
use crate::syntax::{Scalar, hosts};

/// Includes within includes.
const MOST_LEVELS: usize = 10;
/// Directives after all includes are spliced in; a file included twice counts twice.
const MOST_DIRECTIVES: usize = 200_000;
/// Blocks within blocks; the parser allows no more.
const MOST_BLOCKS: usize = 256;

/// Where a folder holds its main file.
const MAIN_FILES: [&str; 4] = ["nginx.conf", "conf/nginx.conf", "nginx/nginx.conf", "etc/nginx/nginx.conf"];
/// Where a folder holds its virtual hosts, as glob patterns.
const HOST_FILES: [&str; 5] =
    ["*.conf", "conf.d/*.conf", "sites-enabled/*", "nginx/conf.d/*.conf", "nginx/sites-enabled/*"];

/// What `--proxy` names, read.
#[derive(Debug)]
pub struct ProxyRead {
    /// The texts.
    pub sources: OwnerSources,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// The directives, those of included files in the place of the `include`, each with the span in its own file. An
    /// `include` that is still there names files that the input does not hold.
    /// Virtual hosts of a folder without main file stand at the top, without `http` around them.
    pub directives: Vec<Directive>,
    /// `#` comments of all files.
    pub comments: Vec<(Span, String)>,
    /// Patterns of `include` directives for which the input has no file: what they define is unknown.
    pub missing_includes: Vec<Scalar>,
    tree: Tree,
}

impl ProxyRead {
    /// Text of the file that a directive names, looked for like [`ProxyRead::has`]; `None` where the input lacks it.
    pub fn text(&self, path: &str) -> Option<String> {
        let bytes = tails(path).iter().find_map(|tail| self.tree.read(tail).ok().flatten())?;
        String::from_utf8(bytes).ok()
    }

    /// True when the input has the file that a directive names (a certificate or a key). An absolute path is looked
    /// for by its tail. Absence proves nothing: the folder is rarely the whole of `/etc/nginx`.
    pub fn has(&self, path: &str) -> bool {
        tails(path).iter().any(|tail| self.tree.has(tail))
    }
}

/// Reads an nginx configuration: a file, or a folder of virtual hosts. `include` is followed inside the folder alone.
pub fn read_proxy(owner: u16, path: &Path, working_folder: &Path) -> Result<ProxyRead, InputError> {
    let (on_disk, is_folder) = locate(path, working_folder)?;
    let shown = shown_path(path, working_folder);
    let (tree, mains, is_single) = if is_folder {
        let tree = Tree::plain_folder(on_disk, shown.clone());
        let main = MAIN_FILES.iter().find(|name| tree.has(name)).map(|name| vec![(*name).to_owned()]);
        let has_main = main.is_some();
        let mains = main.unwrap_or_else(|| virtual_hosts(&tree));
        if mains.is_empty() {
            return Err(InputError::NoProxy { path: shown });
        }
        (tree, mains, has_main)
    } else {
        let name = on_disk.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let parent = on_disk.parent().map(Path::to_path_buf).unwrap_or_default();
        let above = shown.rsplit_once('/').map_or(".", |(above, _)| above);
        (Tree::plain_folder(parent, above.to_owned()), vec![name], true)
    };
    let base = match mains.first().and_then(|main| main.rsplit_once('/')) {
        Some((folder, _)) if is_single => folder.to_owned(),
        _ => String::new(),
    };
    let mut splicer = Splicer {
        reader: Reader::new(owner, None, tree),
        base,
        read: Vec::new(),
        comments: Vec::new(),
        missing: Vec::new(),
        count: 0,
    };
    let mut directives = Vec::new();
    for main in &mains {
        directives.extend(splicer.file(main, &mut Vec::new()));
    }
    if is_folder && is_single && !defines_hosts(&directives, 0) {
        for host in virtual_hosts(splicer.reader.tree()) {
            if !splicer.read.contains(&host) {
                directives.extend(splicer.file(&host, &mut Vec::new()));
            }
        }
    }
    let Splicer { reader, comments, missing, .. } = splicer;
    let read = reader.finish();
    Ok(ProxyRead {
        sources: read.sources,
        unread: read.unread,
        directives,
        comments,
        missing_includes: missing,
        tree: read.tree,
    })
}

/// A hosts file, read.
#[derive(Debug)]
pub struct HostsRead {
    /// Its text.
    pub sources: OwnerSources,
    /// Why it could not be read, if so.
    pub unread: Vec<Unread>,
    /// Its lines.
    pub document: Option<Arc<hosts::Document>>,
}

/// Reads what `--hosts` names.
pub fn read_hosts(owner: u16, path: &Path, working_folder: &Path) -> Result<HostsRead, InputError> {
    let (on_disk, is_folder) = locate(path, working_folder)?;
    let shown = shown_path(path, working_folder);
    if is_folder {
        return Err(InputError::Unreadable { path: shown, reason: "it is a folder".to_owned() });
    }
    let name = on_disk.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut reader = Reader::new(owner, None, Tree::plain_file(on_disk, &name, shown));
    let document = reader.hosts(&name);
    let read = reader.finish();
    Ok(HostsRead { sources: read.sources, unread: read.unread, document })
}

/// The path on disk, and whether it is a folder.
pub(super) fn locate(path: &Path, working_folder: &Path) -> Result<(PathBuf, bool), InputError> {
    let shown = || shown_path(path, working_folder);
    let on_disk = working_folder.join(path);
    let kind = fs::metadata(&on_disk).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            InputError::Missing { path: shown() }
        }
        _ => InputError::Unreadable { path: shown(), reason: refusal(&error) },
    })?;
    if !kind.is_dir() && !kind.is_file() {
        return Err(InputError::NotAFile { path: shown() });
    }
    Ok((on_disk, kind.is_dir()))
}

/// The virtual hosts of a folder; those that are only available count where none is enabled.
fn virtual_hosts(tree: &Tree) -> Vec<String> {
    let found: Vec<String> = HOST_FILES.iter().flat_map(|pattern| glob(tree, pattern)).collect();
    if found.is_empty() { glob(tree, "sites-available/*") } else { found }
}

/// True when there is a virtual host, an upstream or a proxied port anywhere.
fn defines_hosts(directives: &[Directive], level: usize) -> bool {
    level <= MOST_BLOCKS
        && directives.iter().any(|directive| {
            ["server", "upstream"].contains(&directive.name.text.as_str())
                || directive.block.as_ref().is_some_and(|block| defines_hosts(block, level + 1))
        })
}

/// Reads files and puts included ones in the place of their directive.
struct Splicer {
    reader: Reader,
    /// Folder of the main file: nginx counts relative includes from there.
    base: String,
    read: Vec<String>,
    comments: Vec<(Span, String)>,
    missing: Vec<Scalar>,
    count: usize,
}

impl Splicer {
    /// The directives of a file; `stack` holds the files that are being read around it.
    fn file(&mut self, path: &str, stack: &mut Vec<String>) -> Vec<Directive> {
        let Some(document) = self.reader.nginx(path) else { return Vec::new() };
        if !self.read.iter().any(|known| known == path) {
            self.read.push(path.to_owned());
            self.comments.extend(document.comments.iter().cloned());
        }
        stack.push(path.to_owned());
        let directives = self.block(&document.directives, stack, 0);
        stack.pop();
        directives
    }

    fn block(&mut self, directives: &[Directive], stack: &mut Vec<String>, level: usize) -> Vec<Directive> {
        let mut spliced = Vec::new();
        for directive in directives {
            if self.count >= MOST_DIRECTIVES {
                break;
            }
            self.count += 1;
            if self.count == MOST_DIRECTIVES {
                self.reader.note(directive.span, "too many directives; the rest is left out");
            }
            if let ("include", [pattern], None) =
                (directive.name.text.as_str(), directive.args.as_slice(), &directive.block)
            {
                match self.include(directive.span, pattern, stack) {
                    Some(included) => spliced.extend(included),
                    None => spliced.push(directive.clone()),
                }
                continue;
            }
            let block = match &directive.block {
                Some(block) if level < MOST_BLOCKS => Some(self.block(block, stack, level + 1)),
                other => other.clone(),
            };
            spliced.push(Directive { block, ..directive.clone() });
        }
        spliced
    }

    /// The directives of the included files; `None` where the input holds none of them.
    fn include(&mut self, span: Span, pattern: &Scalar, stack: &mut Vec<String>) -> Option<Vec<Directive>> {
        if stack.len() > MOST_LEVELS {
            self.reader.note(span, "too many includes within includes; this one is left out");
            return Some(Vec::new());
        }
        let mut targets = self.targets(&pattern.text, stack.last().map(String::as_str));
        if pattern.text.contains(['*', '?']) {
            targets.retain(|target| !stack.contains(target));
        }
        if targets.is_empty() {
            self.missing.push(pattern.clone());
            return None;
        }
        let mut spliced = Vec::new();
        for target in targets {
            if stack.contains(&target) {
                self.reader.note(span, "includes a file that it stands in");
                continue;
            }
            spliced.extend(self.file(&target, stack));
        }
        Some(spliced)
    }

    /// The files that an include names. Relative ones count from the main file's folder, and for folders of single
    /// virtual hosts from the including file's; of absolute ones the longest tail that the input has.
    fn targets(&self, pattern: &str, including: Option<&str>) -> Vec<String> {
        let tree = self.reader.tree();
        if pattern.starts_with('/') {
            return tails(pattern)
                .iter()
                .map(|tail| glob(tree, tail))
                .find(|found| !found.is_empty())
                .unwrap_or_default();
        }
        let folder = including.and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder);
        [self.base.as_str(), folder]
            .into_iter()
            .filter_map(|base| resolve(base, pattern))
            .map(|path| glob(tree, &path))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }
}

/// A path with its leading parts dropped one after the other, the whole first.
fn tails(path: &str) -> Vec<String> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    (0..parts.len())
        .filter_map(|skip| parts.get(skip..))
        .filter(|tail| *tail != ["*"])
        .map(|tail| tail.join("/"))
        .collect()
}

/// A relative path against a folder; `None` when it leaves the input.
fn resolve(base: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The files that a pattern with `*` and `?` names, sorted; as a shell, it passes over hidden ones.
fn glob(tree: &Tree, pattern: &str) -> Vec<String> {
    if !is_plain(pattern) {
        return Vec::new();
    }
    let mut found = vec![String::new()];
    let parts: Vec<&str> = pattern.split('/').collect();
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        let join = |folder: &str, name: &str| {
            if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
        };
        if !part.contains(['*', '?']) {
            found = found.iter().map(|folder| join(folder, part)).collect();
            continue;
        }
        found = found
            .iter()
            .flat_map(|folder| {
                let entries = tree.entries(folder).into_iter();
                let named =
                    entries.filter(|entry| entry.is_folder != is_last && !entry.name.starts_with('.'));
                named
                    .filter(|entry| matches(part, &entry.name))
                    .map(|entry| join(folder, &entry.name))
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    found.retain(|path| tree.has(path));
    found.into_iter().map(|path| enabled(tree, path)).collect()
}

/// The file itself, or, for a link in `sites-enabled` whose absolute target did not come along, its namesake in
/// `sites-available`.
fn enabled(tree: &Tree, path: String) -> String {
    if path.contains("sites-enabled/") && tree.read(&path) == Err(DANGLING.to_owned()) {
        let available = path.replace("sites-enabled/", "sites-available/");
        if tree.has(&available) {
            return available;
        }
    }
    path
}

/// Matches a name against a pattern of `*` and `?`.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut position, mut star) = (0, 0, None);
    while position < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, position));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || Some(wanted) == name.get(position) => {
                at += 1;
                position += 1;
            }
            _ => match star {
                Some((before, from)) => {
                    star = Some((before, from + 1));
                    at = before + 1;
                    position = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(|rest| *rest == '*')
}
