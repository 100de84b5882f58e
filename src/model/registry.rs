//! Registry: databases, remote instances and mounts.

use super::endpoint::Endpoint;
use super::value::Setting;
use crate::source::Span;
use crate::syntax::jdbc;

/// registry.xml, or what a TOML node renders it from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    /// The root element (start tag), or the TOML table.
    pub span: Span,
    /// `currentDBConfig`.
    pub current: Option<Setting>,
    /// `dbConfig` entries.
    pub db_configs: Vec<DbConfig>,
    /// `remoteInstance` entries.
    pub instances: Vec<RemoteInstance>,
    /// `mount` entries.
    pub mounts: Vec<Mount>,
    /// Global `enableCache`.
    pub enable_cache: Option<Setting<bool>>,
}

/// One `dbConfig`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DbConfig {
    /// `@name`.
    pub name: Setting,
    /// JNDI name of its data source.
    pub data_source: Option<Setting>,
    /// The element.
    pub span: Span,
}

/// One `remoteInstance`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteInstance {
    /// `@url`.
    pub url: Option<Endpoint>,
    /// `id`.
    pub id: Option<Setting>,
    /// `dbConfig`.
    pub db_config: Option<Setting>,
    /// `cacheId`.
    pub cache_id: Option<Setting>,
    /// `readOnly`.
    pub read_only: Option<Setting<bool>>,
    /// `enableCache`.
    pub enable_cache: Option<Setting<bool>>,
    /// `registryRoot`.
    pub registry_root: Option<Setting>,
    /// True where `type`, `username` or `password` say that another server is asked instead of a database.
    pub has_login: bool,
    /// The element.
    pub span: Span,
}

/// What a `cacheId` of the form `user@jdbc-url` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedDatabase {
    /// Database user.
    pub user: String,
    /// Identity of the database; parameters of the URL count for nothing.
    pub database: String,
}

impl CachedDatabase {
    /// Reads a `cacheId`; `None` where it has another form.
    pub fn parse(text: &str) -> Option<Self> {
        let at = text.find("@jdbc:")?;
        let url = jdbc::parse(text.get(at + 1..)?)?;
        Some(Self { user: text.get(..at)?.to_owned(), database: url.identity() })
    }
}

/// One `mount`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// `@path`.
    pub path: Setting,
    /// `@overwrite`.
    pub overwrite: Option<Setting>,
    /// `instanceId`.
    pub instance_id: Option<Setting>,
    /// `targetPath`.
    pub target_path: Option<Setting>,
    /// The element.
    pub span: Span,
}

/// Path of the governance space.
pub const GOVERNANCE_PATH: &str = "/_system/governance";
/// Path of the config space.
pub const CONFIG_PATH: &str = "/_system/config";

impl Registry {
    /// The `dbConfig` of this name. Where a name occurs twice the later entry replaces the earlier.
    pub fn db_config(&self, name: &str) -> Option<&DbConfig> {
        self.db_configs.iter().rev().find(|entry| entry.name.text() == Some(name))
    }

    /// The instance of this id.
    pub fn instance(&self, id: &str) -> Option<&RemoteInstance> {
        self.instances.iter().rev().find(|entry| entry.id.as_ref().and_then(Setting::text) == Some(id))
    }

    /// The mount of this path.
    pub fn mount(&self, path: &str) -> Option<&Mount> {
        let path = path.trim_end_matches('/');
        self.mounts
            .iter()
            .rev()
            .find(|entry| entry.path.text().is_some_and(|text| text.trim_end_matches('/') == path))
    }

    /// JNDI name behind a mounted path: mount → instance → dbConfig → data source.
    pub fn mounted_data_source(&self, path: &str) -> Option<&Setting> {
        let instance = self.instance(self.mount(path)?.instance_id.as_ref()?.text()?)?;
        self.db_config(instance.db_config.as_ref()?.text()?)?.data_source.as_ref()
    }

    /// The settings that decide whether what is mounted is cached: `enableCache` of each instance that a mount names, or
    /// the global one where the instance has none.
    pub fn mount_caches(&self) -> impl Iterator<Item = &Setting<bool>> {
        let is_mounted = |instance: &&RemoteInstance| {
            let id = instance.id.as_ref().and_then(Setting::text);
            let names = self.mounts.iter().filter_map(|mount| mount.instance_id.as_ref()?.text());
            id.is_some_and(|id| names.into_iter().any(|name| name == id))
        };
        self.instances
            .iter()
            .filter(is_mounted)
            .filter_map(|instance| instance.enable_cache.as_ref().or(self.enable_cache.as_ref()))
    }

    /// True where a placeholder may be the name of any `dbConfig`.
    pub fn has_unknown_db_config(&self) -> bool {
        self.db_configs.iter().any(|entry| entry.name.text().is_none())
    }

    /// The `dbConfig` of an instance and its name, where it is that of the local registry.
    pub fn leads_to_local<'a>(&self, instance: &'a RemoteInstance) -> Option<(&'a Setting, &'a str)> {
        let db_config = instance.db_config.as_ref()?;
        let name = db_config.text()?;
        (self.current.as_ref()?.text()? == name).then_some((db_config, name))
    }

    /// JNDI name behind the local registry.
    pub fn local_data_source(&self) -> Option<&Setting> {
        self.db_config(self.current.as_ref()?.text()?)?.data_source.as_ref()
    }
}
