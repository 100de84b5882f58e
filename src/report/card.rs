//! The card of a rule as markdown.

use crate::catalog::card::Card;

/// Heading, facts and sections of a card.
pub fn report_card(card: &Card) -> String {
    let mut text = format!(
        "# {}\n\n{}, scope {}, versions {}, fix {}\n",
        card.title,
        card.severity.as_str(),
        card.scope.as_str(),
        card.versions,
        card.fix.as_str()
    );
    for variant in &card.variants {
        text.push_str(&format!("{} when {}\n", variant.severity.as_str(), variant.when));
    }
    for (heading, section) in [
        ("What it finds", &card.finds),
        ("Why it matters", &card.why),
        ("Example", &card.example),
        ("How to fix", &card.how_to_fix),
        ("Sources", &card.sources_text),
    ] {
        text.push_str(&format!("\n## {heading}\n\n{section}\n"));
    }
    text
}
