//! Which rules run and how severe they are: codes, prefixes and names from the inventory and the command line.

use std::str::FromStr;

use super::registry;
use crate::catalog::card::Card;
use crate::diagnostic::Severity;
use crate::input::inventory::HouseRule;
use crate::model::drift::fits;

/// `ALL`, a code, the beginning of codes, or a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// Every rule.
    All,
    /// All rules whose code starts so.
    Prefix(String),
    /// The rule of this name.
    Name(String),
}

impl Selector {
    /// How closely the selector names the rule; `None` when it does not.
    fn closeness(&self, card: &Card) -> Option<usize> {
        match self {
            Self::All => Some(0),
            Self::Prefix(prefix) => card.code.starts_with(prefix.as_str()).then_some(prefix.len()),
            Self::Name(name) => (card.name == *name).then_some(card.code.len()),
        }
    }

    /// What is wrong with a word that can only mean a rule of the house, where none of these has that code.
    pub fn fault(&self, house: &[HouseRule]) -> Option<String> {
        let Self::Prefix(code) = self else { return None };
        let is_known = || house.iter().any(|rule| rule.code.text == *code);
        (registry::is_house_code(code) && !is_known()).then(|| unknown(code))
    }
}

fn unknown(text: &str) -> String {
    let offer = registry::suggestion(text).map(|name| format!("; did you mean {name}?"));
    format!("\"{text}\" is no code, prefix or name of a rule{}", offer.unwrap_or_default())
}

impl FromStr for Selector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let upper = text.to_ascii_uppercase();
        if upper == "ALL" {
            return Ok(Self::All);
        }
        let cards = || registry::entries().iter().map(|entry| &entry.card);
        if !upper.is_empty() && cards().any(|card| card.code.starts_with(&upper)) {
            return Ok(Self::Prefix(upper));
        }
        // The rules of the house are known once apimlint.toml is read.
        if registry::is_house_code(&upper) {
            return Ok(Self::Prefix(upper));
        }
        let lower = text.to_ascii_lowercase();
        if cards().any(|card| card.name == lower) {
            return Ok(Self::Name(lower));
        }
        Err(unknown(text))
    }
}

/// Where a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The node; `None` for the proxy, the hosts file and the inventory.
    pub node: Option<&'a str>,
    /// The file, relative to the node's home.
    pub file: &'a str,
}

/// Some nodes or files, by patterns in which `*` stands for any characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Within {
    /// Names of nodes; empty: any node, and what lives on none.
    pub nodes: Vec<String>,
    /// Files, relative to the node's home; empty: any file.
    pub files: Vec<String>,
}

impl Within {
    fn holds(&self, place: Place<'_>) -> bool {
        let of_node = |pattern: &String| place.node.is_some_and(|node| fits(pattern, node));
        (self.nodes.is_empty() || self.nodes.iter().any(of_node))
            && (self.files.is_empty() || self.files.iter().any(|pattern| fits(pattern, place.file)))
    }
}

/// What one source (the inventory, one of its overrides, the command line) says about rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer {
    /// The only rules to run; `None` leaves the choice to the layer below.
    pub select: Option<Vec<Selector>>,
    /// Rules not to run.
    pub ignore: Vec<Selector>,
    /// Severities other than those of the cards.
    pub severities: Vec<(Selector, Severity)>,
    /// Where this holds; `None`: everywhere.
    pub within: Option<Within>,
}

impl Layer {
    /// All words for rules.
    pub fn selectors(&self) -> impl Iterator<Item = &Selector> {
        let of_severities = self.severities.iter().map(|(selector, _)| selector);
        self.select.iter().flatten().chain(&self.ignore).chain(of_severities)
    }
}

/// All layers, the weakest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The layers.
    pub layers: Vec<Layer>,
}

fn closest<'a>(selectors: impl IntoIterator<Item = &'a Selector>, card: &Card) -> Option<usize> {
    selectors.into_iter().filter_map(|selector| selector.closeness(card)).max()
}

impl Selection {
    /// The layers that hold at a place; without one, those that hold everywhere.
    fn at<'a>(&'a self, place: Option<Place<'a>>) -> impl DoubleEndedIterator<Item = &'a Layer> {
        self.layers.iter().filter(move |layer| match (&layer.within, place) {
            (None, _) => true,
            (Some(within), Some(place)) => within.holds(place),
            (Some(_), None) => false,
        })
    }

    /// True when the rule runs, at a place or at all. Within a layer the closer selector wins, and of two equally close
    /// ones `ignore`.
    pub fn is_enabled(&self, card: &Card, place: Option<Place<'_>>) -> bool {
        self.at(place).fold(true, |enabled, layer| {
            let ignored = closest(&layer.ignore, card);
            match &layer.select {
                Some(select) => closest(select, card).is_some_and(|selected| Some(selected) > ignored),
                None => enabled && ignored.is_none(),
            }
        })
    }

