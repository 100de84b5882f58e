//! Two nodes mount one registry space from different databases: what is published on one does not exist on the other.

use crate::model::Deployment;
use crate::model::database::{DataSource, LogicalDatabase};
use crate::model::node::{Node, Product};
use crate::model::sharing::{Sharer, listed, uses};
use crate::rules::datasources::{adoption, with_sources};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// RG011.
pub static RULE: Rule = Rule { card: "RG011-mount-database-mismatch", check: Check::Deployment(check) };

/// A node that mounts from another database than its peers.
struct Stray<'a> {
    sharer: Sharer<'a>,
    reference: Sharer<'a>,
    paths: Vec<String>,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut strays: Vec<Stray<'_>> = Vec::new();
    for database in [LogicalDatabase::Governance, LogicalDatabase::Config] {
        for nodes in groups(deployment, database) {
            let sharers = deployment.comparable(&uses(&nodes, database));
            let (right, wrong) = deployment.split(&sharers);
            let Some(reference) = right.first() else { continue };
            for sharer in wrong {
                let path = database.mount_path().unwrap_or_default().to_owned();
                let place = sharer.place_against(reference);
                match strays.iter_mut().find(|stray| stray.place() == place) {
                    Some(stray) => stray.paths.push(path),
                    None => strays.push(Stray { sharer, reference: *reference, paths: vec![path] }),
                }
            }
        }
    }
    findings.extend(
        strays.iter().map(|stray| with_sources(deployment, stray.finding(), &stray.sharer, &stray.reference)),
    );
}

/// The nodes that mount one space; the config space belongs to one product each.
fn groups(deployment: &Deployment, database: LogicalDatabase) -> Vec<Vec<&Node>> {
    let mut groups = deployment.sharers(database);
    if database == LogicalDatabase::Config {
        groups.iter_mut().for_each(|group| group.retain(|node| node.product != Product::IdentityServer));
    }
    groups
}

impl Stray<'_> {
    fn place(&self) -> Span {
        self.sharer.place_against(&self.reference)
    }

    fn finding(&self) -> Finding {
        let (own, other) = (&self.sharer.node.name, &self.reference.node.name);
        let shown = |source: &DataSource| source.shown();
        let message = format!(
            "{own} mounts {} from {}, but {other} from {}",
            listed(&self.paths),
            shown(self.sharer.source),
            shown(self.reference.source)
        );
        Finding::new(self.place(), "another database", message)
            .help(adoption(&self.sharer, &self.reference))
            .related(self.reference.source.place(), format!("database of {other}"))
    }
}
