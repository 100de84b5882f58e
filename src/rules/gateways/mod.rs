//! Rules about gateways and the environments that publishers push to.

pub mod gateway_endpoint_loopback;
pub mod gateway_label_undefined;
pub mod gateway_target_divergent;
pub mod service_url_path_missing;
pub mod sync_writer_bypassed;
