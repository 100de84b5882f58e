//! Synchronisation that was switched on with the sample repository or login of the untouched pack fails at every try.

use crate::model::sharing::listed;
use crate::model::{Deployment, Node, Secret, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// DY006.
pub static RULE: Rule = Rule { card: "DY006-svn-settings-placeholder", check: Check::Node(check) };

/// Host of the sample repository.
const HOST: &str = "svnrepo.example.com";

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let samples = samples(node);
    let Some(((name, place), others)) = samples.split_first() else { return };
    let names: Vec<String> = samples.iter().map(|(name, _)| (*name).to_owned()).collect();
    let message = format!(
        "{} synchronises through SVN with the sample {} of the untouched pack",
        node.name,
        listed(&names)
    );
    let finding = Finding::new(*place, format!("sample {name}"), message)
        .help("write the URL and login of your repository, or set Enabled to false");
    findings.push(
        others
            .iter()
            .fold(finding, |finding, (name, place)| finding.related(*place, format!("sample {name}"))),
    );
}

/// Settings that still are as in the untouched pack, by name.
fn samples(node: &Node) -> Vec<(&'static str, Span)> {
    let Some(own) = node.active_synchronizer() else { return Vec::new() };
    let url = own.svn_url.as_ref().filter(|url| url.text().is_some_and(|text| text.contains(HOST)));
    let user = own.svn_user.as_ref().filter(|user| user.text() == Some("username"));
    // A password called password may be the operator's choice; beside a sample login it is not.
    let is_sample = |password: &&Setting<Secret>| password.known().is_some_and(|text| text.is("password"));
    let password = own.svn_password.as_ref().filter(is_sample);
    if url.is_none() && user.is_none() {
        return Vec::new();
    }
    let found = [
        ("SvnUrl", url.map(|url| url.span)),
        ("SvnUser", user.map(|user| user.span)),
        ("SvnPassword", password.map(|password| password.span)),
    ];
    found.into_iter().filter_map(|(name, span)| Some((name, span?))).collect()
}
