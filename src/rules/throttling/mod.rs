//! Rules about throttling: receiver groups, Traffic Managers, brokers and event publishers.

pub mod event_duplication_missing;
pub mod event_duplication_one_sided;
pub mod event_duplication_to_self;
pub mod jms_publisher_on_gateway;
pub mod jndi_entry_missing;
pub mod traffic_manager_unlisted;
pub mod url_group_merged;
