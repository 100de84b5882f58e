//! Rules about how deployed artifacts travel between nodes.

pub mod artifact_drift;
pub mod svn_sync_enabled;
pub mod svn_sync_unclustered;
pub mod svn_writer_duplicate;
pub mod worker_artifacts_present;
