//! The rules: each joins a card under `rules/` with a function over the model.
//!
//! Adding a rule edits two places here: the module of its topic and [`ALL`].

mod app_manager;
mod clustering;
mod datasources;
mod deployment_toml;
mod drift;
mod format;
mod gateways;
mod hosts;
pub mod house;
mod key_manager;
mod ports;
mod proxy;
mod registry;
mod security;
mod synchronisation;
mod throttling;
mod users;
mod versions;

use crate::diagnostic::{Edit, Label};
use crate::model::{Deployment, Node};
use crate::source::Span;

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// One node at a time (cards of scope `file` and `node`); the deployment is there to name peers, not to compare.
    Node(fn(&Deployment, &Node, &mut Vec<Finding>)),
    /// All nodes together, the proxy and the hosts file.
    Deployment(fn(&Deployment, &mut Vec<Finding>)),
}

/// A rule: its card and its function.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// `CODE-name` of the card, the file `rules/CODE-name.md`.
    pub card: &'static str,
    /// What judges.
    pub check: Check,
}

/// Every rule, by code.
pub const ALL: &[&Rule] = &[
    &app_manager::storage_database_unshared::RULE,
    &app_manager::app_datasource_reference_missing::RULE,
    &app_manager::portal_clustering_absent::RULE,
    &app_manager::app_database_unshared::RULE,
    &app_manager::app_gateway_loopback::RULE,
    &app_manager::identity_provider_loopback::RULE,
    &app_manager::assertion_consumer_mismatch::RULE,
    &app_manager::remote_instance_host_unmapped::RULE,
    &app_manager::portal_registry_drift::RULE,
    &app_manager::gateway_registry_unmounted::RULE,
    &clustering::clustering_partly_enabled::RULE,
    &clustering::membership_scheme_mismatch::RULE,
    &clustering::wka_members_ignored::RULE,
    &clustering::wka_peer_missing::RULE,
    &clustering::wka_list_one_sided::RULE,
    &clustering::wka_partition::RULE,
    &clustering::wka_port_mismatch::RULE,
    &clustering::member_address_duplicate::RULE,
    &clustering::local_member_host_loopback::RULE,
    &clustering::local_member_host_foreign::RULE,
    &clustering::cluster_domain_mismatch::RULE,
    &clustering::cluster_domain_default::RULE,
    &clustering::wka_member_unknown::RULE,
    &clustering::member_host_name::RULE,
    &clustering::membership_scheme_unknown::RULE,
    &clustering::hazelcast_file_override::RULE,
    &clustering::cluster_password_mismatch::RULE,
    &clustering::clustering_unneeded::RULE,
    &clustering::clustering_absent::RULE,
    &clustering::worker_subdomain_mismatch::RULE,
    &drift::role_drift::RULE,
    &drift::gateway_drift::RULE,
    &drift::datasource_drift::RULE,
    &drift::portal_settings_drift::RULE,
    &drift::file_on_one_node::RULE,
    &drift::library_drift::RULE,
    &datasources::h2_shared_database::RULE,
    &datasources::datasource_undefined::RULE,
    &datasources::database_mismatch::RULE,
    &datasources::database_host_loopback::RULE,
    &datasources::database_overlap::RULE,
    &datasources::driver_jar_missing::RULE,
    &datasources::driver_url_mismatch::RULE,
    &datasources::connection_test_missing::RULE,
    &datasources::validation_query_mismatch::RULE,
    &datasources::datasource_duplicate::RULE,
    &datasources::auto_commit_mismatch::RULE,
    &datasources::datasource_unused::RULE,
    &datasources::broker_database_shared::RULE,
    &synchronisation::svn_sync_unclustered::RULE,
    &synchronisation::svn_sync_enabled::RULE,
    &synchronisation::svn_writer_duplicate::RULE,
    &synchronisation::svn_writer_missing::RULE,
    &synchronisation::svn_repository_mismatch::RULE,
    &synchronisation::svn_settings_placeholder::RULE,
    &synchronisation::artifact_drift::RULE,
    &synchronisation::worker_artifacts_present::RULE,
    &synchronisation::artifact_sync_disabled::RULE,
    &format::xml_malformed::RULE,
    &format::json_malformed::RULE,
    &deployment_toml::toml_malformed::RULE,
    &format::amqp_url_malformed::RULE,
    &format::encoding_mismatch::RULE,
    &format::element_duplicate::RULE,
    &format::element_pseudo_commented::RULE,
    &format::element_misplaced::RULE,
    &format::element_unknown::RULE,
    &format::placeholder_unfilled::RULE,
    &format::value_whitespace::RULE,
    &format::boolean_invalid::RULE,
    &format::url_malformed::RULE,
    &format::file_misnamed::RULE,
    &gateways::gateway_target_divergent::RULE,
    &gateways::sync_writer_bypassed::RULE,
    &gateways::gateway_environment_mismatch::RULE,
    &gateways::service_url_path_missing::RULE,
    &gateways::gateway_endpoint_loopback::RULE,
    &gateways::gateway_endpoint_mismatch::RULE,
    &gateways::environment_type_unknown::RULE,
    &gateways::environment_duplicate::RULE,
    &gateways::environment_incomplete::RULE,
    &gateways::gateway_label_undefined::RULE,
    &gateways::gateway_target_unknown::RULE,
    &gateways::token_api_endpoint_mismatch::RULE,
    &gateways::portal_on_worker::RULE,
    &gateways::virtual_host_incomplete::RULE,
    &hosts::host_name_missing::RULE,
    &hosts::management_host_name_missing::RULE,
    &hosts::host_name_mismatch::RULE,
    &hosts::host_name_unresolved::RULE,
    &hosts::host_entry_conflict::RULE,
    &hosts::host_name_unproxied::RULE,
    &hosts::host_name_malformed::RULE,
    &hosts::remote_default_host::RULE,
    &key_manager::key_manager_loopback::RULE,
    &key_manager::key_manager_role_mismatch::RULE,
    &key_manager::thrift_server_disabled::RULE,
    &key_manager::thrift_port_mismatch::RULE,
    &key_manager::thrift_host_loopback::RULE,
    &key_manager::thrift_through_balancer::RULE,
    &key_manager::thrift_url_portless::RULE,
    &key_manager::revoke_url_loopback::RULE,
    &key_manager::jwt_generation_mismatch::RULE,
    &key_manager::token_cache_doubled::RULE,
    &key_manager::identity_database_mismatch::RULE,
    &key_manager::notification_endpoint_loopback::RULE,
    &key_manager::token_issuer_mismatch::RULE,
    &key_manager::token_persistence_mismatch::RULE,
    &ports::port_duplicate::RULE,
    &ports::machine_port_duplicate::RULE,
    &ports::target_port_mismatch::RULE,
    &ports::target_listener_mismatch::RULE,
    &ports::offset_ignored::RULE,
    &ports::foreign_offset_variable::RULE,
    &ports::offset_invalid::RULE,
    &ports::offset_applied_twice::RULE,
    &ports::redirect_port_mismatch::RULE,
    &proxy::reverse_proxy_context_mismatch::RULE,
    &proxy::reverse_proxy_disabled::RULE,
    &proxy::reverse_proxy_host_mismatch::RULE,
    &proxy::forwarded_headers_missing::RULE,
    &proxy::reverse_proxy_value_unknown::RULE,
    &proxy::upstream_port_mismatch::RULE,
    &proxy::upstream_address_unknown::RULE,
    &proxy::upstream_scheme_mismatch::RULE,
    &proxy::session_affinity_missing::RULE,
    &proxy::sticky_directive_unsupported::RULE,
    &proxy::upstream_node_missing::RULE,
    &proxy::management_upstream_multiple::RULE,
    &proxy::proxy_redirect_mismatch::RULE,
    &proxy::cookie_path_mismatch::RULE,
    &proxy::proxy_location_missing::RULE,
    &proxy::connector_proxy_port_missing::RULE,
    &proxy::connector_proxy_port_mismatch::RULE,
    &proxy::host_header_missing::RULE,
    &proxy::proxy_certificate_missing::RULE,
    &proxy::ssl_directive_removed::RULE,
    &proxy::websocket_upgrade_missing::RULE,
    &registry::wso2registry_dbconfig_missing::RULE,
    &registry::current_dbconfig_undefined::RULE,
    &registry::local_registry_shared::RULE,
    &registry::mount_instance_undefined::RULE,
    &registry::remote_instance_dbconfig_undefined::RULE,
    &registry::remote_instance_on_local::RULE,
    &registry::governance_mount_missing::RULE,
    &registry::config_mount_missing::RULE,
    &registry::mount_target_mismatch::RULE,
    &registry::mount_overwrite_missing::RULE,
    &registry::mount_database_mismatch::RULE,
    &registry::cache_id_mismatch::RULE,
    &registry::remote_instance_read_only::RULE,
    &registry::registry_entry_duplicate::RULE,
    &registry::local_registry_mounted::RULE,
    &registry::config_registry_shared_by_products::RULE,
    &security::admin_credentials_default::RULE,
    &security::keystore_default::RULE,
    &security::keystore_partly_replaced::RULE,
    &security::keystore_file_missing::RULE,
    &security::key_alias_missing::RULE,
    &security::keystore_mismatch::RULE,
    &security::secret_alias_undefined::RULE,
    &security::secret_unencrypted::RULE,
    &security::secret_mixed::RULE,
    &security::encrypted_secret_foreign::RULE,
    &security::host_name_verification_off::RULE,
    &security::tls_protocol_weak::RULE,
    &security::certificate_weak::RULE,
    &security::certificate_name_mismatch::RULE,
    &security::truststore_peer_missing::RULE,
    &security::cors_wildcard_credentials::RULE,
    &security::encryption_key_mismatch::RULE,
    &security::database_superuser::RULE,
    &deployment_toml::key_unknown::RULE,
    &deployment_toml::table_order_fatal::RULE,
    &deployment_toml::table_for_array::RULE,
    &deployment_toml::array_for_table::RULE,
    &deployment_toml::list_expected::RULE,
    &deployment_toml::reference_in_array::RULE,
    &deployment_toml::reference_undefined::RULE,
    &deployment_toml::secrets_table_plain::RULE,
    &deployment_toml::url_group_type_missing::RULE,
    &deployment_toml::database_type_unknown::RULE,
    &deployment_toml::database_keys_insufficient::RULE,
    &deployment_toml::pool_option_spelling::RULE,
    &deployment_toml::connector_property_spelling::RULE,
    &deployment_toml::value_unescaped::RULE,
    &deployment_toml::unit_invalid::RULE,
    &deployment_toml::conditional_key_missing::RULE,
    &deployment_toml::server_role_unknown::RULE,
    &deployment_toml::role_key_conflict::RULE,
    &deployment_toml::key_removed::RULE,
    &deployment_toml::class_moved::RULE,
    &deployment_toml::clustering_scheme_missing::RULE,
    &deployment_toml::member_port_missing::RULE,
    &deployment_toml::broker_scheme_fatal::RULE,
    &deployment_toml::event_hub_tls_partial::RULE,
    &deployment_toml::thread_pool_keys_fatal::RULE,
    &deployment_toml::boolean_quoted::RULE,
    &deployment_toml::required_key_missing::RULE,
    &deployment_toml::key_shadowed::RULE,
    &deployment_toml::rendered_file_edited::RULE,
    &throttling::event_duplication_missing::RULE,
    &throttling::event_duplication_one_sided::RULE,
    &throttling::event_duplication_to_self::RULE,
    &throttling::jndi_file_missing::RULE,
    &throttling::jndi_entry_missing::RULE,
    &throttling::event_publisher_stream_mismatch::RULE,
    &throttling::event_publisher_duplicate::RULE,
    &throttling::event_publisher_mapping_mismatch::RULE,
    &throttling::jndi_credentials_mismatch::RULE,
    &throttling::url_group_merged::RULE,
    &throttling::url_group_outside_braces::RULE,
    &throttling::url_group_auth_mismatch::RULE,
    &throttling::url_group_separator_mixed::RULE,
    &throttling::traffic_manager_unlisted::RULE,
    &throttling::broker_unlisted::RULE,
    &throttling::throttling_client_disabled::RULE,
    &throttling::policy_deployer_loopback::RULE,
    &throttling::policy_deployer_on_worker::RULE,
    &throttling::jms_publisher_on_gateway::RULE,
    &throttling::broker_mode_unsupported::RULE,
    &throttling::advanced_throttling_mismatch::RULE,
    &throttling::event_hub_loopback::RULE,
    &throttling::event_duplicate_key_partial::RULE,
    &throttling::event_processor_ha_unclustered::RULE,
    &users::user_database_local::RULE,
    &users::user_database_mismatch::RULE,
    &users::user_store_mismatch::RULE,
    &users::password_digest_mismatch::RULE,
    &users::admin_account_mismatch::RULE,
    &users::admin_creation_impossible::RULE,
    &users::admin_name_unqualified::RULE,
    &users::admin_password_fragile::RULE,
    &users::service_credentials_mismatch::RULE,
    &users::secondary_user_store_mismatch::RULE,
    &versions::version_mixed::RULE,
    &versions::key_manager_version_mismatch::RULE,
    &versions::setting_of_other_version::RULE,
    &deployment_toml::config_model_mixed::RULE,
    &versions::update_level_mixed::RULE,
];

