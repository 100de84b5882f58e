//! Tokens carry the name of their issuer: a node that expects another name refuses them.

use crate::model::{ConfigModel, Deployment, Node, Role, Setting};
use crate::rules::{Check, Finding, Rule, majority};
use crate::syntax::url;

/// KM013.
pub static RULE: Rule = Rule { card: "KM013-token-issuer-mismatch", check: Check::Deployment(check) };

/// A node with the issuer that it writes.
struct Issuer<'a> {
    node: &'a Node,
    setting: &'a Setting,
    text: &'a str,
    as_written: &'a str,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.groups(Role::KeyManager) {
        let issuers: Vec<Issuer<'_>> = group.into_iter().filter_map(issuer).collect();
        let Some(right) = majority(&issuers, |one, other| one.text == other.text) else { continue };
        let wrong = issuers.iter().filter(|issuer| is_other(issuer, right));
        findings.extend(wrong.map(|wrong| finding(wrong, right)));
    }
}

fn issuer(node: &Node) -> Option<Issuer<'_>> {
    let tokens = node.tokens.as_ref().filter(|_| node.is_api_manager())?;
    let setting = &tokens.issuer;
    let text = setting.text().filter(|_| setting.is_written())?;
    Some(Issuer { node, setting, text, as_written: &tokens.issuer_as_written })
}

/// The same variables with another HostName behind them are the business of the rules about host names.
fn is_other(issuer: &Issuer<'_>, right: &Issuer<'_>) -> bool {
    let host =
        |text: &str| url::split(text).and_then(|parts| text.get(parts.host).map(str::to_ascii_lowercase));
    issuer.text != right.text
        && (issuer.as_written != right.as_written || host(issuer.text) == host(right.text))
}

fn finding(wrong: &Issuer<'_>, right: &Issuer<'_>) -> Finding {
    let (node, other) = (&wrong.node.name, &right.node.name);
    let name = match wrong.node.config_model {
        ConfigModel::Xml => "IDTokenIssuerID",
        ConfigModel::Toml => "issuer under [oauth.oidc.id_token]",
    };
    Finding::new(
        wrong.setting.span,
        format!("another issuer than {other}"),
        format!("{node} issues tokens as {}, {other} as {}", wrong.text, right.text),
    )
    .help(format!("set {name} to {} on both", right.text))
    .related(right.setting.span, format!("issuer of {other}"))
}
