//! apimlint.toml: what no node says about itself, and settings of the linter.

use std::path::{Path, PathBuf};

use super::error::InputError;
use super::front::locate;
use super::reader::Reader;
use super::section::{Fault, Section};
use super::store::with_slashes;
use super::tree::{Tree, shown_path};
use crate::diagnostic::Severity;
use crate::source::{FileId, OwnerSources, Span};
use crate::syntax::Scalar;
use crate::syntax::toml::Table;

/// Name of the file.
pub const FILE_NAME: &str = "apimlint.toml";

/// Words for `roles`.
pub const ROLES: [&str; 12] = [
    "all-in-one",
    "analytics",
    "control-plane",
    "gateway",
    "gateway-manager",
    "gateway-worker",
    "identity-provider",
    "is-key-manager",
    "key-manager",
    "publisher",
    "store",
    "traffic-manager",
];

/// What apimlint.toml says. Empty where there is none.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// The file, once it was read.
    pub file: Option<FileId>,
    /// Product version of the nodes that do not tell.
    pub version: Option<Scalar>,
    /// The nginx configuration; relative to the working folder where the inventory is.
    pub proxy: Option<PathBuf>,
    /// The hosts file; likewise.
    pub hosts: Option<PathBuf>,
    /// Whether the nodes are the whole deployment; `None`: unknown.
    pub complete: Option<bool>,
    /// Codes, prefixes or names of rules that are not asked.
    pub ignore: Vec<Scalar>,
    /// Codes, prefixes or names of the only rules that are asked; empty: all.
    pub select: Vec<Scalar>,
    /// The lowest severity that fails the run.
    pub fail_on: Option<Severity>,
    /// The baseline; relative as `proxy` is.
    pub baseline: Option<PathBuf>,
    /// Severities by code or name, in file order.
    pub severities: Vec<(Scalar, Severity)>,
    /// What holds for some nodes or files only, in file order.
    pub overrides: Vec<Override>,
    /// How deployed artifacts travel between gateways.
    pub artifacts: Option<Artifacts>,
    /// True for NGINX Plus, false for the open one; `None`: unknown.
    pub nginx_plus: Option<bool>,
    /// Balancers that are not the given nginx, in file order.
    pub balancers: Vec<Balancer>,
    /// The nodes, in file order.
    pub nodes: Vec<InventoryNode>,
    /// Rules of the house, in file order.
    pub rules: Vec<HouseRule>,
}

/// `[[rule]]`: what the settings of the nodes should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseRule {
    /// Its code, such as `CORP001`.
    pub code: Scalar,
    /// Its name in reports; the code where none is given.
    pub name: Option<Scalar>,
    /// What to say; a sentence with path and value where none is given.
    pub message: Option<Scalar>,
    /// What to do about it.
    pub help: Option<Scalar>,
    /// How bad it is.
    pub severity: Severity,
    /// The files, from the home or from `repository/conf`; `*` stands for any characters.
    pub file: Scalar,
    /// The settings by path or key; `*` stands for any characters.
    pub path: Scalar,
    /// Names of the nodes that it is about; `*` stands for any characters. Empty: all.
    pub nodes: Vec<Scalar>,
    /// Roles of the nodes that it is about. Empty: all.
    pub roles: Vec<Scalar>,
    /// What is asked.
    pub expectation: Expectation,
}

/// What a rule of the house asks of the settings that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// Each is one of these; `*` stands for any characters.
    Values(Vec<Scalar>),
    /// None is one of these.
    Forbidden(Vec<Scalar>),
    /// Each node has one.
    Present,
    /// No node has one.
    Absent,
    /// All nodes have the same.
    Same,
    /// No two nodes have the same.
    Different,
}

/// `[[override]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Names of nodes; `*` stands for any characters. Empty: any node, and what lives on none.
    pub nodes: Vec<Scalar>,
    /// Files as reports name them, relative to the node's home; `*` stands for any characters. Empty: any file.
    pub files: Vec<Scalar>,
    /// Codes, prefixes or names of rules that are not asked.
    pub ignore: Vec<Scalar>,
    /// Severities by code or name, in file order.
    pub severities: Vec<(Scalar, Severity)>,
}

/// `[artifacts]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifacts {
    /// The header.
    pub span: Span,
    /// The way they travel.
    pub mode: ArtifactMode,
    /// Name of the node that the others copy from.
    pub writer: Option<Scalar>,
}

