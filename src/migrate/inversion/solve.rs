//! What keys have to hold for a template to print a text, or for a condition to go one way.

use super::scope::{Meaning, Scope};
use crate::migrate::Key;
use crate::render::jinja::{Binary, Expression, ExpressionKind, Unary};
use crate::target::formula::Formula;
use crate::target::pattern::Around;
use crate::target::tree::{Branch, Loop, Node};

/// How many proposals are followed at a time.
const MAX_PROPOSALS: usize = 12;

/// How many nodes and conditions are followed for one value.
const MAX_STEPS: usize = 2_000;

/// One way to get what is wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proposal {
    /// Internal keys and the text that each has to print as.
    pub values: Vec<(Key, Content)>,
    /// What has to hold besides.
    pub needs: Vec<(Key, Need)>,
}

/// What a key has to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A value that prints as this text.
    Text(String),
    /// A list of values that print as these texts.
    List(Vec<String>),
}

/// What a condition asks of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// That it has a value.
    Defined,
    /// That it has none.
    Undefined,
    /// That it prints as this text.
    Is(String),
    /// That it prints as any other.
    IsNot(String),
    /// That it counts as true.
    True,
    /// That it counts as false.
    False,
}

impl Proposal {
    fn value(key: Key, content: Content) -> Self {
        Self { values: vec![(key, content)], needs: Vec::new() }
    }

    fn need(key: Key, need: Need) -> Self {
        Self { values: Vec::new(), needs: vec![(key, need)] }
    }

    /// Both together; nothing where they contradict each other.
    pub fn and(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        for (key, content) in &other.values {
            match both.values.iter().find(|(known, _)| known == key) {
                Some((_, known)) if known != content => return None,
                Some(_) => {}
                None => both.values.push((key.clone(), content.clone())),
            }
        }
        for need in &other.needs {
            if !both.needs.contains(need) {
                both.needs.push(need.clone());
            }
        }
        Some(both)
    }
}

/// Looks for proposals; gives up where a template asks for too much.
pub struct Solver {
    steps: usize,
}

impl Default for Solver {
    fn default() -> Self {
        Self { steps: MAX_STEPS }
    }
}

type Nodes<'a> = Vec<&'a Node>;

