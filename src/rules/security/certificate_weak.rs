//! A certificate that has ended, or that nobody should accept any more: clients refuse it from one day to the next.

use crate::model::{Date, Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;
use crate::syntax::certificate::Certificate;

/// SE013.
pub static RULE: Rule = Rule { card: "SE013-certificate-weak", check: Check::Deployment(check) };

const SECONDS_OF_A_DAY: u64 = 86_400;
/// Nobody renews a certificate in less.
const DAYS_TO_RENEW: u64 = 30;
const SHORTEST_RSA_KEY: usize = 2048;

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let Some(today) = deployment.today else { return };
    for node in &deployment.nodes {
        of_node(node, today, findings);
    }
    let mut seen = Vec::new();
    for (server, word) in deployment.proxy.iter().flat_map(|proxy| {
        proxy.servers.iter().filter_map(|server| Some((server, server.certificate.as_ref()?)))
    }) {
        let chain = deployment.proxy.as_ref().and_then(|proxy| proxy.certificates.get(&word.text));
        let weak = chain.and_then(|chain| chain.first()).filter(|_| server.speaks_tls());
        if let Some((reason, help)) =
            weak.and_then(|one| weakness(one, today)).filter(|_| !seen.contains(&word.text))
        {
            seen.push(word.text.clone());
            let message = format!("the proxy's certificate {} {reason}", word.text);
            findings.push(Finding::new(word.span, "weak certificate", message).help(help));
        }
    }
}

/// One finding a certificate, however many places name its store.
fn of_node(node: &Node, today: Date, findings: &mut Vec<Finding>) {
    let mut seen: Vec<(&str, usize)> = Vec::new();
    let own = node.key_stores.iter().filter(|store| !store.usage.is_trust() && !store.is_shipped());
    for store in own.filter(|store| store.location.is_written()) {
        let Some(certificate) = store.chain().and_then(|chain| chain.first()) else { continue };
        let Some((reason, help)) = weakness(certificate, today) else { continue };
        if let Some((_, index)) = seen.iter().find(|(digest, _)| *digest == certificate.digest) {
            relate(findings.get_mut(*index), store.location.span);
            continue;
        }
        seen.push((&certificate.digest, findings.len()));
        let message = format!("the certificate of {} in {} {reason}", node.name, store.file());
        findings.push(Finding::new(store.location.span, "weak certificate", message).help(help));
    }
}

fn relate(finding: Option<&mut Finding>, span: Span) {
    if let Some(finding) = finding.filter(|finding| finding.primary.span != span) {
        *finding = finding.clone().related(span, "the same certificate");
    }
}

/// The gravest fault of a certificate, and what to do.
fn weakness(certificate: &Certificate, today: Date) -> Option<(String, &'static str)> {
    const RENEW: &str = "renew the certificate, and import the new one into the trust stores";
    const REPLACE: &str = "make a new key of 2048 bits or more with a SHA-256 certificate";
    let (start, end) = (Date::from_unix(certificate.not_before), Date::from_unix(certificate.not_after));
    let warned = certificate.not_after.saturating_sub(DAYS_TO_RENEW * SECONDS_OF_A_DAY);
    if end < today {
        return Some((format!("ended on {end}"), RENEW));
    }
    if start > today {
        return Some((
            format!("is not valid before {start}"),
            "set the clock, or make a certificate that is valid",
        ));
    }
    if let Some(bits) = certificate.rsa_bits.filter(|bits| *bits < SHORTEST_RSA_KEY) {
        return Some((format!("has an RSA key of {bits} bits"), REPLACE));
    }
    if let Some(digest) = certificate.weak_signature {
        return Some((format!("is signed with {digest}"), REPLACE));
    }
    (Date::from_unix(warned) <= today).then(|| (format!("ends on {end}"), RENEW))
}
