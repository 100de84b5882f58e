//! Archives as stores of files, read in memory within bounds; nothing is ever written to disk.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use zip::ZipArchive;
use zip::read::ZipFileEntry;
use zip::result::ZipError;

use super::error::refusal;
use super::layout::is_configuration;
use super::store::{Entry, LeftOut, MOST_FILE_BYTES, NOT_UTF8, Store, is_plain, too_large};

/// Bytes that one archive may give up in all.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
/// Configuration files that one archive may hold.
const MOST_WANTED: usize = 10_000;
/// Members of any kind; a full API-M pack has some 15,000.
const MOST_MEMBERS: usize = 200_000;
/// A member that inflates to more than this many times its size is refused, once it is larger than 1 MB.
const MOST_RATIO: u64 = 200;
const RATIO_MATTERS_FROM: u64 = 1024 * 1024;
/// Bytes of a whole tar stream, jars included, which are passed over but have to be inflated.
const MOST_STREAMED: u64 = 4 * 1024 * 1024 * 1024;
/// Bytes that the headers of one tar member may take (long names, extended attributes).
const MOST_HEADER_BYTES: u64 = 1024 * 1024;

/// Kinds of archive, told by the file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    Tar,
    TarGz,
}

const EXTENSIONS: [(&str, Format); 4] =
    [(".tar.gz", Format::TarGz), (".tgz", Format::TarGz), (".tar", Format::Tar), (".zip", Format::Zip)];

impl Format {
    /// The kind of archive that a file of this name is.
    pub(super) fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        EXTENSIONS.iter().find(|(extension, _)| name.ends_with(extension)).map(|(_, format)| *format)
    }
}

/// The name without an archive's extension.
pub(super) fn stem(name: &str) -> &str {
    let lower = name.to_ascii_lowercase();
    let cut = EXTENSIONS
        .iter()
        .find(|(extension, _)| lower.ends_with(extension) && lower.len() > extension.len())
        .map_or(name.len(), |(extension, _)| name.len().saturating_sub(extension.len()));
    name.get(..cut).unwrap_or(name)
}

/// What is known of a member.
#[derive(Debug)]
enum Member {
    /// Its name alone: no configuration.
    Name,
    /// Its bytes.
    Bytes(Vec<u8>),
    /// Index of a member of a zip archive, which is inflated when it is asked for.
    Zipped(usize),
    /// Why it cannot be read.
    Refused(String),
}

/// An archive whose names are known and whose wanted files can be read.
#[derive(Debug)]
pub(super) struct Archive {
    is_wanted: fn(&str) -> bool,
    members: BTreeMap<String, Member>,
    folders: BTreeSet<String>,
    wanted: usize,
    zip: Mutex<Option<ZipArchive<BufReader<File>>>>,
    spent: Mutex<u64>,
    left_out: LeftOut,
}

/// Opens an archive of which the files with a wanted name can be read. What can be read of a damaged one is kept, and
/// the damage noted.
pub(super) fn open(path: &Path, format: Format, is_wanted: fn(&str) -> bool) -> Result<Archive, String> {
    let file = File::open(path).map_err(|error| refusal(&error))?;
    let archive = Archive::new(is_wanted);
    match format {
        Format::Zip => open_zip(archive, path),
        Format::Tar => open_tar(archive, BufReader::new(file), None),
        Format::TarGz => {
            let read = Rc::new(Cell::new(0));
            let counted = Counted { inner: BufReader::new(file), count: Rc::clone(&read) };
            open_tar(archive, flate2::read::MultiGzDecoder::new(counted), Some(read))
        }
    }
}

impl Archive {
    fn new(is_wanted: fn(&str) -> bool) -> Self {
        Self {
            is_wanted,
            members: BTreeMap::new(),
            folders: BTreeSet::new(),
            wanted: 0,
            zip: Mutex::default(),
            spent: Mutex::default(),
            left_out: LeftOut::default(),
        }
    }

