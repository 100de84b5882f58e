//! Rules about Hazelcast clustering.

pub mod cluster_domain_default;
pub mod cluster_domain_mismatch;
pub mod cluster_password_mismatch;
pub mod clustering_absent;
pub mod clustering_partly_enabled;
pub mod clustering_unneeded;
pub mod hazelcast_file_override;
pub mod local_member_host_foreign;
pub mod local_member_host_loopback;
pub mod member_address_duplicate;
pub mod member_host_name;
pub mod membership_scheme_mismatch;
pub mod membership_scheme_unknown;
pub mod wka_list_one_sided;
pub mod wka_member_unknown;
pub mod wka_members_ignored;
pub mod wka_partition;
pub mod wka_peer_missing;
pub mod wka_port_mismatch;
pub mod worker_subdomain_mismatch;
