//! All rules with their parsed cards, those of the program's own comments included.

use std::sync::{Arc, LazyLock};

use crate::catalog::card::{self, Card, FixKind, Scope};
use crate::input::inventory::{Expectation, HouseRule};
use crate::rules::{self, Rule};

/// Code of a suppression comment that suppresses nothing.
pub const SUPPRESSION_UNUSED: &str = "AL001";
/// Code of a suppression comment that cannot be understood.
pub const SUPPRESSION_MALFORMED: &str = "AL002";

/// Cards of what [`super::lint`] finds itself, in suppression comments.
pub const OWN_CARDS: &[&str] = &["AL001-suppression-unused", "AL002-suppression-malformed"];

/// A card and the function behind it.
#[derive(Debug)]
pub struct Entry {
    /// The card.
    pub card: Arc<Card>,
    /// The rule; `None` for findings about suppression comments.
    pub rule: Option<&'static Rule>,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let own = OWN_CARDS.iter().map(|name| (*name, None));
    let of_rules = rules::ALL.iter().map(|rule| (rule.card, Some(*rule)));
    let mut entries: Vec<Entry> = own
        .chain(of_rules)
        .map(|(name, rule)| match Card::parse(card::text(name)) {
            Ok(card) => Entry { card: Arc::new(card), rule },
            Err(error) => unreachable!("{name}: {error}"),
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
fn house_card(rule: &HouseRule) -> Card {
    let is_between = matches!(rule.expectation, Expectation::Same | Expectation::Different);
    let text = |scalar: &Option<crate::syntax::Scalar>| scalar.as_ref().map(|scalar| scalar.text.clone());
    let name = text(&rule.name).unwrap_or_else(|| rule.code.text.to_ascii_lowercase());
    Card {
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
    }
}

/// The rules of one run: ours, and those that its apimlint.toml brings along.
#[derive(Debug, Clone)]
pub struct Rulebook<'a> {
    /// The rules of the house with their cards, in the order of the file.
    pub house: Vec<(Arc<Card>, &'a HouseRule)>,
}

impl<'a> Rulebook<'a> {
    /// The rules of ours and those of the house whose codes are free.
    pub fn new(rules: &'a [HouseRule]) -> Self {
        let house = rules.iter().filter(|rule| is_house_code(&rule.code.text));
        Self { house: house.map(|rule| (Arc::new(house_card(rule)), rule)).collect() }
    }

    /// The card of this code or name, in any case. Of two rules of the house with one code the later counts.
    pub fn card(&self, code_or_name: &str) -> Option<&Card> {
        let of_house = || {
            let mut cards = self.house.iter().rev().map(|(card, _)| card.as_ref());
            cards.find(|card| card.code.eq_ignore_ascii_case(code_or_name))
        };
        find(code_or_name).map(|entry| entry.card.as_ref()).or_else(of_house)
    }
}

/// A sentence that offers the nearest code or name for a word that is none.
pub fn suggestion(word: &str) -> Option<String> {
    let names = entries().iter().flat_map(|entry| [entry.card.code.as_str(), entry.card.name.as_str()]);
    names
        .map(|name| (strsim::jaro_winkler(&word.to_ascii_lowercase(), &name.to_ascii_lowercase()), name))
        .filter(|(similarity, _)| *similarity > 0.8)
        // Of equals the first: CL03 is CL003 rather than CL013.
        .min_by(|left, right| right.0.total_cmp(&left.0))
        .map(|(_, name)| name.to_owned())
}
