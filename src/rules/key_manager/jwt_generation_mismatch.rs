//! Backends get the token about the caller from some nodes and not from others, or cannot read it.

use crate::model::tokens::BackendToken;
use crate::model::{ConfigModel, Deployment, Node, Role, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// KM009.
pub static RULE: Rule = Rule { card: "KM009-jwt-generation-mismatch", check: Check::Deployment(check) };

/// A node with its settings about backend tokens.
type Maker<'a> = (&'a Node, &'a BackendToken);

/// One setting in which two nodes differ: its name, then value and place on each.
struct Difference {
    name: &'static str,
    own: (String, Span),
    other: (String, Span),
    written: Option<Span>,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.groups(Role::Gateway) {
        let mut nodes = group;
        let Some(first) = nodes.first().copied() else { continue };
        // From 3.2 on the gateway makes the token by itself. Before, the key manager does, whatever the switch of the gateway says.
        let asks = nodes.iter().all(|node| node.is_before(3, 2));
        nodes.extend(deployment.key_managers_for(first).filter(|_| asks));
        nodes.sort_by_key(|node| node.index);
        nodes.dedup_by_key(|node| node.index);
        let makers: Vec<Maker<'_>> = nodes.into_iter().filter_map(maker).collect();
        let Some(right) = most_common(&makers, asks) else { continue };
        let counts = |wrong: &&Maker<'_>| !asks || is_asked(wrong, &right);
        findings.extend(makers.iter().filter(counts).filter_map(|wrong| finding(wrong, &right)));
    }
}

/// Where the key manager makes the token its switch counts, as soon as a gateway or another key manager of its kind has it on.
fn is_asked(wrong: &Maker<'_>, right: &Maker<'_>) -> bool {
    let alike = right.0.acts_as(Role::Gateway) || right.0.product == wrong.0.product;
    wrong.1.enabled.value == right.1.enabled.value || (wrong.0.acts_as(Role::KeyManager) && alike)
}

fn maker(node: &Node) -> Option<Maker<'_>> {
    Some((node, &node.tokens.as_ref()?.backend))
}

/// The settings that most nodes have; of equally common ones those that make tokens, else the first. Where key managers make
/// the tokens, one node that wants them is enough.
fn most_common<'a>(makers: &[Maker<'a>], asks: bool) -> Option<Maker<'a>> {
    let weight = |maker: &&Maker<'a>| {
        let alike = makers.iter().filter(|other| difference(maker, other).is_none()).count();
        let makes = maker.1.enabled.is_true();
        (asks && makes, alike, makes)
    };
    makers.iter().rev().max_by_key(weight).copied()
}

fn difference(own: &Maker<'_>, other: &Maker<'_>) -> Option<Difference> {
    let toml = own.0.config_model == ConfigModel::Toml;
    let (mine, theirs) = (own.1, other.1);
    let (makes, others_make) = (*mine.enabled.comparable()?, *theirs.enabled.comparable()?);
    if makes != others_make {
        return Some(Difference {
            name: if toml { "apim.jwt.enable" } else { "EnableJWTGeneration" },
            own: (makes.to_string(), mine.enabled.span),
            other: (others_make.to_string(), theirs.enabled.span),
            written: mine.enabled.bare(&makes.to_string()),
        });
    }
    if !makes {
        return None;
    }
    let text = |xml: &'static str, key: &'static str, own: &Setting, other: &Setting| {
        let (value, expected) = (own.comparable()?, other.comparable()?);
        (value != expected).then(|| Difference {
            name: if toml { key } else { xml },
            own: (value.clone(), own.span),
            other: (expected.clone(), other.span),
            written: own.bare(value),
        })
    };
    text("JWTHeader", "apim.jwt.header", &mine.header, &theirs.header)
        .or_else(|| {
            text("SignatureAlgorithm", "apim.jwt.signing_algorithm", &mine.algorithm, &theirs.algorithm)
        })
        .or_else(|| text("ConsumerDialectURI", "apim.jwt.claim_dialect", &mine.dialect, &theirs.dialect))
}

fn finding(wrong: &Maker<'_>, right: &Maker<'_>) -> Option<Finding> {
    let found = difference(wrong, right)?;
    let (node, other) = (&wrong.0.name, &right.0.name);
    let message = format!(
        "{node} has {} {}, but {other} has {}, so backends get different tokens",
        found.name, found.own.0, found.other.0
    );
    Some(
        Finding::new(found.own.1, format!("another way than {other}"), message)
            .help(format!("set {} to {} as on {other}", found.name, found.other.0))
            .fix(found.written, found.other.0.clone())
            .related(found.other.1, format!("{other} says {}", found.other.0)),
    )
}
