//! `$ref{…}` inside a list of tables is never resolved: the rendered files hold it as it is written, and a gateway logs in
//! with `$ref{super_admin.username}`.

use crate::diagnostic::Edit;
use crate::model::deployment_toml::{DeploymentToml, Step, WrittenKey, header_name};
use crate::model::sharing::listed;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// TL006.
pub static RULE: Rule = Rule { card: "TL006-reference-in-array", check: Check::Node(check) };

/// References that a variable of the server can stand for, in what api-manager.xml says.
const VARIABLES: [(&str, &str); 2] = [
    ("$ref{super_admin.username}", "${admin.username}"),
    ("$ref{super_admin.password}", "${admin.password}"),
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let mut elements: Vec<_> = toml.keys.iter().filter_map(|key| key.element).collect();
    elements.dedup();
    // In a list that should be one table the reference is right, and the brackets are wrong.
    let needless: Vec<_> = toml.tables.iter().filter(|table| toml.is_needless_list(table)).collect();
    elements.retain(|element| !needless.iter().any(|table| table.span == *element));
    for element in elements {
        let keys = toml.keys.iter().filter(|key| key.element == Some(element));
        let values: Vec<(&WrittenKey, &Setting)> = keys
            .flat_map(|key| key.texts().into_iter().map(move |text| (key, text)))
            .filter(|(_, text)| text.value.contains("$ref{"))
            .collect();
        findings.extend(unresolved(toml, &values));
    }
}

fn unresolved(toml: &DeploymentToml, values: &[(&WrittenKey, &Setting)]) -> Option<Finding> {
    let ((key, text), others) = values.split_first()?;
    let list = key.path.0.split(|step| *step == Step::Each).next().unwrap_or_default();
    let list = header_name(list);
    let message = format!("$ref is not resolved inside [[{list}]]");
    let finding = Finding::new(text.span, "stays as it is", message);
    let mut finding =
        others.iter().fold(finding, |finding, (_, text)| finding.related(text.span, "likewise"));
    let variables: Vec<Option<&str>> = values.iter().map(|(key, text)| variable(key, text)).collect();
    finding.help = Some(match variables.iter().flatten().next() {
        Some(_) => {
            let mut named: Vec<&str> = variables.iter().flatten().copied().collect();
            named.dedup();
            format!("write {}", listed(&named))
        }
        None => "write the value itself".to_owned(),
    });
    if variables.iter().all(Option::is_some) && toml.faults.is_empty() {
        let edits = values.iter().zip(variables).filter_map(|((_, text), variable)| {
            Some(Edit { span: text.bare(&text.value)?, text: variable?.to_owned() })
        });
        finding.fix = edits.collect();
    }
    Some(finding)
}

fn variable(key: &WrittenKey, text: &Setting) -> Option<&'static str> {
    let of_api_manager = key.name.starts_with("apim.");
    let found = VARIABLES.iter().find(|(reference, _)| *reference == text.value);
    found.map(|(_, variable)| *variable).filter(|_| of_api_manager)
}
