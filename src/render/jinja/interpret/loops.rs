//! Renders `for` (`ForTag`).

use super::{Renderer, Scope};
use crate::render::jinja::item::{Elements, Held, Item, ListClass, Turn};
use crate::render::jinja::paths::{PathId, Segment};
use crate::render::jinja::raised::Raised;
use crate::render::jinja::rendered::FrameKind;
use crate::render::jinja::tree::{Dialect, Loop, Name, Node};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// What a `for` goes through.
struct Iteration<'c> {
    elements: Vec<Held<'c>>,
    /// The list that the elements are of, if the template has made it.
    own: Option<usize>,
    /// What was read to find it.
    reads: Rc<[PathId]>,
}

impl<'c> Renderer<'c> {
    pub(super) fn turns(&mut self, node: &Node, turns: &Loop, text: &str) -> Result<(), Raised> {
        let mark = self.reads.len();
        let held = self.resolve(&turns.iterable)?;
        let reads: Rc<[PathId]> = self.reads.get(mark..).unwrap_or_default().into();
        let elements = self.iterated(&held);
        let own = match &held.item {
            Item::List(list) => match list.elements {
                Elements::Own(id) => Some(id),
                Elements::Context(_) => None,
            },
            _ => None,
        };
        let kind = FrameKind::Loop { turns: elements.len(), reads: self.take_reads(mark) };
        let outer = self.frame;
        self.frame = self.open_frame(node.tag, kind);
        let outer_scopes = self.scopes.len();
        self.scopes.push(Scope::default());
        let result = self.each_turn(node, turns, &Iteration { elements, own, reads }, text);
        self.scopes.truncate(outer_scopes);
        self.frame = outer;
        result
    }

    fn each_turn(
        &mut self,
        node: &Node,
        turns: &Loop,
        iteration: &Iteration<'c>,
        text: &str,
    ) -> Result<(), Raised> {
        let length = iteration.elements.len();
        let state = Rc::new(Turn { index: Cell::new(0), length, last: Cell::new(false) });
        let loop_name: Arc<str> = "loop".into();
        self.set(&loop_name, Item::Turn(Rc::clone(&state)).into(), Rc::default());
        let around = self.frame;
        for (index, element) in iteration.elements.iter().enumerate() {
            self.enter(node);
            self.count_step()?;
            if self.was_changed(iteration) {
                return self.changed_while_iterated();
            }
            state.index.set(index);
            state.last.set(index + 1 == length);
            self.frame = self.open_frame(node.tag, FrameKind::Turn { index });
            self.set_loop_names(&turns.names, element, &iteration.reads)?;
            self.nodes(&turns.body, text)?;
            self.frame = around;
        }
        // Java asks the list for its size: one that has grown during the last turn has a next element.
        if length > 0 && self.was_changed(iteration) {
            return self.changed_while_iterated();
        }
        Ok(())
    }

    fn was_changed(&self, iteration: &Iteration<'c>) -> bool {
        let length = |id: usize| self.arena.lists.get(id).map_or(0, Vec::len);
        iteration.own.is_some_and(|id| length(id) != iteration.elements.len())
    }

    /// `ConcurrentModificationException`.
    fn changed_while_iterated(&mut self) -> Result<(), Raised> {
        let raised = Raised::fatal("a list is changed while it is iterated");
        if self.dialect < Dialect::V2_6_0 {
            return Err(raised);
        }
        self.fault(raised);
        Ok(())
    }

    fn set_loop_names(
        &mut self,
        names: &[Name],
        element: &Held<'c>,
        reads: &Rc<[PathId]>,
    ) -> Result<(), Raised> {
        if let [name] = names {
            let held = Held { item: element.item.clone().wrapped(), path: element.path };
            self.set(&name.text, held, Rc::clone(reads));
            return Ok(());
        }
        match &element.item {
            Item::Entry(entry) => {
                for (at, name) in names.iter().enumerate() {
                    let held = match at {
                        0 => Held { item: Item::Text(entry.0.clone()), path: entry.1.path },
                        1 => entry.1.clone(),
                        _ => Item::Null.into(),
                    };
                    self.set(&name.text, held, Rc::clone(reads));
                }
                Ok(())
            }
            Item::Null if !names.is_empty() => Err(Raised::fatal("nothing is taken apart by a `for`")),
            Item::List(list) if list.class != ListClass::Array && self.dialect >= Dialect::V2_6_0 => {
                for (at, name) in names.iter().enumerate() {
                    if at >= list.len(&self.arena) {
                        return Err(Raised::fatal(
                            "a `for` has more variables than the list that it takes apart",
                        ));
                    }
                    let mut held = list.get(at, &self.arena);
                    held.path = self.paths.below(element.path, Segment::Index(at)).or(held.path);
                    self.set(&name.text, held, Rc::clone(reads));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
