//! Key management of XML nodes.

use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::keys::KeyManagement;

/// `APIKeyValidator`, `AuthManager` and `OAuthConfigurations` of api-manager.xml or app-manager.xml.
pub(super) fn key_management(root: View<'_>, variables: &Variables) -> Option<KeyManagement> {
    let validator = root.child("APIKeyValidator").or_else(|| root.child("AppConsumerAuthConfiguration"));
    let anchor = validator.or_else(|| root.child("AuthManager"))?;
    let endpoint = |names: &[&str]| root.leaf(names).and_then(|text| variables.endpoint(text));
    let leaf = |name: &str| validator.and_then(|view| view.leaf(&[name]));
    Some(KeyManagement {
        span: anchor.place(),
        validation: endpoint(&["APIKeyValidator", "ServerURL"]),
        authentication: endpoint(&["AuthManager", "ServerURL"]),
        revocation: endpoint(&["OAuthConfigurations", "RevokeAPIURL"]),
        client_type: leaf("KeyValidatorClientType"),
        thrift_enabled: leaf("EnableThriftServer").map(|text| text.boolean()),
        thrift_host: leaf("ThriftServerHost").map(|text| variables.fill(text)),
        thrift_server_port: leaf("ThriftServerPort").map(|text| variables.fill(text).port()),
        thrift_client_port: leaf("ThriftClientPort").map(|text| variables.fill(text).port()),
    })
}
