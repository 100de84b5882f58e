//! A block that speaks TLS without a certificate: nginx does not start, or answers with another block's
//! certificate.

use crate::model::Deployment;
use crate::rules::{Check, Finding, Rule};
use crate::syntax::Scalar;

/// PX019.
pub static RULE: Rule = Rule { card: "PX019-proxy-certificate-missing", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for server in deployment.proxy.iter().flat_map(|proxy| &proxy.servers) {
        let listen = server.listens.iter().find(|listen| listen.tls);
        let Some(reason) = listen.map(|listen| listen.span).or(server.ssl_on) else { continue };
        if server.rejects_handshake {
            continue;
        }
        let name = server.plain_names().next().unwrap_or("a server block without a name");
        let values = [
            ("ssl_certificate", server.certificate.as_ref()),
            ("ssl_certificate_key", server.certificate_key.as_ref()),
        ];
        let mut placeholders = values.iter().filter_map(|(directive, value)| {
            value.filter(|value| is_placeholder(value)).map(|value| (*directive, value))
        });
        if let Some((directive, value)) = placeholders.next() {
            let message = format!("{name} has the placeholder {} for {directive}", value.text);
            let mut finding = Finding::new(value.span, "a placeholder", message)
                .help("write the paths of the certificate and of its key");
            for (_, other) in placeholders {
                finding = finding.related(other.span, "a placeholder, too");
            }
            findings.push(finding);
            continue;
        }
        let missing: Vec<&str> =
            values.iter().filter(|(_, value)| value.is_none()).map(|(directive, _)| *directive).collect();
        if missing.is_empty() || server.incomplete {
            continue;
        }
        findings.push(
            Finding::new(
                server.span,
                "TLS without a certificate",
                format!("{name} speaks TLS, but has no {}", missing.join(" and no ")),
            )
            .related(reason, "speaks TLS")
            .help(format!("add {} to the server block", missing.join(" and "))),
        );
    }
}

/// `<<Certificate.crt>>`, `<path>`: text that documentation leaves to the reader.
fn is_placeholder(value: &Scalar) -> bool {
    value.text.starts_with('<') && value.text.ends_with('>') && !value.text.starts_with("<%")
}
