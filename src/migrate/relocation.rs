//! Where settings went that no longer stand where they stood, from the files of `rules/relocations`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::decision::Risk;
use crate::catalog::lines::sections;
use crate::model::Version;

/// What is known about a setting of an older version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relocation {
    /// The file that it stood in, home-relative; a pattern like the path.
    pub file: String,
    /// Its path, with `$name` for parts that may be anything and `**` for any rest; empty for the file as a whole.
    pub pattern: String,
    /// The value that it must have for this to hold, a pattern like the path; any where there is none.
    pub when: Option<String>,
    /// The first version of the node that this is true of.
    pub from: Option<Version>,
    /// The first version of the node that this is no longer true of.
    pub until: Option<Version>,
    /// The first target version that this is true of.
    pub since: Option<Version>,
    /// The first target version that this is no longer true of.
    pub before: Option<Version>,
    /// What became of it.
    pub fate: Fate,
    /// What a person should know, or do.
    pub note: Option<String>,
    /// How much harm it does to pass over it.
    pub risk: Risk,
    /// Where this is known from.
    pub source: String,
}

/// What became of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It stands elsewhere in what the target renders; names that the pattern caught are filled in.
    Moved {
        /// The file, home-relative.
        file: String,
        /// The path in it.
        path: String,
        /// The value, with `$value` for what it was; unchanged where there is none.
        value: Option<String>,
    },
    /// A key of deployment.toml holds it, whatever the templates make of it.
    Key {
        /// The key as a user writes it; `name[field=$x]` is an entry of an array of tables. With `$each`, which only keys
        /// of deployment.toml have, it is one key for each entry of the array that stood there.
        key: String,
        /// The value, with `$value` for what it was; unchanged where there is none.
        value: Option<String>,
    },
    /// The target no longer has it.
    Obsolete,
    /// A person must act.
    Manual,
    /// It lives in a file that is copied.
    Carried,
    /// It stands where it stood, if a key gives it; a person must act where none does.
    Kept,
}

/// A relocation that holds for a setting, with what its pattern caught.
#[derive(Debug, Clone)]
pub struct Found {
    /// What is known.
    pub relocation: &'static Relocation,
    caught: BTreeMap<String, String>,
}

impl Found {
    /// A text of the relocation, with what the pattern caught and with the value that the setting had.
    pub fn fill(&self, text: &str, value: &str) -> String {
        let mut filled = text.to_owned();
        for (name, caught) in self.caught.iter().rev() {
            filled = filled.replace(&format!("${name}"), caught);
        }
        filled.replace("$value", value)
    }
}

/// The versions between which a setting goes.
#[derive(Debug, Clone, Copy)]
pub struct Journey {
    /// Of the node; none where it cannot be told.
    pub from: Option<Version>,
    /// Of the target.
    pub to: Version,
}

/// The first relocation that holds for a setting. What holds for some versions of the node only does not where that is
/// unknown.
pub fn find(file: &str, path: &str, value: Option<&str>, journey: Journey) -> Option<Found> {
    let moved = all().iter().filter(|relocation| relocation.fate != Fate::Kept);
    first(moved, file, path, value, journey)
}

/// What a person has to do for a setting that no key gives, although the target has a place for it.
pub fn otherwise(file: &str, path: &str, value: Option<&str>, journey: Journey) -> Option<Found> {
    let kept = all().iter().filter(|relocation| relocation.fate == Fate::Kept);
    first(kept, file, path, value, journey)
}

fn first(
    mut relocations: impl Iterator<Item = &'static Relocation>,
    file: &str,
    path: &str,
    value: Option<&str>,
    journey: Journey,
) -> Option<Found> {
    let Journey { from: own, to: target } = journey;
    relocations.find_map(|relocation| {
        let holds = relocation.since.is_none_or(|since| target >= since)
            && relocation.before.is_none_or(|before| target < before)
            && relocation.from.is_none_or(|from| own.is_some_and(|own| own >= from))
            && relocation.until.is_none_or(|until| own.is_some_and(|own| own < until));
        let mut caught = holds.then(|| catch(&relocation.file, file))??;
        caught.extend(catch(&relocation.pattern, path)?);
        if let Some(when) = &relocation.when {
            caught.extend(catch(when, value?)?);
        }
        Some(Found { relocation, caught })
    })
}

/// All relocations, in the order of the files and of their lines: the more specific stand first.
pub fn all() -> &'static [Relocation] {
    static ALL: OnceLock<Vec<Relocation>> = OnceLock::new();
    // A test reads each file whole; here what cannot be read is left out.
    ALL.get_or_init(|| FILES.iter().flat_map(|(_, text)| read(text).unwrap_or_default()).collect())
}

