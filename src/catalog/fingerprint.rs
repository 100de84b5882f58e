//! Tells the version of files by their shape: the elements, keys and defaults that came or went.

use std::collections::BTreeSet;

use super::vanilla::{self, Pack};
use crate::syntax::settings::{Setting, Settings};
use crate::syntax::{toml, xml};

/// A thing that some version has: a path, alone or with its value.
type Feature = (String, Option<String>);

const ROLE: &str = "server.server_role";

/// The API Manager version whose vanilla files are most like these, given with their home-relative paths; the
/// newest of several that are equally near. `None` where nothing in the files tells versions apart.
pub fn nearest_version(documents: &[(&str, &xml::Document)]) -> Option<&'static str> {
    fitting_versions(documents).pop()
}

/// All API Manager versions of the XML era that are equally near to these files, oldest first; empty where
/// nothing in the files tells versions apart.
pub fn fitting_versions(documents: &[(&str, &xml::Document)]) -> Vec<&'static str> {
    // What is there weighs more than what is missing: files are cut down, but nobody writes elements of
    // another version.
    let mut scores: Vec<(&'static str, (i32, i32))> =
        xml_packs().map(|pack| (pack.version, (0, 0))).collect();
    let mut told = false;
    for (path, document) in documents {
        let vanilla: Vec<_> = xml_packs().map(|pack| features(pack.settings(path))).collect();
        let written =
            features(document.settings().into_iter().map(|Setting { path, value, .. }| (path, value)));
        for (feature, holders) in telling(&vanilla) {
            let is_written = written.contains(feature);
            told |= is_written;
            for ((_, (present, missing)), holds) in scores.iter_mut().zip(holders) {
                match (is_written, holds) {
                    (true, true) => *present += 1,
                    (true, false) => *present -= 1,
                    // A value that is missing was customised: the path says enough.
                    (false, true) if feature.1.is_none() => *missing -= 1,
                    (false, _) => {}
                }
            }
        }
    }
    if told { best(&scores) } else { Vec::new() }
}

/// The API Manager version whose known keys are most like those of a deployment.toml; of several that are
/// equally near the one whose own deployment.toml is more like this one, then the newest. `None` where no key
/// tells versions apart.
pub fn nearest_toml_version(document: &toml::Document) -> Option<&'static str> {
    let written: BTreeSet<Feature> = document
        .settings()
        .into_iter()
        .flat_map(|setting| toml_features(&setting.path, &setting.value))
        .collect();
    let known: Vec<BTreeSet<Feature>> = toml_packs().map(known_keys).collect();
    let own: Vec<BTreeSet<Feature>> = toml_packs().map(own_keys).collect();
    let mut scores: Vec<(&'static str, (i32, i32))> =
        toml_packs().map(|pack| (pack.version, (0, 0))).collect();
    let mut told = false;
    for (feature, holders) in telling(&known) {
        if written.contains(feature) {
            told = true;
            for ((_, (score, _)), holds) in scores.iter_mut().zip(holders) {
                *score += if holds { 1 } else { -1 };
            }
        }
    }
    for (feature, holders) in telling(&own) {
        told |= written.contains(feature);
        for ((_, (_, score)), holds) in scores.iter_mut().zip(holders) {
            *score += i32::from(holds == written.contains(feature));
        }
    }
    if told { best(&scores).pop() } else { None }
}

fn xml_packs() -> impl Iterator<Item = &'static Pack> {
    vanilla::packs("wso2am").filter(|pack| !pack.is_toml())
}

fn toml_packs() -> impl Iterator<Item = &'static Pack> {
    vanilla::packs("wso2am").filter(|pack| pack.is_toml())
}

fn features<P: Into<String>>(settings: impl Iterator<Item = (P, String)>) -> BTreeSet<Feature> {
    let both = |(path, value): (P, String)| {
        let path = path.into();
        [(path.clone(), None), (path, Some(value))]
    };
    settings.flat_map(both).collect()
}

/// The features that some versions have and others lack, with who has them. Versions that lack the whole file
/// count as lacking each feature.
fn telling(vanilla: &[BTreeSet<Feature>]) -> Vec<(&Feature, Vec<bool>)> {
    let all: BTreeSet<&Feature> = vanilla.iter().flatten().collect();
    all.into_iter()
        .map(|feature| (feature, vanilla.iter().map(|set| set.contains(feature)).collect::<Vec<_>>()))
        .filter(|(_, holders)| holders.contains(&false))
        .collect()
}

