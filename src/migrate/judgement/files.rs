//! Files as wholes: copies that people left beside the files of the pack, and event publishers of their own.

use super::{Answer, Question};
use crate::migrate::Legacy;
use crate::model::Version;

/// Ciphertool writes it: no pack has it.
const SECRET_CONF: &str = "repository/conf/security/secret-conf.properties";

/// What becomes of the settings of a file that the server does not read under its name.
pub fn answer(legacy: &Legacy, question: Question, version: Version) -> Option<Answer> {
    let pack = legacy.pack?;
    if pack.has(question.file) {
        return None;
    }
    if let Some(name) = question.file.strip_prefix("repository/deployment/server/eventpublishers/") {
        if version.at_least(4, 0) && name.to_ascii_lowercase().contains("jms") {
            return Some(Answer::obsolete(
                "the target has its own publisher for the second broker, made from apim.throttling.event_duplicate_url",
            ));
        }
        return Some(Answer::carried(
            "an event publisher of your own: copied to the folder that the server deploys",
        ));
    }
    if let Some(original) = pack.paths().find(|path| is_copy(question.file, path)) {
        let name = original.rsplit('/').next().unwrap_or(original);
        return Some(Answer::obsolete(&format!("a copy of {name} that somebody left: no server reads it")));
    }
    let configuration = question.file.starts_with("repository/conf/")
        && !question.path.is_empty()
        && question.file != SECRET_CONF;
    configuration.then(|| {
        let note = if question.file.ends_with("-datasources.xml") {
            format!(
                "{version} reads every file of this folder whose name ends so: put its JDBC driver beside it"
            )
        } else {
            format!("no file of the pack: copied; see whether anything in {version} reads it")
        };
        Answer::carried(&note)
    })
}

/// True for `carbon_old.xml`, `carbon - Copy.xml`, `carbon.xml.bak`, `carbon.xml_20190101` beside `carbon.xml`.
fn is_copy(path: &str, original: &str) -> bool {
    const MARKS: [&str; 9] = ["old", "copy", "bak", "backup", "orig", "save", "tmp", "prev", "back"];
    let Some((folder, name)) = original.rsplit_once('/') else { return false };
    let Some(own) = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else { return false };
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    if !own.starts_with(name) && own.rsplit_once('.').is_none_or(|(_, own)| own != extension) {
        return false;
    }
    let Some(behind) = own.strip_prefix(stem) else { return false };
    let mark = behind.replace(&format!(".{extension}"), "");
    let mark = mark.trim_matches(|letter: char| !letter.is_ascii_alphanumeric()).to_ascii_lowercase();
    let set_off = behind.starts_with(|letter: char| !letter.is_ascii_alphanumeric());
    !mark.is_empty()
        && !own.contains('/')
        && behind != format!(".{extension}")
        && ((set_off && mark.chars().all(|letter| letter.is_ascii_digit() || !letter.is_alphanumeric()))
            || MARKS.iter().any(|known| mark.starts_with(known) || mark.ends_with(known)))
}

#[cfg(test)]
mod tests {
    use super::is_copy;

    #[test]
    fn copies_are_told_from_files_of_their_own() {
        let carbon = "repository/conf/carbon.xml";
        for name in
            ["carbon_old.xml", "carbon - Copy.xml", "carbon.xml.bak", "carbon.xml_20190101", "carbon_1.xml"]
        {
            assert!(is_copy(&format!("repository/conf/{name}"), carbon), "{name}");
        }
        for name in ["carbon.xml", "carbon-datasources.xml", "jndi2.properties", "old/carbon.xml"] {
            assert!(!is_copy(&format!("repository/conf/{name}"), carbon), "{name}");
        }
        assert!(!is_copy("repository/conf/jndi2.properties", "repository/conf/jndi.properties"));
    }
}
