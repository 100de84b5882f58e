//! All rules with their parsed cards, those of the program's own comments included.

use std::sync::LazyLock;

use crate::catalog::card::Card;
use crate::rules::{self, Rule};

/// Code of a suppression comment that suppresses nothing.
pub const SUPPRESSION_UNUSED: &str = "AL001";
/// Code of a suppression comment that cannot be understood.
pub const SUPPRESSION_MALFORMED: &str = "AL002";

/// Cards of what [`super::lint`] finds itself, in suppression comments.
pub const OWN_CARDS: &[&str] = &[
    include_str!("../../rules/AL001-suppression-unused.md"),
    include_str!("../../rules/AL002-suppression-malformed.md"),
];

/// A card and the function behind it.
#[derive(Debug)]
pub struct Entry {
    /// The card.
    pub card: Card,
    /// The rule; `None` for findings about suppression comments.
    pub rule: Option<&'static Rule>,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let own = OWN_CARDS.iter().map(|text| (*text, None));
    let of_rules = rules::ALL.iter().map(|rule| (rule.card, Some(*rule)));
    let mut entries: Vec<Entry> = own
        .chain(of_rules)
        .map(|(text, rule)| match Card::parse(text) {
            Ok(card) => Entry { card, rule },
            Err(error) => unreachable!("{}: {error}", text.lines().next().unwrap_or("a card")),
        })
        .collect();
    entries.sort_by(|left, right| left.card.code.cmp(&right.card.code));
    entries
});

/// All entries by code.
pub fn entries() -> &'static [Entry] {
    &ENTRIES
}

/// The entry with this code or name, in any case.
pub fn find(code_or_name: &str) -> Option<&'static Entry> {
    entries().iter().find(|entry| {
        entry.card.code.eq_ignore_ascii_case(code_or_name)
            || entry.card.name.eq_ignore_ascii_case(code_or_name)
    })
}

/// A sentence that offers the nearest code or name for a word that is none.
pub fn suggestion(word: &str) -> Option<String> {
    let names = entries().iter().flat_map(|entry| [entry.card.code.as_str(), entry.card.name.as_str()]);
    names
        .map(|name| (strsim::jaro_winkler(&word.to_ascii_lowercase(), &name.to_ascii_lowercase()), name))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name.to_owned())
}
