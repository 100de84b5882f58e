//! Listeners of a TOML node.

use super::settings::Settings;
use crate::extract::listeners::listener;
use crate::model::ports::{Listener, ListenerKind};
use crate::model::{Setting, Version};

/// A listener: key of its port, the port of the untouched pack, and the switches that open it.
type Row = (ListenerKind, &'static str, u16, &'static [&'static str]);

const ROWS: [Row; 14] = [
    (ListenerKind::ServletHttps, "transport.https.properties.port", 9443, &[]),
    (ListenerKind::ServletHttp, "transport.http.properties.port", 9763, &[]),
    (
        ListenerKind::GatewayHttp,
        "transport.passthru_http.listener.parameters.port",
        8280,
        &["transport.passthru_http.listener.enable"],
    ),
    (
        ListenerKind::GatewayHttps,
        "transport.passthru_https.listener.parameters.port",
        8243,
        &["transport.passthru_https.listener.enable"],
    ),
    (ListenerKind::WebSocket, "apim.ws.port", 9099, &[]),
    (ListenerKind::SecureWebSocket, "apim.wss.port", 8099, &[]),
    (
        ListenerKind::BinaryTcp,
        "transport.binary.receiver.tcpPort",
        9611,
        &["transport.binary.receiver.enable"],
    ),
    (
        ListenerKind::BinarySsl,
        "transport.binary.receiver.sslPort",
        9711,
        &["transport.binary.receiver.enable"],
    ),
    (
        ListenerKind::Amqp,
        "broker.transport.amqp.default_connection.port",
        5672,
        &["broker.transport.amqp.enabled", "broker.transport.amqp.default_connection.enabled"],
    ),
    (
        ListenerKind::AmqpTls,
        "broker.transport.amqp.ssl_connection.port",
        8672,
        &["broker.transport.amqp.enabled", "broker.transport.amqp.ssl_connection.enabled"],
    ),
    (
        ListenerKind::JmxRegistry,
        "monitoring.jmx.rmi_registry_port",
        9999,
        &["monitoring.jmx.rmi_server_start"],
    ),
    (ListenerKind::JmxServer, "monitoring.jmx.rmi_server_port", 11111, &["monitoring.jmx.rmi_server_start"]),
    (
        ListenerKind::ThriftTcp,
        "transport.thrift.receiver.tcpPort",
        7611,
        &["transport.thrift.receiver.enable"],
    ),
    (
        ListenerKind::ThriftSsl,
        "transport.thrift.receiver.sslPort",
        7711,
        &["transport.thrift.receiver.enable"],
    ),
];

/// What a server opens that is no API Manager.
const COMMON: [ListenerKind; 4] = [
    ListenerKind::ServletHttps,
    ListenerKind::ServletHttp,
    ListenerKind::JmxRegistry,
    ListenerKind::JmxServer,
];

/// All listeners, their ports shifted by the offset.
pub(super) fn listeners(
    settings: &Settings<'_>,
    offset: &Setting<u16>,
    version: Option<Version>,
    is_api_manager: bool,
) -> Vec<Listener> {
    let mut found: Vec<Listener> = ROWS
        .into_iter()
        .filter(|(kind, ..)| is_api_manager || COMMON.contains(kind))
        .map(|(kind, key, port, switches)| {
            let open = switches.iter().all(|switch| !settings.switch(switch, true).is_false());
            let address = match kind {
                ListenerKind::ServletHttps | ListenerKind::ServletHttp => {
                    key.strip_suffix("port").map(|table| format!("{table}address"))
                }
                ListenerKind::GatewayHttps | ListenerKind::GatewayHttp => {
                    key.strip_suffix("port").map(|table| format!("{table}bind-address"))
                }
                _ => None,
            };
            let address = address.and_then(|key| settings.get(&key));
            let malformed = settings.get(key).and_then(|text| text.malformed_port());
            let listener = listener(kind, settings.port(key, port), offset, true, open);
            Listener { malformed, ..listener }.bound_to(address.as_ref())
        })
        .collect();
    if !is_api_manager {
        return found;
    }
    if version.is_none_or(|version| version.at_least(4, 0)) {
        let web_hooks = [
            (ListenerKind::WebHookHttp, "apim.webhooks.http.port", 9021),
            (ListenerKind::WebHookHttps, "apim.webhooks.https.port", 8021),
        ];
        for (kind, key, port) in web_hooks {
            found.push(listener(kind, settings.port(key, port), offset, true, true));
        }
    }
    let high_availability = settings.switch("event_processor.enable_ha_mode", false).is_true();
    for (kind, key, port) in [
        (ListenerKind::HaEventSync, "event_processor.event_sync.port", 11224),
        (ListenerKind::HaManagement, "event_processor.event_management.port", 10005),
    ] {
        found.push(listener(kind, settings.port(key, port), offset, false, high_availability));
    }
    found.sort_by_key(|listener| listener.kind);
    found
}

#[cfg(test)]
mod tests {
    use super::super::fixture::lower;
    use super::*;

    fn port_of(version: &str, text: &str, kind: ListenerKind) -> Option<(Option<u16>, bool)> {
        lower(version, text, |settings, _| {
            let offset = settings.port("server.offset", 0);
            let found = listeners(settings, &offset, Version::parse(version), true);
            found.iter().find(|listener| listener.kind == kind).map(|listener| (listener.port, listener.open))
        })
    }

    #[test]
    fn the_offset_shifts_written_and_default_ports() {
        let text = "[server]\noffset = 1\n[transport.http.listener]\nsecured_port = 443\n\
                    [apim.webhooks.https]\nport = 8030";
        assert_eq!(port_of("4.2.0", text, ListenerKind::GatewayHttps), Some((Some(444), true)));
        assert_eq!(port_of("4.2.0", text, ListenerKind::GatewayHttp), Some((Some(8281), true)));
        assert_eq!(port_of("4.2.0", text, ListenerKind::WebHookHttps), Some((Some(8031), true)));
        assert_eq!(port_of("4.2.0", text, ListenerKind::Amqp), Some((Some(5673), true)));
        assert_eq!(port_of("3.0.0", text, ListenerKind::WebHookHttps), None);
    }

    #[test]
    fn switches_close_listeners() {
        assert_eq!(port_of("4.2.0", "", ListenerKind::ThriftTcp), Some((Some(7611), false)));
        let text = "[broker.transport.amqp]\nenabled = false";
        assert_eq!(port_of("4.2.0", text, ListenerKind::AmqpTls), Some((Some(8672), false)));
        let high = "[server]\nmode = \"ha\"";
        assert_eq!(port_of("4.2.0", high, ListenerKind::HaManagement), Some((Some(10005), true)));
        assert_eq!(port_of("4.2.0", "", ListenerKind::HaManagement), Some((Some(10005), false)));
    }
}