    /// Takes up a name. `None`: it is no plain path, no UTF-8, or stands there already, which is noted.
    fn admit(&mut self, raw: &[u8]) -> Option<String> {
        let Ok(name) = std::str::from_utf8(raw) else {
            self.left_out.note(String::from_utf8_lossy(raw), NOT_UTF8);
            return None;
        };
        let name = name.replace('\\', "/");
        let name = plain(&name);
        if name.is_empty() || name == "." {
            return None;
        }
        if !is_plain(name) {
            self.left_out.note(name, "its name leads out of the archive");
            return None;
        }
        if self.members.contains_key(name) {
            self.left_out.note(name, "is in the archive twice; the first one counts");
            return None;
        }
        Some(name.to_owned())
    }

    /// True when one more wanted file may be kept.
    fn has_room(&mut self) -> bool {
        self.wanted += 1;
        self.wanted <= MOST_WANTED
    }

    /// True for a link that may stand for a wanted file: by its name, or a folder.
    fn is_telling_link(&self, name: &str) -> bool {
        let file = name.rsplit('/').next().unwrap_or(name);
        (self.is_wanted)(name) || !file.contains('.') && !["logs", "tmp"].contains(&file)
    }

    fn insert(&mut self, name: String, member: Member) {
        let mut folder = name.as_str();
        while let Some((parent, _)) = folder.rsplit_once('/') {
            if !self.folders.insert(parent.to_owned()) {
                break;
            }
            folder = parent;
        }
        self.members.insert(name, member);
    }

    /// Takes up a folder, which may be named again.
    fn admit_folder(&mut self, raw: &[u8]) {
        let is_known =
            std::str::from_utf8(raw).is_ok_and(|name| self.folders.contains(plain(&name.replace('\\', "/"))));
        if is_known {
            return;
        }
        let Some(name) = self.admit(raw) else { return };
        let mut folder = Some(name.as_str());
        while let Some(name) = folder {
            self.folders.insert(name.to_owned());
            folder = name.rsplit_once('/').map(|(parent, _)| parent);
        }
    }

    /// Inflates one member within the bounds of a member and of the archive.
    fn inflate(&self, mut from: impl Read, compressed: Option<u64>) -> Result<Vec<u8>, String> {
        let spent = *self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let left = MOST_BYTES.saturating_sub(spent);
        let mut bytes = Vec::new();
        let outcome = from.by_ref().take(left.min(MOST_FILE_BYTES) + 1).read_to_end(&mut bytes);
        let count = bytes.len() as u64;
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner) += count;
        outcome.map_err(|error| refusal(&error))?;
        if count > MOST_FILE_BYTES {
            return Err(too_large());
        }
        if count > left {
            return Err(format!(
                "the archive holds more than {} MB of configuration",
                MOST_BYTES / 1024 / 1024
            ));
        }
        if compressed.is_some_and(|size| is_bomb(size, count)) {
            return Err(BOMB.to_owned());
        }
        Ok(bytes)
    }

    fn note_surplus(&self) {
        if self.wanted > MOST_WANTED {
            self.left_out.note("", format!("holds more than {MOST_WANTED} configuration files"));
        }
    }
}

const BOMB: &str = "it inflates to more than 200 times its size";
const LINK: &str = "is a link, which is not followed in an archive";
const DOUBLE: &str = "is in the archive twice, so that nobody can tell which one counts";
const SURPLUS: &str = "the archive holds too many configuration files";

fn is_bomb(compressed: u64, inflated: u64) -> bool {
    inflated > RATIO_MATTERS_FROM && inflated > compressed.saturating_mul(MOST_RATIO)
}

/// True for what can be configuration: its extension says so, and it lies in none of the folders that hold thousands
/// of files of the product's own.
pub(super) fn is_wanted(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let is_text = is_configuration(file)
        || file == "version.txt"
        || [".sh", ".bat", ".conf"].iter().any(|extension| file.ends_with(extension));
    is_text && !["/components/", "/node_modules/", "/samples/"].iter().any(|folder| name.contains(folder))
}

