//! Throttling: Traffic Managers, receivers, brokers and event publishers.

pub mod advanced_throttling_mismatch;
pub mod broker_mode_unsupported;
pub mod broker_unlisted;
pub mod event_duplicate_key_partial;
pub mod event_duplication_missing;
pub mod event_duplication_one_sided;
pub mod event_duplication_to_self;
pub mod event_hub_loopback;
pub mod event_processor_ha_unclustered;
pub mod event_publisher_duplicate;
pub mod event_publisher_mapping_mismatch;
pub mod event_publisher_stream_mismatch;
pub mod jms_publisher_on_gateway;
pub mod jndi_credentials_mismatch;
pub mod jndi_entry_missing;
pub mod jndi_file_missing;
pub mod policy_deployer_loopback;
pub mod policy_deployer_on_worker;
pub mod throttling_client_disabled;
pub mod traffic_manager_unlisted;
pub mod url_group_auth_mismatch;
pub mod url_group_merged;
pub mod url_group_outside_braces;
pub mod url_group_separator_mixed;