fn best<S: Ord + Copy>(scores: &[(&'static str, S)]) -> Vec<&'static str> {
    let best = scores.iter().map(|(_, score)| *score).max();
    scores.iter().filter(|(_, score)| Some(*score) == best).map(|(version, _)| *version).collect()
}

/// The keys that a version knows, and the roles that it takes.
fn known_keys(pack: &'static Pack) -> BTreeSet<Feature> {
    let keys = pack.mapper_keys().map(|key| (key.to_owned(), None));
    let roles = pack.inferring_values(ROLE).map(|role| (ROLE.to_owned(), Some(role.to_owned())));
    let mut known = own_keys(pack);
    known.extend(keys.chain(roles));
    known
}

/// What the deployment.toml of a version sets.
fn own_keys(pack: &'static Pack) -> BTreeSet<Feature> {
    let unquoted = |literal: &str| literal.trim_matches('"').to_owned();
    let settings = pack.settings("repository/conf/deployment.toml");
    settings.flat_map(|(path, literal)| toml_features(&path, &unquoted(&literal))).collect()
}

/// The key, and for the role of the server also its value.
fn toml_features(path: &str, value: &str) -> Vec<Feature> {
    let key = bare_key(path);
    let role = (key == ROLE).then(|| (key.clone(), Some(value.to_owned())));
    std::iter::once((key, None)).chain(role).collect()
}

/// The key without the names and numbers of array items.
fn bare_key(path: &str) -> String {
    let mut bare = String::with_capacity(path.len());
    let mut depth = 0_usize;
    for letter in path.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            letter if depth == 0 => bare.push(letter),
            _ => {}
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    const FILE: FileId = FileId { owner: 0, index: 0 };

    #[test]
    fn each_vanilla_file_of_settings_is_nearest_to_its_own_version() {
        for pack in xml_packs() {
            let path = "repository/conf/api-manager.xml";
            let document = pack.xml(path, FILE).unwrap();
            assert_eq!(nearest_version(&[(path, &document)]), Some(pack.version));
        }
    }

    #[test]
    fn a_customised_file_is_still_told() {
        let path = "repository/conf/api-manager.xml";
        let text = r#"<APIManager>
            <ThrottlingConfigurations>
              <TrafficManager><ReceiverUrlGroup>tcp://10.0.0.1:9611</ReceiverUrlGroup></TrafficManager>
            </ThrottlingConfigurations>
            <Analytics><StreamProcessorServerURL>{tcp://10.0.0.9:7612}</StreamProcessorServerURL></Analytics>
          </APIManager>"#;
        let document = xml::parse(FILE, text).unwrap();
        assert_eq!(nearest_version(&[(path, &document)]), Some("2.6.0"));
    }

    #[test]
    fn what_all_versions_share_tells_nothing() {
        let document = xml::parse(FILE, "<Server><Ports><Offset>1</Offset></Ports></Server>").unwrap();
        assert_eq!(nearest_version(&[("repository/conf/carbon.xml", &document)]), None);
        assert_eq!(nearest_version(&[]), None);
    }

    #[test]
    fn each_vanilla_deployment_toml_is_nearest_to_its_own_version() {
        for pack in toml_packs() {
            let settings: Vec<_> = pack.settings("repository/conf/deployment.toml").collect();
            let plain = settings.iter().filter(|(path, _)| !path.contains(['[', '"']));
            let text: String = plain.map(|(path, literal)| format!("{path} = {literal}\n")).collect();
            let document = toml::parse(FILE, &text).unwrap();
            assert_eq!(nearest_toml_version(&document), Some(pack.version));
        }
    }

    #[test]
    fn roles_and_keys_tell_the_generations_of_deployment_toml() {
        let nearest = |text| nearest_toml_version(&toml::parse(FILE, text).unwrap());
        assert_eq!(nearest("[server]\nserver_role = \"api-store\"\n"), Some("3.0.0"));
        let control_plane = nearest("[server]\nserver_role = \"control-plane\"\n").unwrap();
        assert!(control_plane.starts_with("4."), "{control_plane}");
        assert_eq!(nearest("[server]\nhostname = \"a\"\n"), None);
    }
}
