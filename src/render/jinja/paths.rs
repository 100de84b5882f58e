//! Which keys were read, while it is not known yet whether anybody asks.

use crate::render::value::{KeyPath, Step};
use std::sync::Arc;

/// Index of a path in [`Paths`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PathId(usize);

/// The last step of a path.
#[derive(Debug, Clone)]
pub(super) enum Segment<'c> {
    /// A key as the template writes it.
    Name(Arc<str>),
    /// A key of the configuration.
    Key(&'c str),
    Index(usize),
}

/// Paths that share their beginnings.
#[derive(Debug, Default)]
pub(super) struct Paths<'c> {
    nodes: Vec<(Option<PathId>, Segment<'c>)>,
}

impl<'c> Paths<'c> {
    pub fn push(&mut self, parent: Option<PathId>, segment: Segment<'c>) -> PathId {
        self.nodes.push((parent, segment));
        PathId(self.nodes.len() - 1)
    }

    /// One step further from a value that may not stand in the configuration.
    pub fn below(&mut self, parent: Option<PathId>, segment: Segment<'c>) -> Option<PathId> {
        parent.map(|parent| self.push(Some(parent), segment))
    }

    pub fn resolve(&self, path: PathId) -> KeyPath {
        let mut steps = Vec::new();
        let mut next = Some(path);
        while let Some((parent, segment)) = next.and_then(|path| self.nodes.get(path.0)) {
            steps.push(match segment {
                Segment::Name(name) => Step::Key(name.to_string()),
                Segment::Key(key) => Step::Key((*key).to_owned()),
                Segment::Index(index) => Step::Index(*index),
            });
            next = *parent;
        }
        steps.reverse();
        KeyPath { steps }
    }

    /// The paths in the order in which they were read, each one once.
    pub fn resolve_all(&self, reads: &[PathId]) -> Vec<KeyPath> {
        let mut paths: Vec<KeyPath> = Vec::with_capacity(reads.len());
        for (at, read) in reads.iter().enumerate() {
            if reads.iter().take(at).any(|earlier| earlier == read) {
                continue;
            }
            let path = self.resolve(*read);
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }
}
