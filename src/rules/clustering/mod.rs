//! Rules about Hazelcast clustering.

pub mod wka_members_ignored;
