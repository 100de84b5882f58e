//! Gateway environments and the deployment synchroniser of XML nodes.

use crate::extract::files::Files;
use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::gateway::{DeploymentSynchronizer, Environment, TokenApi};
use crate::model::{Endpoint, Origin, Setting};

/// `APIGateway/Environments/Environment` of api-manager.xml or app-manager.xml. The short form `APIGateway/ServerURL`
/// without `Environments` is read by no release from 1.10 on.
pub(super) fn environments(root: View<'_>, variables: &Variables) -> Vec<Environment> {
    root.descend(&["APIGateway", "Environments"])
        .map(|list| list.children("Environment").map(|view| environment(view, variables)).collect())
        .unwrap_or_default()
}

fn environment(view: View<'_>, variables: &Variables) -> Environment {
    let addresses =
        |name: &str| view.leaf(&[name]).map(|text| comma_list(&text, variables)).unwrap_or_default();
    Environment {
        name: view.leaf(&["Name"]).filter(|name| !name.value.is_empty()),
        kind: view.attribute("type"),
        service_url: view.leaf(&["ServerURL"]).and_then(|text| variables.endpoint(text)),
        user_name: view.leaf(&["Username"]).map(|name| variables.fill(name)),
        password: view.leaf(&["Password"]).map(|password| variables.fill(password).secret()),
        endpoints: addresses("GatewayEndpoint"),
        web_sockets: addresses("GatewayWSEndpoint"),
        web_hooks: Vec::new(),
        gateway_type: None,
        virtual_hosts: Vec::new(),
        span: view.place(),
    }
}

/// The token APIs of synapse whose endpoint is a written address; the untouched ones take the key manager from a variable.
pub(super) fn token_apis(files: &mut Files, variables: &Variables) -> Vec<TokenApi> {
    const APIS: [(&str, &str); 4] = [
        ("_TokenAPI_.xml", "token requests"),
        ("_RevokeAPI_.xml", "revocations"),
        ("_AuthorizeAPI_.xml", "log-ins"),
        ("_UserInfoAPI_.xml", "requests for user information"),
    ];
    let mut found = Vec::new();
    for (file, name) in APIS {
        let path = format!("repository/deployment/server/synapse-configs/default/api/{file}");
        let Some(document) = files.written_xml(&path) else { continue };
        let mut addresses = Vec::new();
        sent_to(View { element: &document.root, origin: Origin::Written }, &mut addresses);
        let endpoints = addresses.into_iter().filter_map(|text| variables.endpoint(text));
        found.extend(endpoints.map(|endpoint| TokenApi { name, endpoint }));
    }
    found
}

/// The addresses of all endpoints below an element, without those that hold a variable of the mediation.
fn sent_to(view: View<'_>, found: &mut Vec<Setting>) {
    let address = match view.element.name.as_str() {
        "http" => view.attribute("uri-template"),
        "address" => view.attribute("uri"),
        _ => None,
    };
    found.extend(address.filter(|address| !address.value.contains("{uri.var")));
    for element in &view.element.children {
        sent_to(View { element, ..view }, found);
    }
}

/// The endpoints of a text in which `,` separates them, each with its own place.
pub(super) fn comma_list(text: &Setting, variables: &Variables) -> Vec<Endpoint> {
    let mut endpoints = Vec::new();
    let mut start = 0;
    for part in text.value.split(',') {
        let lead = part.len() - part.trim_start().len();
        let range = start + lead..start + lead + part.trim().len();
        endpoints.extend(variables.endpoint_within(text, range));
        start += part.len() + 1;
    }
    endpoints
}

/// `DeploymentSynchronizer` of carbon.xml.
pub(super) fn synchronizer(carbon: View<'_>) -> Option<DeploymentSynchronizer> {
    let view = carbon.child("DeploymentSynchronizer")?;
    let flag = |name: &str| view.leaf(&[name]).map(|text| text.boolean());
    Some(DeploymentSynchronizer {
        span: view.place(),
        enabled: flag("Enabled").unwrap_or_else(|| Setting::at(false, view.place(), Origin::Derived)),
        auto_commit: flag("AutoCommit"),
        auto_checkout: flag("AutoCheckout"),
        repository_type: view.leaf(&["RepositoryType"]),
        svn_url: view.leaf(&["SvnUrl"]),
        svn_user: view.leaf(&["SvnUser"]),
        svn_password: view.value(&["SvnPassword"]).map(|text| text.secret()),
        append_tenant: flag("SvnUrlAppendTenantId"),
    })
}
