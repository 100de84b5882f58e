//! One node: a server home or overlay, lowered from XML or TOML.

use std::collections::{BTreeMap, BTreeSet};

use super::app::AppManager;
use super::clustering::Clustering;
use super::database::{self, DataSource, DatabaseUse, LogicalDatabase};
use super::deployment_toml::{DeploymentToml, EditedFile};
use super::endpoint::{Endpoint, Purpose, Reference};
use super::gateway::{ArtifactPull, Artifacts, DeploymentSynchronizer, Environment, TokenApi};
use super::keys::{KeyManagement, KeyStore, KeyStoreUse};
use super::login::Login;
use super::portal::{Connector, Portal};
use super::ports::{Listener, ListenerKind};
use super::registry::Registry;
use super::security::Security;
use super::throttling::{Broker, EventProcessor, EventPublisher, JndiFile, ReceiverGroups, Throttling};
use super::tokens::Tokens;
use super::users::{SecondaryUserStore, Users};
use super::value::{Origin, Setting};
use crate::input::{Parsed, Unparsed};
use crate::source::{FileId, Span};

/// Which product a node runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Product {
    /// WSO2 API Manager.
    ApiManager,
    /// WSO2 App Manager.
    AppManager,
    /// WSO2 Identity Server as key manager.
    IdentityServer,
    /// API-M Analytics, Stream Processor, Data Analytics Server, Business Activity Monitor.
    Analytics,
    /// Cannot be told.
    Unknown,
}

impl Product {
    /// The word of `nodes[].product`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiManager => "wso2am",
            Self::AppManager => "wso2appm",
            Self::IdentityServer => "wso2is-km",
            Self::Analytics => "wso2am-analytics",
            Self::Unknown => "unknown",
        }
    }
}

/// A product version, compared by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// First number.
    pub major: u16,
    /// Second number.
    pub minor: u16,
    /// Third number.
    pub patch: u16,
}

impl Version {
    /// A version from its numbers.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// Reads `2.6`, `2.6.0`, `v4.2.0-rc1`, `3.2.0.14`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches(['v', 'V']);
        let mut numbers = text.split(['.', '-', '_', '+']).map(|part| part.parse::<u16>());
        let major = numbers.next()?.ok()?;
        let minor = numbers.next().and_then(Result::ok).unwrap_or(0);
        let patch = numbers.next().and_then(Result::ok).unwrap_or(0);
        Some(Self { major, minor, patch })
    }

    /// True for this version or a later one.
    pub fn at_least(self, major: u16, minor: u16) -> bool {
        (self.major, self.minor) >= (major, minor)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Where the version was told from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VersionEvidence {
    /// `--product-version` or the inventory.
    Given,
    /// `bin/version.txt` or carbon.xml `/Server/Version`.
    Stated,
    /// The nearest version by the elements of its files.
    Shape,
    /// Nothing told it.
    None,
}

/// The configuration model of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConfigModel {
    /// XML files (1.10 to 2.6, App Manager, Identity Server up to 5.8).
    Xml,
    /// deployment.toml (3.0 and later).
    Toml,
}

/// What a node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Everything in one.
    AllInOne,
    /// API Publisher portal.
    Publisher,
    /// Store, Developer Portal.
    Store,
    /// Gateway that is not known to be worker or manager only.
    Gateway,
    /// Gateway that only reads artifacts.
    GatewayWorker,
    /// Gateway that publishers push to.
    GatewayManager,
    /// Key manager.
    KeyManager,
    /// Traffic Manager.
    TrafficManager,
    /// Control plane of 4.x: publisher, store, key manager and event hub.
    ControlPlane,
    /// App Manager's identity provider.
    IdentityProvider,
    /// Analytics.
    Analytics,
}