    /// The severity of a rule or of its variant. A later layer wins, within a layer the closer selector, of equally
    /// close ones the later.
    pub fn severity(&self, card: &Card, variant: Option<&str>, place: Option<Place<'_>>) -> Severity {
        let chosen = self.at(place).rev().find_map(|layer| {
            let fitting = layer.severities.iter().filter_map(|(selector, severity)| {
                selector.closeness(card).map(|closeness| (closeness, *severity))
            });
            fitting.max_by_key(|(closeness, _)| *closeness).map(|(_, severity)| severity)
        });
        chosen.unwrap_or_else(|| {
            card.variants
                .iter()
                .find(|candidate| Some(candidate.name.as_str()) == variant)
                .map_or(card.severity, |variant| variant.severity)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(code: &str) -> &'static Card {
        &registry::find(code).unwrap().card
    }

    fn selectors(texts: &[&str]) -> Vec<Selector> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn layer(select: Option<&[&str]>, ignore: &[&str]) -> Layer {
        Layer { select: select.map(selectors), ignore: selectors(ignore), ..Layer::default() }
    }

    fn is_enabled(layers: &[Layer]) -> bool {
        Selection { layers: layers.to_vec() }.is_enabled(card("AL001"), None)
    }

    #[test]
    fn the_closer_selector_wins_and_ignore_wins_a_draw() {
        for (select, ignore, expected) in [
            (None, &[][..], true),
            (None, &["AL"], false),
            (None, &["AL002"], true),
            (Some(&["AL"][..]), &[], true),
            (Some(&["AL002"]), &[], false),
            (Some(&["al001"]), &["AL"], true),
            (Some(&["AL"]), &["suppression-unused"], false),
            (Some(&["suppression-unused"]), &["AL0"], true),
            (Some(&["ALL"]), &["ALL"], false),
        ] {
            assert_eq!(is_enabled(&[layer(select, ignore)]), expected, "{select:?} {ignore:?}");
        }
    }

    #[test]
    fn the_command_line_selects_anew_and_ignores_on_top() {
        assert!(is_enabled(&[layer(None, &["AL"]), layer(Some(&["AL001"]), &[])]));
        assert!(!is_enabled(&[layer(Some(&["AL001"]), &[]), layer(None, &["AL"])]));
        assert!(!is_enabled(&[layer(Some(&["AL002"]), &[]), layer(None, &[])]));
    }

    #[test]
    fn severities_of_later_layers_and_closer_selectors_win() {
        let pair = |text: &str, severity| (text.parse().unwrap(), severity);
        let inventory = Layer {
            severities: vec![pair("AL001", Severity::Error), pair("AL", Severity::Info)],
            ..Layer::default()
        };
        let mut selection = Selection { layers: vec![inventory] };
        assert_eq!(selection.severity(card("AL001"), None, None), Severity::Error);
        assert_eq!(selection.severity(card("AL002"), None, None), Severity::Info);
        selection.layers.push(Layer { severities: vec![pair("ALL", Severity::Warning)], ..Layer::default() });
        assert_eq!(selection.severity(card("AL001"), None, None), Severity::Warning);
    }

    #[test]
    fn overrides_hold_where_they_say_and_the_command_line_wins() {
        let within = |nodes: &[&str], files: &[&str]| {
            let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
            Some(Within { nodes: owned(nodes), files: owned(files) })
        };
        let place = |node, file| Some(Place { node, file });
        let enabled = |layers: Vec<Layer>, at| Selection { layers }.is_enabled(card("AL001"), at);
        let axis2 = "repository/conf/axis2/axis2.xml";
        for (nodes, files, at, expected) in [
            (&["gw*"][..], &[][..], place(Some("gw1"), axis2), false),
            (&["gw*"], &[], place(Some("store"), axis2), true),
            (&["gw*"], &[], place(None, "nginx.conf"), true),
            (&[], &["*.conf"], place(None, "nginx.conf"), false),
            (&["gw1"], &["*/axis2.xml"], place(Some("gw1"), axis2), false),
            (&["gw1"], &["*/carbon.xml"], place(Some("gw1"), axis2), true),
            (&["gw1"], &[], None, true),
        ] {
            let over = Layer { within: within(nodes, files), ..layer(None, &["AL"]) };
            assert_eq!(enabled(vec![over.clone()], at), expected, "{nodes:?} {files:?} {at:?}");
            assert!(enabled(vec![over, layer(Some(&["AL001"]), &[])], at));
        }
    }

    #[test]
    fn an_unknown_selector_offers_the_nearest_name() {
        let error = "supression-unused".parse::<Selector>().unwrap_err();
        assert!(error.contains("suppression-unused?"), "{error}");
        assert!("".parse::<Selector>().is_err());
    }
}
