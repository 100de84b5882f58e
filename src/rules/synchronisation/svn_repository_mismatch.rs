//! Gateways of one group that check out different repositories never serve the same APIs.

use crate::model::gateway::{DeploymentSynchronizer, without_login};
use crate::model::{Deployment, Node, Role, Setting};
use crate::rules::{Check, Finding, Rule, majority_preferring};
use crate::source::Span;

/// DY005.
pub static RULE: Rule = Rule { card: "DY005-svn-repository-mismatch", check: Check::Deployment(check) };

/// What tells two repositories apart.
#[derive(PartialEq, Eq)]
struct Repository {
    url: String,
    kind: String,
    appends_tenant: bool,
}

/// A node with its repository.
struct Reader<'a> {
    node: &'a Node,
    synchronizer: &'a DeploymentSynchronizer,
    repository: Repository,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.groups(Role::Gateway) {
        let readers: Vec<Reader<'_>> = group.into_iter().filter_map(reader).collect();
        let count = |reader: &Reader<'_>| {
            readers.iter().filter(|other| other.repository == reader.repository).count()
        };
        let agree = |one: &Reader<'_>, other: &Reader<'_>| one.repository == other.repository;
        let Some(right) = majority_preferring(&readers, agree, |reader| reader.synchronizer.commits()) else {
            continue;
        };
        // A repository with readers or a writer of its own is that of another zone, whatever the nodes are called.
        let is_lost = |reader: &&Reader<'_>| count(reader) == 1 && !reader.synchronizer.commits();
        let wrong = readers.iter().filter(|reader| reader.repository != right.repository).filter(is_lost);
        findings.extend(wrong.map(|wrong| finding(wrong, right)));
    }
}

/// A node that synchronises; `None` where a part of its repository is unknown.
fn reader(node: &Node) -> Option<Reader<'_>> {
    let synchronizer = node.active_synchronizer()?;
    let kind = synchronizer.repository_type.as_ref().map_or(Some("svn"), Setting::text)?;
    let appends_tenant = synchronizer.append_tenant.as_ref().map_or(Some(&true), Setting::known)?;
    let repository = Repository {
        url: synchronizer.repository()?,
        kind: kind.to_ascii_lowercase(),
        appends_tenant: *appends_tenant,
    };
    Some(Reader { node, synchronizer, repository })
}

fn finding(wrong: &Reader<'_>, right: &Reader<'_>) -> Finding {
    let (own, other) = (&wrong.repository, &right.repository);
    let (mine, theirs) = (wrong.synchronizer, right.synchronizer);
    let span = |place: Option<Span>, whole: Span| place.unwrap_or(whole);
    let (name, value, expected, places) = if own.url != other.url {
        let place = |own: &DeploymentSynchronizer| own.svn_url.as_ref().map(|url| url.span);
        ("SvnUrl", without_login(&own.url), without_login(&other.url), (place(mine), place(theirs)))
    } else if own.kind != other.kind {
        let place = |own: &DeploymentSynchronizer| own.repository_type.as_ref().map(|kind| kind.span);
        ("RepositoryType", own.kind.clone(), other.kind.clone(), (place(mine), place(theirs)))
    } else {
        let place = |own: &DeploymentSynchronizer| own.append_tenant.as_ref().map(|flag| flag.span);
        let (value, expected) = (own.appends_tenant.to_string(), other.appends_tenant.to_string());
        ("SvnUrlAppendTenantId", value, expected, (place(mine), place(theirs)))
    };
    let message = format!(
        "{} synchronises with {name} {value}, {} of the same gateway group with {expected}",
        wrong.node.name, right.node.name
    );
    Finding::new(span(places.0, mine.span), "another repository", message)
        .help(format!("set {name} to that of {}", right.node.name))
        .related(span(places.1, theirs.span), format!("{name} of {}", right.node.name))
}