impl Role {
    /// The word used in inventories and in `nodes[].roles`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AllInOne => "all-in-one",
            Self::Publisher => "publisher",
            Self::Store => "store",
            Self::Gateway => "gateway",
            Self::GatewayWorker => "gateway-worker",
            Self::GatewayManager => "gateway-manager",
            Self::KeyManager => "key-manager",
            Self::TrafficManager => "traffic-manager",
            Self::ControlPlane => "control-plane",
            Self::IdentityProvider => "identity-provider",
            Self::Analytics => "analytics",
        }
    }

    /// Reads the word of an inventory.
    pub fn parse(text: &str) -> Option<Self> {
        const ALL: [Role; 11] = [
            Role::AllInOne,
            Role::Publisher,
            Role::Store,
            Role::Gateway,
            Role::GatewayWorker,
            Role::GatewayManager,
            Role::KeyManager,
            Role::TrafficManager,
            Role::ControlPlane,
            Role::IdentityProvider,
            Role::Analytics,
        ];
        ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// How the roles of a node were found (rule atlas 2.3, by order of strength).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleEvidence {
    /// The inventory says so.
    Inventory,
    /// `server.server_role`.
    ServerRole,
    /// The product itself.
    Product,
    /// What the profile set-up script leaves behind.
    Profile,
    /// Other nodes refer to it.
    Referenced,
    /// Its own references leave the node.
    References,
    /// Its name.
    Name,
    /// Nothing leaves the node.
    Nothing,
}

/// carbon.xml identity, or `[server]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Root of carbon.xml (start tag) or the `[server]` header, else the start of the file: where a missing host name
    /// should stand.
    pub span: Span,
    /// `HostName`, `server.hostname`, if active.
    pub host_name: Option<Setting>,
    /// `MgtHostName`, `server.mgt_console_hostname`, if active.
    pub management_host_name: Option<Setting>,
    /// Port offset; 0 where nobody wrote one.
    pub offset: Setting<u16>,
    /// The text of the offset where it is no number.
    pub malformed_offset: Option<Setting>,
    /// TOML `server.node_ip`.
    pub node_address: Option<Setting>,
    /// carbon.xml `ServerKey`.
    pub server_key: Option<Setting>,
    /// TOML `server.server_role`.
    pub server_role: Option<Setting>,
}

/// A file that the server does not find, since it asks for another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misnamed {
    /// Home-relative path.
    pub path: String,
    /// Where the server looks.
    pub expected: String,
    /// The start of the file.
    pub span: Span,
}

