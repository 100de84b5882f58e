//! A data source whose driver class is in no jar of the node: the pool cannot open, and the server starts half.

use crate::model::database::DataSource;
use crate::model::node::Node;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule, letters};
use crate::source::Span;

/// DS006.
pub static RULE: Rule = Rule { card: "DS006-driver-jar-missing", check: Check::Node(check) };

/// Start of the driver class, what the jar's name holds (letters and digits only, lower case), and the jar to copy.
const DRIVERS: [(&str, &[&str], &str); 7] = [
    ("com.mysql.", &["mysqlconnector"], "mysql-connector-java"),
    ("org.mariadb.", &["mariadbjava"], "mariadb-java-client"),
    ("oracle.jdbc.", &["ojdbc"], "ojdbc"),
    ("com.microsoft.sqlserver.", &["mssqljdbc", "sqljdbc"], "mssql-jdbc"),
    ("net.sourceforge.jtds.", &["jtds"], "jtds"),
    ("org.postgresql.", &["postgresql"], "postgresql"),
    ("com.ibm.db2.", &["db2jcc"], "db2jcc4"),
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(libraries) = &node.libraries else { return };
    let libraries: Vec<String> =
        libraries.iter().filter(|name| is_jar(name)).map(|name| letters(name)).collect();
    let mut missing: Vec<(&str, Vec<(&DataSource, &Setting)>)> = Vec::new();
    // A driver of another vendor than the URL is wrong with its jar, too.
    for source in node.data_sources.iter().filter(|source| !source.has_foreign_driver()) {
        let Some(driver) = &source.driver else { continue };
        let Some((_, parts, jar)) =
            DRIVERS.iter().find(|(class, _, _)| driver.text().is_some_and(|text| text.starts_with(class)))
        else {
            continue;
        };
        if libraries.iter().any(|library| parts.iter().any(|part| library.contains(part))) {
            continue;
        }
        match missing.iter_mut().find(|(known, _)| known == jar) {
            Some((_, sources)) => sources.push((source, driver)),
            None => missing.push((jar, vec![(source, driver)])),
        }
    }
    // The order of the file makes no difference.
    missing.iter_mut().for_each(|(_, sources)| {
        sources.sort_by(|(left, _), (right, _)| left.name.value.cmp(&right.name.value))
    });
    findings.extend(missing.iter().filter_map(|(jar, sources)| finding(node, jar, sources)));
}

fn finding(node: &Node, jar: &str, sources: &[(&DataSource, &Setting)]) -> Option<Finding> {
    let ((first, driver), rest) = sources.split_first()?;
    let mut finding = Finding::new(
        place(first, driver),
        "no jar holds this class",
        format!("{} has no {jar} jar for the driver {} of {}", node.name, driver.value, first.name.value),
    )
    .help(format!("copy the {jar} jar into repository/components/lib and restart the node"));
    for (source, driver) in rest {
        finding = finding.related(place(source, driver), "needs it, too");
    }
    Some(finding)
}

/// A driver that follows from the database type has no place of its own.
fn place(source: &DataSource, driver: &Setting) -> Span {
    match &source.parts.kind {
        _ if driver.is_written() => driver.span,
        Some(kind) => kind.span,
        None => source.place(),
    }
}

/// The archive that a vendor packs the jar into does not count: the server loads jars only.
fn is_jar(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension == "jar")
}
