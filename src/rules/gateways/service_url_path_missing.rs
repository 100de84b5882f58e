//! A service URL that does not end in `/services/`: up to 3.x the server hangs the name of the service on as it is, and
//! every call ends in "404 Not Found" (carbon-apimgt, plain concatenation).

use crate::model::{Deployment, Endpoint, Node, Purpose, Reference};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// GW004.
pub static RULE: Rule = Rule { card: "GW004-service-url-path-missing", check: Check::Node(check) };

const SERVICES: &str = "/services/";

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    if !node.is_api_manager() || !node.is_before(4, 0) {
        return;
    }
    for reference in deployment.addresses_in_use(node) {
        if is_prolonged(reference.purpose) {
            findings.extend(finding(node, reference));
        }
    }
}

/// True for an address behind which the server writes the name of an admin service.
fn is_prolonged(purpose: Purpose) -> bool {
    matches!(
        purpose,
        Purpose::GatewayService
            | Purpose::KeyValidation
            | Purpose::Authentication
            | Purpose::StoreService
            | Purpose::PolicyDeployment
    )
}

fn finding(node: &Node, Reference { endpoint, .. }: Reference<'_>) -> Option<Finding> {
    let text = endpoint.text.text().filter(|_| endpoint.text.is_written())?;
    let path = endpoint.path.as_str();
    let is_open = path.contains(['$', '{', '}', '<', '>', '%', '?', '#']);
    if is_open || path.ends_with(SERVICES) || !matches!(endpoint.scheme.as_str(), "http" | "https") {
        return None;
    }
    let lacks_slash = path.ends_with(SERVICES.trim_end_matches('/'));
    let (missing, label) =
        if lacks_slash { ("/", "lacks the last slash") } else { ("services/", "does not end in /services/") };
    let message = format!("{} calls {}{path}, a service URL that {label}", node.name, endpoint.address());
    let finding = Finding::new(endpoint.text.span, label, message).help(format!("end it in {SERVICES}"));
    // What has a path of its own needs a person.
    let missing = match (lacks_slash, path) {
        (true, _) | (false, "/") => missing,
        (false, "") => SERVICES,
        (false, _) => return Some(finding),
    };
    Some(finding.fix(end(endpoint, text), missing))
}

/// The place behind the last letter of the address.
fn end(endpoint: &Endpoint, text: &str) -> Option<Span> {
    let end = endpoint.text.bare(text)?.end;
    Some(Span { start: end, end, ..endpoint.text.span })
}
