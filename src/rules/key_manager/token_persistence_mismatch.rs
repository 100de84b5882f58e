//! Nodes that keep tokens in one database in different ways cannot find each other's tokens.

use crate::model::database::LogicalDatabase;
use crate::model::tokens::{Processor, Tokens};
use crate::model::{ConfigModel, Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule, majority_preferring};
use crate::source::Span;

/// KM014.
pub static RULE: Rule = Rule { card: "KM014-token-persistence-mismatch", check: Check::Deployment(check) };

/// A node with its way to keep tokens.
#[derive(Clone, Copy)]
struct Keeper<'a> {
    node: &'a Node,
    tokens: &'a Tokens,
}

/// One setting in which two nodes differ.
struct Difference<'a> {
    name: &'static str,
    own: (Span, &'a str),
    other: (Span, &'a str),
    written: Option<Span>,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut told: Vec<usize> = Vec::new();
    for group in deployment.sharers(LogicalDatabase::Api) {
        let keepers: Vec<Keeper<'_>> = group.into_iter().filter_map(keeper).collect();
        let Some(right) = most_common(&keepers) else { continue };
        for wrong in keepers
            .iter()
            .filter(|wrong| !deployment.keep_apart(wrong.node, right.node, LogicalDatabase::Api))
        {
            if let Some(finding) = mismatch(wrong, &right) {
                told.push(wrong.node.index);
                findings.push(finding);
            }
        }
    }
    let others = deployment.nodes.iter().filter(|node| !told.contains(&node.index));
    findings.extend(others.filter_map(keeper).filter_map(contradiction));
}

fn keeper(node: &Node) -> Option<Keeper<'_>> {
    Some(Keeper { node, tokens: node.tokens.as_ref()? })
}

/// The way that most nodes have; of equally common ones one that does not contradict itself, else one that
/// nobody touched, else the first.
fn most_common<'a>(keepers: &[Keeper<'a>]) -> Option<Keeper<'a>> {
    let agree = |one: &Keeper<'_>, other: &Keeper<'_>| differences(one, other).is_empty();
    let preference = |keeper: &Keeper<'_>| {
        let is_untouched = !keeper.tokens.encrypted.is_written() && !keeper.tokens.hashed.is_written();
        (contradiction(*keeper).is_none(), is_untouched)
    };
    majority_preferring(keepers, agree, preference).copied()
}

fn differences<'a>(own: &Keeper<'a>, other: &Keeper<'a>) -> Vec<Difference<'a>> {
    let is_toml = own.node.config_model == ConfigModel::Toml;
    let flag = |xml: &'static str, toml: &'static str, own: &'a Setting<bool>, other: &'a Setting<bool>| {
        let (mine, theirs) = (*own.comparable()?, *other.comparable()?);
        let word = |value: bool| if value { "true" } else { "false" };
        (mine != theirs).then(|| Difference {
            name: if is_toml { toml } else { xml },
            own: (own.span, word(mine)),
            other: (other.span, word(theirs)),
            written: own.bare(word(mine)),
        })
    };
    let (mine, theirs) = (own.tokens, other.tokens);
    // In deployment.toml the processor follows from the flags unless somebody writes one.
    let is_told = !is_toml || mine.processor.is_written() || theirs.processor.is_written();
    let processor = || {
        let (class, their_class) = (mine.processor.comparable()?, theirs.processor.comparable()?);
        (is_told && class != their_class).then(|| Difference {
            name: if is_toml { "token_persistence_processor" } else { "TokenPersistenceProcessor" },
            own: (mine.processor.span, class),
            other: (theirs.processor.span, their_class),
            written: mine.processor.bare(class),
        })
    };
    let encrypted =
        flag("EncryptPersistedTokens", "enable_token_encryption", &mine.encrypted, &theirs.encrypted);
    let hashed = flag("EnableTokenHashMode", "enable_token_hashing", &mine.hashed, &theirs.hashed);
    [encrypted, hashed, processor()].into_iter().flatten().collect()
}

fn mismatch(wrong: &Keeper<'_>, right: &Keeper<'_>) -> Option<Finding> {
    let differences = differences(wrong, right);
    let first = differences.first()?;
    let (name, other) = (&wrong.node.name, &right.node.name);
    let message = format!(
        "{name} keeps tokens with {} {}, {other} in the same database with {}",
        first.name, first.own.1, first.other.1
    );
    let changes: Vec<String> =
        differences.iter().map(|one| format!("{} to {}", one.name, one.other.1)).collect();
    let mut finding = Finding::new(first.own.0, format!("another way than {other}"), message)
        .help(format!("set {} as on {other}, before anybody gets a token", changes.join(" and ")));
    if differences.len() == 1 {
        finding = finding.fix(first.written, first.other.1);
    }
    for one in differences.iter().skip(1).filter(|one| one.own.0 != first.own.0) {
        finding = finding.related(one.own.0, format!("differs from {other}, too"));
    }
    Some(finding.related(first.other.0, format!("{other} says {}", first.other.1)))
}

/// A node whose identity component does not do what api-manager.xml tells the others that it does.
fn contradiction(keeper: Keeper<'_>) -> Option<Finding> {
    let Keeper { node, tokens } = keeper;
    let encrypted = *tokens.encrypted.comparable()?;
    let class = tokens.processor.text()?.rsplit('.').next()?;
    let toml = node.config_model == ConfigModel::Toml;
    // There the flags set the processor, unless somebody writes another.
    if toml && !tokens.processor.is_written() {
        return None;
    }
    let name = if toml { "enable_token_encryption" } else { "EncryptPersistedTokens" };
    let (place, label, other, message, help) = match (encrypted, tokens.processor()?) {
        (true, Processor::Plain) => (
            &tokens.processor.span,
            "keeps tokens in plain text",
            &tokens.encrypted.span,
            format!("{} has {name} true, but its token persistence processor is {class}", node.name),
            "use EncryptionDecryptionPersistenceProcessor as the token persistence processor".to_owned(),
        ),
        (false, Processor::Encryption) => (
            &tokens.encrypted.span,
            "says that tokens are not encrypted",
            &tokens.processor.span,
            format!("{} has {name} false, but its token persistence processor is {class}", node.name),
            format!("set {name} to true"),
        ),
        _ => return None,
    };
    // An input that leaves identity.xml out shows only the other side.
    let is_there = tokens.processor.comparable().is_some();
    let (place, other) = if is_there { (*place, Some(*other)) } else { (tokens.encrypted.span, None) };
    let finding = Finding::new(place, label, message).help(help);
    Some(match other.filter(|other| *other != place) {
        Some(other) => finding.related(other, "contradicts it"),
        None => finding,
    })
}
