//! Files that a profile brings: on a Traffic Manager axis2_TM.xml stands as axis2.xml, registry_TM.xml as registry.xml.

use std::collections::BTreeMap;

use super::{Answer, Question};
use crate::migrate::Legacy;
use crate::model::settings;

/// The files that the Traffic Manager profile replaces, with those that it replaces them by (`profileSetup`).
const REPLACED: [(&str, &str); 2] = [
    ("repository/conf/axis2/axis2.xml", "repository/conf/axis2/axis2_TM.xml"),
    ("repository/conf/registry.xml", "repository/conf/registry_TM.xml"),
];

/// The files of a node that its profile replaced, with the settings that the profile gives them.
#[derive(Debug, Default)]
pub struct ProfileFiles {
    files: BTreeMap<&'static str, BTreeMap<String, String>>,
}

impl ProfileFiles {
    /// Looks a node over: a file is the profile's where most of what differs from the pack is as the profile has it.
    pub fn of(legacy: &Legacy) -> Self {
        let mut found = Self::default();
        let Some(pack) = legacy.pack else { return found };
        for (file, replacement) in REPLACED {
            let own = settings::vanilla_settings(pack, replacement);
            let own: BTreeMap<String, String> =
                own.into_iter().map(|setting| (setting.path, setting.value)).collect();
            let differing = legacy.customised.iter().filter(|setting| setting.file == file);
            let (same, other): (Vec<_>, Vec<_>) =
                differing.partition(|setting| own.get(&setting.path) == setting.value.as_ref());
            if !own.is_empty()
                && same.len() > other.len()
                && same.iter().any(|setting| setting.value.is_some())
            {
                found.files.insert(file, own);
            }
        }
        found
    }

    /// What becomes of a setting that is the profile's own.
    pub fn answer(&self, question: Question) -> Option<Answer> {
        let own = self.files.get(question.file)?;
        (own.get(question.path).map(String::as_str) == question.value).then(|| {
            Answer::obsolete(
                "the file is that of the Traffic Manager profile: start the target with -Dprofile=traffic-manager, or run \
                 profileSetup with it",
            )
        })
    }
}