/// How deployed artifacts reach every gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArtifactMode {
    /// A shared file system.
    Shared,
    /// Copied by rsync from one node.
    Rsync,
    /// The SVN based deployment synchroniser.
    Svn,
    /// Pulled from the database (3.2 and later).
    Database,
}

/// `[[balancer]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balancer {
    /// The header.
    pub span: Span,
    /// The host name that stands for the nodes.
    pub name: Scalar,
    /// Names of the nodes behind it.
    pub nodes: Vec<Scalar>,
    /// True for a TCP balancer, which carries any protocol; absent `protocol` means HTTP.
    pub tcp: bool,
    /// Listen port, and port of the nodes.
    pub ports: Vec<(u16, u16)>,
}

/// `[[node]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryNode {
    /// The header.
    pub span: Span,
    /// The name.
    pub name: Scalar,
    /// Where its files are; relative to the working folder where the inventory is. `None`: facts about a node that the
    /// command line gives.
    pub path: Option<PathBuf>,
    /// Words of [`ROLES`].
    pub roles: Vec<Scalar>,
    /// Host names and IP addresses that reach it.
    pub addresses: Vec<Scalar>,
    /// The machine that it runs on.
    pub machine: Option<Scalar>,
    /// The network zone, such as `lan` or `dmz`.
    pub zone: Option<Scalar>,
    /// True for a node that takes over and shares no load.
    pub standby: bool,
    /// Product version.
    pub version: Option<Scalar>,
    /// Product, such as `wso2am` or `wso2is`.
    pub product: Option<Scalar>,
    /// Port that others use, and port that the node listens on.
    pub ports: Vec<(u16, u16)>,
    /// Whether it has tenants; `None`: unknown.
    pub tenants: Option<bool>,
}

impl Inventory {
    /// What the inventory says about a node of this name.
    pub fn node(&self, name: &str) -> Option<&InventoryNode> {
        self.nodes.iter().find(|node| node.name.text == name)
    }
}

/// The inventory with its text and its faults; what stands right in it counts nevertheless.
#[derive(Debug, Default)]
pub struct InventoryRead {
    /// What it says.
    pub inventory: Inventory,
    /// Its text; no file where there is no inventory.
    pub sources: OwnerSources,
    /// Its faults in file order.
    pub errors: Vec<InputError>,
}

/// The inventory of the working folder or of the nearest folder above it. The path is relative.
pub fn discover(working_folder: &Path) -> Option<PathBuf> {
    let mut up = PathBuf::new();
    for folder in working_folder.ancestors() {
        if folder.join(FILE_NAME).is_file() {
            return Some(up.join(FILE_NAME));
        }
        up.push("..");
    }
    None
}

/// Reads the inventory at this path.
pub fn read_inventory(owner: u16, path: &Path, working_folder: &Path) -> InventoryRead {
    let shown = shown_path(path, working_folder);
    let (on_disk, is_folder) = match locate(path, working_folder) {
        Ok(located) => located,
        Err(error) => return InventoryRead { errors: vec![error], ..InventoryRead::default() },
    };
    if is_folder {
        let error = InputError::Unreadable { path: shown, reason: "it is a folder".to_owned() };
        return InventoryRead { errors: vec![error], ..InventoryRead::default() };
    }
    let base = shown_path(path, working_folder)
        .rsplit_once('/')
        .map(|(folder, _)| PathBuf::from(if folder.is_empty() { "/" } else { folder }))
        .unwrap_or_default();
    let mut reader = Reader::new(owner, None, Tree::plain_file(on_disk, &shown, shown.clone()));
    let document = reader.toml(&shown);
    let read = reader.finish();
    let mut errors: Vec<InputError> = read
        .unread
        .into_iter()
        .map(|unread| InputError::Inventory {
            path: unread.file,
            line: unread.line,
            column: unread.column,
            reason: unread.reason,
        })
        .collect();
    let mut inventory = Inventory::default();
    if let Some(document) = document {
        let mut faults = Vec::new();
        inventory = root(&document.root, &base, &mut faults);
        inventory.file = Some(FileId { owner, index: 0 });
        faults.sort_by_key(|fault: &Fault| fault.span.start);
        errors.extend(faults.into_iter().map(|fault| {
            let position = read.sources.files.first().map(|file| file.position(fault.span.start));
            InputError::Inventory {
                path: shown.clone(),
                line: position.map(|position| position.line),
                column: position.map(|position| position.column),
                reason: fault.reason,
            }
        }));
    }
    InventoryRead { inventory, sources: read.sources, errors }
}

