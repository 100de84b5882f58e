//! Which setting of one file stands for which of another: by names, and where there are none by content.

use std::collections::BTreeMap;

use crate::catalog::vanilla::recorded;
use crate::model::settings::connectors_by_scheme;
use crate::syntax::settings::paths::{Separator, without_positions};
use crate::syntax::settings::{Setting, plain_spelling};

/// A difference between two lists of settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Difference {
    /// Both have the setting, with other values; by index.
    Changed(usize, usize),
    /// Only the left list has the setting.
    Left {
        setting: usize,
        /// So many of the elements around it are in no other list and begin with it.
        opens: usize,
    },
    /// Only the right list has the setting.
    Right(usize),
    /// Both have the element, under these paths: its port is another.
    Renamed(String, String),
}

/// All differences of two versions of a file, in the order of the left list where it has the setting. The right one may be
/// that of a pack, which keeps digests of prose. Equal values are left out; neither the order
/// of elements nor their number before others counts.
pub(super) fn differences(file: &str, left: &[Setting], right: &[Setting]) -> Vec<Difference> {
    let (left, right) = (Tree::of(file, left), Tree::of(file, right));
    let mut comparison = Comparison { left: &left, right: &right, found: Vec::new() };
    comparison.elements(ROOT, ROOT);
    comparison.found
}

const ROOT: usize = 0;

/// The elements, tables and keys of a file; the first one holds all others.
struct Tree {
    /// What each setting says, in the one spelling of all that say the same.
    meanings: Vec<String>,
    nodes: Vec<Node>,
}

struct Node {
    /// What names it among its neighbours, without position.
    label: String,
    /// Its path as the file spells it.
    path: String,
    setting: Option<usize>,
    children: Vec<usize>,
}

impl Tree {
    fn of(file: &str, settings: &[Setting]) -> Self {
        let separator = Separator::of(file);
        let root = Node { label: String::new(), path: String::new(), setting: None, children: Vec::new() };
        let meanings = settings.iter().map(|setting| meaning(file, setting)).collect();
        let mut tree = Self { meanings, nodes: vec![root] };
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        // Named by what they speak, connectors meet their counterparts on other ports.
        let named = connectors_by_scheme(settings.to_vec());
        for (index, (setting, named)) in settings.iter().zip(&named).enumerate() {
            let mut at = ROOT;
            let mut before = "";
            for (path, label) in separator.prefixes(&setting.path).zip(separator.prefixes(&named.path)) {
                at = *known.entry(path).or_insert_with(|| {
                    let label = without_positions(label.strip_prefix(before).unwrap_or(label));
                    tree.add(at, label, path)
                });
                before = label;
            }
            if let Some(node) = tree.nodes.get_mut(at) {
                node.setting = Some(index);
            }
        }
        tree
    }

    fn add(&mut self, parent: usize, label: String, path: &str) -> usize {
        let index = self.nodes.len();
        self.nodes.push(Node { label, path: path.to_owned(), setting: None, children: Vec::new() });
        if let Some(parent) = self.nodes.get_mut(parent) {
            parent.children.push(index);
        }
        index
    }

    fn children(&self, node: usize) -> &[usize] {
        self.nodes.get(node).map_or(&[], |node| &node.children)
    }

    fn path(&self, node: usize) -> String {
        self.nodes.get(node).map_or_else(String::new, |node| node.path.clone())
    }

    /// The setting of an element itself, with what it says.
    fn own(&self, node: usize) -> Option<(usize, &str)> {
        let index = self.nodes.get(node)?.setting?;
        Some((index, self.meanings.get(index)?.as_str()))
    }

    /// Everything in an element in one text, which does not depend on order and layout. Recursion is bounded by the parsers'
    /// limits on nesting.
    fn content(&self, node: usize) -> String {
        let mut parts: Vec<String> = self.children(node).iter().map(|child| self.content(*child)).collect();
        parts.sort();
        let label = self.nodes.get(node).map_or("", |node| node.label.as_str());
        let value = self.own(node).map_or("", |(_, value)| value);
        format!("{label}\u{1}{value}\u{2}{}\u{3}", parts.concat())
    }

    /// The settings in an element, each with the number of elements from there on inwards that begin with it.
    fn leaves(&self, node: usize, opens: usize, found: &mut Vec<(usize, usize)>) {
        let before = found.len();
        if let Some((index, _)) = self.own(node) {
            found.push((index, opens));
        }
        for child in self.children(node) {
            let opens = if found.len() == before { opens + 1 } else { 0 };
            self.leaves(*child, opens, found);
        }
    }
}