/// The names that are nearest to the given one, letters in any case and at most so many of them wrong; by the alphabet where
/// several are as near.
fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>, most_wrong: usize) -> Vec<&'a str> {
    let lower = name.to_lowercase();
    let distance = |other: &str| strsim::damerau_levenshtein(&lower, &other.to_lowercase());
    let all = names.into_iter().map(|other| (distance(other), other));
    let mut near: Vec<(usize, &'a str)> = all.filter(|(distance, _)| *distance <= most_wrong).collect();
    near.sort_unstable();
    near.dedup();
    let least = near.first().map(|(distance, _)| *distance);
    near.into_iter().take_while(|(distance, _)| Some(*distance) == least).map(|(_, name)| name).collect()
}

/// The one name that is nearest to the given one, at most two letters wrong; `None` where several are as near.
fn unique_near<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    match nearest(name, names.iter().copied(), 2).as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// Last part of a path.
fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A name without what people get wrong in it: letters and digits alone, in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// The one that most others agree with; the first of several.
fn majority<T>(all: &[T], agree: impl Fn(&T, &T) -> bool) -> Option<&T> {
    majority_preferring(all, agree, |_| ())
}

/// The one that most others agree with; of several the one that is preferred most, of these the first.
fn majority_preferring<T, P: Ord>(
    all: &[T],
    agree: impl Fn(&T, &T) -> bool,
    preference: impl Fn(&T) -> P,
) -> Option<&T> {
    let agreeing = |one: &T| all.iter().filter(|other| agree(one, other)).count();
    all.iter().rev().max_by_key(|one| (agreeing(one), preference(one)))
}

