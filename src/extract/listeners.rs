//! Effective ports from base ports and offset, and the port variables that a server derives from them.

use std::collections::BTreeMap;

use crate::model::Setting;
use crate::model::ports::{Listener, ListenerKind};

/// A listener with its effective port: base and offset where the offset shifts it, else the base.
pub(super) fn listener(
    kind: ListenerKind,
    base: Setting<u16>,
    offset: &Setting<u16>,
    shifted: bool,
    open: bool,
) -> Listener {
    let port = match (base.known(), shifted) {
        (Some(base), true) => offset.known().and_then(|offset| base.checked_add(*offset)),
        (Some(base), false) => Some(*base),
        (None, _) => None,
    };
    Listener { kind, base, port, shifted, open, malformed: None, bind_address: None }
}

/// The port variables of a node. Servlet and gateway ports are those of its listeners; the server counts the ports of
/// receivers and broker from their defaults, whatever their files say (carbon-apimgt `APIManagerConfiguration`).
pub(super) fn port_variables(listeners: &[Listener], offset: &Setting<u16>) -> BTreeMap<&'static str, u16> {
    let of_listeners = [
        ("mgt.transport.https.port", ListenerKind::ServletHttps),
        ("carbon.management.port", ListenerKind::ServletHttps),
        ("mgt.transport.http.port", ListenerKind::ServletHttp),
        ("https.nio.port", ListenerKind::GatewayHttps),
        ("http.nio.port", ListenerKind::GatewayHttp),
    ];
    let of_defaults = [("receiver.url.port", 9611_u16), ("auth.url.port", 9711), ("jms.port", 5672)];
    let port = |kind| listeners.iter().find(|listener| listener.kind == kind)?.port;
    let shifted = |base: u16| base.checked_add(*offset.known()?);
    of_listeners
        .into_iter()
        .filter_map(|(name, kind)| Some((name, port(kind)?)))
        .chain(of_defaults.into_iter().filter_map(|(name, base)| Some((name, shifted(base)?))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Origin;
    use crate::source::{FileId, Span};

    fn setting(value: u16, origin: Origin) -> Setting<u16> {
        Setting::at(value, Span::new(FileId { owner: 0, index: 0 }, 0, 0), origin)
    }

    #[test]
    fn an_offset_shifts_what_it_shifts_and_never_past_the_last_port() {
        let offset = setting(2, Origin::Written);
        let port = |base, shifted| {
            listener(ListenerKind::Amqp, setting(base, Origin::Vanilla), &offset, shifted, true).port
        };
        assert_eq!(port(5672, true), Some(5674));
        assert_eq!(port(5672, false), Some(5672));
        assert_eq!(port(65535, true), None);
        let unknown = setting(0, Origin::Unknown);
        assert_eq!(
            listener(ListenerKind::Amqp, setting(5672, Origin::Written), &unknown, true, true).port,
            None
        );
    }

    #[test]
    fn receiver_variables_follow_the_offset_alone() {
        let offset = setting(1, Origin::Written);
        let servlet =
            listener(ListenerKind::ServletHttps, setting(8443, Origin::Written), &offset, true, true);
        let binary = listener(ListenerKind::BinaryTcp, setting(9000, Origin::Written), &offset, true, true);
        let variables = port_variables(&[servlet, binary], &offset);
        assert_eq!(variables.get("mgt.transport.https.port"), Some(&8444));
        assert_eq!(variables.get("receiver.url.port"), Some(&9612));
        assert_eq!(variables.get("https.nio.port"), None);
    }
}