/// One node of the deployment.
#[derive(Debug, Clone)]
pub struct Node {
    /// Position in [`super::Deployment::nodes`] and owner of its files.
    pub index: usize,
    /// Name in output.
    pub name: String,
    /// Path as given.
    pub path: String,
    /// Product.
    pub product: Product,
    /// Version; `None` where it cannot be told.
    pub version: Option<Version>,
    /// Where the version was told from.
    pub version_evidence: VersionEvidence,
    /// What states the version: the line of `bin/version.txt`, `/Server/Version` of carbon.xml.
    pub version_stated: Option<Span>,
    /// XML or TOML.
    pub config_model: ConfigModel,
    /// True when the input is a whole server home: an absent file or folder is really absent.
    pub is_home: bool,
    /// Roles, sorted; filled in once the whole deployment is known.
    pub roles: BTreeSet<Role>,
    /// How the roles were found.
    pub role_evidence: RoleEvidence,
    /// deployment.toml as it is written; `None` where the node has none.
    pub deployment_toml: Option<DeploymentToml>,
    /// Files that the server rendered and that somebody edited since, by path.
    pub edited_files: Vec<EditedFile>,
    /// deployment.toml of a node that XML configures: nothing reads it.
    pub ignored_deployment_toml: Option<Span>,
    /// Identity.
    pub identity: Identity,
    /// All listeners, open or not.
    pub listeners: Vec<Listener>,
    /// Servlet connectors.
    pub connectors: Vec<Connector>,
    /// Data sources of all files, in the order in which the server reads them.
    pub data_sources: Vec<DataSource>,
    /// Who uses which data source for what.
    pub database_uses: Vec<DatabaseUse>,
    /// Registry.
    pub registry: Option<Registry>,
    /// User management.
    pub users: Option<Users>,
    /// Secondary user stores, by path; `None` where the input lacks their folder.
    pub secondary_user_stores: Option<Vec<SecondaryUserStore>>,
    /// Clustering.
    pub clustering: Option<Clustering>,
    /// Gateway environments, in file order.
    pub environments: Vec<Environment>,
    /// Token APIs with a written address in place of the key manager's (up to 2.6).
    pub token_apis: Vec<TokenApi>,
    /// Artifact pulling of 3.2 and later.
    pub artifact_pull: Option<ArtifactPull>,
    /// Key management.
    pub key_management: Option<KeyManagement>,
    /// How tokens are issued, kept and cached; of API Manager and its key managers.
    pub tokens: Option<Tokens>,
    /// Where the node tells about revoked tokens (`notification_endpoint`, 3.2 and later).
    pub token_notification: Option<Endpoint>,
    /// Throttling.
    pub throttling: Option<Throttling>,
    /// Accounts that the node logs in to services with.
    pub logins: Vec<Login>,
    /// The message broker.
    pub broker: Option<Broker>,
    /// The event processor, which counts the events.
    pub event_processor: Option<EventProcessor>,
    /// Event publishers, sorted by file. Those of an absent folder are the vanilla ones.
    pub event_publishers: Vec<EventPublisher>,
    /// Event publishers of the untouched pack, to compare with; none where no pack of just that version is known.
    pub stock_publishers: Vec<EventPublisher>,
    /// JNDI files that something refers to, and `jndi.properties`.
    pub jndi_files: Vec<JndiFile>,
    /// `java.naming.provider.url` of the JMS transports in axis2.xml.
    pub jms_providers: Vec<Setting>,
    /// Home-relative paths of JNDI files that something names and the node does not have.
    pub jndi_files_missing: Vec<String>,
    /// `DeploymentSynchronizer`.
    pub synchronizer: Option<DeploymentSynchronizer>,
    /// Portals.
    pub portals: Vec<Portal>,
    /// Key stores.
    pub key_stores: Vec<KeyStore>,
    /// What else protects the node.
    pub security: Security,
    /// App Manager.
    pub app_manager: Option<AppManager>,
    /// Deployed artifacts; `None` where the input lacks the folder.
    pub artifacts: Option<Artifacts>,
    /// Names of the jars in `repository/components/{lib,dropins,plugins}`; `None` where the input lacks `lib`.
    pub libraries: Option<Vec<String>>,
    /// `update-level` of `updates/config.json`, where updates are noted since 3.x.
    pub update_level: Option<Setting>,
    /// Folders of `repository/components/patches`, without the one that keeps what patches replaced.
    pub patches: BTreeSet<String>,
    /// Home-relative paths of all files that the input holds in the folders that rules ask about.
    pub files: BTreeSet<String>,
    /// System properties that the start scripts set (`-Dname=value`), in their order; of one set twice the last counts.
    pub system_properties: Vec<(String, Setting)>,
    /// Every parsed file by home-relative path.
    pub documents: BTreeMap<String, (FileId, Parsed)>,
    /// Files that look like those that the server asks for and lie where it does not find them, sorted by path.
    pub misnamed: Vec<Misnamed>,
    /// The files that are there and that nobody can parse, sorted by path.
    pub unparsed: Vec<Unparsed>,
    /// Endpoints that belong to no topic above (App Manager, identity), with their purpose.
    pub other_references: Vec<(Purpose, Endpoint)>,
}

impl Node {
    /// A node of which only its place among the nodes and the file that should name it are known.
    pub fn nameless(index: usize, name: &str, place: Span) -> Self {
        Self {
            index,
            name: name.to_owned(),
            path: name.to_owned(),
            product: Product::Unknown,
            version: None,
            version_evidence: VersionEvidence::None,
            version_stated: None,
            config_model: ConfigModel::Xml,
            is_home: false,
            roles: BTreeSet::new(),
            role_evidence: RoleEvidence::Nothing,
            deployment_toml: None,
            edited_files: Vec::new(),
            ignored_deployment_toml: None,
            identity: Identity {
                span: place,
                host_name: None,
                management_host_name: None,
                offset: Setting::at(0, place, Origin::Derived),
                malformed_offset: None,
                node_address: None,
                server_key: None,
                server_role: None,
            },
            listeners: Vec::new(),
            connectors: Vec::new(),
            data_sources: Vec::new(),
            database_uses: Vec::new(),
            registry: None,
            users: None,
            secondary_user_stores: None,
            clustering: None,
            environments: Vec::new(),
            token_apis: Vec::new(),
            artifact_pull: None,
            key_management: None,
            tokens: None,
            token_notification: None,
            throttling: None,
            logins: Vec::new(),
            broker: None,
            event_processor: None,
            event_publishers: Vec::new(),
            stock_publishers: Vec::new(),
            jndi_files: Vec::new(),
            jms_providers: Vec::new(),
            jndi_files_missing: Vec::new(),
            synchronizer: None,
            portals: Vec::new(),
            key_stores: Vec::new(),
            security: Security::default(),
            app_manager: None,
            artifacts: None,
            libraries: None,
            update_level: None,
            patches: BTreeSet::new(),
            files: BTreeSet::new(),
            system_properties: Vec::new(),
            documents: BTreeMap::new(),
            misnamed: Vec::new(),
            unparsed: Vec::new(),
            other_references: Vec::new(),
        }
    }

