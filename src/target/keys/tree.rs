//! Patterns as a tree.

use std::collections::BTreeMap;

use crate::target::pattern::{Pattern, Step};

/// Patterns by their steps.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// The number of the pattern that ends here.
    pub number: Option<usize>,
    /// What follows.
    pub children: BTreeMap<Step, Tree>,
}

impl Tree {
    /// The tree of patterns, each with its place in their order.
    pub fn of<'a>(patterns: impl IntoIterator<Item = &'a Pattern>) -> Self {
        let mut root = Self::default();
        for (number, pattern) in patterns.into_iter().enumerate() {
            let end =
                pattern.0.iter().fold(&mut root, |tree, step| tree.children.entry(step.clone()).or_default());
            end.number = Some(number);
        }
        root
    }

    /// The ends of all patterns that fit a key: `*` fits any step by name.
    #[must_use]
    pub fn fitting<'t>(&'t self, steps: &[Step]) -> Vec<&'t Self> {
        let mut ends = vec![self];
        for step in steps {
            let exact = ends.iter().filter_map(|tree| tree.children.get(step));
            let by_name = matches!(step, Step::Key(_));
            let any = ends.iter().filter_map(|tree| tree.children.get(&Step::Any)).filter(|_| by_name);
            ends = exact.chain(any).collect();
        }
        ends
    }

    /// True where tables follow in an array.
    #[must_use]
    pub fn holds_tables(&self) -> bool {
        self.children.get(&Step::Each).is_some_and(Self::holds_keys)
    }

    /// True where keys by name follow.
    #[must_use]
    pub fn holds_keys(&self) -> bool {
        self.children.keys().any(|step| *step != Step::Each)
    }
}
