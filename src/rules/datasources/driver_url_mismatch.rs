//! A driver class that does not take the URL: the pool never opens, and what needs the database does not start.

use crate::model::database::DataSource;
use crate::model::node::{ConfigModel, Node};
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};

/// DS007.
pub static RULE: Rule = Rule { card: "DS007-driver-url-mismatch", check: Check::Node(check) };

/// Start of a URL and the class that the documentation gives for it.
const CLASSES: [(&str, &str); 8] = [
    ("jdbc:mysql:", "com.mysql.jdbc.Driver"),
    ("jdbc:mariadb:", "org.mariadb.jdbc.Driver"),
    ("jdbc:oracle:", "oracle.jdbc.driver.OracleDriver"),
    ("jdbc:sqlserver:", "com.microsoft.sqlserver.jdbc.SQLServerDriver"),
    ("jdbc:jtds:", "net.sourceforge.jtds.jdbc.Driver"),
    ("jdbc:postgresql:", "org.postgresql.Driver"),
    ("jdbc:db2:", "com.ibm.db2.jcc.DB2Driver"),
    ("jdbc:h2:", "org.h2.Driver"),
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for source in node.data_sources.iter().filter(|source| source.has_foreign_driver()) {
        findings.extend(finding(node, source));
    }
}

fn finding(node: &Node, source: &DataSource) -> Option<Finding> {
    let (driver, url) = (source.driver.as_ref()?, source.url.as_ref()?);
    let (class, start) = (driver.text()?, start(url.text()?));
    let message = format!("{} of {} has the driver {class} for a {start} URL", source.name.value, node.name);
    let right = CLASSES.iter().find(|(known, _)| start.eq_ignore_ascii_case(known)).map(|(_, class)| *class);
    let finding = Finding::new(driver.span, "takes no such URL", message);
    let finding = match right {
        Some(right) if Setting::is_written(driver) => finding
            .help(format!("write the driver {right}, or correct the URL"))
            .fix(driver.bare(class), right),
        Some(right) if node.config_model == ConfigModel::Toml => {
            finding.help(format!("set type for this vendor, or add driver = \"{right}\""))
        }
        _ => finding.help("correct the URL, or name the driver of its vendor"),
    };
    let is_apart = Setting::is_written(url) && url.span != driver.span;
    Some(if is_apart { finding.related(url.span, "the URL") } else { finding })
}

/// What tells the vendor: `jdbc:mysql:`. What follows may hold a password.
fn start(url: &str) -> &str {
    let vendor = url.get("jdbc:".len()..).and_then(|rest| rest.find(':'));
    vendor.and_then(|colon| url.get(..=colon + "jdbc:".len())).unwrap_or("jdbc:")
}