macro_rules! files {
    ($($name:literal,)*) => {
        const FILES: &[(&str, &str)] = &[$(
            ($name, include_str!(concat!("../../rules/relocations/", $name, ".list"))),
        )*];
    };
}

files! {
    "xml-to-toml",
    "3-to-4",
}

/// Reads a file; the error is one line that says what is wrong and where.
fn read(text: &str) -> Result<Vec<Relocation>, String> {
    let mut relocations = Vec::new();
    for section in sections(text) {
        let mut open: Option<Draft> = None;
        for line in section.body.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            match line.strip_prefix("  ") {
                Some(fact) => match &mut open {
                    Some(draft) => {
                        draft.add(fact).map_err(|reason| format!("{}: {line}: {reason}", section.name))?
                    }
                    None => return Err(format!("{}: {line}: stands under no path", section.name)),
                },
                None => {
                    relocations.extend(open.take().map(|draft| draft.finish(section.name)).transpose()?);
                    open = Some(Draft { pattern: line.to_owned(), ..Draft::default() });
                }
            }
        }
        relocations.extend(open.map(|draft| draft.finish(section.name)).transpose()?);
    }
    Ok(relocations)
}

#[derive(Default)]
struct Draft {
    pattern: String,
    facts: BTreeMap<String, String>,
}

/// What a line under a path may start with.
const WORDS: [&str; 16] = [
    "to",
    "file",
    "key",
    "value",
    "obsolete",
    "manual",
    "carried",
    "otherwise",
    "when",
    "from",
    "until",
    "since",
    "before",
    "note",
    "risk",
    "source",
];

impl Draft {
    fn add(&mut self, fact: &str) -> Result<(), String> {
        let (word, rest) = fact.split_once(' ').unwrap_or((fact, ""));
        if !WORDS.contains(&word) {
            return Err(format!("`{word}` means nothing here"));
        }
        match self.facts.insert(word.to_owned(), rest.to_owned()) {
            Some(_) => Err(format!("`{word}` stands twice")),
            None => Ok(()),
        }
    }

    fn finish(mut self, file: &str) -> Result<Relocation, String> {
        let mut take = |word: &str| self.facts.remove(word);
        let version = |text: Option<String>| match text {
            Some(text) => Version::parse(&text).map(Some).ok_or(format!("{text} is no version")),
            None => Ok(None),
        };
        let value = take("value");
        let mut note = take("note");
        let fate = if let Some(path) = take("to") {
            Fate::Moved { file: take("file").unwrap_or_else(|| file.to_owned()), path, value }
        } else if let Some(key) = take("key") {
            Fate::Key { key, value }
        } else {
            let plain = [
                ("obsolete", Fate::Obsolete),
                ("manual", Fate::Manual),
                ("carried", Fate::Carried),
                ("otherwise", Fate::Kept),
            ];
            let found = plain.into_iter().find_map(|(word, fate)| Some((take(word)?, fate)));
            let (text, fate) = found.ok_or(format!("{file} {}: says nothing of its fate", self.pattern))?;
            note = note.or(Some(text));
            fate
        };
        let risk = match take("risk").as_deref() {
            Some("high") => Risk::High,
            Some("low") => Risk::Low,
            None | Some("medium") => Risk::Medium,
            Some(other) => return Err(format!("`{other}` is no risk")),
        };
        let pattern = if self.pattern == "*" { String::new() } else { self.pattern.clone() };
        Ok(Relocation {
            file: file.to_owned(),
            pattern,
            when: take("when"),
            from: version(take("from"))?,
            until: version(take("until"))?,
            since: version(take("since"))?,
            before: version(take("before"))?,
            fate,
            note,
            risk,
            source: take("source").ok_or(format!("{file} {}: has no source", self.pattern))?,
        })
    }
}

