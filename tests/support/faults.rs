//! What `corpus/faults` says: the deployments without any fault, and the fault of each rule as changes to their files.

use std::fs;
use std::path::Path;

use apimlint::diagnostic::Severity;
use serde::Deserialize;

use crate::support::{entries, name, root};

/// A deployment of the corpus without any fault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sound {
    /// Its folder under corpus/deployments.
    pub folder: String,
    /// Domain of its host names.
    pub domain: String,
    /// What its addresses begin with.
    pub network: String,
    /// Codes that it has on purpose.
    pub findings: Vec<String>,
    /// False where a node has an offset of its own, so that the ports cannot move.
    #[serde(default = "yes")]
    pub shifts: bool,
    /// Its nodes.
    pub nodes: Vec<Node>,
}

/// A node of a deployment.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Its folder.
    pub name: String,
    /// End of its address.
    pub address: String,
    /// The node that it works with most.
    pub peer: String,
    /// Names that it may have beside its own.
    pub others: [String; 2],
}

impl Node {
    /// Its own name, or one of the others.
    pub fn named(&self, choice: usize) -> &str {
        match choice {
            0 => &self.name,
            other => &self.others[other - 1],
        }
    }
}

/// One way to make one mistake. Paths are those of the node that it is made on; `../` leads to the deployment and its
/// other nodes, `../*/` to each of its nodes. In paths and texts `{own}`, `{peer}`, `{own-address}` and
/// `{peer-address}` are filled in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fault {
    /// The rule that has to find it.
    pub code: String,
    /// The deployment that it is made in.
    pub deployment: String,
    /// The nodes that it is made on, one at a time.
    pub nodes: Vec<String>,
    /// What stands on the line that the finding points at.
    pub at: String,
    /// The file that the finding points into, each of several where it begins with `../*/`; the first one that changes if
    /// none is named.
    #[serde(rename = "in")]
    pub place: Option<String>,
    /// The severity where it is not that of the card: that of one of its variants.
    pub severity: Option<Severity>,
    /// How many findings the mistake deserves, each of them as described; 1 if it does not say.
    #[serde(default = "one")]
    pub findings: usize,
    /// Codes that the same change makes true as well: each is another fact to mend.
    #[serde(default)]
    pub companions: Vec<String>,
    /// Texts that are replaced.
    #[serde(default)]
    pub change: Vec<Change>,
    /// Files that come.
    #[serde(default)]
    pub added: Vec<Added>,
    /// Files that come as they are.
    #[serde(default)]
    pub copied: Vec<Copied>,
    /// Files that go.
    #[serde(default)]
    pub removed: Vec<String>,
    /// Files that somebody saves in Latin-1 at last.
    #[serde(default)]
    pub latin_1: Vec<String>,
}

/// What is replaced in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub file: String,
    pub old: String,
    pub new: String,
    /// True where each occurrence is replaced, and not the first alone.
    #[serde(default)]
    pub everywhere: bool,
}

/// A file that comes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Added {
    pub file: String,
    pub text: String,
}

/// A file of corpus/faults/files that comes, or takes the place of another: what no text can say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copied {
    pub file: String,
    pub from: String,
}

/// A rule that no fault is made for, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Without {
    pub code: String,
    pub why: String,
}

/// All of corpus/faults.
pub struct Faults {
    pub deployments: Vec<Sound>,
    pub faults: Vec<Fault>,
    pub without: Vec<Without>,
}

/// One of its files: the deployments, the rules without a fault, or the faults of a family of rules.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    deployment: Vec<Sound>,
    fault: Vec<Fault>,
    without: Vec<Without>,
}

fn one() -> usize {
    1
}

fn yes() -> bool {
    true
}

/// Reads all files of corpus/faults; one that does not read is a mistake of whoever wrote it.
pub fn read() -> Faults {
    let mut all = Faults { deployments: Vec::new(), faults: Vec::new(), without: Vec::new() };
    for path in entries(&root().join("corpus/faults")).into_iter().filter(|path| path.is_file()) {
        let File { deployment, fault, without } = parsed(&path);
        all.deployments.extend(deployment);
        all.faults.extend(fault);
        all.without.extend(without);
    }
    all
}

fn parsed(path: &Path) -> File {
    let text = fs::read_to_string(path).unwrap();
    toml_edit::de::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", name(path)))
}
