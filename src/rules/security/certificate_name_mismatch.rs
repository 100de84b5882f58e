//! A certificate that does not name the host it is called by: callers that check names refuse the connection.

use crate::model::proxy::VirtualServer;
use crate::model::{Deployment, Encounter, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// SE014.
pub static RULE: Rule = Rule { card: "SE014-certificate-name-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut seen = Vec::new();
    for Encounter { caller, peer } in deployment.encounters() {
        let (Some(host), Some(certificate)) = (caller.endpoint.host.name(), peer.chain.first()) else {
            continue;
        };
        // Receivers and brokers are called by clients that check no names. The shipped certificate names localhost alone: that
        // it is in use is another fault.
        let is_checked = caller.endpoint.scheme == "https" && checks_names(caller.node);
        if !is_checked || peer.is_shipped || certificate.names(host) {
            continue;
        }
        let fact = (peer.place, host.to_owned());
        if seen.contains(&fact) {
            continue;
        }
        seen.push(fact);
        let names =
            if certificate.hosts.is_empty() { "nobody".to_owned() } else { certificate.hosts.join(", ") };
        let message = format!(
            "{} calls {} as {host}, but its certificate names {names}",
            caller.node.name,
            peer.name()
        );
        findings.push(
            Finding::new(peer.place, "names other hosts", message)
                .help(format!(
                    "add {host} to the alternative names of the certificate, or call {} by its name",
                    peer.name()
                ))
                .related(caller.endpoint.host_span, "called by this name"),
        );
    }
    findings.extend(of_proxy(deployment, &seen.iter().map(|(place, _)| *place).collect::<Vec<_>>()));
}

/// Blocks of the proxy whose certificate has none of their own names.
fn of_proxy(deployment: &Deployment, reported: &[Span]) -> Vec<Finding> {
    let Some(proxy) = &deployment.proxy else { return Vec::new() };
    let judge = |server: &VirtualServer| {
        let word = server.certificate.as_ref().filter(|word| !reported.contains(&word.span))?;
        let certificate = proxy.certificates.get(&word.text)?.first()?;
        let name =
            server.plain_names().find(|name| !certificate.names(name)).filter(|_| server.speaks_tls())?;
        let message = format!("{name} shows a certificate that names {}", certificate.hosts.join(", "));
        let help = format!("make a certificate with {name} among its alternative names");
        Some(
            Finding::new(word.span, "names other hosts", message)
                .help(help)
                .related(server.span, "serves the name"),
        )
    };
    proxy.servers.iter().filter_map(judge).collect()
}

/// False where a switch turns the check off, and before 2.5, whose start scripts do.
fn checks_names(node: &Node) -> bool {
    const SWITCHES: [(&str, &str); 2] =
        [("org.wso2.ignoreHostnameVerification", "true"), ("httpclient.hostnameVerifier", "AllowAll")];
    let is_off = |(name, value): &(&str, &str)| {
        node.system_property(name)
            .is_some_and(|set| set.value.eq_ignore_ascii_case(value) || set.known().is_none())
    };
    node.is_at_least(2, 5)
        && !SWITCHES.iter().any(is_off)
        && !node
            .security
            .host_name_verifiers
            .iter()
            .any(|verifier| verifier.value.eq_ignore_ascii_case("AllowAll"))
}