    /// A system property that the start scripts set.
    pub fn system_property(&self, name: &str) -> Option<&Setting> {
        self.system_properties.iter().rev().find(|(property, _)| property == name).map(|(_, value)| value)
    }

    /// The listener of this kind, the main one of several.
    pub fn listener(&self, kind: ListenerKind) -> Option<&Listener> {
        self.listeners.iter().find(|listener| listener.kind == kind)
    }

    /// Effective port of an open listener.
    pub fn port(&self, kind: ListenerKind) -> Option<u16> {
        self.listener(kind).filter(|listener| listener.open)?.port
    }

    /// The open listener that owns this port.
    pub fn listener_on(&self, port: u16) -> Option<&Listener> {
        let is_there = |listener: &&Listener| listener.open && listener.port == Some(port);
        let is_unmoved = |listener: &&Listener| listener.base.value == listener.kind.usual_port();
        let mut there = self.listeners.iter().filter(is_there);
        let first = there.next()?;
        // Of several that clash the one that was not moved there is meant.
        std::iter::once(first).chain(there).find(is_unmoved).or(Some(first))
    }

    /// The data source that the server finds under a JNDI name.
    pub fn data_source(&self, jndi_name: &str) -> Option<&DataSource> {
        self.data_sources.get(database::bound(&self.data_sources, jndi_name)?)
    }

    /// The data source behind a logical database, and the place that names it.
    pub fn database(&self, database: LogicalDatabase) -> Option<(&DataSource, &DatabaseUse)> {
        let usage = self.database_uses.iter().find(|usage| usage.database == database)?;
        Some((self.data_sources.get(usage.data_source?)?, usage))
    }

    /// The provider URLs of all that looks something up over JNDI: active JMS publishers, `JMSEventPublisherParameters` of
    /// 2.0 and 2.1, JMS transports.
    pub fn jndi_providers(&self) -> Vec<&Setting> {
        let publishers = self.event_publishers.iter().filter(|publisher| publisher.uses_jms());
        let parameters = self.throttling.iter().filter(|throttling| throttling.advanced.is_true());
        let parameters = parameters.filter_map(|throttling| throttling.event_publisher_parameters.as_ref());
        publishers
            .filter_map(|publisher| publisher.provider_url.as_ref())
            .chain(parameters.filter_map(|parameters| parameters.provider_url.as_ref()))
            .chain(&self.jms_providers)
            .collect()
    }

    /// The place that names the key store for a purpose, the first of several.
    pub fn key_store(&self, usage: KeyStoreUse) -> Option<&KeyStore> {
        self.key_stores.iter().find(|store| store.usage == usage)
    }

    /// The JNDI file at this home-relative path.
    pub fn jndi_file(&self, path: &str) -> Option<&JndiFile> {
        self.jndi_files.iter().find(|file| file.path == path)
    }

    /// True when the node has the role, or is an all-in-one or control plane that implies it.
    pub fn acts_as(&self, role: Role) -> bool {
        use Role::{
            AllInOne, Analytics, ControlPlane, Gateway, GatewayManager, GatewayWorker, IdentityProvider,
            KeyManager, Publisher, Store, TrafficManager,
        };
        self.roles.contains(&role)
            || match role {
                Publisher | Store | KeyManager => {
                    self.roles.contains(&AllInOne) || self.roles.contains(&ControlPlane)
                }
                TrafficManager => self.roles.contains(&AllInOne),
                Gateway => {
                    [AllInOne, GatewayWorker, GatewayManager].iter().any(|role| self.roles.contains(role))
                }
                ControlPlane => self.roles.contains(&AllInOne) && self.is_at_least(4, 0),
                AllInOne | GatewayWorker | GatewayManager | IdentityProvider | Analytics => false,
            }
    }

    /// True when the node has exactly this one role.
    pub fn is_only(&self, role: Role) -> bool {
        self.roles.len() == 1 && self.roles.contains(&role)
    }

