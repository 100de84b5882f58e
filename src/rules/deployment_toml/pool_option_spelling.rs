//! Keys of `pool_options` go into the data source as they are: a misspelt one is no property of the pool, and the pool
//! keeps its default.

use crate::model::deployment_toml::{DeploymentToml, WrittenKey};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL012.
pub static RULE: Rule = Rule { card: "TL012-pool-option-spelling", check: Check::Node(check) };

/// Properties of the Tomcat JDBC pool.
const PROPERTIES: [&str; 47] = [
    "abandonWhenPercentageFull",
    "accessToUnderlyingConnectionAllowed",
    "alternateUsernameAllowed",
    "commitOnReturn",
    "connectionProperties",
    "dataSourceJNDI",
    "defaultAutoCommit",
    "defaultCatalog",
    "defaultReadOnly",
    "defaultTransactionIsolation",
    "driverClassName",
    "fairQueue",
    "ignoreExceptionOnPreLoad",
    "initSQL",
    "initialSize",
    "jdbcInterceptors",
    "jmxEnabled",
    "logAbandoned",
    "logValidationErrors",
    "maxActive",
    "maxAge",
    "maxIdle",
    "maxWait",
    "minEvictableIdleTimeMillis",
    "minIdle",
    "numTestsPerEvictionRun",
    "password",
    "propagateInterruptState",
    "removeAbandoned",
    "removeAbandonedTimeout",
    "rollbackOnReturn",
    "suspectTimeout",
    "testOnBorrow",
    "testOnConnect",
    "testOnReturn",
    "testWhileIdle",
    "timeBetweenEvictionRunsMillis",
    "useDisposableConnectionFacade",
    "useEquals",
    "useLock",
    "useStatementFacade",
    "username",
    "validationInterval",
    "validationQuery",
    "validationQueryTimeout",
    "validatorClassName",
    "autoCommit",
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    findings.extend(toml.keys.iter().filter_map(|key| misspelt(node, toml, key)));
}

fn misspelt(node: &Node, toml: &DeploymentToml, key: &WrittenKey) -> Option<Finding> {
    let (table, name) = key.name.rsplit_once('.')?;
    let database = table.strip_suffix(".pool_options").filter(|table| table.starts_with("database."))?;
    // key-mappings.json renames some spellings of some databases.
    if toml.knows_by_name(&key.path) {
        return None;
    }
    let meant = super::misspelt(name, &PROPERTIES)?;
    let message =
        format!("{} sets {name} in the pool of {database}, which is no property of the pool", node.name);
    Some(Finding::new(key.span, "ignored", message).help(format!("write {meant}")).fix(Some(key.span), meant))
}
