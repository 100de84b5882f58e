//! Rules about the reverse proxy in front, the portals behind it and the servlet connectors that have to know
//! of it.

pub mod connector_proxy_port_mismatch;
pub mod connector_proxy_port_missing;
pub mod cookie_path_mismatch;
pub mod forwarded_headers_missing;
pub mod host_header_missing;
pub mod management_upstream_multiple;
mod portals;
pub mod proxy_certificate_missing;
pub mod proxy_location_missing;
pub mod proxy_redirect_mismatch;
pub mod reverse_proxy_context_mismatch;
pub mod reverse_proxy_disabled;
pub mod reverse_proxy_host_mismatch;
pub mod reverse_proxy_value_unknown;
pub mod session_affinity_missing;
pub mod ssl_directive_removed;
pub mod sticky_directive_unsupported;
pub mod upstream_address_unknown;
pub mod upstream_node_missing;
pub mod upstream_port_mismatch;
pub mod upstream_scheme_mismatch;
pub mod websocket_upgrade_missing;