    /// The version, where the files state it or somebody gave it; the shape of files lets only guess.
    pub fn told_version(&self) -> Option<Version> {
        let is_told = matches!(self.version_evidence, VersionEvidence::Given | VersionEvidence::Stated);
        self.version.filter(|_| is_told)
    }

    /// True for this version or a later one; false where the version is unknown.
    pub fn is_at_least(&self, major: u16, minor: u16) -> bool {
        self.version.is_some_and(|version| version.at_least(major, minor))
    }

    /// True for a version before this one; false where the version is unknown.
    pub fn is_before(&self, major: u16, minor: u16) -> bool {
        self.version.is_some_and(|version| !version.at_least(major, minor))
    }

    /// True for an API Manager of a release before 1.10, whose files have other places and elements than those that we know.
    pub fn is_older_than_known(&self) -> bool {
        self.is_api_manager() && self.is_before(1, 10)
    }

    /// True for an App Manager node.
    pub fn is_app_manager(&self) -> bool {
        self.product == Product::AppManager
    }

    /// True for an API Manager node.
    pub fn is_api_manager(&self) -> bool {
        self.product == Product::ApiManager
    }

    /// `HostName`, unless it is unknown, absent or means the node itself.
    pub fn public_host_name(&self) -> Option<&Setting> {
        let setting = self.identity.host_name.as_ref()?;
        let name = super::endpoint::Host::literal(setting.text()?);
        name.name().is_some().then_some(setting)
    }

    /// True where each of two nodes is reached by a public name of its own.
    pub fn is_named_apart(&self, other: &Self) -> bool {
        let names = [self, other].map(|node| node.public_host_name().and_then(Setting::text));
        matches!(names, [Some(own), Some(theirs)] if !own.eq_ignore_ascii_case(theirs))
    }

    /// Every address that the node writes, with what it is for, in a fixed order.
    pub fn references(&self) -> Vec<Reference<'_>> {
        let mut all = Vec::new();
        let mut add = |purpose, endpoint| all.push(Reference { purpose, endpoint });
        for environment in &self.environments {
            environment.service_url.iter().for_each(|url| add(Purpose::GatewayService, url));
            environment.endpoints.iter().for_each(|url| add(Purpose::GatewayEndpoint, url));
            environment.web_sockets.iter().for_each(|url| add(Purpose::GatewayWebSocket, url));
            environment.web_hooks.iter().for_each(|url| add(Purpose::GatewayWebHook, url));
        }
        if let Some(keys) = &self.key_management {
            keys.validation.iter().for_each(|url| add(Purpose::KeyValidation, url));
            keys.authentication.iter().for_each(|url| add(Purpose::Authentication, url));
            keys.revocation.iter().for_each(|url| add(Purpose::TokenRevocation, url));
        }
        if let Some(throttling) = &self.throttling {
            let (receivers, logins) = (throttling.receivers.iter(), throttling.authentications.iter());
            receivers.flat_map(ReceiverGroups::endpoints).for_each(|url| add(Purpose::Receiver, url));
            logins
                .flat_map(ReceiverGroups::endpoints)
                .for_each(|url| add(Purpose::ReceiverAuthentication, url));
            throttling.policy_deployer.iter().for_each(|url| add(Purpose::PolicyDeployment, url));
            throttling.brokers.iter().for_each(|url| add(Purpose::Broker, url));
            throttling.duplicate_urls.iter().for_each(|url| add(Purpose::DecisionBroker, url));
            if let Some(hub) = &throttling.event_hub {
                hub.service_url.iter().for_each(|url| add(Purpose::EventHub, url));
                hub.listening.iter().for_each(|url| add(Purpose::EventBroker, url));
                hub.duplicate_urls.iter().for_each(|url| add(Purpose::DecisionBroker, url));
            }
        }
        for file in &self.jndi_files {
            for factory in &file.connection_factories {
                factory.brokers.iter().for_each(|url| add(Purpose::DecisionBroker, url));
            }
        }
        for instance in self.registry.iter().flat_map(|registry| &registry.instances) {
            instance.url.iter().for_each(|url| add(Purpose::RemoteInstance, url));
        }
        let portals = self.portals.iter().filter_map(|portal| portal.identity_provider.as_ref());
        portals.for_each(|url| add(Purpose::IdentityProvider, url));
        self.token_notification.iter().for_each(|url| add(Purpose::TokenNotification, url));
        self.other_references.iter().for_each(|(purpose, endpoint)| add(*purpose, endpoint));
        all
    }
}
