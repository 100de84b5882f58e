//! References that nothing resolves, and keys that contradict the role.

use super::settings::Settings;
use crate::model::deployment_toml::{Cause, Contradiction, Pattern, Unmet, Unresolved, VersionSet};
use crate::target::embedded;
use crate::target::keys::known;

/// What validator.json asks for in conditions that the mapper never looks at: key, value, and the key that it needs.
const NEEDS: [(&str, &str, &str); 15] = [
    ("apim.jwt.generator_type", "custom", "apim.jwt.generator_impl"),
    ("apim.jwt.claims", "custom", "apim.jwt.claims_extractor_impl"),
    ("apim.devportal.application_sharing_type", "custom", "apim.devportal.application_sharing_impl"),
    ("apim.analytics.event_publisher_type", "custom", "apim.analytics.event_publisher_impl"),
    (
        "apim.key_manager.key_validation_handler_type",
        "custom",
        "apim.key_manager.key_validation_handler_impl",
    ),
    ("encryption.type", "symmetric", "encryption.key"),
    ("user_store.type", "read_only_ldap", "user_store.properties.ConnectionURL"),
    ("user_store.type", "read_only_ldap", "user_store.properties.ConnectionName"),
    ("user_store.type", "read_only_ldap", "user_store.properties.ConnectionPassword"),
    ("user_store.type", "read_write_ldap", "user_store.properties.ConnectionURL"),
    ("user_store.type", "read_write_ldap", "user_store.properties.ConnectionName"),
    ("user_store.type", "read_write_ldap", "user_store.properties.ConnectionPassword"),
    ("user_store.type", "active_directory", "user_store.properties.ConnectionURL"),
    ("user_store.type", "active_directory", "user_store.properties.ConnectionName"),
    ("user_store.type", "active_directory", "user_store.properties.ConnectionPassword"),
];

/// Keys without a default that defaults refer to, one of those defaults, and the first and last version where it is so.
const REQUIRED: [(&str, &str, [&str; 2]); 6] = [
    ("super_admin.username", "apim.throttling.username", ["3.0.0", "4.5.0"]),
    ("super_admin.password", "apim.throttling.password", ["3.0.0", "4.5.0"]),
    ("database.shared_db.username", "governance_data.cache_id", ["3.0.0", "4.5.0"]),
    ("database.shared_db.url", "governance_data.cache_id", ["3.0.0", "4.5.0"]),
    ("server.hostname", "authenticationendpoint.hostname", ["4.2.0", "4.5.0"]),
    ("server.node_ip", "clustering.local_member_host", ["3.0.0", "3.0.0"]),
];

const OPENING: &str = "$ref{";

impl Settings<'_> {
    /// The references to keys that are neither written nor inferred and have no default.
    pub(super) fn unresolved(&self, versions: VersionSet) -> Vec<Unresolved> {
        let mut found = Vec::new();
        let mut add = |user: &str, text: &str, cause: &dyn Fn() -> Cause| {
            for name in names(text).filter(|name| !self.is_given(name, versions)) {
                found.push(self.unresolved_one(name, user, cause(), versions));
            }
        };
        for (user, text, span) in self.written_texts() {
            add(user, text, &|| Cause::Written(span));
        }
        for (user, text, cause, span) in self.inferred_texts() {
            add(user, text, &|| Cause::Inferred(cause.to_owned(), span));
        }
        let required = REQUIRED.into_iter().filter(|(.., span)| versions.is_within(between(*span)));
        for (name, user, _) in required.filter(|(name, ..)| !self.holds(name)) {
            found.push(self.unresolved_one(name, user, Cause::Default, versions));
        }
        found
    }

    fn unresolved_one(&self, name: &str, user: &str, cause: Cause, versions: VersionSet) -> Unresolved {
        let known = known::keys().facts(&Pattern::read(name).0).known;
        Unresolved {
            name: name.to_owned(),
            is_known: !known.and(versions).is_empty(),
            place: self.place(name),
            user: user.to_owned(),
            cause,
        }
    }

    /// True where a key has a value, or may have one. The models know defaults that no rule reads; they are asked last,
    /// since they have to be unpacked.
    fn is_given(&self, name: &str, versions: VersionSet) -> bool {
        let models = || versions.iter().filter_map(embedded::of_version);
        self.holds(name) || models().any(|model| model.has_default(name))
    }

    /// The keys whose value asks for another key that nothing gives a value.
    pub(super) fn unmet(&self) -> Vec<Unmet> {
        let unmet = |(decider, value, needed): (&'static str, &str, &'static str)| {
            let written = self.written(decider).filter(|written| written.text() == Some(value))?;
            (!self.holds(needed)).then_some(Unmet { decider, value: written, needed })
        };
        NEEDS.into_iter().filter_map(unmet).collect()
    }

    /// The keys that say something else than what follows from the value of another.
    pub(super) fn contradictions(&self, decider: &str) -> Vec<Contradiction> {
        let inferred = self.follows_from(decider).into_iter();
        let contradicts = |(key, inferred): (String, String)| {
            let written = self.written(&key)?;
            let says = written.text()?;
            (says != inferred).then(|| Contradiction { key, written: written.clone(), inferred })
        };
        inferred.filter_map(contradicts).collect()
    }
}

/// The versions from the first to the last.
fn between([first, last]: [&str; 2]) -> VersionSet {
    let from = VersionSet::all().iter().skip_while(|version| *version != first);
    let behind = VersionSet::all().iter().skip_while(|version| *version != last).skip(1);
    let behind: Vec<&str> = behind.collect();
    VersionSet::of(from.filter(|version| !behind.contains(version)))
}

/// The keys that a text refers to.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(OPENING).skip(1);
    parts.filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}