fn open_zip(mut archive: Archive, path: &Path) -> Result<Archive, String> {
    let open = || File::open(path).map(BufReader::new).map_err(|error| refusal(&error));
    let zip = match ZipArchive::new(open()?) {
        Ok(zip) => zip,
        Err(error) => return open_cut_zip(archive, open()?, &zip_reason(&error)),
    };
    if zip.len() > MOST_MEMBERS {
        return Err(format!("it holds more than {MOST_MEMBERS} members"));
    }
    let start = zip.central_directory_start();
    let doubles = if zip.has_duplicate_names() { double_names(open()?, start) } else { BTreeSet::new() };
    for index in 0..zip.len() {
        if let Ok(entry) = zip.by_index_data(index) {
            admit_zipped(&mut archive, index, &entry, &doubles);
        }
    }
    archive.note_surplus();
    archive.zip = Mutex::new(Some(zip));
    Ok(archive)
}

/// Names that the directory has twice. The zip reader keeps the last of each and does not tell which they are, so the
/// directory is read again: 46 bytes with the lengths of name, extra field and comment from byte 28 on, then these.
fn double_names(mut from: impl Read + Seek, start: u64) -> BTreeSet<Vec<u8>> {
    let (mut seen, mut doubles) = (BTreeSet::new(), BTreeSet::new());
    if from.seek(SeekFrom::Start(start)).is_err() {
        return doubles;
    }
    let mut header = [0; 46];
    while from.read_exact(&mut header).is_ok() && header.starts_with(b"PK\x01\x02") {
        let length = |at: usize| match header.get(at..at + 2) {
            Some([low, high]) => u16::from_le_bytes([*low, *high]),
            _ => 0,
        };
        let mut name = vec![0; usize::from(length(28))];
        let rest = i64::from(length(30)) + i64::from(length(32));
        if from.read_exact(&mut name).is_err() || from.seek_relative(rest).is_err() {
            break;
        }
        if !seen.insert(name.clone()) {
            doubles.insert(name);
        }
    }
    doubles
}

fn admit_zipped(archive: &mut Archive, index: usize, entry: &ZipFileEntry<'_>, doubles: &BTreeSet<Vec<u8>>) {
    if entry.is_dir() {
        archive.admit_folder(entry.name_raw());
        return;
    }
    let Some(name) = archive.admit(entry.name_raw()) else { return };
    if entry.is_symlink() {
        if archive.is_telling_link(&name) {
            archive.left_out.note(&*name, LINK);
        }
    } else if !(archive.is_wanted)(&name) {
        archive.insert(name, Member::Name);
    } else if !archive.has_room() {
        archive.insert(name, Member::Refused(SURPLUS.to_owned()));
    } else if doubles.contains(entry.name_raw()) {
        archive.left_out.note(&*name, DOUBLE);
        archive.insert(name, Member::Refused(DOUBLE.to_owned()));
    } else {
        archive.insert(name, refusal_of(entry).map_or(Member::Zipped(index), Member::Refused));
    }
}

/// The name without `./` before and `/` behind it.
fn plain(name: &str) -> &str {
    name.strip_prefix("./").unwrap_or(name).trim_end_matches('/')
}

/// What the directory alone says against a member.
fn refusal_of(entry: &ZipFileEntry<'_>) -> Option<String> {
    if entry.encrypted() {
        return Some("it is encrypted".to_owned());
    }
    if entry.size() > MOST_FILE_BYTES {
        return Some(too_large());
    }
    is_bomb(entry.compressed_size(), entry.size()).then(|| BOMB.to_owned())
}

