//! App Manager's identity provider knows other users or other apps than the parts that send people to it.

use super::move_to;
use crate::model::Deployment;
use crate::model::database::LogicalDatabase;
use crate::model::sharing::{Sharer, uses};
use crate::rules::datasources::adoption;
use crate::rules::{Check, Finding, Rule};

/// AP004.
pub static RULE: Rule = Rule { card: "AP004-app-database-unshared", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for (database, what) in [(LogicalDatabase::Users, "users"), (LogicalDatabase::Api, "apps and tokens")] {
        for nodes in deployment.sharers(database) {
            let all = uses(&nodes, database);
            let (providers, parts): (Vec<Sharer<'_>>, Vec<Sharer<'_>>) =
                all.into_iter().partition(|sharer| sharer.node.is_app_identity_provider());
            let networked: Vec<Sharer<'_>> =
                parts.iter().filter(|part| !part.source.is_embedded()).copied().collect();
            let (right, _) = deployment.split(&networked);
            let reference = right.first().or(parts.first());
            let mut reported = Vec::new();
            for provider in &providers {
                let source = (provider.node.index, provider.source.span);
                let found = reference.and_then(|part| judge(deployment, provider, part, what));
                if !reported.contains(&source)
                    && let Some(finding) = found
                {
                    reported.push(source);
                    findings.push(finding);
                }
            }
        }
    }
}

fn judge(deployment: &Deployment, provider: &Sharer<'_>, part: &Sharer<'_>, what: &str) -> Option<Finding> {
    let same = deployment.same_database((provider.node, provider.source), (part.node, part.source));
    if same != Some(false) {
        return None;
    }
    let (own, other) = (&provider.node.name, &part.node.name);
    let (shown, shown_there) = (provider.source.shown(), part.source.shown());
    let is_own_file = provider.source.is_embedded();
    let message = match (is_own_file, part.source.is_embedded()) {
        (true, true) => format!("{own} keeps {what} in an H2 file of its own ({shown}), and so does {other}"),
        (true, false) => {
            format!("{own} keeps {what} in an H2 file of its own ({shown}), but {other} at {shown_there}")
        }
        (false, _) if shown == shown_there => {
            format!("{own} and {other} each keep {what} at {shown} of their own machine")
        }
        (false, _) => format!("{own} keeps {what} at {shown}, but {other} at {shown_there}"),
    };
    let keeps_local = provider.usage.database == LogicalDatabase::Users && provider.node.has_users_on_local();
    let help = if part.source.is_embedded() && keeps_local {
        "define a data source for a user database on a server, such as jdbc/WSO2UM_DB, and name it in the property \
         dataSource of user-mgt.xml on all parts"
            .to_owned()
    } else if part.source.is_embedded() {
        format!("create one database on a server and set {} there on all parts", provider.source.name.value)
    } else if is_own_file {
        move_to(provider, part)
    } else if shown == shown_there {
        "set the url to an address that all parts reach".to_owned()
    } else {
        adoption(provider, part)
    };
    let place = if keeps_local { provider.usage.reference.span } else { provider.place_against(part) };
    let label = if is_own_file { "a file of this node" } else { "another database" };
    Some(
        Finding::new(place, label, message)
            .help(help)
            .related(part.source.place(), format!("{what} of {other}")),
    )
}
