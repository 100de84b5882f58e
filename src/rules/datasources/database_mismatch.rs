//! Two nodes keep APIs, applications and tokens in different databases: what one node knows the other refuses.

use crate::model::Deployment;
use crate::model::database::{DataSource, LogicalDatabase};
use crate::model::sharing::{Sharer, uses};
use crate::rules::datasources::adoption;
use crate::rules::{Check, Finding, Rule};

/// DS003.
pub static RULE: Rule = Rule { card: "DS003-database-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for nodes in deployment.sharers(LogicalDatabase::Api) {
        let all = uses(&nodes, LogicalDatabase::Api);
        let mut files: Vec<&str> = Vec::new();
        for sharer in &all {
            let file = file(deployment, sharer);
            if !files.contains(&file) {
                files.push(file);
            }
        }
        let mut reported: Vec<&DataSource> = Vec::new();
        for name in files {
            let of_file: Vec<Sharer<'_>> =
                all.iter().filter(|sharer| file(deployment, sharer) == name).copied().collect();
            let (right, wrong) = deployment.split(&deployment.comparable(&of_file));
            let Some(reference) = right.first() else { continue };
            for sharer in wrong.into_iter().filter(|sharer| !sharer.node.is_app_identity_provider()) {
                if !reported.iter().any(|source| std::ptr::eq(*source, sharer.source)) {
                    reported.push(sharer.source);
                    findings.push(finding(&sharer, reference, noun(name)));
                }
            }
        }
    }
}

/// The file that names the data source.
fn file<'a>(deployment: &'a Deployment, sharer: &Sharer<'_>) -> &'a str {
    deployment.sources.file(sharer.usage.reference.span.file).map_or("", |file| file.path.as_str())
}

/// The identity component names its database itself, which is the same one in the untouched pack.
fn noun(file: &str) -> &'static str {
    if file.ends_with("identity.xml") || file.ends_with("thrift-authentication.xml") {
        "the identity database"
    } else {
        "the API Manager database"
    }
}

fn finding(sharer: &Sharer<'_>, reference: &Sharer<'_>, noun: &str) -> Finding {
    let (own, other) = (&sharer.node.name, &reference.node.name);
    let shown = reference.source.shown();
    Finding::new(
        sharer.place_against(reference),
        "another database",
        format!("{own} keeps {noun} at {}, but {other} at {shown}", sharer.source.shown()),
    )
    .help(adoption(sharer, reference))
    .related(reference.source.place(), format!("database of {other}"))
}
