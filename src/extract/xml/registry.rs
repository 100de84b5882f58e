//! registry.xml: databases, remote instances and mounts.

use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::registry::{DbConfig, Mount, Registry, RemoteInstance};
use crate::model::{Origin, Setting};

/// What registry.xml says.
pub(super) fn registry(root: View<'_>, variables: &Variables) -> Registry {
    let value = |view: View<'_>, name: &str| view.value(&[name]).map(|text| variables.fill(text));
    let key = |view: View<'_>, name: &str| {
        view.attribute(name)
            .map(|text| variables.fill(text))
            .unwrap_or_else(|| Setting::at(String::new(), view.element.start_tag, Origin::Derived))
    };
    Registry {
        span: root.element.start_tag,
        current: value(root, "currentDBConfig"),
        db_configs: root
            .children("dbConfig")
            .map(|view| DbConfig {
                name: key(view, "name"),
                data_source: value(view, "dataSource"),
                span: view.place(),
            })
            .collect(),
        instances: root
            .children("remoteInstance")
            .map(|view| RemoteInstance {
                url: view.attribute("url").and_then(|url| variables.endpoint(url)),
                id: value(view, "id"),
                db_config: value(view, "dbConfig"),
                cache_id: value(view, "cacheId"),
                read_only: value(view, "readOnly").map(|text| text.boolean()),
                enable_cache: value(view, "enableCache").map(|text| text.boolean()),
                registry_root: value(view, "registryRoot"),
                has_login: ["type", "username", "password"].iter().any(|name| view.child(name).is_some()),
                span: view.place(),
            })
            .collect(),
        mounts: root
            .children("mount")
            .map(|view| Mount {
                path: key(view, "path"),
                overwrite: view.attribute("overwrite").map(|text| variables.fill(text)),
                instance_id: value(view, "instanceId"),
                target_path: value(view, "targetPath"),
                span: view.place(),
            })
            .collect(),
        enable_cache: value(root, "enableCache").map(|text| text.boolean()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::xml::tests::parse;
    use crate::model::registry::{CONFIG_PATH, GOVERNANCE_PATH};

    const TEXT: &str = r#"<wso2registry>
        <currentDBConfig>wso2registry</currentDBConfig>
        <enableCache>true</enableCache>
        <dbConfig name="wso2registry"><dataSource>jdbc/WSO2CarbonDB</dataSource></dbConfig>
        <dbConfig name="mounted"><dataSource>jdbc/WSO2REG_DB</dataSource></dbConfig>
        <!--dbConfig name="spare"><dataSource>jdbc/X</dataSource></dbConfig-->
        <remoteInstance url="https://reg.corp.test:9443/registry">
            <id>shared</id><dbConfig>mounted</dbConfig><readOnly>false</readOnly>
            <enableCache>true</enableCache><cacheId>u@jdbc:mysql://db:3306/reg</cacheId><registryRoot>/</registryRoot>
        </remoteInstance>
        <mount path="/_system/governance" overwrite="true">
            <instanceId>shared</instanceId><targetPath>/_system/governance</targetPath>
        </mount>
    </wso2registry>"#;

    #[test]
    fn the_chain_from_mount_to_data_source_holds() {
        let document = parse(TEXT);
        let root = View { element: &document.root, origin: Origin::Written };
        let found = registry(root, &Variables::default());
        let text = |setting: Option<&Setting>| setting.and_then(Setting::text).map(str::to_owned);
        assert_eq!(text(found.local_data_source()).as_deref(), Some("jdbc/WSO2CarbonDB"));
        assert_eq!(text(found.mounted_data_source(GOVERNANCE_PATH)).as_deref(), Some("jdbc/WSO2REG_DB"));
        assert_eq!(found.mounted_data_source(CONFIG_PATH), None);
        assert_eq!(found.db_configs.len(), 2);
        assert!(found.enable_cache.is_some_and(|cache| cache.is_true()));
        let instance = found.instances.first().unwrap();
        assert_eq!(instance.url.as_ref().unwrap().port.number, Some(9443));
        assert!(instance.read_only.as_ref().unwrap().is_false());
    }
}
