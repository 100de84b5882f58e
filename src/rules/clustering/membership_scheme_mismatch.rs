//! Nodes of one domain that look for each other in different ways never meet.

use crate::model::clustering::Clustering;
use crate::model::{ConfigModel, Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule, majority_preferring};

/// CL002.
pub static RULE: Rule = Rule { card: "CL002-membership-scheme-mismatch", check: Check::Deployment(check) };

/// A node with its scheme: the setting, and its name in lower case.
struct Scheme<'a> {
    node: &'a Node,
    setting: &'a Setting,
    name: String,
    lists_members: bool,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for (domain, nodes) in deployment.domain_groups() {
        let schemes: Vec<Scheme<'_>> = nodes.into_iter().filter_map(scheme).collect();
        let Some(common) = most_common(&schemes) else { continue };
        let (right, wrong): (Vec<&Scheme<'_>>, Vec<&Scheme<'_>>) =
            schemes.iter().partition(|scheme| scheme.name == common.name);
        findings.extend(wrong.into_iter().map(|scheme| finding(domain, scheme, &right, &common.name)));
    }
}

fn scheme(node: &Node) -> Option<Scheme<'_>> {
    let clustering: &Clustering = node.active_clustering()?;
    Some(Scheme {
        node,
        setting: clustering.scheme.as_ref()?,
        name: clustering.scheme_name()?,
        lists_members: !clustering.members_vanilla,
    })
}

/// The scheme that most nodes have. Of equally common ones that which somebody wrote members for, else the first.
fn most_common<'a, 'b>(schemes: &'b [Scheme<'a>]) -> Option<&'b Scheme<'a>> {
    let listed = schemes.iter().any(|scheme| scheme.name == "wka" && scheme.lists_members);
    let agree = |one: &Scheme<'_>, other: &Scheme<'_>| one.name == other.name;
    majority_preferring(schemes, agree, |scheme| listed && scheme.name == "wka")
}

fn finding(domain: &str, wrong: &Scheme<'_>, right: &[&Scheme<'_>], common: &str) -> Finding {
    let names: Vec<&Node> = right.iter().map(|scheme| scheme.node).collect();
    let uses = if right.len() == 1 { "uses" } else { "use" };
    let message = format!(
        "{} uses membership scheme {}, but {} in the same cluster domain {domain} {uses} {common}",
        wrong.node.name,
        wrong.name,
        crate::model::sharing::node_names(&names),
    );
    let help = match wrong.node.config_model {
        ConfigModel::Xml => format!("set membershipScheme to {common}"),
        ConfigModel::Toml => format!("set membership_scheme under [clustering] to \"{common}\""),
    };
    let written = wrong.setting.text().and_then(|text| wrong.setting.bare(text));
    let finding = Finding::new(wrong.setting.span, "another scheme", message).help(help).fix(written, common);
    right.iter().fold(finding, |finding, scheme| {
        finding.related(scheme.setting.span, format!("scheme of {}", scheme.node.name))
    })
}
