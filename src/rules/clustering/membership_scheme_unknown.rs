//! A scheme that the server does not know stops its start.

use crate::model::clustering::Clustering;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// CL015.
pub static RULE: Rule = Rule { card: "CL015-membership-scheme-unknown", check: Check::Node(check) };

/// Names the class of a scheme that the server does not bring along.
const CLASS: &str = "membershipSchemeClassName";
/// Where the class of the Kubernetes scheme finds its peers.
const SERVICES: &str = "KUBERNETES_SERVICES";

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(clustering) = node.active_clustering() else { return };
    let (Some(setting), Some(scheme)) = (&clustering.scheme, clustering.scheme_name()) else { return };
    let has = |name: &str| clustering.parameter(name).is_some();
    let name = &node.name;
    let found = match scheme.as_str() {
        "wka" | "multicast" => None,
        "aws" if has_aws_login(clustering) => None,
        "aws" => Some((
            format!("{name} looks for its cluster in AWS without accessKey and secretKey or iamRole"),
            "add accessKey and secretKey, or iamRole, and the region to the clustering parameters".to_owned(),
            Some("parameter-missing"),
        )),
        _ if !has(CLASS) => Some((
            format!("{name} uses the membership scheme {}, but no {CLASS} says what that is", setting.value),
            format!("write wka, multicast or aws, or add the parameter {CLASS}"),
            None,
        )),
        "kubernetes" if !has(SERVICES) && is_wso2(clustering) => Some((
            format!("{name} looks for its cluster in Kubernetes, but {SERVICES} is not set"),
            format!(
                "add the parameters {SERVICES} and KUBERNETES_NAMESPACE, unless the container's environment has them"
            ),
            Some("parameter-missing"),
        )),
        _ => None,
    };
    if let Some((message, help, variant)) = found {
        let finding = Finding::new(setting.span, "cannot work", message).help(help);
        findings.push(match variant {
            Some(variant) => finding.variant(variant),
            None => finding,
        });
    }
}

fn has_aws_login(clustering: &Clustering) -> bool {
    let has = |name: &str| clustering.parameter(name).is_some();
    has("iamRole") || (has("accessKey") && has("secretKey"))
}

/// Another class of that name may need other parameters.
fn is_wso2(clustering: &Clustering) -> bool {
    let class = clustering.parameter(CLASS).and_then(Setting::text);
    class.is_some_and(|class| class.ends_with("kubernetes.KubernetesMembershipScheme"))
}
