//! The listeners of an XML node (rule atlas 2.1).

use super::paths;
use crate::extract::files::{Files, XmlFile};
use crate::extract::listeners::listener;
use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::ports::{Listener, ListenerKind};
use crate::model::{Node, Origin, Product, Setting};
use crate::source::Span;

const INBOUND: &str = "repository/deployment/server/synapse-configs/default/inbound-endpoints";
/// Package of the receivers that stand for the servlet connectors.
const SERVLET_TRANSPORT: &str = "org.wso2.carbon.core.transports";
/// Port of the key validation listener where api-manager.xml sets none (carbon-apimgt `APIMgtConstants`).
const KEY_VALIDATION: u16 = 10397;

/// All listeners of a node, sorted by kind. What an unreadable file would open is left out.
pub(super) fn listeners(
    node: &Node,
    api: Option<View<'_>>,
    files: &mut Files,
    variables: &Variables,
) -> Vec<Listener> {
    let offset = &node.identity.offset;
    let mut add = Ports { offset, variables, found: Vec::new() };
    let is_carbon = node.product != Product::Analytics || files.has(paths::CARBON);
    match files.xml(paths::CATALINA) {
        Some(file) => add.servlet(file.root()),
        None if is_carbon && !files.is_unreadable(paths::CATALINA) => {
            let place = files.place(paths::CATALINA);
            add.push(ListenerKind::ServletHttps, Base::unwritten(9443, place), true, true);
            add.push(ListenerKind::ServletHttp, Base::unwritten(9763, place), true, true);
        }
        None => {}
    }
    let is_gateway = !matches!(node.product, Product::IdentityServer | Product::Analytics);
    if is_gateway && let Some(file) = files.xml(paths::AXIS2) {
        add.gateway(file.root());
    }
    if is_gateway {
        for (name, kind) in [
            ("WebSocketInboundEndpoint.xml", ListenerKind::WebSocket),
            ("SecureWebSocketInboundEndpoint.xml", ListenerKind::SecureWebSocket),
        ] {
            if let Some(file) = files.xml(&format!("{INBOUND}/{name}")) {
                add.web_socket(file.root(), kind);
            }
        }
        for path in files.list(INBOUND).into_iter().filter(|path| path.ends_with(".xml")) {
            if !path.ends_with("WebSocketInboundEndpoint.xml")
                && let Some(file) = files.xml(&path)
            {
                add.inbound(file.root());
            }
        }
    }
    if let Some(file) = files.xml(paths::DATA_BRIDGE) {
        add.data_bridge(file.root());
    }
    if let Some(file) = files.xml(paths::BROKER) {
        add.broker(file.root());
    }
    if let Some(root) = api.filter(|_| node.product != Product::AppManager) {
        add.key_validation(root);
    }
    if let Some(carbon) = files.xml(paths::CARBON) {
        add.jmx(carbon.root(), files.xml(paths::JMX));
        let directory = files.xml(paths::EMBEDDED_LDAP);
        let has_directory = node.product == Product::IdentityServer;
        add.directory(carbon.root(), directory.as_ref(), has_directory);
    }
    if let Some(file) = files.xml(paths::EVENT_PROCESSOR) {
        add.event_processor(file.root());
    }
    let mut found = add.found;
    found.sort_by_key(|listener| listener.kind);
    found
}

/// Collects listeners.
struct Ports<'a> {
    offset: &'a Setting<u16>,
    variables: &'a Variables,
    found: Vec<Listener>,
}

/// A base port, and its text where that is no number.
struct Base {
    port: Setting<u16>,
    malformed: Option<Setting>,
}

impl Base {
    fn unwritten(default: u16, place: Span) -> Self {
        Self { port: Setting::at(default, place, Origin::Derived), malformed: None }
    }
}