/// What a rule reports; severity, suppression and order are `lint`'s business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Name of a milder or graver variant that the card declares; `None` for the card's own severity.
    pub variant: Option<&'static str>,
    /// One line, lower case, no full stop, with the node and the values seen.
    pub message: String,
    /// An instruction.
    pub help: Option<String>,
    /// Where the change is to be made.
    pub primary: Label,
    /// Other places that take part; one at least in each other node that does.
    pub related: Vec<Label>,
    /// The change that mends it; the card says whether it is safe.
    pub fix: Vec<Edit>,
    /// Places that it speaks about without pointing at them. What gives way to it, or what it gives way to, may stand
    /// there.
    pub covers: Vec<Span>,
}

impl Finding {
    /// A finding at the place to change.
    pub fn new(span: Span, label: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            variant: None,
            message: message.into(),
            help: None,
            primary: Label::new(span, label),
            related: Vec::new(),
            fix: Vec::new(),
            covers: Vec::new(),
        }
    }

    /// Adds places that it speaks about without pointing at them.
    pub fn covers(mut self, places: impl IntoIterator<Item = Span>) -> Self {
        self.covers.extend(places);
        self
    }

    /// Offers a text in place of another, where it is known which. A text that some format would have to escape is no
    /// offer: a person writes it better.
    pub fn fix(mut self, span: Option<Span>, text: impl Into<String>) -> Self {
        let text = text.into();
        let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&text);
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._:/-".contains(letter);
        if let Some(span) = span.filter(|_| bare.chars().all(is_plain)) {
            self.fix.push(Edit { span, text });
        }
        self
    }

    /// Adds the instruction.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds another place.
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push(Label::new(span, label));
        self
    }

    /// Reports a variant that the card declares.
    pub fn variant(mut self, name: &'static str) -> Self {
        self.variant = Some(name);
        self
    }
}
