//! Rules about gateways and the environments that publishers push to.

pub mod gateway_target_divergent;
pub mod sync_writer_bypassed;
