//! Settings that differ between nodes, for people, scripts and merge requests.

use std::fmt::Write as _;

use serde::Serialize;

use super::markdown::{code, escaped};
use super::{clean, counted};
use crate::diagnostic::Unread;
use crate::model::Deployment;
use crate::model::drift::{Drift, Presence, Side, Subject};
use crate::source::Position;
use crate::syntax::secrets;

/// Everything that the report shows.
#[derive(Debug, Clone, Copy)]
pub struct Differences<'a> {
    /// The nodes.
    pub deployment: &'a Deployment,
    /// What differs and should not, by file and path.
    pub unexplained: &'a [Drift],
    /// What each node has for itself: addresses, ports, peers, sizes.
    pub own: &'a [Drift],
    /// What could not be read.
    pub unread: &'a [Unread],
}

impl Differences<'_> {
    /// Both kinds in one line.
    fn summary(&self) -> String {
        let mut parts = vec![counted(self.deployment.nodes.len(), "node", "nodes")];
        parts.push(match self.unexplained.len() {
            0 => "no setting differs".to_owned(),
            count => counted(count, "setting differs", "settings differ"),
        });
        if !self.own.is_empty() {
            parts.push(format!("{} of each node's own", self.own.len()));
        }
        if !self.unread.is_empty() {
            parts.push(format!("{} not read", self.unread.len()));
        }
        parts.join(", ")
    }

    fn kinds(&self) -> [(&'static str, &[Drift]); 2] {
        [("Differs", self.unexplained), ("Each node's own", self.own)]
    }

    fn name(&self, side: &Side) -> &str {
        self.deployment.name(side.node)
    }

    fn position(&self, side: &Side) -> Position {
        let file = self.deployment.sources.file(side.place.file);
        file.map_or(Position { line: 1, column: 1 }, |file| file.position(side.place.start))
    }
}

/// A value as it may be shown; `None` where nothing is there.
fn value(drift: &Drift, side: &Side) -> Option<String> {
    match (&side.value, side.presence) {
        (_, Presence::Absent) => None,
        (Some(value), _) => Some(secrets::mask_quoted(value)),
        (None, _) if drift.subject == Subject::Presence => Some("present".to_owned()),
        // A secret, or what fits in no line.
        (None, _) => Some(secrets::MASK.to_owned()),
    }
}

/// One block for each setting, one line for each value in it.
pub fn report_human(differences: &Differences<'_>) -> String {
    let mut text = String::new();
    for (heading, drifts) in differences.kinds().into_iter().filter(|(_, drifts)| !drifts.is_empty()) {
        let _ = writeln!(text, "{heading}:\n");
        for drift in drifts {
            let _ = writeln!(text, "{} {}", drift.file, clean(&drift.path));
            for (names, value) in values(differences, drift) {
                let _ = writeln!(text, "  {}: {}", clean(&names), clean(&value));
            }
            text.push('\n');
        }
    }
    for unread in differences.unread {
        let node = unread.node.as_ref().map(|node| format!("{node}: ")).unwrap_or_default();
        let line = format!("cannot read {node}{}: {}", unread.file, unread.reason);
        let _ = writeln!(text, "{}", clean(&line));
    }
    let _ = writeln!(text, "{}", differences.summary());
    text
}

/// The values with the nodes that have them, in node order.
fn values(differences: &Differences<'_>, drift: &Drift) -> Vec<(String, String)> {
    let mut values: Vec<(usize, String, String)> = Vec::new();
    for side in &drift.sides {
        let name = differences.name(side);
        let shown = match value(drift, side) {
            None => "(absent)".to_owned(),
            Some(value) if value.is_empty() => "(empty)".to_owned(),
            Some(value) if side.presence == Presence::Default => format!("{value} (default)"),
            Some(value) => value,
        };
        match values.iter_mut().find(|(rank, _, known)| *rank == side.rank && *known == shown) {
            Some((_, names, _)) => names.push_str(&format!(", {name}")),
            None => values.push((side.rank, name.to_owned(), shown)),
        }
    }
    values.into_iter().map(|(_, names, value)| (names, value)).collect()
}

/// A table for each kind.
pub fn report_markdown(differences: &Differences<'_>) -> String {
    let mut text = format!("## apimlint diff: {}\n", differences.summary());
    for (heading, drifts) in differences.kinds().into_iter().filter(|(_, drifts)| !drifts.is_empty()) {
        let _ = write!(text, "\n### {heading}\n\n| setting | nodes | value |\n| --- | --- | --- |\n");
        for drift in drifts {
            let mut setting = code(&format!("{} {}", drift.file, drift.path)).replace('|', "\\|");
            for (names, value) in values(differences, drift) {
                let value = code(&value).replace('|', "\\|");
                let _ = writeln!(text, "| {setting} | {} | {value} |", escaped(&names));
                setting.clear();
            }
        }
    }
    if !differences.unread.is_empty() {
        text.push_str("\n### Not read\n\n");
    }
    for unread in differences.unread {
        let node = unread.node.as_deref().unwrap_or_default();
        let _ = writeln!(text, "- {} {} – {}", escaped(node), code(&unread.file), escaped(&unread.reason));
    }
    text
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    nodes: Vec<&'a str>,
    differences: Vec<Entry<'a>>,
    unread: Vec<UnreadEntry<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Entry<'a> {
    file: String,
    path: &'a str,
    node_specific: bool,
    values: Vec<SideEntry<'a>>,
}

#[derive(Serialize)]
struct SideEntry<'a> {
    node: &'a str,
    line: u32,
    column: u32,
    presence: &'static str,
    value: Option<String>,
    meaning: usize,
}

#[derive(Serialize)]
struct UnreadEntry<'a> {
    node: Option<&'a str>,
    file: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Summary {
    differ: usize,
    node_specific: usize,
}

/// One JSON document. Values with the same `meaning` are the same, however they are written.
pub fn report_json(differences: &Differences<'_>) -> Result<String, serde_json::Error> {
    let document = Document {
        schema_version: 1,
        nodes: differences.deployment.nodes.iter().map(|node| node.name.as_str()).collect(),
        differences: (differences.unexplained.iter().map(|drift| entry(differences, drift, false)))
            .chain(differences.own.iter().map(|drift| entry(differences, drift, true)))
            .collect(),
        unread: differences
            .unread
            .iter()
            .map(|unread| UnreadEntry {
                node: unread.node.as_deref(),
                file: &unread.file,
                reason: &unread.reason,
            })
            .collect(),
        summary: Summary { differ: differences.unexplained.len(), node_specific: differences.own.len() },
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn entry<'a>(differences: &Differences<'a>, drift: &'a Drift, node_specific: bool) -> Entry<'a> {
    let side = |side: &'a Side| {
        let place = differences.position(side);
        SideEntry {
            node: differences.deployment.name(side.node),
            line: place.line,
            column: place.column,
            presence: match side.presence {
                Presence::Written => "written",
                Presence::Default => "default",
                Presence::Absent => "absent",
            },
            value: value(drift, side),
            meaning: side.rank,
        }
    };
    Entry {
        file: format!("repository/conf/{}", drift.file),
        path: &drift.path,
        node_specific,
        values: drift.sides.iter().map(side).collect(),
    }
}