/// Reads a zip archive whose directory is missing, member by member from its start.
fn open_cut_zip(mut archive: Archive, mut reader: BufReader<File>, reason: &str) -> Result<Archive, String> {
    reader.seek(SeekFrom::Start(0)).map_err(|error| refusal(&error))?;
    for _ in 0..MOST_MEMBERS {
        let Ok(Some(mut file)) = zip::read::read_zipfile_from_stream(&mut reader) else { break };
        if file.is_dir() {
            archive.admit_folder(file.name_raw());
            continue;
        }
        let Some(name) = archive.admit(file.name_raw()) else { continue };
        if !(archive.is_wanted)(&name) {
            archive.insert(name, Member::Name);
            continue;
        }
        let may = archive.has_room();
        let compressed = file.compressed_size();
        let outcome =
            if may { archive.inflate(&mut file, Some(compressed)) } else { Err(SURPLUS.to_owned()) };
        let member = outcome.map_or_else(Member::Refused, Member::Bytes);
        archive.insert(name, member);
    }
    if archive.members.is_empty() {
        return Err(reason.to_owned());
    }
    archive.left_out.note("", "the archive is cut off; what stands before the cut is read");
    Ok(archive)
}

/// Why the zip reader gave up, in words that stay the same.
fn zip_reason(error: &ZipError) -> String {
    match error {
        ZipError::Io(error) => refusal(error),
        ZipError::InvalidArchive(_) => "it is no zip archive, or is cut off".to_owned(),
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            "it is compressed in a way that is not supported".to_owned()
        }
        ZipError::InvalidPassword => "it is encrypted".to_owned(),
        _ => "its data is damaged".to_owned(),
    }
}

/// Counts the bytes that pass.
#[derive(Debug)]
struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count.set(self.count.get().saturating_add(count as u64));
        Ok(count)
    }
}

/// The inflated tar stream, cut off where a header or the whole grows beyond what any real archive needs.
#[derive(Debug)]
struct Stream<R> {
    inner: R,
    /// Bytes before inflating, where the stream is compressed.
    compressed: Option<Rc<Cell<u64>>>,
    passed: u64,
    allowance: Rc<Cell<u64>>,
}

impl<R: Read> Read for Stream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = usize::try_from(self.allowance.get()).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() {
            return Err(std::io::Error::from(std::io::ErrorKind::InvalidData));
        }
        let count = self.inner.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.passed = self.passed.saturating_add(count as u64);
        self.allowance.set(self.allowance.get().saturating_sub(count as u64));
        let is_bomb = self.compressed.as_ref().is_some_and(|read| {
            self.passed > MOST_FILE_BYTES && self.passed > read.get().saturating_mul(MOST_RATIO)
        });
        if is_bomb || self.passed > MOST_STREAMED {
            return Err(std::io::Error::from(std::io::ErrorKind::FileTooLarge));
        }
        Ok(count)
    }
}

fn open_tar(
    mut archive: Archive,
    from: impl Read,
    compressed: Option<Rc<Cell<u64>>>,
) -> Result<Archive, String> {
    let allowance = Rc::new(Cell::new(MOST_HEADER_BYTES));
    let stream = Stream { inner: from, compressed, passed: 0, allowance: Rc::clone(&allowance) };
    let mut tar = tar::Archive::new(stream);
    let mut entries = tar.entries().map_err(|error| refusal(&error))?;
    let mut members = 0;
    let mut failure = None;
    loop {
        allowance.set(MOST_HEADER_BYTES);
        let mut entry = match entries.next() {
            None => break,
            Some(Ok(entry)) => entry,
            Some(Err(error)) => {
                failure = Some(error);
                break;
            }
        };
        members += 1;
        if members > MOST_MEMBERS {
            archive.left_out.note("", format!("holds more than {MOST_MEMBERS} members"));
            break;
        }
        allowance.set(u64::MAX);
        admit_tarred(&mut archive, &mut entry);
        if let Err(error) = std::io::copy(&mut entry, &mut std::io::sink()) {
            failure = Some(error);
            break;
        }
    }
    if let Some(error) = failure {
        let reason = match error.kind() {
            std::io::ErrorKind::FileTooLarge => BOMB.to_owned(),
            _ => "the archive is cut off or damaged; what stands before that is read".to_owned(),
        };
        if archive.members.is_empty() {
            return Err(if reason == BOMB {
                reason
            } else {
                "it is no such archive, or is cut off".to_owned()
            });
        }
        archive.left_out.note("", reason);
    }
    archive.note_surplus();
    Ok(archive)
}

