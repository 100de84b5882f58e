//! site.json of the portals, and the servlet connectors.

use crate::extract::files::Files;
use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::portal::{Connector, Portal, PortalApp, ProxyMode, ReverseProxy};
use crate::model::{Endpoint, Origin, Setting};
use crate::source::Span;
use crate::syntax::Scalar;
use crate::syntax::json::{Document, Value};
use crate::syntax::xml::Element;

/// The portals of the node; an overlay that leaves them out has the vanilla ones.
pub(super) fn portals(files: &mut Files) -> Vec<Portal> {
    [PortalApp::Publisher, PortalApp::Store, PortalApp::Admin]
        .into_iter()
        .filter_map(|app| {
            let name = app.name();
            let path = format!("repository/deployment/server/jaggeryapps/{name}/site/conf/site.json");
            let (document, origin) = files.json(&path)?;
            Some(portal(app, &document, origin))
        })
        .collect()
}

/// One site.json.
fn portal(app: PortalApp, document: &Document, origin: Origin) -> Portal {
    let root = document.root.span();
    Portal {
        app,
        span: Span { end: root.start.saturating_add(1).min(root.end), ..root },
        reverse_proxy: document
            .root
            .get("reverseProxy")
            .and_then(|member| reverse_proxy(&member.value, origin)),
        identity_provider: identity_provider(&document.root, origin),
    }
}

/// `enabled` is a text in untouched files.
fn identity_provider(root: &Value, origin: Origin) -> Option<Endpoint> {
    let sign_on = &root.get("ssoConfiguration")?.value;
    let is_on = match &sign_on.get("enabled")?.value {
        Value::Boolean(_, on) => *on,
        Value::String(scalar) => scalar.text == "true",
        _ => false,
    };
    let Value::String(url) = &sign_on.get("identityProviderURL")?.value else { return None };
    if is_on { Variables::default().endpoint(read(url, origin)) } else { None }
}

fn reverse_proxy(value: &Value, origin: Origin) -> Option<ReverseProxy> {
    let Value::Object(span, _) = value else { return None };
    let text = |name: &str| match &value.get(name)?.value {
        Value::String(scalar) => Some(read(scalar, origin)),
        _ => None,
    };
    Some(ReverseProxy {
        span: *span,
        enabled: value.get("enabled").map(|member| enabled(&member.value, origin)),
        host: text("host"),
        context: text("context"),
        registry_context: text("regContext"),
    })
}

/// The portals fill in no variables: a placeholder waits for whoever deploys the file.
fn read(scalar: &Scalar, origin: Origin) -> Setting {
    Variables::default().fill(Setting::read(scalar, origin))
}

fn enabled(value: &Value, origin: Origin) -> (Setting, ProxyMode) {
    match value {
        Value::Boolean(scalar, true) => (Setting::read(scalar, origin), ProxyMode::On),
        Value::Boolean(scalar, false) => (Setting::read(scalar, origin), ProxyMode::Off),
        Value::String(scalar) => {
            let mode = match scalar.text.as_str() {
                "auto" => ProxyMode::Auto,
                "true" => ProxyMode::OnText,
                _ => ProxyMode::Unrecognised,
            };
            (read(scalar, origin), mode)
        }
        Value::Number(scalar) => (Setting::read(scalar, origin), ProxyMode::Unrecognised),
        Value::Null(span) => (Setting::at("null".to_owned(), *span, origin), ProxyMode::Unrecognised),
        Value::Array(span, _) => (Setting::at("[…]".to_owned(), *span, origin), ProxyMode::Unrecognised),
        Value::Object(span, _) => (Setting::at("{…}".to_owned(), *span, origin), ProxyMode::Unrecognised),
    }
}

/// The connectors of catalina-server.xml, in file order.
pub(super) fn connectors(root: View<'_>) -> Vec<Connector> {
    root.children("Service")
        .flat_map(|service| service.children("Connector"))
        .map(|view| Connector {
            secure: is_secure(view.element),
            port: view
                .attribute("port")
                .map_or_else(|| Setting::at(0, view.element.start_tag, Origin::Unknown), |text| text.port()),
            proxy_port: view.attribute("proxyPort").map(|text| text.port()),
            proxy_name: view.attribute("proxyName"),
            redirect_port: view.attribute("redirectPort").map(|text| text.port()),
            span: view.element.start_tag,
        })
        .collect()
}

/// A connector speaks TLS by `SSLEnabled`, or by `scheme` where that is left out.
fn is_secure(connector: &Element) -> bool {
    match connector.attribute_text("SSLEnabled") {
        Some(text) => text.eq_ignore_ascii_case("true"),
        None => connector.attribute_text("scheme").is_some_and(|text| text.eq_ignore_ascii_case("https")),
    }
}
