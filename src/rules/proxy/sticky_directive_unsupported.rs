//! The community nginx refuses to start on a directive that only NGINX Plus knows.

use crate::model::Deployment;
use crate::rules::{Check, Finding, Rule};

/// PX010.
pub static RULE: Rule = Rule { card: "PX010-sticky-directive-unsupported", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let Some(proxy) = &deployment.proxy else { return };
    if proxy.mentions_plus || deployment.inventory.nginx_plus == Some(true) {
        return;
    }
    for upstream in &proxy.upstreams {
        let Some(sticky) = upstream.sticky else { continue };
        findings.push(
            Finding::new(
                sticky,
                "NGINX Plus only",
                format!("upstream {} uses sticky, which the community nginx does not know", upstream.name),
            )
            .help(
                "write \"ip_hash;\", or state NGINX Plus: flavour = \"plus\" under [nginx] in apimlint.toml",
            )
            .fix(Some(sticky), "ip_hash"),
        );
    }
}