struct Comparison<'a> {
    left: &'a Tree,
    right: &'a Tree,
    found: Vec<Difference>,
}

impl Comparison<'_> {
    /// Two elements that stand for each other.
    fn elements(&mut self, left: usize, right: usize) {
        match (self.left.own(left), self.right.own(right)) {
            (Some((own, value)), Some((other, vanilla))) if value != vanilla => {
                self.found.push(Difference::Changed(own, other));
            }
            // An empty value says no more than that the element is there.
            (Some((setting, value)), None) if !value.is_empty() => {
                self.found.push(Difference::Left { setting, opens: 0 });
            }
            (None, Some((other, vanilla))) if !vanilla.is_empty() => {
                self.found.push(Difference::Right(other));
            }
            _ => {}
        }
        for (left, right) in self.groups(left, right) {
            self.group(left, right);
        }
    }

    /// The elements within two elements by name: those of the left in order, then what only the right has.
    fn groups(&self, left: usize, right: usize) -> Vec<(Vec<usize>, Vec<usize>)> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut groups: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
        let sides = [(self.left, left, true), (self.right, right, false)];
        for (tree, parent, is_left) in sides {
            for child in tree.children(parent) {
                let Some(node) = tree.nodes.get(*child) else { continue };
                let place = *places.entry(node.label.as_str()).or_insert_with(|| {
                    groups.push((Vec::new(), Vec::new()));
                    groups.len() - 1
                });
                if let Some((left, right)) = groups.get_mut(place) {
                    if is_left { left.push(*child) } else { right.push(*child) }
                }
            }
        }
        groups
    }

    /// Elements of one name: those with the same place first, then those with the same content, then by order.
    fn group(&mut self, mut left: Vec<usize>, mut right: Vec<usize>) {
        if left.len() + right.len() > 2 {
            let (own, other) = (self.left, self.right);
            if left.iter().any(|node| own.is_renamed(*node)) {
                let same = pairs(&mut left, &mut right, |node| own.path(node), |node| other.path(node));
                same.into_iter().for_each(|(left, right)| self.elements(left, right));
            }
            pairs(&mut left, &mut right, |node| own.content(node), |node| other.content(node));
        }
        let paired = left.len().min(right.len());
        let (only_left, only_right) = (left.split_off(paired), right.split_off(paired));
        for (left, right) in left.into_iter().zip(right) {
            let (own, other) = (self.left.path(left), self.right.path(right));
            if self.left.is_renamed(left) && own != other {
                self.found.push(Difference::Renamed(own, other));
            }
            self.elements(left, right);
        }
        let (mut own, mut other) = (Vec::new(), Vec::new());
        only_left.into_iter().for_each(|node| self.left.leaves(node, 0, &mut own));
        only_right.into_iter().for_each(|node| self.right.leaves(node, 0, &mut other));
        self.found.extend(own.into_iter().map(|(setting, opens)| Difference::Left { setting, opens }));
        self.found.extend(other.into_iter().map(|(setting, _)| Difference::Right(setting)));
    }
}

impl Tree {
    /// True where an element is aligned under another name than its path has.
    fn is_renamed(&self, node: usize) -> bool {
        self.nodes.get(node).is_some_and(|node| !without_positions(&node.path).ends_with(&node.label))
    }
}

fn meaning(file: &str, setting: &Setting) -> String {
    let recorded = recorded(file, setting);
    match recorded.trim_matches('"') {
        digest if digest.starts_with("sha256:") => digest.to_owned(),
        _ => plain_spelling(&setting.value),
    }
}