fn root(table: &Table, base: &Path, faults: &mut Vec<Fault>) -> Inventory {
    let mut section = Section::new(table, "apimlint.toml", faults);
    let path = |text: Scalar| joined(base, &text.text);
    let mut inventory = Inventory {
        version: section.text("version"),
        proxy: section.text("proxy").map(path),
        hosts: section.text("hosts").map(path),
        complete: section.flag("complete"),
        ignore: section.texts("ignore"),
        select: section.texts("select"),
        fail_on: section.word("fail-on", &SEVERITIES),
        baseline: section.text("baseline").map(path),
        ..Inventory::default()
    };
    let (severity, artifacts, nginx) =
        (section.table("severity"), section.table("artifacts"), section.table("nginx"));
    let (overrides, balancers, nodes) =
        (section.tables("override"), section.tables("balancer"), section.tables("node"));
    let rules = section.tables("rule");
    section.end();
    inventory.severities = severities(severity, "[severity]", faults);
    inventory.overrides = overrides.into_iter().filter_map(|table| over(table, faults)).collect();
    if let Some(table) = artifacts {
        let mut section = Section::new(table, "[artifacts]", faults);
        let (mode, writer) = (section.required_word("mode", &MODES), section.text("writer"));
        section.end();
        inventory.artifacts = mode.map(|mode| Artifacts { span: table.span, mode, writer });
    }
    if let Some(table) = nginx {
        let mut section = Section::new(table, "[nginx]", faults);
        inventory.nginx_plus = section.word("flavour", &[("open", false), ("plus", true)]);
        section.end();
    }
    inventory.balancers = balancers.into_iter().filter_map(|table| balancer(table, faults)).collect();
    for table in nodes {
        let Some(node) = node(table, base, faults) else { continue };
        if inventory.nodes.iter().any(|earlier| earlier.name.text == node.name.text) {
            let reason = format!("a second node of the name \"{}\"; the first one counts", node.name.text);
            faults.push(Fault { span: node.name.span, reason });
        } else {
            inventory.nodes.push(node);
        }
    }
    for table in rules {
        let Some(rule) = rule(table, faults) else { continue };
        if inventory.rules.iter().any(|earlier| earlier.code.text == rule.code.text) {
            let reason = format!("a second rule of the code {}; the first one counts", rule.code.text);
            faults.push(Fault { span: rule.code.span, reason });
        } else {
            inventory.rules.push(rule);
        }
    }
    inventory
}

fn rule(table: &Table, faults: &mut Vec<Fault>) -> Option<HouseRule> {
    let mut section = Section::new(table, "[[rule]]", faults);
    let (code, file, path) =
        (section.required_text("code"), section.required_text("file"), section.required_text("path"));
    let (name, message, help) = (section.text("name"), section.text("message"), section.text("help"));
    let severity = section.word("severity", &SEVERITIES).unwrap_or(Severity::Warning);
    let nodes = section.texts("nodes");
    let roles = section.texts("roles");
    for role in roles.iter().filter(|role| !ROLES.contains(&role.text.as_str())) {
        section.unknown_word(role, &ROLES);
    }
    let (values, forbidden) = (section.texts("expect"), section.texts("forbid"));
    let presence = section.flag("present");
    let is_same = section.word("across", &[("same", true), ("different", false)]);
    section.end();
    let asked = [
        (!values.is_empty()).then_some(Expectation::Values(values)),
        (!forbidden.is_empty()).then_some(Expectation::Forbidden(forbidden)),
        presence.map(|present| if present { Expectation::Present } else { Expectation::Absent }),
        is_same.map(|is_same| if is_same { Expectation::Same } else { Expectation::Different }),
    ];
    let mut asked: Vec<Expectation> = asked.into_iter().flatten().collect();
    if asked.len() != 1 {
        let reason = "[[rule]] asks one thing: \"expect\", \"forbid\", \"present\" or \"across\"";
        faults.push(Fault { span: table.span, reason: reason.to_owned() });
        return None;
    }
    let code = code?;
    let letters = code.text.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let is_code = (2..=8).contains(&letters.len())
        && letters.bytes().all(|letter| letter.is_ascii_uppercase())
        && code.text.len() == letters.len() + 3;
    if !is_code {
        let reason = "a code is two to eight upper case letters and three digits, such as CORP001";
        faults.push(Fault { span: code.span, reason: reason.to_owned() });
        return None;
    }
    Some(HouseRule {
        code,
        name,
        message,
        help,
        severity,
        file: file?,
        path: path?,
        nodes,
        roles,
        expectation: asked.pop()?,
    })
}

