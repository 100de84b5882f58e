//! All rules with their parsed cards, those of the program's own comments included.

use std::sync::{LazyLock, Mutex, PoisonError};

use crate::catalog::card::{Card, FixKind, Scope};
use crate::input::inventory::{Expectation, HouseRule};
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

/// Cards of rules that apimlint.toml brings along. What refers to a card holds it for as long as the process lives, as if
/// it were compiled in; each definition is kept once.
static HOUSE: Mutex<Vec<&'static Card>> = Mutex::new(Vec::new());

/// True for a code that no rule of ours can have: its letters are those of none of our families.
pub fn is_house_code(code: &str) -> bool {
    let family = |code: &str| code.trim_end_matches(|letter: char| letter.is_ascii_digit()).to_owned();
    let letters = family(code);
    letters.len() > 1
        && letters.bytes().all(|letter| letter.is_ascii_uppercase())
        && code.len() == letters.len() + 3
        && entries().iter().all(|entry| family(&entry.card.code) != letters)
}

/// The card of a rule of the house.
pub fn house_card(rule: &HouseRule) -> &'static Card {
    let is_between = matches!(rule.expectation, Expectation::Same | Expectation::Different);
    let text = |scalar: &Option<crate::syntax::Scalar>| scalar.as_ref().map(|scalar| scalar.text.clone());
    let name = text(&rule.name).unwrap_or_else(|| rule.code.text.to_ascii_lowercase());
    let card = Card {
        title: format!("{} {name}", rule.code.text),
        code: rule.code.text.clone(),
        name,
        severity: rule.severity,
        scope: if is_between { Scope::Deployment } else { Scope::Node },
        versions: "all".to_owned(),
        tier: 'A',
        fix: FixKind::Hand,
        sources: vec!["apimlint.toml".to_owned()],
        variants: Vec::new(),
        gives_way_to: Vec::new(),
        outranks_all: false,
        finds: text(&rule.message).unwrap_or_else(|| format!("{} in {}", rule.path.text, rule.file.text)),
        why: String::new(),
        example: String::new(),
        how_to_fix: text(&rule.help).unwrap_or_default(),
        sources_text: "apimlint.toml".to_owned(),
        examples: Vec::new(),
    };
    let mut known = HOUSE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(same) = known.iter().find(|known| ***known == card) {
        return same;
    }
    let kept: &'static Card = Box::leak(Box::new(card));
    known.push(kept);
    kept
}

/// The card of this code or name, of ours or of the house.
pub fn card(code_or_name: &str) -> Option<&'static Card> {
    let of_house = || {
        let known = HOUSE.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().rev().find(|card| card.code.eq_ignore_ascii_case(code_or_name)).copied()
    };
    find(code_or_name).map(|entry| &entry.card).or_else(of_house)
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
