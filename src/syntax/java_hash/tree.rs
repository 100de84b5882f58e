//! The red-black trees of crowded bins, as `HashMap.TreeNode` builds them: the root comes first.

use std::cmp::Ordering;

/// The trees of a map.
#[derive(Debug, Clone, Default)]
pub(super) struct Forest {
    /// By the index of the entry, as far as entries stand in trees.
    nodes: Vec<Node>,
}

/// What came of planting an entry.
pub(super) struct Planted {
    /// The root of the tree now.
    pub root: usize,
    /// The entry under which it was put, before balancing; none for the first of a tree.
    pub parent: Option<usize>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Node {
    parent: Option<usize>,
    left: Option<usize>,
    right: Option<usize>,
    red: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

impl Forest {
    /// The root of the tree that an entry stands in.
    pub(super) fn root_of(&self, mut at: usize) -> usize {
        while let Some(parent) = self.node(at).parent {
            at = parent;
        }
        at
    }

    /// The entry in the tree of `root` that is the one looked for; `under` says how that lies to another entry.
    pub(super) fn find(
        &self,
        root: usize,
        is_it: impl Fn(usize) -> bool,
        under: impl Fn(usize) -> Ordering,
    ) -> Option<usize> {
        let mut open = vec![root];
        while let Some(at) = open.pop() {
            if is_it(at) {
                return Some(at);
            }
            let node = self.node(at);
            match under(at) {
                Ordering::Less => open.extend(node.left),
                Ordering::Greater => open.extend(node.right),
                // Entries that cannot be told apart may stand on either side.
                Ordering::Equal => open.extend(node.left.into_iter().chain(node.right)),
            }
        }
        None
    }

    /// Puts an entry into the tree of `root`; `under` says how it lies to another entry of that tree.
    pub(super) fn plant(
        &mut self,
        root: Option<usize>,
        at: usize,
        under: impl Fn(usize) -> Ordering,
    ) -> Planted {
        if self.nodes.len() <= at {
            self.nodes.resize_with(at + 1, Node::default);
        }
        self.change(at, |node| *node = Node::default());
        let Some(root) = root else { return Planted { root: at, parent: None } };
        let mut parent = root;
        let side = loop {
            let side = if under(parent) == Ordering::Greater { Side::Right } else { Side::Left };
            match self.child(parent, side) {
                Some(child) => parent = child,
                None => break side,
            }
        };
        self.set_child(parent, side, Some(at));
        Planted { root: self.balance(root, at), parent: Some(parent) }
    }

    /// `TreeNode.balanceInsertion`; the root is returned.
    fn balance(&mut self, mut root: usize, mut at: usize) -> usize {
        self.paint(at, true);
        loop {
            let Some(parent) = self.node(at).parent else {
                self.paint(at, false);
                return at;
            };
            let Some(grandparent) = self.node(parent).parent.filter(|_| self.node(parent).red) else {
                return root;
            };
            let side = self.side_of(parent, grandparent);
            match self.child(grandparent, side.other()) {
                Some(uncle) if self.node(uncle).red => {
                    self.paint(uncle, false);
                    self.paint(parent, false);
                    self.paint(grandparent, true);
                    at = grandparent;
                }
                _ => {
                    if self.side_of(at, parent) != side {
                        root = self.rotate(root, parent, side);
                        at = parent;
                    }
                    root = self.raise_parent(root, at, side);
                }
            }
        }
    }

    fn raise_parent(&mut self, root: usize, at: usize, side: Side) -> usize {
        let Some(parent) = self.node(at).parent else { return root };
        self.paint(parent, false);
        let Some(grandparent) = self.node(parent).parent else { return root };
        self.paint(grandparent, true);
        self.rotate(root, grandparent, side.other())
    }

    /// `rotateLeft` and `rotateRight`: `at` goes down to `side`, its other child takes its place.
    fn rotate(&mut self, root: usize, at: usize, side: Side) -> usize {
        let Some(raised) = self.child(at, side.other()) else { return root };
        self.set_child(at, side.other(), self.child(raised, side));
        let above = self.node(at).parent;
        match above {
            Some(above) => self.set_child(above, self.side_of(at, above), Some(raised)),
            None => self.change(raised, |node| *node = Node { parent: None, red: false, ..*node }),
        }
        self.set_child(raised, side, Some(at));
        if above.is_none() { raised } else { root }
    }

    fn node(&self, at: usize) -> Node {
        self.nodes.get(at).copied().unwrap_or_default()
    }

    fn change(&mut self, at: usize, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.nodes.get_mut(at) {
            change(node);
        }
    }

    fn paint(&mut self, at: usize, red: bool) {
        self.change(at, |node| node.red = red);
    }

    fn child(&self, at: usize, side: Side) -> Option<usize> {
        match side {
            Side::Left => self.node(at).left,
            Side::Right => self.node(at).right,
        }
    }

    fn set_child(&mut self, at: usize, side: Side, child: Option<usize>) {
        self.change(at, |node| match side {
            Side::Left => node.left = child,
            Side::Right => node.right = child,
        });
        if let Some(child) = child {
            self.change(child, |node| node.parent = Some(at));
        }
    }

    fn side_of(&self, at: usize, parent: usize) -> Side {
        if self.node(parent).left == Some(at) { Side::Left } else { Side::Right }
    }
}
