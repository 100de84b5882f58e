//! Rules about listeners, port offsets and the ports that nodes write to reach each other.

pub mod foreign_offset_variable;
pub mod machine_port_duplicate;
pub mod offset_applied_twice;
pub mod offset_ignored;
pub mod offset_invalid;
pub mod port_duplicate;
pub mod redirect_port_mismatch;
pub mod target_listener_mismatch;
pub mod target_port_mismatch;

use super::Finding;
use crate::model::ports::Listener;
use crate::model::{Deployment, Endpoint, Node};
use crate::source::Span;

/// The place of the port and nothing else, where its own text can be told from the address around it.
fn bare_port(deployment: &Deployment, endpoint: &Endpoint) -> Option<Span> {
    let span = endpoint.port.span;
    let written = deployment.sources.slice(span);
    let is_variable = written.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let is_port = match &endpoint.port.variable {
        Some(variable) => is_variable == Some(variable),
        None => endpoint.port.number.is_some_and(|port| written == port.to_string()),
    };
    is_port.then_some(span)
}

/// Labels where the target's port comes from: the base port, the offset, or both where both are written.
fn with_origin(finding: Finding, target: &Node, listener: &Listener, port: u16) -> Finding {
    let offset = &target.identity.offset;
    let moved = listener.shifted && offset.known().is_some_and(|offset| *offset != 0);
    let opens = format!("{} opens {port}", target.name);
    match (moved, listener.base.is_written()) {
        (true, false) => finding.related(offset.span, format!("{opens} with this offset")),
        (true, true) => finding
            .related(listener.base.span, opens)
            .related(offset.span, format!("offset of {}", target.name)),
        (false, _) => finding.related(listener.base.span, opens),
    }
}
