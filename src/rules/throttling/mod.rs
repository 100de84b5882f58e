//! Throttling: Traffic Managers, receivers, brokers and event publishers.

pub mod event_duplication_missing;
pub mod event_duplication_one_sided;
pub mod event_duplication_to_self;
pub mod event_hub_loopback;
pub mod event_publisher_duplicate;
pub mod jms_publisher_on_gateway;
pub mod jndi_credentials_mismatch;
pub mod jndi_entry_missing;
pub mod jndi_file_missing;
pub mod policy_deployer_loopback;
pub mod traffic_manager_unlisted;
pub mod url_group_auth_mismatch;
pub mod url_group_merged;
pub mod url_group_outside_braces;
