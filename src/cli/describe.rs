//! `apimlint explain`, `apimlint rules` and `apimlint man`.

use clap::Command;
use serde::Serialize;

use super::Status;
use super::arguments::ListFormat;
use super::terminal;
use crate::catalog::card::Card;
use crate::diagnostic::Severity;
use crate::lint::registry;
use crate::report::card::report_card;

/// Prints a rule's card.
pub(super) fn explain(rule: &str) -> Status {
    let Some(entry) = registry::find(rule) else {
        let offer = registry::suggestion(rule).map(|name| format!("; did you mean {name}?"));
        terminal::note(&format!(
            "error: \"{rule}\" is no code or name of a rule{}",
            offer.unwrap_or_default()
        ));
        return Status::Failed;
    };
    printed(&report_card(&entry.card))
}

#[derive(Serialize)]
struct RuleEntry<'a> {
    code: &'a str,
    name: &'a str,
    severity: Severity,
    scope: &'static str,
    versions: &'a str,
    fix: &'static str,
}

/// Lists all rules.
pub(super) fn rules(format: ListFormat) -> Status {
    let cards = || registry::entries().iter().map(|entry| entry.card.as_ref());
    match format {
        ListFormat::Human => {
            let width = cards().map(|card| card.name.len()).max().unwrap_or(0);
            let lines = cards().map(|card| {
                let Card { code, name, severity, scope, .. } = card;
                format!("{code}  {name:width$}  {:7}  {}\n", severity.as_str(), scope.as_str())
            });
            printed(&lines.collect::<String>())
        }
        ListFormat::Json => {
            let entries: Vec<RuleEntry<'_>> = cards()
                .map(|card| RuleEntry {
                    code: &card.code,
                    name: &card.name,
                    severity: card.severity,
                    scope: card.scope.as_str(),
                    versions: &card.versions,
                    fix: card.fix.as_str(),
                })
                .collect();
            match serde_json::to_string_pretty(&entries) {
                Ok(text) => printed(&(text + "\n")),
                Err(error) => {
                    terminal::note(&format!("error: the list cannot be made: {error}"));
                    Status::Failed
                }
            }
        }
    }
}

/// Prints the manual page: the program, then each command with its options.
pub(super) fn manual(mut command: Command) -> Status {
    command.build();
    let mut page = Vec::new();
    let mut made = clap_mangen::Man::new(command.clone()).render(&mut page);
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let part = clap_mangen::Man::new(subcommand.clone());
        made = made
            .and_then(|()| part.render_name_section(&mut page))
            .and_then(|()| part.render_synopsis_section(&mut page))
            .and_then(|()| part.render_options_section(&mut page));
    }
    match made {
        Ok(()) if terminal::print(&page) => Status::Clean,
        _ => Status::Failed,
    }
}

fn printed(text: &str) -> Status {
    if terminal::print(text.as_bytes()) { Status::Clean } else { Status::Failed }
}