/// Takes the elements that have the same key out of both lists.
fn pairs(
    left: &mut Vec<usize>,
    right: &mut Vec<usize>,
    left_key: impl Fn(usize) -> String,
    right_key: impl Fn(usize) -> String,
) -> Vec<(usize, usize)> {
    let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for node in right.iter().rev() {
        by_key.entry(right_key(*node)).or_default().push(*node);
    }
    let mut found = Vec::new();
    left.retain(|node| match by_key.get_mut(&left_key(*node)).and_then(Vec::pop) {
        Some(same) => {
            found.push((*node, same));
            false
        }
        None => true,
    });
    right.retain(|node| found.iter().all(|(_, same)| same != node));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::settings::Settings;
    use crate::syntax::{toml, xml};

    const FILE: FileId = FileId { owner: 0, index: 0 };

    /// The differences, one a line: `path: vanilla -> value`.
    fn told(file: &str, left: &[Setting], right: &[Setting]) -> String {
        let one = |difference: Difference| match difference {
            Difference::Changed(own, other) => {
                format!("{}: {} -> {}", left[own].path, right[other].value, left[own].value)
            }
            Difference::Left { setting, opens } => {
                format!("+{opens} {} = {}", left[setting].path, left[setting].value)
            }
            Difference::Right(setting) => format!("- {} = {}", right[setting].path, right[setting].value),
            Difference::Renamed(own, other) => format!("{other} -> {own}"),
        };
        differences(file, left, right).into_iter().map(one).collect::<Vec<_>>().join("\n")
    }

    fn of_xml(left: &str, right: &str) -> String {
        let settings = |text| xml::parse(FILE, text).unwrap().settings();
        told("a.xml", &settings(left), &settings(right))
    }

    #[test]
    fn layout_order_comments_and_spellings_do_not_count() {
        let vanilla = "<a><b x='1' y='2'>v w</b><c>true</c><i>1</i><i>2</i><m n='1'/><e/></a>";
        let own = "<a>\n <!-- k --><m  n=\"1\"></m><c>TRUE</c><i>2</i><i> 1 </i><b y='2' x='1'>v\n w</b><e></e></a>";
        assert_eq!(of_xml(own, vanilla), "");
    }

    #[test]
    fn changed_added_and_removed_settings_are_told_once() {
        assert_eq!(
            of_xml(
                "<a><b x='2'>w</b><n><o>1</o><p>2</p></n></a>",
                "<a><b x='1' y='1'>v</b><c><d>1</d><e/></c></a>"
            ),
            "/a/b: v -> w\n/a/b/@x: 1 -> 2\n- /a/b/@y = 1\n+1 /a/n/o = 1\n+0 /a/n/p = 2\n- /a/c/d = 1\n- /a/c/e = "
        );
    }

    #[test]
    fn an_element_that_only_holds_others_is_no_setting() {
        assert_eq!(of_xml("<a><b/></a>", "<a><b><c>1</c></b></a>"), "- /a/b/c = 1");
        assert_eq!(of_xml("<a><b><c>1</c></b></a>", "<a><b/></a>"), "+0 /a/b/c = 1");
        assert_eq!(of_xml("<a><b>x</b></a>", "<a><b/></a>"), "/a/b:  -> x");
    }

    #[test]
    fn what_has_no_name_is_told_apart_by_content() {
        let vanilla = "<a><m><h>127.0.0.1</h><p>4000</p></m><i>x</i><i>y</i></a>";
        assert_eq!(
            of_xml(
                "<a><m><h>10.0.0.1</h><p>4000</p></m><m><h>127.0.0.1</h><p>4000</p></m><i>y</i><i>x</i></a>",
                vanilla
            ),
            "+1 /a/m/h = 10.0.0.1\n+0 /a/m/p = 4000"
        );
        assert_eq!(
            of_xml("<a><m><h>10.0.0.1</h><p>4000</p></m><i>y</i></a>", vanilla),
            "/a/m/h: 127.0.0.1 -> 10.0.0.1\n- /a/i = x"
        );
    }

    #[test]
    fn a_connector_on_another_port_is_the_same_one() {
        let vanilla = "<Server><Service><Connector port='9763' x='1'/><Connector port='9443' SSLEnabled='true' c='a'/></Service></Server>";
        assert_eq!(
            of_xml(
                "<Server><Service><Connector port='443' SSLEnabled='true' c='b'/><Connector port='9763' x='1'/></Service></Server>",
                vanilla
            ),
            "/Server/Service/Connector[@port='9443'] -> /Server/Service/Connector[@port='443']\n\
             /Server/Service/Connector[@port='443']/@c: a -> b"
        );
        // One more beside those of the pack.
        assert_eq!(
            of_xml(
                "<Server><Service><Connector port='1' SSLEnabled='true'/><Connector port='9763' x='1'/>\
                 <Connector port='9443' SSLEnabled='true' c='a'/></Service></Server>",
                vanilla
            ),
            "+1 /Server/Service/Connector[@port='1']/@SSLEnabled = true"
        );
    }

    #[test]
    fn tables_are_told_apart_by_name() {
        let settings = |text| toml::parse(FILE, text).unwrap().settings();
        let vanilla = "[server]\noffset = 0\n[[e]]\nname = \"A\"\nurl = \"x\"\n";
        let own = "[[e]]\nname = \"B\"\nurl = \"x\"\n[[e]]\nurl = 'x'\nname = \"A\"\n[server]\noffset = 1\n";
        assert_eq!(
            told("a.toml", &settings(own), &settings(vanilla)),
            "+1 e[name='B'].url = x\nserver.offset: 0 -> 1"
        );
    }
}
