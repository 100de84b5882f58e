//! A user store that one node has and the other lacks: its users log in here and are unknown there.

use std::collections::BTreeSet;

use crate::model::Deployment;
use crate::model::node::Node;
use crate::model::users::SecondaryUserStore;
use crate::rules::{Check, Finding, Rule};

/// UM010.
pub static RULE: Rule = Rule { card: "UM010-secondary-user-store-mismatch", check: Check::Deployment(check) };

/// A node and its secondary user stores.
type Holder<'a> = (&'a Node, &'a [SecondaryUserStore]);

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.user_groups() {
        let holders: Vec<Holder<'_>> =
            group.iter().filter_map(|node| Some((*node, node.secondary_user_stores.as_deref()?))).collect();
        let paths: BTreeSet<&str> =
            holders.iter().flat_map(|(_, stores)| stores.iter()).map(|store| store.path.as_str()).collect();
        for path in paths {
            let find = |stores: &'_ [SecondaryUserStore]| stores.iter().position(|store| store.path == path);
            let (with, without): (Vec<Holder<'_>>, Vec<Holder<'_>>) =
                holders.iter().copied().partition(|(_, stores)| find(stores).is_some());
            let stores: Vec<(&Node, &SecondaryUserStore)> =
                with.iter().filter_map(|(node, stores)| Some((*node, stores.get(find(stores)?)?))).collect();
            let Some(first) = stores.first() else { continue };
            findings.extend(missing(*first, &without));
            findings.extend(stores.iter().skip(1).filter_map(|other| differing(*first, *other)));
        }
    }
}

fn missing((node, store): (&Node, &SecondaryUserStore), without: &[Holder<'_>]) -> Option<Finding> {
    let (first, _) = without.first()?;
    let message = format!("{} has no {}, which {} has", first.name, store.path, node.name);
    let finding = Finding::new(store.span, format!("only on {}", node.name), message)
        .help("copy the file to every node of the user database");
    let places = without.iter().filter_map(|(node, _)| Some((node, node.users.as_ref()?.span)));
    Some(
        places.fold(finding, |finding, (node, span)| {
            finding.related(span, format!("missing on {}", node.name))
        }),
    )
}

fn differing(
    (first, model): (&Node, &SecondaryUserStore),
    (node, store): (&Node, &SecondaryUserStore),
) -> Option<Finding> {
    let class = (model.class.value != store.class.value).then_some(("class", &model.class, &store.class));
    let property = || {
        model.properties.iter().find_map(|(name, ours)| {
            let (_, theirs) = store.properties.iter().find(|(other, _)| other == name)?;
            (ours.text()? != theirs.text()?).then_some((name.as_str(), ours, theirs))
        })
    };
    let (name, ours, theirs) = class.or_else(property)?;
    let message = format!("{} of {} and {} differ in {name}", store.path, node.name, first.name);
    Some(
        Finding::new(theirs.span, "differs from its peer", message)
            .help("keep the file the same on every node of the user database")
            .related(ours.span, format!("as {} has it", first.name)),
    )
}
