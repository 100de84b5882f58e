//! A portal whose site.json does not parse answers every request with an error.

use super::{base, malformed};
use crate::input::Unparsed;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::syntax::settings::Form;

/// FM002.
pub static RULE: Rule = Rule { card: "FM002-json-malformed", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for Unparsed { path, error, .. } in malformed(node, Form::Json) {
        let app = path.strip_prefix("repository/deployment/server/jaggeryapps/");
        let app = app.and_then(|app| app.split_once('/')).map(|(app, _)| format!(" ({app})"));
        let message = format!(
            "{}{} of {} is no JSON: {}",
            base(path),
            app.unwrap_or_default(),
            node.name,
            error.reason
        );
        let help = "mend it here; comments and trailing commas are welcome, every other liberty is not";
        findings.push(Finding::new(error.span, "this is the cause", message).help(help));
    }
}
