//! Gateways and portals disagree on how to throttle: policies that one of them makes another does not enforce.

use crate::model::node::Role;
use crate::model::throttling::Throttling;
use crate::model::{ConfigModel, Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// TM021.
pub static RULE: Rule = Rule { card: "TM021-advanced-throttling-mismatch", check: Check::Deployment(check) };

/// A switch on which nodes have to agree.
struct Switch {
    element: &'static str,
    key: &'static str,
    read: fn(&Throttling) -> &Setting<bool>,
    roles: &'static [Role],
}

const SWITCHES: [Switch; 4] = [
    Switch {
        element: "EnableAdvanceThrottling",
        key: "enable_advanced_throttling",
        read: |throttling| &throttling.advanced,
        roles: &[Role::Publisher, Role::Gateway, Role::KeyManager],
    },
    Switch {
        element: "EnableHeaderConditions",
        key: "enable_header_based_throttling",
        read: |throttling| &throttling.conditions.header,
        roles: &[Role::Publisher, Role::Gateway],
    },
    Switch {
        element: "EnableJWTClaimConditions",
        key: "enable_jwt_claim_based_throttling",
        read: |throttling| &throttling.conditions.claim,
        roles: &[Role::Publisher, Role::Gateway],
    },
    Switch {
        element: "EnableQueryParamConditions",
        key: "enable_query_param_based_throttling",
        read: |throttling| &throttling.conditions.query,
        roles: &[Role::Publisher, Role::Gateway],
    },
];

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for switch in &SWITCHES {
        let values: Vec<Value<'_>> =
            deployment.nodes.iter().filter_map(|node| Some((node, switch.of(node)?))).collect();
        for (node, setting) in &values {
            let of_zone = values.iter().filter(|(other, _)| deployment.same_zone(node, other));
            let (on, off): (Vec<_>, Vec<_>) = of_zone.partition(|(_, setting)| setting.value);
            if let Some((is_on, right)) = usual(&on, &off)
                && setting.value != is_on
            {
                findings.push(finding(switch, node, setting, right));
            }
        }
    }
}

impl Switch {
    /// The known value of a node that the switch matters for. From 4.0 on nothing reads the first.
    fn of<'a>(&self, node: &'a Node) -> Option<&'a Setting<bool>> {
        let throttling = node.throttling.as_ref().filter(|_| node.is_api_manager())?;
        let setting = (self.read)(throttling);
        let is_read = self.element != "EnableAdvanceThrottling" || node.is_before(4, 0);
        // A gateway manager that serves no calls throttles none.
        let takes_part =
            self.roles.iter().any(|role| node.acts_as(*role)) && !node.is_only(Role::GatewayManager);
        (is_read && takes_part && setting.known().is_some()).then_some(setting)
    }
}

type Value<'a> = (&'a Node, &'a Setting<bool>);

/// What most have, and one of them; where both are equally many, publishers are right. `None` where all agree.
fn usual<'a>(on: &[&Value<'a>], off: &[&Value<'a>]) -> Option<(bool, Value<'a>)> {
    let (first_on, first_off) = (on.first()?, off.first()?);
    let publishes = |values: &[&Value<'_>]| values.iter().any(|(node, _)| node.acts_as(Role::Publisher));
    let on_is_right = match on.len().cmp(&off.len()) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => publishes(on) || !publishes(off),
    };
    let (right, first) = if on_is_right { (on, first_on) } else { (off, first_off) };
    let publisher = right.iter().find(|(node, _)| node.acts_as(Role::Publisher));
    Some((on_is_right, **publisher.unwrap_or(first)))
}

fn finding(switch: &Switch, node: &Node, setting: &Setting<bool>, right: Value<'_>) -> Finding {
    let (other, other_setting) = right;
    let name = |node: &Node| match node.config_model {
        ConfigModel::Toml => switch.key,
        ConfigModel::Xml => switch.element,
    };
    let message = format!(
        "{} has {} {}, {} has {}",
        node.name,
        name(node),
        setting.value,
        other.name,
        other_setting.value
    );
    let right = other_setting.value.to_string();
    Finding::new(setting.span, format!("{} here", setting.value), message)
        .help(format!("set {} of {} to {right}, or change all others", name(node), node.name))
        .related(other_setting.span, format!("{right} there"))
        .fix(setting.bare(&setting.value.to_string()), right)
}