const SEVERITIES: [(&str, Severity); 3] =
    [("error", Severity::Error), ("warning", Severity::Warning), ("info", Severity::Info)];

const MODES: [(&str, ArtifactMode); 4] = [
    ("shared", ArtifactMode::Shared),
    ("rsync", ArtifactMode::Rsync),
    ("svn", ArtifactMode::Svn),
    ("db", ArtifactMode::Database),
];

/// Every key of a table is a rule, every value a severity.
fn severities(table: Option<&Table>, name: &str, faults: &mut Vec<Fault>) -> Vec<(Scalar, Severity)> {
    table.map(|table| Section::new(table, name, faults).words(&SEVERITIES)).unwrap_or_default()
}

fn over(table: &Table, faults: &mut Vec<Fault>) -> Option<Override> {
    let mut section = Section::new(table, "[[override]]", faults);
    let (nodes, files, ignore) = (section.texts("nodes"), section.texts("files"), section.texts("ignore"));
    let severity = section.table("severity");
    section.end();
    let severities = severities(severity, "[override.severity]", faults);
    if nodes.is_empty() && files.is_empty() {
        let reason =
            "[[override]] has neither \"nodes\" nor \"files\"; what holds everywhere stands at the top";
        faults.push(Fault { span: table.span, reason: reason.to_owned() });
        return None;
    }
    Some(Override { nodes, files, ignore, severities })
}

fn balancer(table: &Table, faults: &mut Vec<Fault>) -> Option<Balancer> {
    let mut section = Section::new(table, "[[balancer]]", faults);
    let name = section.required_text("name");
    let nodes = section.texts("nodes");
    let tcp = section.word("protocol", &[("tcp", true), ("http", false)]).unwrap_or(false);
    let ports = section.tables("ports");
    section.end();
    let ports = ports.into_iter().filter_map(|table| port_pair(table, "listen", faults)).collect();
    Some(Balancer { span: table.span, name: name?, nodes, tcp, ports })
}

fn node(table: &Table, base: &Path, faults: &mut Vec<Fault>) -> Option<InventoryNode> {
    let mut section = Section::new(table, "[[node]]", faults);
    let name = section.required_text("name");
    let roles = section.texts("roles");
    let mut node = InventoryNode {
        span: table.span,
        name: name.clone().unwrap_or_else(|| Scalar::plain("", table.span, 0)),
        path: section.text("path").map(|path| joined(base, &path.text)),
        roles: Vec::new(),
        addresses: section.texts("addresses"),
        machine: section.text("machine"),
        zone: section.text("zone"),
        standby: section.flag("standby").unwrap_or(false),
        version: section.text("version"),
        product: section.text("product"),
        ports: Vec::new(),
        tenants: section.flag("tenants"),
    };
    let ports = section.tables("ports");
    for role in roles {
        if ROLES.contains(&role.text.as_str()) {
            node.roles.push(role);
        } else {
            section.unknown_word(&role, &ROLES);
        }
    }
    section.end();
    node.ports = ports.into_iter().filter_map(|table| port_pair(table, "public", faults)).collect();
    name.map(|_| node)
}

/// `{ listen = 443, port = 8243 }` or `{ public = 443, port = 9443 }`.
fn port_pair(table: &Table, outer: &str, faults: &mut Vec<Fault>) -> Option<(u16, u16)> {
    let mut section = Section::new(table, "ports", faults);
    let pair = (section.port(outer), section.port("port"));
    section.end();
    pair.0.zip(pair.1)
}

/// A path of the inventory as seen from the working folder.
fn joined(base: &Path, path: &str) -> PathBuf {
    PathBuf::from(with_slashes(&base.join(path)))
}
