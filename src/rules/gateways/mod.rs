//! Rules about gateways and the environments that publishers push to.

pub mod environment_duplicate;
pub mod environment_incomplete;
pub mod environment_type_unknown;
pub mod gateway_endpoint_loopback;
pub mod gateway_endpoint_mismatch;
pub mod gateway_environment_mismatch;
pub mod gateway_label_undefined;
pub mod gateway_target_divergent;
pub mod gateway_target_unknown;
pub mod portal_on_worker;
pub mod service_url_path_missing;
pub mod sync_writer_bypassed;
pub mod token_api_endpoint_mismatch;
pub mod virtual_host_incomplete;
