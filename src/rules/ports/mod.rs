//! Rules about listeners, port offsets and the ports that nodes write to reach each other.

pub mod machine_port_duplicate;
pub mod port_duplicate;
pub mod target_port_mismatch;
