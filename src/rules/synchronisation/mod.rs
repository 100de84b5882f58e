//! Rules about how deployed artifacts travel between nodes.

pub mod artifact_drift;
pub mod artifact_sync_disabled;
pub mod svn_repository_mismatch;
pub mod svn_settings_placeholder;
pub mod svn_sync_enabled;
pub mod svn_sync_unclustered;
pub mod svn_writer_duplicate;
pub mod svn_writer_missing;
pub mod worker_artifacts_present;
