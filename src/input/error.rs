//! What can be wrong with an input as a whole, and whose mistake it is.

use std::fmt;

use crate::diagnostic::Unread;

/// An input that cannot be used, or not wholly. `path` is as the user wrote it, with `/`; `reason` is one clause.
#[expect(missing_docs, reason = "the fields are named by what they hold")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputError {
    /// The caller's mistake: nothing lies there.
    Missing { path: String },
    /// The file system's refusal: it is there and cannot be opened.
    Unreadable { path: String, reason: String },
    /// The caller's mistake: a FIFO, a device or a socket.
    NotAFile { path: String },
    /// The caller's mistake: a folder without anything in it.
    EmptyFolder { path: String },
    /// The caller's mistake: a folder or an archive that holds no file of a node.
    NotANode { path: String },
    /// The caller's mistake: a folder or an archive that holds several nodes; `inside` names them, relative to `path`.
    SeveralNodes { path: String, inside: Vec<String> },
    /// The caller's mistake: no pack whose templates could be rendered.
    NotAPack { path: String },
    /// The caller's mistake: a folder or an archive that holds several packs; `inside` names their resource folders.
    SeveralPacks { path: String, inside: Vec<String> },
    /// The caller's mistake: a file that is neither an archive nor a configuration file that stands for a node.
    UnknownFile { path: String },
    /// The archive's fault: it is no archive, or nothing in it can be read.
    BrokenArchive { path: String, reason: String },
    /// The caller's mistake: two nodes of one name. The one at `first` is kept.
    DuplicateName { name: String, first: String, path: String },
    /// The caller's mistake: one PATH given twice under no name of its own.
    DuplicatePath { path: String },
    /// The caller's mistake: a folder for `--proxy` without any nginx configuration.
    NoProxy { path: String },
    /// The author's mistake: something in apimlint.toml or in the baseline.
    Inventory { path: String, line: Option<u32>, column: Option<u32>, reason: String },
}

impl InputError {
    /// The path that the error is about, as the user wrote it.
    pub fn path(&self) -> &str {
        match self {
            Self::Missing { path }
            | Self::Unreadable { path, .. }
            | Self::NotAFile { path }
            | Self::EmptyFolder { path }
            | Self::NotANode { path }
            | Self::SeveralNodes { path, .. }
            | Self::NotAPack { path }
            | Self::SeveralPacks { path, .. }
            | Self::UnknownFile { path }
            | Self::BrokenArchive { path, .. }
            | Self::DuplicateName { path, .. }
            | Self::DuplicatePath { path }
            | Self::NoProxy { path }
            | Self::Inventory { path, .. } => path,
        }
    }

    /// The reason alone, in one clause, without the path.
    pub fn reason(&self) -> String {
        match self {
            Self::Missing { .. } => "does not exist".to_owned(),
            Self::Unreadable { reason, .. } => format!("cannot be read: {reason}"),
            Self::NotAFile { .. } => "is neither a file nor a folder".to_owned(),
            Self::EmptyFolder { .. } => "is an empty folder".to_owned(),
            Self::NotANode { .. } => {
                "is no node: no repository/conf, no conf folder and no deployment.toml in it".to_owned()
            }
            Self::SeveralNodes { inside, .. } => {
                format!("holds several nodes ({}); name each of them", first_few(inside))
            }
            Self::NotAPack { .. } => {
                "is no pack of 3.x or 4.x: no repository/resources/conf with templates in it".to_owned()
            }
            Self::SeveralPacks { inside, .. } => {
                format!("holds several packs ({}); name one of them", first_few(inside))
            }
            Self::UnknownFile { .. } => {
                "is no node: a file must be a deployment.toml or a .zip, .tar, .tar.gz or .tgz archive"
                    .to_owned()
            }
            Self::BrokenArchive { reason, .. } => format!("cannot be read as an archive: {reason}"),
            Self::DuplicateName { name, first, .. } => {
                format!("has the name \"{name}\" that {first} has already; give it another with NAME=PATH")
            }
            Self::DuplicatePath { .. } => "is given twice".to_owned(),
            Self::NoProxy { .. } => {
                "holds no nginx configuration: no nginx.conf, no *.conf and no sites-enabled".to_owned()
            }
            Self::Inventory { reason, .. } => reason.clone(),
        }
    }

    /// The error as an entry of `unread`; `node` is the node's name where it has one.
    pub fn unread(&self, node: Option<String>) -> Unread {
        let (line, column) = match self {
            Self::Inventory { line, column, .. } => (*line, *column),
            _ => (None, None),
        };
        let file = self.path().to_owned();
        Unread { node, viewer_path: file.clone(), file, line, column, reason: self.reason() }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Inventory { path, line: Some(line), column: Some(column), reason } = self {
            return write!(formatter, "{path}:{line}:{column}: {reason}");
        }
        if let Self::Inventory { path, reason, .. } = self {
            return write!(formatter, "{path}: {reason}");
        }
        write!(formatter, "{} {}", self.path(), self.reason())
    }
}

impl std::error::Error for InputError {}

fn first_few(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
    let more = if names.len() > shown.len() { ", ..." } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// Says in a few words why the system refused, the same on every machine and without a path.
pub fn refusal(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "nothing lies there".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::NotADirectory => "a part of its path is no folder".to_owned(),
        ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
        ErrorKind::InvalidFilename => "its name is too long".to_owned(),
        _ if error.raw_os_error().is_some() && is_link_loop(error) => "its links form a loop".to_owned(),
        ErrorKind::InvalidData | ErrorKind::InvalidInput => "its data is damaged".to_owned(),
        _ => "the system refused it".to_owned(),
    }
}

/// `ErrorKind::FilesystemLoop` is not stable; its name in the debug form is.
fn is_link_loop(error: &std::io::Error) -> bool {
    format!("{:?}", error.kind()) == "FilesystemLoop"
}