impl Solver {
    /// Ways for nodes to print a text.
    pub fn print<'a>(&mut self, nodes: &[&'a Node], text: &str, scope: &Scope<'a>) -> Vec<Proposal> {
        if self.steps == 0 {
            return Vec::new();
        }
        self.steps -= 1;
        let Some((first, rest)) = nodes.split_first() else {
            return if text.is_empty() { vec![Proposal::default()] } else { Vec::new() };
        };
        match first {
            Node::Literal(literal) => {
                let literal = plain(literal);
                let literal = if rest.is_empty() { literal.trim_end() } else { &literal };
                text.strip_prefix(literal).map_or_else(Vec::new, |text| self.print(rest, text, scope))
            }
            Node::Hole(formula) => self.hole(formula, rest, text, scope),
            Node::If(branches) => self.branches(branches, rest, text, scope),
            Node::For(repeat) => self.joined(repeat, rest, text, scope),
            Node::Set(name, value) => self.print(rest, text, &scope.with(Around::Set(name, value))),
            Node::Do(_) => self.print(rest, text, scope),
            Node::Element(_) | Node::Attribute(_) | Node::Entry(_) => Vec::new(),
        }
    }

    /// An expression prints the text up to a place where the nodes behind it can go on.
    fn hole<'a>(
        &mut self,
        formula: &Formula,
        rest: &[&'a Node],
        text: &str,
        scope: &Scope<'a>,
    ) -> Vec<Proposal> {
        let ends: Vec<usize> = match rest.first() {
            None => vec![text.len()],
            Some(Node::Literal(literal)) => {
                let literal = plain(literal);
                let wanted = if rest.len() == 1 { literal.trim_end() } else { &literal };
                text.match_indices(wanted)
                    .map(|(at, _)| at)
                    .chain(wanted.is_empty().then_some(text.len()))
                    .collect()
            }
            Some(_) => vec![text.len(), 0],
        };
        let mut found = Vec::new();
        for end in ends.into_iter().take(MAX_PROPOSALS) {
            let Some((own, behind)) = text.split_at_checked(end) else { continue };
            let own = self.equals(formula.expression(), own, scope);
            let behind = if own.is_empty() { Vec::new() } else { self.print(rest, behind, scope) };
            extend(&mut found, &all(&own, &behind));
        }
        found
    }

    fn branches<'a>(
        &mut self,
        branches: &'a [Branch],
        rest: &[&'a Node],
        text: &str,
        scope: &Scope<'a>,
    ) -> Vec<Proposal> {
        let mut found = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            let nodes: Nodes = branch.nodes.iter().chain(rest.iter().copied()).collect();
            let printed = self.print(&nodes, text, scope);
            if !printed.is_empty() {
                let taken = self.taken(branches, index, scope);
                extend(&mut found, &all(&printed, &taken));
            }
        }
        if branches.iter().all(|branch| branch.condition.is_some()) {
            let printed = self.print(rest, text, scope);
            if !printed.is_empty() {
                let none = self.taken(branches, branches.len(), scope);
                extend(&mut found, &all(&printed, &none));
            }
        }
        found
    }

    /// A loop that prints the elements of a list with something between or behind them.
    fn joined<'a>(
        &mut self,
        repeat: &'a Loop,
        rest: &[&'a Node],
        text: &str,
        scope: &Scope<'a>,
    ) -> Vec<Proposal> {
        let Some(key) = scope.key(repeat.over.expression()) else { return Vec::new() };
        let behind = match rest {
            [] => "",
            [Node::Literal(literal)] => literal.as_str(),
            _ => return Vec::new(),
        };
        let Some(text) = text.strip_suffix(plain(behind).trim_end()) else { return Vec::new() };
        let [variable] = repeat.variables.as_slice() else { return Vec::new() };
        let prints = |node: &Node| matches!(node, Node::Hole(formula) if formula.to_string() == *variable);
        if !repeat.nodes.iter().any(prints) {
            return Vec::new();
        }
        let Some(separator) = repeat.nodes.iter().find_map(separator) else { return Vec::new() };
        let trimmed = text.strip_suffix(separator.as_str()).unwrap_or(text);
        let items: Vec<String> = trimmed.split(separator.as_str()).map(str::to_owned).collect();
        let plain: Vec<String> = items.iter().map(|item| item.trim().to_owned()).collect();
        let mut found = vec![Proposal::value(key.clone(), Content::List(plain))];
        extend(&mut found, &[Proposal::value(key, Content::List(items))]);
        found
    }

    /// Ways for an expression to print a text.
    pub fn equals(&mut self, expression: &Expression, text: &str, scope: &Scope) -> Vec<Proposal> {
        if self.steps == 0 {
            return Vec::new();
        }
        self.steps -= 1;
        match scope.meaning(expression) {
            Some(Meaning::Key(key)) => return vec![Proposal::value(key, Content::Text(text.to_owned()))],
            Some(Meaning::Text(known)) => {
                return if known == text { vec![Proposal::default()] } else { Vec::new() };
            }
            None => {}
        }
        match &expression.kind {
            ExpressionKind::Filter(input, name, arguments) => match name.as_ref() {
                "join" => {
                    let Some(key) = scope.key(input) else { return Vec::new() };
                    let separator = arguments.first().and_then(|argument| scope.meaning(argument));
                    let Some(Meaning::Text(separator)) = separator else { return Vec::new() };
                    let items = text.split(separator.as_str()).map(str::to_owned).collect();
                    vec![Proposal::value(key, Content::List(items))]
                }
                _ => self.equals(input, text, scope),
            },
            ExpressionKind::Choice { condition, then, otherwise } => {
                let (held, then) = (self.goes(condition, true, scope), self.equals(then, text, scope));
                let mut found = all(&then, &held);
                let otherwise = match otherwise {
                    Some(otherwise) => self.equals(otherwise, text, scope),
                    None if text.is_empty() => vec![Proposal::default()],
                    None => Vec::new(),
                };
                extend(&mut found, &all(&otherwise, &self.goes(condition, false, scope)));
                found
            }
            ExpressionKind::Binary(Binary::Or, left, right) => {
                let mut found = self.equals(left, text, scope);
                let right = self.equals(right, text, scope);
                extend(&mut found, &all(&right, &self.goes(left, false, scope)));
                found
            }
            ExpressionKind::Unary(Unary::Not, inner) => match text {
                "true" => self.goes(inner, false, scope),
                "false" => self.goes(inner, true, scope),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Ways for an `if` to come to a branch; to none of them for an index behind the last one.
    pub fn taken(&mut self, branches: &[Branch], index: usize, scope: &Scope) -> Vec<Proposal> {
        let mut found = vec![Proposal::default()];
        for (at, branch) in branches.iter().enumerate().take(index + 1) {
            if let Some(condition) = &branch.condition {
                found = all(&found, &self.goes(condition.expression(), at == index, scope));
            }
        }
        found
    }

    /// Ways for a condition to hold, or not to hold.
    pub fn goes(&mut self, condition: &Expression, holds: bool, scope: &Scope) -> Vec<Proposal> {
        if self.steps == 0 {
            return Vec::new();
        }
        self.steps -= 1;
        match &condition.kind {
            ExpressionKind::Unary(Unary::Not, inner) => self.goes(inner, !holds, scope),
            ExpressionKind::Binary(operator @ (Binary::And | Binary::Or), left, right) => {
                let (left, right) = (self.goes(left, holds, scope), self.goes(right, holds, scope));
                if (*operator == Binary::And) == holds {
                    all(&left, &right)
                } else {
                    let mut found = left;
                    extend(&mut found, &right);
                    found
                }
            }
            ExpressionKind::Binary(operator @ (Binary::Equal | Binary::NotEqual), left, right) => {
                compared(left, right, (*operator == Binary::Equal) == holds, scope)
            }
            ExpressionKind::Test { input, name, negated, argument } => {
                let Some(key) = scope.key(input) else { return Vec::new() };
                let holds = holds != *negated;
                match (name.as_ref(), argument) {
                    ("defined", _) => {
                        vec![Proposal::need(key, if holds { Need::Defined } else { Need::Undefined })]
                    }
                    ("sameas", Some(argument)) => compared(input, argument, holds, scope),
                    _ => vec![Proposal::default()],
                }
            }
            _ => match scope.key(condition) {
                Some(key) => vec![Proposal::need(key, if holds { Need::True } else { Need::False })],
                // What cannot be solved may hold all the same: the result is tried.
                None => vec![Proposal::default()],
            },
        }
    }
}

fn compared(left: &Expression, right: &Expression, equal: bool, scope: &Scope) -> Vec<Proposal> {
    let (key, text) = match (scope.meaning(left), scope.meaning(right)) {
        (Some(Meaning::Key(key)), Some(Meaning::Text(text)))
        | (Some(Meaning::Text(text)), Some(Meaning::Key(key))) => (key, text),
        (Some(Meaning::Text(left)), Some(Meaning::Text(right))) => {
            return if (left == right) == equal { vec![Proposal::default()] } else { Vec::new() };
        }
        _ => return vec![Proposal::default()],
    };
    vec![Proposal::need(key, if equal { Need::Is(text) } else { Need::IsNot(text) })]
}

/// What stands between or behind the elements that a loop prints.
fn separator(node: &Node) -> Option<String> {
    match node {
        Node::Literal(text) if !text.trim().is_empty() => Some(plain(text)),
        Node::If(branches) => branches.iter().flat_map(|branch| &branch.nodes).find_map(separator),
        Node::Hole(formula) => match &formula.expression().kind {
            ExpressionKind::Choice { then, .. } => match &then.kind {
                ExpressionKind::Text(text) => Some(text.to_string()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Every one of the first with every one of the second that does not contradict it.
pub fn all(first: &[Proposal], second: &[Proposal]) -> Vec<Proposal> {
    let mut found = Vec::new();
    for left in first {
        let both: Vec<Proposal> = second.iter().filter_map(|right| left.and(right)).collect();
        extend(&mut found, &both);
    }
    found
}

fn extend(found: &mut Vec<Proposal>, more: &[Proposal]) {
    for proposal in more {
        if found.len() < MAX_PROPOSALS && !found.contains(proposal) {
            found.push(proposal.clone());
        }
    }
}

/// Text of an XML template as a value: its five entities resolved, marks of CDATA taken away.
pub fn plain(text: &str) -> String {
    let text = text.replace("<![CDATA[", "").replace("]]>", "");
    if !text.contains('&') {
        return text;
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
