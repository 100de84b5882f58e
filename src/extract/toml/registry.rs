//! The registry that a TOML node renders: the local one, and two mounts on the shared database.

use super::databases;
use super::settings::Settings;
use crate::extract::variables::Variables;
use crate::model::registry::{CONFIG_PATH, DbConfig, GOVERNANCE_PATH, Mount, Registry, RemoteInstance};
use crate::model::{Origin, Setting};
use crate::source::Span;

/// registry.xml as the template renders it; the names in it are the template's own.
pub(super) fn registry(settings: &Settings<'_>, variables: &Variables) -> Registry {
    let span = settings.header("database.shared_db").unwrap_or_else(|| settings.start());
    let fixed = |text: &str| Setting::at(text.to_owned(), span, Origin::Derived);
    let config = |name: &str, data_source: Setting| DbConfig {
        name: fixed(name),
        span: data_source.span,
        data_source: Some(data_source),
    };
    let instance = |id: &str, db_config: &str, table: &str| {
        let get = |key: &str| settings.get(&format!("{table}.{key}"));
        RemoteInstance {
            url: settings
                .get("server.hostname")
                .map(|host| Setting::at(format!("https://{}", host.value), host.span, host.origin))
                .and_then(|url| variables.endpoint(url)),
            id: Some(fixed(id)),
            db_config: Some(fixed(db_config)),
            cache_id: get("cache_id"),
            read_only: Some(read_only(settings, table, span)),
            enable_cache: Some(settings.switch(&format!("{table}.enable_cache"), true)),
            registry_root: Some(fixed("/")),
            has_login: false,
            span: settings.header(table).unwrap_or(span),
        }
    };
    let mount = |path: &str, id: &str, table: &str| {
        let get = |key: &str| settings.get(&format!("{table}.{key}"));
        Mount {
            path: fixed(path),
            overwrite: Some(get("overwrite").unwrap_or_else(|| fixed("true"))),
            instance_id: Some(fixed(id)),
            target_path: get("path").or_else(|| Some(fixed(path))),
            span: settings.header(table).unwrap_or(span),
        }
    };
    Registry {
        span,
        current: Some(fixed("wso2registry")),
        db_configs: vec![
            config("wso2registry", databases::local_reference(settings)),
            config("govregistry", databases::governance_reference(settings)),
            config("configregistry", databases::config_reference(settings)),
        ],
        instances: vec![
            instance("gov", "govregistry", "governance_data"),
            instance("conf", "configregistry", "config_data"),
        ],
        mounts: vec![
            mount(GOVERNANCE_PATH, "gov", "governance_data"),
            mount(CONFIG_PATH, "conf", "config_data"),
        ],
        enable_cache: Some(Setting::at(true, span, Origin::Derived)),
    }
}

/// Templates that do not read the key write `false`.
fn read_only(settings: &Settings<'_>, table: &str, span: Span) -> Setting<bool> {
    let key = format!("{table}.readonly");
    match settings.has_default(&key) {
        true => settings.switch(&key, false),
        false => Setting::at(false, span, Origin::Derived),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{lower, under};
    use super::*;

    #[test]
    fn both_mounts_stand_on_the_shared_database_unless_the_config_registry_has_its_own() {
        let text = "[server]\nhostname = \"gw.corp.test\"\n[database.shared_db]\nusername = \"u\"\n\
                    url = \"jdbc:mysql://d/s\"\n\
                    [governance_data]\nenable_cache = false";
        lower("4.2.0", text, |settings, variables| {
            let found = registry(settings, variables);
            let source = |path: &str| found.mounted_data_source(path).map(|name| name.value.clone());
            assert_eq!(source(GOVERNANCE_PATH).as_deref(), Some("jdbc/SHARED_DB"));
            assert_eq!(source(CONFIG_PATH).as_deref(), Some("jdbc/SHARED_DB"));
            assert_eq!(found.local_data_source().map(|name| name.value.as_str()), Some("jdbc/WSO2CarbonDB"));
            let governance = found.instance("gov").unwrap();
            assert_eq!(governance.cache_id.as_ref().unwrap().value, "u@jdbc:mysql://d/s");
            assert!(governance.enable_cache.as_ref().unwrap().is_false());
            assert_eq!(governance.url.as_ref().unwrap().address(), "gw.corp.test:443");
            assert_eq!(under(text, governance.span), "[governance_data]");
            assert!(found.instance("conf").unwrap().enable_cache.as_ref().unwrap().is_false());
        });
        lower("4.2.0", "[database.config]\nurl = \"jdbc:mysql://d/c\"", |settings, variables| {
            let found = registry(settings, variables);
            let config = found.mounted_data_source(CONFIG_PATH).map(|name| name.value.as_str());
            assert_eq!(config, Some("jdbc/WSO2CONFIG_DB"));
        });
    }
}
