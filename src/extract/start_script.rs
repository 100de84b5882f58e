//! System properties that the start scripts of a node set (`-Dname=value`).

use super::files::Files;
use crate::model::{Origin, Setting};
use crate::source::{FileId, Span};

/// The scripts that start a server: of all Carbon products, and of API-M 4.0 and later.
const SCRIPTS: [&str; 2] = ["bin/wso2server.sh", "bin/api-manager.sh"];

/// The system properties in the order in which the scripts set them, passwords left out. A value that the shell fills
/// in is unknown.
pub(super) fn system_properties(files: &mut Files) -> Vec<(String, Setting)> {
    let mut found = Vec::new();
    for path in SCRIPTS {
        if files.has(path)
            && let Some((file, text)) = files.text(path)
        {
            found.extend(read(file, text));
        }
    }
    found
}

/// Reads options of the Java command and of assignments such as `JAVA_OPTS="… -DportOffset=1"`. Lines of any other kind
/// are the script's own handling of its arguments.
fn read(file: FileId, text: &str) -> Vec<(String, Setting)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if sets_options(line.trim_start()) {
            for (offset, word) in words(line) {
                let option = word.trim_start_matches(['"', '\'']);
                let offset = offset + word.len() - option.len();
                if let Some((name, value)) = option.strip_prefix("-D").and_then(|rest| rest.split_once('='))
                    && !name.to_ascii_lowercase().contains("password")
                {
                    let place = Span::new(file, start + offset, start + offset + option.len());
                    found.push((name.to_owned(), setting(value, place)));
                }
            }
        }
        start += line.len();
    }
    found
}

/// True for a line of the Java command (`-Dname=value \`) and for an assignment.
fn sets_options(line: &str) -> bool {
    let is_name = |text: &str| {
        !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    let assigned = line.strip_prefix("export ").unwrap_or(line).split_once('=');
    line.starts_with("-D")
        || line.starts_with("$JAVACMD")
        || assigned.is_some_and(|(name, _)| is_name(name.trim_end_matches('+')))
}

/// The words of a line with their byte offsets.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = 0;
    line.split(|letter: char| letter.is_ascii_whitespace() || letter == '\\').filter_map(move |word| {
        let start = offset;
        offset += word.len() + 1;
        (!word.is_empty()).then_some((start, word))
    })
}

fn setting(value: &str, place: Span) -> Setting {
    let value = value.trim_matches(['"', '\'']);
    let origin = if value.contains(['$', '`']) { Origin::Unknown } else { Origin::Written };
    Setting::at(value.to_owned(), place, origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(text: &str) -> Vec<(String, String, bool)> {
        read(FileId { owner: 0, index: 0 }, text)
            .into_iter()
            .map(|(name, setting)| (name, setting.value.clone(), setting.text().is_some()))
            .collect()
    }

    #[test]
    fn options_of_the_command_and_of_assignments_count() {
        let text = "JAVA_OPTS=\"$JAVA_OPTS -DportOffset=2\"\n    $JAVACMD \\\n    -Dcarbon.home=\"$CARBON_HOME\" \\\n    \
                    -DworkerNode=true\\\n";
        let expected =
            [("portOffset", "2", true), ("carbon.home", "$CARBON_HOME", false), ("workerNode", "true", true)];
        let expected = expected.map(|(name, value, known)| (name.to_owned(), value.to_owned(), known));
        assert_eq!(properties(text), expected);
    }

    #[test]
    fn passwords_comments_and_the_handling_of_arguments_do_not_count() {
        let text = "  -Djavax.net.ssl.keyStorePassword=s3cret \\\n#  -DportOffset=1\nif [ \"$c\" = \"-DportOffset=1\" ]; then\necho -DportOffset=1\n";
        assert!(properties(text).is_empty());
    }

    #[test]
    fn the_place_is_the_option() {
        let text = "\n  -DportOffset=3 \\\n";
        let span = read(FileId { owner: 0, index: 0 }, text).first().unwrap().1.span;
        assert_eq!(text.get(span.start as usize..span.end as usize), Some("-DportOffset=3"));
    }
}