fn admit_tarred<R: Read>(archive: &mut Archive, entry: &mut tar::Entry<'_, R>) {
    let kind = entry.header().entry_type();
    let raw = entry.path_bytes().into_owned();
    if kind.is_dir() {
        archive.admit_folder(&raw);
        return;
    }
    if kind.is_pax_global_extensions() {
        return;
    }
    let Some(name) = archive.admit(&raw) else { return };
    if kind.is_symlink() || kind.is_hard_link() {
        if archive.is_telling_link(&name) {
            archive.left_out.note(name, LINK);
        }
    } else if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
        if (archive.is_wanted)(&name) {
            archive.left_out.note(name, "is not a regular file");
        }
    } else if !(archive.is_wanted)(&name) {
        archive.insert(name, Member::Name);
    } else if !archive.has_room() {
        archive.insert(name, Member::Refused(SURPLUS.to_owned()));
    } else if entry.size() > MOST_FILE_BYTES {
        archive.insert(name, Member::Refused(too_large()));
    } else {
        let size = entry.size();
        let member = match archive.inflate(&mut *entry, None) {
            Ok(bytes) if (bytes.len() as u64) < size => Member::Refused("it is cut off".to_owned()),
            Ok(bytes) => Member::Bytes(bytes),
            Err(reason) => Member::Refused(reason),
        };
        archive.insert(name, member);
    }
}

impl Store for Archive {
    fn entries(&self, folder: &str) -> Vec<Entry> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let direct = |name: &str| -> Option<String> {
            let rest = name.strip_prefix(&prefix)?;
            (!rest.is_empty() && !rest.contains('/')).then(|| rest.to_owned())
        };
        let folders = self.folders.range(prefix.clone()..).take_while(|name| name.starts_with(&prefix));
        let files = self.members.range(prefix.clone()..).take_while(|(name, _)| name.starts_with(&prefix));
        let mut entries: Vec<Entry> = folders
            .filter_map(|name| direct(name).map(|name| Entry { name, is_folder: true }))
            .chain(files.filter_map(|(name, _)| direct(name).map(|name| Entry { name, is_folder: false })))
            .collect();
        entries.sort_by(|left, right| left.name.cmp(&right.name));
        entries
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.members
            .range(prefix.clone()..)
            .take_while(|(name, _)| name.starts_with(&prefix))
            .map(|(name, _)| name.clone())
            .filter(|name| !name.split('/').any(|part| part.starts_with('.')))
            .collect()
    }

    fn is_file(&self, path: &str) -> bool {
        self.members.contains_key(path)
    }

    fn is_folder(&self, path: &str) -> bool {
        path.is_empty() || self.folders.contains(path)
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match self.members.get(path) {
            None => Ok(None),
            Some(Member::Bytes(bytes)) => Ok(Some(bytes.clone())),
            Some(Member::Refused(reason)) => Err(reason.clone()),
            Some(Member::Name) => Err("it is no configuration file".to_owned()),
            Some(Member::Zipped(index)) => {
                let mut guard = self.zip.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(zip) = guard.as_mut() else { return Err("its data is damaged".to_owned()) };
                let file = zip.by_index(*index).map_err(|error| zip_reason(&error))?;
                let compressed = file.compressed_size();
                self.inflate(file, Some(compressed)).map(Some)
            }
        }
    }

    fn left_out(&self) -> Vec<(String, String)> {
        self.left_out.all()
    }
}