impl Ports<'_> {
    fn push(&mut self, kind: ListenerKind, base: Base, shifted: bool, open: bool) {
        let Base { port, malformed } = base;
        self.found.push(Listener { malformed, ..listener(kind, port, self.offset, shifted, open) });
    }

    /// Binds the listener added last.
    fn bind(&mut self, address: Option<Setting>) {
        if let Some(last) = self.found.pop() {
            let address = address.map(|text| self.variables.fill(text));
            self.found.push(last.bound_to(address.as_ref()));
        }
    }

    /// A port as written, else the server's default at the element that should hold it.
    fn base(&self, written: Option<Setting>, default: u16, holder: View<'_>) -> Base {
        match written.filter(|text| !text.value.is_empty()) {
            Some(text) => {
                let text = self.variables.fill(text);
                Base { port: text.port(), malformed: text.malformed_port() }
            }
            None => Base::unwritten(default, holder.place()),
        }
    }

    /// catalina-server.xml: the connectors with TLS and the others, the main one of each first.
    fn servlet(&mut self, root: View<'_>) {
        let services = root.children("Service");
        let speaks_http = |view: &View<'_>| {
            let protocol = view.element.attribute_text("protocol").unwrap_or("").to_ascii_lowercase();
            !protocol.starts_with("ajp") && !protocol.contains(".ajp.")
        };
        let connectors = services.flat_map(|service| service.children("Connector")).filter(speaks_http);
        let connectors: Vec<_> = connectors.collect();
        for (secure, kind, default) in
            [(true, ListenerKind::ServletHttps, 9443), (false, ListenerKind::ServletHttp, 9763)]
        {
            let is_this = |view: &&View<'_>| {
                let flag = view.element.attribute_text("SSLEnabled").unwrap_or("");
                flag.eq_ignore_ascii_case("true") == secure
            };
            for connector in connectors.iter().filter(is_this) {
                let base = self.base(connector.attribute("port"), default, *connector);
                self.push(kind, base, true, true);
                self.bind(connector.attribute("address"));
            }
        }
    }

    /// axis2.xml: the pass-through or NIO receivers, those under the usual names first. A Traffic Manager has receivers of
    /// Carbon in their place, which answer on the servlet ports.
    fn gateway(&mut self, root: View<'_>) {
        for (name, kind, default) in
            [("http", ListenerKind::GatewayHttp, 8280), ("https", ListenerKind::GatewayHttps, 8243)]
        {
            let is_this = |view: &View<'_>| {
                let class = view.element.attribute_text("class").unwrap_or("");
                view.element.attribute_text("name") == Some(name) && !class.starts_with(SERVLET_TRANSPORT)
            };
            if let Some(receiver) = root.children("transportReceiver").find(is_this) {
                self.receiver(receiver, kind, default);
            }
        }
        for receiver in root.children("transportReceiver") {
            let text = |name| receiver.element.attribute_text(name).unwrap_or("");
            let class = text("class").rsplit('.').next().unwrap_or("");
            let is_further = !["http", "https"].contains(&text("name"))
                && ["PassThroughHttp", "HttpCoreNIO"].iter().any(|start| class.starts_with(start))
                && receiver.child_with("parameter", "name", "port").is_some();
            if is_further && class.contains("SSL") {
                self.receiver(receiver, ListenerKind::GatewayHttps, 8243);
            } else if is_further {
                self.receiver(receiver, ListenerKind::GatewayHttp, 8280);
            }
        }
    }

    fn receiver(&mut self, receiver: View<'_>, kind: ListenerKind, default: u16) {
        let written = receiver.child_with("parameter", "name", "port").map(View::text);
        let base = self.base(written, default, receiver);
        self.push(kind, base, true, true);
        self.bind(receiver.child_with("parameter", "name", "bind-address").map(View::text));
    }

    /// An inbound endpoint; `ws.use.port.offset` decides about the offset.
    fn web_socket(&mut self, root: View<'_>, kind: ListenerKind) {
        let Some(parameters) = root.child("parameters") else { return };
        let parameter = |name: &str| parameters.child_with("parameter", "name", name).map(View::text);
        let shifted = parameter("ws.use.port.offset").is_some_and(|text| text.boolean().is_true());
        let default = if kind == ListenerKind::WebSocket { 9099 } else { 8099 };
        let base = self.base(parameter("inbound.ws.port"), default, parameters);
        let suspended = root.attribute("suspend").is_some_and(|text| text.boolean().is_true());
        self.push(kind, base, shifted, !suspended);
    }

    /// An inbound endpoint that somebody added. Whether the offset shifts one for HTTP a property of Synapse decides
    /// (carbon-mediation `InboundHttpListener`).
    fn inbound(&mut self, root: View<'_>) {
        let protocol = root.element.attribute_text("protocol").unwrap_or("").to_ascii_lowercase();
        let Some(parameters) = root.child("parameters") else { return };
        let has = |name: &str| parameters.child_with("parameter", "name", name).is_some();
        let kind = match protocol.as_str() {
            "ws" if has("inbound.ws.port") => return self.web_socket(root, ListenerKind::WebSocket),
            "wss" if has("inbound.ws.port") => return self.web_socket(root, ListenerKind::SecureWebSocket),
            "http" => ListenerKind::GatewayHttp,
            "https" => ListenerKind::GatewayHttps,
            _ => return,
        };
        let Some(written) = parameters.child_with("parameter", "name", "inbound.http.port") else { return };
        let mut base = self.base(Some(written.text()), kind.usual_port(), parameters);
        if self.offset.known() != Some(&0) {
            base.port = base.port.with_origin(Origin::Unknown);
        }
        let suspended = root.attribute("suspend").is_some_and(|text| text.boolean().is_true());
        self.push(kind, base, false, !suspended);
    }

    /// data-bridge-config.xml.
    fn data_bridge(&mut self, root: View<'_>) {
        for (name, port, kind, default) in [
            ("Binary", "tcpPort", ListenerKind::BinaryTcp, 9611),
            ("Binary", "sslPort", ListenerKind::BinarySsl, 9711),
            ("Thrift", "tcpPort", ListenerKind::ThriftTcp, 7611),
            ("Thrift", "sslPort", ListenerKind::ThriftSsl, 7711),
        ] {
            let Some(receiver) = root.child_with("dataReceiver", "name", name) else { continue };
            let written = receiver.child_with("config", "name", port).map(View::text);
            let base = self.base(written, default, receiver);
            let off = receiver.attribute("enable").is_some_and(|text| !text.boolean().is_true());
            self.push(kind, base, true, !off);
        }
    }

    /// broker.xml.
    fn broker(&mut self, root: View<'_>) {
        for (protocol, connection, kind, default) in [
            ("amqp", "defaultConnection", ListenerKind::Amqp, 5672),
            ("amqp", "sslConnection", ListenerKind::AmqpTls, 8672),
            ("mqtt", "defaultConnection", ListenerKind::Mqtt, 1883),
            ("mqtt", "sslConnection", ListenerKind::MqttTls, 8883),
        ] {
            let Some(transport) = root.descend(&["transports", protocol]) else { continue };
            let Some(view) = transport.child(connection) else { continue };
            let on =
                |view: View<'_>| !view.attribute("enabled").is_some_and(|text| text.boolean().is_false());
            let base = self.base(view.attribute("port"), default, view);
            self.push(kind, base, true, on(transport) && on(view));
        }
        if let Some(coordination) = root.child("coordination") {
            let mode = root.leaf(&["deployment", "mode"]);
            let clustered = mode.is_some_and(|mode| mode.text() == Some("clustered"));
            let base = self.base(coordination.leaf(&["thriftServerPort"]), 7611, coordination);
            self.push(ListenerKind::BrokerCoordination, base, false, clustered);
        }
    }

    /// api-manager.xml `APIKeyValidator`: the default follows the offset, a written port does not (carbon-apimgt
    /// `APIKeyValidationServiceImpl`).
    fn key_validation(&mut self, root: View<'_>) {
        let Some(validator) = root.child("APIKeyValidator") else { return };
        let enabled = validator.value(&["EnableThriftServer"]).is_some_and(|text| text.boolean().is_true());
        let written = validator.value(&["ThriftServerPort"]);
        let shifted = written.is_none();
        let base = self.base(written, KEY_VALIDATION, validator);
        self.push(ListenerKind::KeyValidationThrift, base, shifted, enabled);
    }

    /// carbon.xml `Ports/JMX`, opened as jmx.xml says; open where nothing is known of jmx.xml.
    fn jmx(&mut self, carbon: View<'_>, jmx: Option<XmlFile>) {
        let start = jmx.and_then(|file| file.root().value(&["StartRMIServer"]));
        let open = start.is_none_or(|text| text.boolean().is_true());
        let Some(ports) = carbon.descend(&["Ports", "JMX"]) else { return };
        for (name, kind, default) in [
            ("RMIRegistryPort", ListenerKind::JmxRegistry, 9999),
            ("RMIServerPort", ListenerKind::JmxServer, 11111),
        ] {
            let base = self.base(ports.leaf(&[name]), default, ports);
            self.push(kind, base, true, open);
        }
    }

    /// carbon.xml ports of the embedded directory and of the entitlement feature, which only Identity Server has.
    fn directory(&mut self, carbon: View<'_>, directory: Option<&XmlFile>, has_directory: bool) {
        let Some(ports) = carbon.child("Ports") else { return };
        let enabled = |element: &str| {
            let file = directory?;
            let view = file.root().child(element)?;
            let switch = view
                .child_with("Property", "name", "enable")
                .or_else(|| view.child_with("Property", "name", "enabled"))?;
            Some(switch.text().boolean().is_true())
        };
        if let Some(view) = ports.child("EmbeddedLDAP") {
            let base = self.base(view.leaf(&["LDAPServerPort"]), 10389, view);
            let open = has_directory && enabled("EmbeddedLDAP").unwrap_or(true);
            self.push(ListenerKind::EmbeddedLdap, base, true, open);
            let base = self.base(view.leaf(&["KDCServerPort"]), 8000, view);
            let open = has_directory && enabled("KDCServer").unwrap_or(false);
            self.push(ListenerKind::KeyDistribution, base, true, open);
        }
        if let Some(text) = ports.leaf(&["ThriftEntitlementReceivePort"]) {
            let base = self.base(Some(text), 10500, ports);
            self.push(ListenerKind::EntitlementThrift, base, true, has_directory);
        }
    }

    /// event-processor.xml: only the HA mode opens ports, and takes them as they are.
    fn event_processor(&mut self, root: View<'_>) {
        let Some(mode) = root.child_with("mode", "name", "HA") else { return };
        let open = mode.attribute("enable").is_some_and(|text| text.boolean().is_true());
        for (name, kind, default) in [
            ("eventSync", ListenerKind::HaEventSync, 11224),
            ("management", ListenerKind::HaManagement, 10005),
            ("presentation", ListenerKind::HaPresentation, 11000),
        ] {
            if let Some(view) = mode.child(name) {
                let base = self.base(view.leaf(&["port"]), default, view);
                self.push(kind, base, false, open);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::xml::tests::parse;
    use crate::source::FileId;

    fn collect(
        text: &str,
        offset: u16,
        fill: fn(&mut Ports<'_>, View<'_>),
    ) -> Vec<(ListenerKind, Option<u16>, bool)> {
        let document = parse(text);
        let place = Span::new(FileId { owner: 0, index: 0 }, 0, 0);
        let offset = Setting::at(offset, place, Origin::Written);
        let variables = Variables::default();
        let mut ports = Ports { offset: &offset, variables: &variables, found: Vec::new() };
        fill(&mut ports, View { element: &document.root, origin: Origin::Written });
        ports.found.iter().map(|listener| (listener.kind, listener.port, listener.open)).collect()
    }

    #[test]
    fn connectors_are_told_by_their_tls_flag() {
        let text = "<Server port=\"8005\"><Service><Connector port=\"8009\" protocol=\"AJP/1.3\"/>\
                    <Connector port=\"9763\"/><Connector port=\"8443\" SSLEnabled=\"true\"/>\
                    <Connector port=\"9445\" SSLEnabled=\"true\"/></Service></Server>";
        let found = collect(text, 1, |ports, root| ports.servlet(root));
        let expected = [
            (ListenerKind::ServletHttps, Some(8444), true),
            (ListenerKind::ServletHttps, Some(9446), true),
            (ListenerKind::ServletHttp, Some(9764), true),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn receivers_of_the_servlet_connectors_open_nothing() {
        let named = |name: &str, class: &str, port: u16| {
            format!(
                "<transportReceiver name=\"{name}\" class=\"{class}\"><parameter name=\"port\">{port}</parameter>\
                 </transportReceiver>"
            )
        };
        let receiver = |class: &str, port: u16| named("https", class, port);
        let servlet = receiver("org.wso2.carbon.core.transports.http.HttpsTransportListener", 9443);
        let gateway = receiver("org.apache.synapse.transport.passthru.PassThroughHttpSSLListener", 8244);
        let read = |receivers: &str| {
            collect(&format!("<axisconfig>{receivers}</axisconfig>"), 1, |ports, root| ports.gateway(root))
        };
        assert_eq!(read(&servlet), []);
        assert_eq!(read(&(servlet + &gateway)), [(ListenerKind::GatewayHttps, Some(8245), true)]);
        let class = "org.apache.synapse.transport.passthru.PassThroughHttpMultiSSLListener";
        let further = named("multi-https", class, 8343) + &named("local", "org.apache.axis2.Local", 1);
        let both = [8245, 8344].map(|port| (ListenerKind::GatewayHttps, Some(port), true));
        assert_eq!(read(&(further + &gateway)), both);
    }

    #[test]
    fn a_written_key_validation_port_is_not_shifted() {
        let written = "<APIManager><APIKeyValidator><EnableThriftServer>true</EnableThriftServer>\
                       <ThriftServerPort>10400</ThriftServerPort></APIKeyValidator></APIManager>";
        let absent = "<APIManager><APIKeyValidator><EnableThriftServer>false</EnableThriftServer>\
                      </APIKeyValidator></APIManager>";
        let read = |text| collect(text, 2, |ports, root| ports.key_validation(root));
        assert_eq!(read(written), [(ListenerKind::KeyValidationThrift, Some(10400), true)]);
        assert_eq!(read(absent), [(ListenerKind::KeyValidationThrift, Some(10399), false)]);
    }

    #[test]
    fn broker_listeners_follow_both_switches() {
        let text = "<broker><coordination><thriftServerPort>7611</thriftServerPort></coordination><transports>\
                    <amqp enabled=\"true\"><defaultConnection enabled=\"true\" port=\"5672\"/>\
                    <sslConnection enabled=\"false\" port=\"8672\"/></amqp>\
                    <mqtt enabled=\"false\"><defaultConnection enabled=\"true\" port=\"1883\"/></mqtt></transports>\
                    <deployment><mode>standalone</mode></deployment></broker>";
        let found = collect(text, 1, |ports, root| ports.broker(root));
        let expected = [
            (ListenerKind::Amqp, Some(5673), true),
            (ListenerKind::AmqpTls, Some(8673), false),
            (ListenerKind::Mqtt, Some(1884), false),
            (ListenerKind::BrokerCoordination, Some(7611), false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_further_inbound_endpoint_has_the_port_that_it_writes() {
        let text = |protocol: &str, name: &str| {
            format!(
                "<inboundEndpoint protocol=\"{protocol}\"><parameters><parameter name=\"{name}\">8285</parameter>\
                 </parameters></inboundEndpoint>"
            )
        };
        let read = |protocol, name, offset| {
            collect(&text(protocol, name), offset, |ports, root| ports.inbound(root))
        };
        let http = ListenerKind::GatewayHttp;
        assert_eq!(read("http", "inbound.http.port", 0), [(http, Some(8285), true)]);
        assert_eq!(read("http", "inbound.http.port", 1), [(http, None, true)]);
        assert_eq!(read("ws", "inbound.ws.port", 1), [(ListenerKind::WebSocket, Some(8285), true)]);
        assert_eq!(read("kafka", "zookeeper.connect", 0), []);
    }

    #[test]
    fn a_web_socket_follows_its_own_switch() {
        let text = |switch: &str| {
            format!(
                "<inboundEndpoint suspend=\"false\"><parameters><parameter name=\"inbound.ws.port\">9099</parameter>\
                 <parameter name=\"ws.use.port.offset\">{switch}</parameter></parameters></inboundEndpoint>"
            )
        };
        let read =
            |switch| collect(&text(switch), 3, |ports, root| ports.web_socket(root, ListenerKind::WebSocket));
        assert_eq!(read("true"), [(ListenerKind::WebSocket, Some(9102), true)]);
        assert_eq!(read("false"), [(ListenerKind::WebSocket, Some(9099), true)]);
    }
}
