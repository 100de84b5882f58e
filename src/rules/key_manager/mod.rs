//! Rules about key managers: who asks them, how, and what they agree on.

pub mod identity_database_mismatch;
pub mod jwt_generation_mismatch;
pub mod key_manager_loopback;
pub mod key_manager_role_mismatch;
pub mod notification_endpoint_loopback;
pub mod revoke_url_loopback;
pub mod thrift_host_loopback;
pub mod thrift_port_mismatch;
pub mod thrift_server_disabled;
pub mod thrift_through_balancer;
pub mod thrift_url_portless;
pub mod token_cache_doubled;
pub mod token_issuer_mismatch;
pub mod token_persistence_mismatch;
