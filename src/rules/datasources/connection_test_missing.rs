//! A pool that tests no connection: after a restart of the database or a pause in a firewall, requests fail one by one.

use crate::model::database::DataSource;
use crate::model::node::{ConfigModel, Node, Product};
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};

/// DS008.
pub static RULE: Rule = Rule { card: "DS008-connection-test-missing", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    // What other servers take where deployment.toml says nothing is not known.
    if node.config_model == ConfigModel::Toml && node.product == Product::IdentityServer {
        return;
    }
    findings.extend(node.data_sources.iter().filter_map(|source| finding(node, source)));
}

/// What a data source says about a switch of its pool.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Switch {
    On,
    Off,
    Unknown,
}

fn switch(source: &DataSource, name: &str) -> Switch {
    match source.option(name).map(Setting::boolean) {
        Some(value) if value.is_true() => Switch::On,
        Some(value) if value.known().is_none() => Switch::Unknown,
        _ => Switch::Off,
    }
}

fn finding(node: &Node, source: &DataSource) -> Option<Finding> {
    source.url.as_ref()?.known()?;
    if source.jdbc.is_none() || source.is_h2() {
        return None;
    }
    let test = switch(source, "testOnBorrow");
    let has_query = source.option("validationQuery").is_some();
    let is_tested = test != Switch::Off || switch(source, "testWhileIdle") != Switch::Off;
    let name = &source.name.value;
    let (missing, help) = match (is_tested, has_query) {
        (true, true) => return None,
        (true, false) => ("validationQuery", format!("add validationQuery, such as {}", query(source))),
        (false, true) => ("testOnBorrow", "set testOnBorrow to true".to_owned()),
        (false, false) => (
            "testOnBorrow and validationQuery",
            format!("set testOnBorrow to true and validationQuery to {}", query(source)),
        ),
    };
    let message = format!("{name} of {} tests no connection before use: {missing} missing", node.name);
    let off = source.option("testOnBorrow").filter(|option| !is_tested && option.is_written());
    Some(match off {
        Some(option) => {
            let message = format!(
                "{name} of {} tests no connection before use: testOnBorrow is {}",
                node.name, option.value
            );
            let bare = option.bare(&option.value);
            Finding::new(option.span, "tests nothing", message).help(help).fix(bare, "true")
        }
        None => Finding::new(source.pool, "missing here", message).help(help),
    })
}

/// What the vendor answers at once.
fn query(source: &DataSource) -> &'static str {
    use crate::syntax::jdbc::Vendor;
    match source.jdbc.as_ref().map(|jdbc| jdbc.vendor) {
        Some(Vendor::Oracle) => "SELECT 1 FROM DUAL",
        Some(Vendor::Db2) => "SELECT 1 FROM SYSIBM.SYSDUMMY1",
        _ => "SELECT 1",
    }
}
