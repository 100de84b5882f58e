//! A port or an offset that is no number, or a sum above 65535: the server ends with a NumberFormatException at its start,
//! or without the listener.

use crate::model::{ConfigModel, Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// PT007.
pub static RULE: Rule = Rule { card: "PT007-offset-invalid", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    findings.extend(node.identity.malformed_offset.as_ref().map(|text| malformed_offset(node, text)));
    findings.extend(node.listeners.iter().filter_map(|listener| {
        let text = listener.malformed.as_ref().filter(|text| text.is_written())?;
        let noun = listener.kind.noun();
        let message = format!("{} has {noun} port \"{}\", which is no port", node.name, text.value);
        Some(Finding::new(text.span, "no port", message).help("write a whole number between 1 and 65535"))
    }));
    findings.extend(too_high(node));
}

fn malformed_offset(node: &Node, text: &Setting) -> Finding {
    let key = key(node);
    let message = format!("{} has {key} \"{}\", which is no whole number from 0 up", node.name, text.value);
    Finding::new(text.span, "no offset", message).help("write a whole number, such as 0 or 1")
}

/// The listeners that the offset carries past the last port: at the offset, or at the base port of the only one.
fn too_high(node: &Node) -> Option<Finding> {
    let offset = &node.identity.offset;
    let added = *offset.known()?;
    let open = node.listeners.iter().filter(|listener| listener.open && listener.shifted);
    let high = open.filter_map(|listener| {
        let base = *listener.base.known()?;
        base.checked_add(added).is_none().then_some((listener, u32::from(base) + u32::from(added)))
    });
    let high: Vec<_> = high.collect();
    let (first, sum) = high.first()?;
    let message = format!(
        "{} cannot open {} on port {sum} ({} + offset {added}): ports end at 65535",
        node.name,
        first.kind.noun(),
        first.base.value,
    );
    let (place, help) = match (high.as_slice(), offset.is_written()) {
        ([(only, _)], _) if only.base.is_written() && only.base.value != only.kind.usual_port() => {
            (only.base.span, "write a lower port".to_owned())
        }
        (_, true) => (offset.span, format!("write a lower {}", key(node))),
        (_, false) => return None,
    };
    Some(Finding::new(place, "too high", message).help(help))
}

fn key(node: &Node) -> &'static str {
    match node.config_model {
        ConfigModel::Xml => "Offset",
        ConfigModel::Toml => "server.offset",
    }
}