/// What the names of a pattern stand for in a path; nothing where the path does not fit.
fn catch(pattern: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let Some(at) = pattern.find(['$', '*']) else {
        return (pattern == path).then(BTreeMap::new);
    };
    let (start, rest) = pattern.split_at_checked(at)?;
    let path = path.strip_prefix(start)?;
    if rest == "**" {
        return Some(BTreeMap::new());
    }
    let rest = rest.strip_prefix('$')?;
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let (name, rest) = rest.split_at_checked(end)?;
    let ends = (1..=path.len()).filter(|end| path.is_char_boundary(*end));
    for end in ends {
        let (own, behind) = path.split_at_checked(end)?;
        if let Some(mut caught) = catch(rest, behind) {
            caught.insert(name.to_owned(), own.to_owned());
            return Some(caught);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_relocation_is_read() {
        for (name, text) in FILES {
            let relocations = read(text).unwrap_or_else(|reason| panic!("{name}: {reason}"));
            assert!(!relocations.is_empty(), "{name}");
        }
    }

    #[test]
    fn patterns_catch_names() {
        let caught = catch("/a/b[Name='$name']/$field", "/a/b[Name='x y']/c").unwrap();
        assert_eq!(caught.get("name").map(String::as_str), Some("x y"));
        assert_eq!(caught.get("field").map(String::as_str), Some("c"));
        assert!(catch("/a/**", "/a/b/c").is_some());
        assert!(catch("/a/**", "/b/c").is_none());
        assert!(catch("/a", "/a/b").is_none());
    }

    #[test]
    fn a_relocation_without_fate_or_source_is_refused() {
        assert!(read("[f.xml]\n/a\n  source x\n").is_err());
        assert!(read("[f.xml]\n/a\n  key b\n").is_err());
        assert!(read("[f.xml]\n  key b\n").is_err());
        assert!(read("[f.xml]\n/a\n  key b\n  key c\n").is_err());
        assert!(read("[f.xml]\n/a\n  fate b\n").is_err());
        let relocations = read("[f.xml]\n/a\n  key b\n  since 4.0\n  risk high\n  source x\n").unwrap();
        assert_eq!(relocations.len(), 1);
    }

    #[test]
    fn a_relocation_may_hold_for_some_versions_of_the_node_only() {
        let element = "/APIManager/ThrottlingConfigurations/DataPublisher/Username";
        let found = |from: Option<Version>| {
            let journey = Journey { from, to: Version::new(4, 5, 0) };
            find("repository/conf/api-manager.xml", element, Some("am"), journey)
        };
        assert!(found(Some(Version::new(2, 1, 0))).is_some());
        assert!(found(Some(Version::new(2, 6, 0))).is_none());
        assert!(found(None).is_none());
    }

    /// What is known of a setting of a file in `repository/conf`, from one version to another.
    fn known(file: &str, path: &str, value: &str, from: Version, to: Version) -> Option<Relocation> {
        let journey = Journey { from: Some(from), to };
        find(&format!("repository/conf/{file}"), path, Some(value), journey)
            .map(|found| found.relocation.clone())
    }

    #[test]
    fn what_came_with_a_version_between_the_known_ones_holds_from_there_on() {
        let fate = |path: &str, value: &str, to: Version| {
            known("api-manager.xml", path, value, Version::new(2, 6, 0), to).map(|known| known.fate)
        };
        let client = |to| fate("/APIManager/APIKeyValidator/KeyValidatorClientType", "WSClient", to);
        assert!(matches!(client(Version::new(3, 0, 0)), Some(Fate::Moved { .. })));
        assert_eq!(client(Version::new(3, 2, 0)), Some(Fate::Obsolete));
        let callback = |to| {
            let value = "https://h/api/am/publisher/v0.14/workflows/update-workflow-status";
            fate("/APIManager/WorkflowConfigurations/WorkflowCallbackAPI", value, to)
        };
        let path = |fate: Option<Fate>| match fate {
            Some(Fate::Moved { value: Some(value), .. }) => value,
            other => panic!("{other:?}"),
        };
        assert!(path(callback(Version::new(3, 2, 0))).contains("/admin/v0.16/"));
        assert!(path(callback(Version::new(4, 6, 0))).contains("/admin/v4/"));
        let manager = |to| fate("/APIManager/AuthManager/ServerURL", "https://km/services/", to);
        assert_eq!(manager(Version::new(3, 0, 0)), Some(Fate::Manual));
        assert_eq!(manager(Version::new(3, 2, 0)), None);
    }

    #[test]
    fn keys_change_with_the_version_that_changed_them() {
        let fate = |key: &str, from: Version, to: Version| {
            known("deployment.toml", key, "x", from, to).map(|known| known.fate)
        };
        let scopes = "apim.oauth_config.white_listed_scopes";
        let (v3_0, v3_2, v4_5) = (Version::new(3, 0, 0), Version::new(3, 2, 0), Version::new(4, 5, 0));
        assert!(matches!(fate(scopes, v3_0, v3_2), Some(Fate::Key { .. })));
        assert!(matches!(fate(scopes, v3_0, v4_5), Some(Fate::Key { .. })));
        assert_eq!(fate(scopes, v3_2, v4_5), None);
        let counter = "integration.transaction_counter.enable";
        let (v4_3, v4_4) = (Version::new(4, 3, 0), Version::new(4, 4, 0));
        assert!(matches!(fate(counter, v4_3, v4_4), Some(Fate::Key { .. })));
        assert_eq!(fate(counter, v4_4, v4_5), None);
    }
}
