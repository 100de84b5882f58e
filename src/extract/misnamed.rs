//! Files that look like those that the server asks for and lie where it does not find them.

use super::files::Files;
use crate::model::node::{ConfigModel, Misnamed, Node};

const CONF: &str = "repository/conf";
const EVENT_PUBLISHERS: &str = "repository/deployment/server/eventpublishers";

/// Files that the server asks for by a fixed name, relative to `repository/conf`.
const OF_XML: [&str; 19] = [
    "api-manager.xml",
    "app-manager.xml",
    "axis2/axis2.xml",
    "broker.xml",
    "carbon.properties",
    "carbon.xml",
    "data-bridge/data-bridge-config.xml",
    "datasources/master-datasources.xml",
    "event-processor.xml",
    "hazelcast.xml",
    "identity/identity.xml",
    "jndi.properties",
    "jndi2.properties",
    "nhttp.properties",
    "passthru-http.properties",
    "registry.xml",
    "synapse-handlers.xml",
    "tomcat/catalina-server.xml",
    "user-mgt.xml",
];
const OF_TOML: [&str; 1] = ["deployment.toml"];

/// The misnamed files of a node, sorted by path.
pub(super) fn misnamed(node: &Node, files: &mut Files) -> Vec<Misnamed> {
    let known: &[&str] = match node.config_model {
        ConfigModel::Xml if node.is_older_than_known() => return Vec::new(),
        ConfigModel::Xml => &OF_XML,
        ConfigModel::Toml => &OF_TOML,
    };
    let absent: Vec<&str> =
        known.iter().copied().filter(|name| !files.has(&format!("{CONF}/{name}"))).collect();
    let mut found: Vec<(String, String)> = Vec::new();
    for path in files.list(CONF) {
        let Some(name) = path.strip_prefix(CONF).map(|name| name.trim_start_matches('/')) else { continue };
        let is_used = known.contains(&name) || node.jndi_files.iter().any(|file| file.path == path);
        if is_used || is_backup(name) {
            continue;
        }
        let near = absent.iter().copied().find(|right| is_near(name, right));
        let lost = || absent.iter().copied().find(|right| node.is_home && base(name) == base(right));
        found.extend(near.or_else(lost).map(|right| (path.clone(), format!("{CONF}/{right}"))));
    }
    for path in files.list(EVENT_PUBLISHERS).into_iter().filter(|path| !path.ends_with(".xml")) {
        if !is_backup(&path) && !base(&path).eq_ignore_ascii_case("README") {
            let stem = path.rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem).to_owned();
            found.push((path, format!("{stem}.xml")));
        }
    }
    let place = |(path, expected): (String, String)| {
        let span = files.place(&path);
        Misnamed { path, expected, span }
    };
    found.into_iter().map(place).collect()
}

/// One or two letters or the case away, in the same folder.
fn is_near(name: &str, right: &str) -> bool {
    let folder = |name: &str| name.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let (own, wanted) = (base(name).to_ascii_lowercase(), base(right).to_ascii_lowercase());
    let is_list = own.ends_with("-datasources.xml");
    let most = if wanted.len() < 12 { 1 } else { 2 };
    // jndi1.properties may be whatever somebody named it.
    let has_number = own.contains(|letter: char| letter.is_ascii_digit());
    folder(name) == folder(right)
        && !is_list
        && (own == wanted || !has_number && strsim::damerau_levenshtein(&own, &wanted) <= most)
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Copies that people keep: `.bak`, `.orig`, `~`, dates.
fn is_backup(path: &str) -> bool {
    let name = base(path).to_ascii_lowercase();
    let marks = [
        "bak", "backup", "orig", "old", "save", "swp", "tmp", "copy", "sample", "template", "dist", "rpm",
        "~", "#",
    ];
    let digits = name.chars().filter(char::is_ascii_digit).count();
    name.starts_with('.') || digits >= 4 || marks.iter().any(|mark| name.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_one_or_two_letters_away_are_near() {
        for (name, right, expected) in [
            ("datasources/master-datasource.xml", "datasources/master-datasources.xml", true),
            ("Jndi2.properties", "jndi2.properties", true),
            ("deployment.tml", "deployment.toml", true),
            ("datasources/corp-datasources.xml", "datasources/master-datasources.xml", false),
            ("jndi3.properties", "jndi2.properties", false),
            ("axis2/axis2_client.xml", "axis2/axis2.xml", false),
            ("carbon.xml", "axis2/carbon.xml", false),
        ] {
            assert_eq!(is_near(name, right), expected, "{name}");
        }
    }

    #[test]
    fn backups_are_told_by_their_names() {
        for name in
            ["carbon.xml.bak", "carbon.xml~", "carbon-2019-04-01.xml", ".carbon.xml.swp", "carbon.old.xml"]
        {
            assert!(is_backup(name), "{name}");
        }
        assert!(!is_backup("carbn.xml"));
    }
}
