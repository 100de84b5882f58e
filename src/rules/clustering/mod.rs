//! Rules about Hazelcast clustering.

pub mod cluster_domain_mismatch;
pub mod clustering_partly_enabled;
pub mod clustering_unneeded;
pub mod local_member_host_loopback;
pub mod member_address_duplicate;
pub mod wka_members_ignored;
pub mod wka_peer_missing;
pub mod wka_port_mismatch;
