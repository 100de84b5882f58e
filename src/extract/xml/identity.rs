//! Host names, offset and server key of carbon.xml.

use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::node::Identity;
use crate::model::{Origin, Setting};
use crate::source::Span;

/// What carbon.xml says; `place` is its start. A carbon.xml of which nothing is known may hold anything. The port offset
/// that a start script gives wins over it (carbon-kernel `CarbonUtils`).
pub(super) fn identity(
    carbon: Option<View<'_>>,
    place: Span,
    given: Option<Setting<u16>>,
    variables: &Variables,
) -> Identity {
    let unknown = || carbon.is_none().then(|| Setting::at(String::new(), place, Origin::Unknown));
    let value = |name: &str| match carbon {
        Some(root) => root.value(&[name]).map(|text| variables.fill(text)),
        None => unknown(),
    };
    Identity {
        span: carbon.map_or(place, |root| root.element.start_tag),
        host_name: value("HostName"),
        management_host_name: value("MgtHostName"),
        malformed_offset: carbon.filter(|_| given.is_none()).and_then(|root| {
            root.value(&["Ports", "Offset"])
                .map(|text| variables.fill(text))
                .and_then(|text| text.malformed_port())
        }),
        offset: given.unwrap_or_else(|| offset(carbon, place)),
        node_address: None,
        server_key: value("ServerKey"),
        server_role: None,
    }
}

/// `Ports/Offset`; 0 where nobody wrote one.
fn offset(carbon: Option<View<'_>>, place: Span) -> Setting<u16> {
    let Some(root) = carbon else { return Setting::at(0, place, Origin::Unknown) };
    root.value(&["Ports", "Offset"]).map_or_else(
        || {
            let holder = root.child("Ports").unwrap_or(root);
            Setting::at(0, holder.element.start_tag, Origin::Derived)
        },
        |text| text.port(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::xml::tests::parse;
    use crate::source::FileId;

    const PLACE: Span = Span { file: FileId { owner: 0, index: 0 }, start: 0, end: 0 };

    fn read(text: &str, given: Option<Setting<u16>>) -> Identity {
        let document = parse(text);
        let root = View { element: &document.root, origin: Origin::Written };
        identity(Some(root), PLACE, given, &Variables::default())
    }

    #[test]
    fn commented_and_empty_host_names_are_absent() {
        let found = read("<Server><!--HostName>www</HostName--><MgtHostName/></Server>", None);
        assert_eq!((found.host_name, found.management_host_name), (None, None));
        assert_eq!((found.offset.value, found.offset.origin), (0, Origin::Derived));
    }

    #[test]
    fn a_start_option_outranks_the_file() {
        let text = "<Server><HostName> gw.corp.test </HostName><Ports><Offset>1</Offset></Ports></Server>";
        let found = read(text, None);
        assert_eq!(found.host_name.unwrap().text(), Some("gw.corp.test"));
        assert_eq!(found.offset.known(), Some(&1));
        let given = Setting::at(5, PLACE, Origin::Written);
        assert_eq!(read(text, Some(given)).offset.known(), Some(&5));
    }

    #[test]
    fn templates_are_unknown() {
        let text =
            "<Server><HostName>{{ HOST }}</HostName><Ports><Offset>${offset}</Offset></Ports></Server>";
        let found = read(text, None);
        assert_eq!(found.host_name.unwrap().text(), None);
        assert_eq!(found.offset.known(), None);
        let unread = identity(None, PLACE, None, &Variables::default());
        assert_eq!(unread.host_name.unwrap().origin, Origin::Unknown);
        assert_eq!(unread.offset.origin, Origin::Unknown);
    }
}
