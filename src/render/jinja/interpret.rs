//! Renders the nodes of a template (`JinjavaInterpreter` and the tags), and keeps book of what comes from where.

mod loops;

use super::item::{Arena, Held, Item, MapEntries, Mapping};
use super::parse;
use super::paths::{PathId, Paths, Segment};
use super::raised::Raised;
use super::rendered::{Frame, FrameId, FrameKind, Piece, Rendered, Source};
use super::tree::{
    Branch, Dialect, Expression, Extent, Fault, Macro, Name, Node, NodeKind, SetBlock, Template,
};
use crate::render::value::{KeyPath, Map};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// How deep values may be rendered again (`JinjavaConfig.maxRenderDepth`).
const MAX_RENDER_DEPTH: usize = 10;

/// How many faults are kept (`JinjavaInterpreter.MAX_ERROR_SIZE`).
const MAX_FAULTS: usize = 100;

/// How many nodes, expressions and list elements one template may take. A real one takes some ten thousand.
const MAX_STEPS: usize = 500_000;

/// How deep tags may be nested, those of values within them included.
const MAX_LEVELS: usize = 200;

/// How deep expressions may be nested, those of macros that they call included.
const MAX_EXPRESSIONS: usize = 200;

/// How much one template may write.
const MAX_OUTPUT: usize = 16 << 20;

/// Renders a template.
pub(super) fn render(template: &Template, context: &Map) -> Rendered {
    let mut renderer = Renderer::new(context, template.dialect);
    for fault in &template.faults {
        renderer.note(fault.clone());
    }
    if let Err(raised) = renderer.top(&template.nodes, &template.text) {
        renderer.fault(raised);
    }
    Rendered {
        text: renderer.text,
        pieces: renderer.pieces,
        frames: renderer.frames,
        faults: renderer.faults,
    }
}

/// A variable that the template has set.
#[derive(Clone)]
struct Binding<'c> {
    name: Arc<str>,
    held: Held<'c>,
    /// What was read for it, if it stands nowhere in the configuration.
    reads: Rc<[PathId]>,
}

/// The value of a parameter of a macro, and what was read for it.
#[derive(Clone)]
pub(super) struct Parameter<'c> {
    pub held: Held<'c>,
    pub reads: Rc<[PathId]>,
}

/// A macro whose tag was passed.
pub(super) struct Defined<'c> {
    pub definition: Arc<Macro>,
    /// The values that its parameters have by themselves.
    pub defaults: Vec<Parameter<'c>>,
}

/// The variables of the template, of a `for` or of a call of a macro.
#[derive(Default)]
struct Scope<'c> {
    bindings: Vec<Binding<'c>>,
    macros: Vec<Rc<Defined<'c>>>,
    /// The tags being rendered on the outermost level of the template or of a value, against endless turns.
    images: Vec<String>,
}

pub(super) struct Renderer<'c> {
    pub dialect: Dialect,
    pub arena: Arena<'c>,
    pub paths: Paths<'c>,
    /// What was read for the node being rendered.
    pub reads: Vec<PathId>,
    context: &'c Map,
    /// Never empty.
    scopes: Vec<Scope<'c>>,
    text: String,
    pieces: Vec<Piece>,
    frames: Vec<Frame>,
    frame: Option<FrameId>,
    faults: Vec<Fault>,
    /// The tag of the template that is being rendered.
    at: Extent,
    /// How many values are being rendered again.
    depth: usize,
    /// How many tags are open.
    levels: usize,
    /// How many expressions are being evaluated.
    expressions: usize,
    /// The macros that are being called, from the outside in.
    calls: Vec<Arc<str>>,
    /// How many texts are being made that are no output yet.
    captures: usize,
    steps: usize,
}

impl<'c> Renderer<'c> {
    fn new(context: &'c Map, dialect: Dialect) -> Self {
        Self {
            dialect,
            arena: Arena::default(),
            paths: Paths::default(),
            reads: Vec::new(),
            context,
            scopes: vec![Scope::default()],
            text: String::new(),
            pieces: Vec::new(),
            frames: Vec::new(),
            frame: None,
            faults: Vec::new(),
            at: Extent::default(),
            depth: 0,
            levels: 0,
            expressions: 0,
            calls: Vec::new(),
            captures: 0,
            steps: 0,
        }
    }

    /// Counts what takes time, and gives up on a template that takes too much.
    pub fn count_step(&mut self) -> Result<(), Raised> {
        self.count_steps(1)
    }

    pub fn count_steps(&mut self, steps: usize) -> Result<(), Raised> {
        self.steps += steps;
        if self.steps > MAX_STEPS || self.text.len() > MAX_OUTPUT || self.arena.is_exhausted() {
            return Err(Raised::limit("the template takes too long or writes too much"));
        }
        Ok(())
    }

    /// Counts an expression that is evaluated, within others or within a macro that others call.
    pub fn enter_expression(&mut self) -> Result<(), Raised> {
        self.count_step()?;
        if self.expressions >= MAX_EXPRESSIONS {
            return Err(Raised::limit("expressions and macros are nested too deeply for this renderer"));
        }
        self.expressions += 1;
        Ok(())
    }

    pub fn leave_expression(&mut self) {
        self.expressions -= 1;
    }

    /// The macro that a name calls here.
    pub fn macro_of(&self, name: &str) -> Option<Rc<Defined<'c>>> {
        let macros = self.scopes.iter().map(|scope| scope.macros.len()).sum();
        self.arena.spend(macros);
        let mut known = self.scopes.iter().rev().flat_map(|scope| scope.macros.iter().rev());
        known.find(|known| &*known.definition.name == name).map(Rc::clone)
    }

    pub fn add_macro(&mut self, defined: Defined<'c>) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.macros.push(Rc::new(defined));
        }
    }

    pub fn is_in_macro(&self, name: &str) -> bool {
        self.calls.iter().any(|call| &**call == name)
    }

    /// What a macro writes with these variables; it sees those around its call, too.
    pub fn write_macro(
        &mut self,
        definition: &Macro,
        variables: Vec<(Arc<str>, Parameter<'c>)>,
    ) -> Result<String, Raised> {
        let (scopes, at, frame, levels) = (self.scopes.len(), self.at, self.frame, self.levels);
        self.scopes.push(Scope::default());
        for (name, Parameter { held, reads }) in variables {
            self.set(&name, held, reads);
        }
        self.calls.push(Arc::clone(&definition.name));
        let written = self.capture(&definition.body, &definition.text);
        self.calls.pop();
        self.scopes.truncate(scopes);
        (self.at, self.frame, self.levels) = (at, frame, levels);
        written
    }

    /// Notes something that Jinjava warns of.
    pub fn warn(&mut self, reason: String) {
        self.fault(Raised::ignored(reason));
    }

    fn fault(&mut self, raised: Raised) {
        self.note(Fault { extent: self.at, kind: raised.kind, reason: raised.reason });
    }

    fn note(&mut self, fault: Fault) {
        let known = self.dialect >= Dialect::V2_7_2 && self.faults.contains(&fault);
        if self.faults.len() < MAX_FAULTS && !known {
            self.faults.push(fault);
        }
    }

    /// `ExpressionResolver.resolveExpression`: an exception becomes a fault, and the value null.
    pub(super) fn resolve(&mut self, expression: &Expression) -> Result<Held<'c>, Raised> {
        match self.value(expression) {
            Ok(Held { item: Item::Named(_), .. }) => {
                self.fault(Raised::fatal("there is a `=` where `==` is meant"));
                Ok(self.nothing())
            }
            Ok(held) => Ok(held),
            Err(raised) if raised.ends_all => Err(raised),
            Err(raised) => {
                self.fault(raised);
                Ok(self.nothing())
            }
        }
    }

    /// What an expression is that failed.
    fn nothing(&self) -> Held<'c> {
        if self.dialect < Dialect::V2_6_0 { Item::text("").into() } else { Item::Null.into() }
    }

    /// A variable; what a `set` has made null is looked for further out.
    pub fn variable(&mut self, name: &Arc<str>) -> Held<'c> {
        for (depth, scope) in self.scopes.iter().enumerate().rev() {
            let binding = scope.bindings.iter().rev().find(|binding| binding.name == *name);
            let Some(binding) = binding else { continue };
            if binding.held.item.is_null() && depth > 0 {
                continue;
            }
            if binding.held.path.is_none() {
                self.reads.extend_from_slice(&binding.reads);
            }
            return Held { item: binding.held.item.clone().wrapped(), path: binding.held.path };
        }
        let path = Some(self.paths.push(None, Segment::Name(Arc::clone(name))));
        let item = self.context.get(name).map_or(Item::Null, Item::of);
        Held { item, path }
    }

    /// `SetTag.setVariable`: the entry of a namespace, else a variable of the innermost scope.
    fn assign(&mut self, name: &Arc<str>, held: Held<'c>, reads: Rc<[PathId]>) -> Result<(), Raised> {
        let Some((entries, key)) = self.namespace_entry(name, &reads) else {
            self.set(name, held, reads);
            return Ok(());
        };
        self.put(entries, &Item::text(key), held).map(|_| ())
    }

    /// The namespace and the key that `ns.key` names. What is read for the entry is read for the namespace.
    fn namespace_entry<'n>(&mut self, name: &'n str, reads: &[PathId]) -> Option<(MapEntries<'c>, &'n str)> {
        let (namespace, key) = name.split_once('.')?;
        let mut bindings = self.scopes.iter_mut().rev().flat_map(|scope| scope.bindings.iter_mut());
        let binding = bindings.find(|binding| &*binding.name == namespace)?;
        let Item::Map(Mapping { entries: entries @ MapEntries::Own(id), .. }) = binding.held.item else {
            return None;
        };
        if !self.arena.is_namespace(id) {
            return None;
        }
        binding.reads = binding.reads.iter().chain(reads).copied().collect();
        Some((entries, key))
    }

    fn set(&mut self, name: &Arc<str>, held: Held<'c>, reads: Rc<[PathId]>) {
        let Some(scope) = self.scopes.last_mut() else { return };
        self.arena.spend(scope.bindings.len());
        let binding = Binding { name: Arc::clone(name), held, reads };
        match scope.bindings.iter_mut().find(|known| known.name == *name) {
            Some(known) => *known = binding,
            None => scope.bindings.push(binding),
        }
    }

    /// The nodes of a template, or of a value that is rendered again.
    fn top(&mut self, nodes: &[Node], text: &str) -> Result<(), Raised> {
        for node in nodes {
            let guarded = match node.kind {
                NodeKind::Literal => false,
                NodeKind::Output(_) => true,
                _ => self.dialect < Dialect::V2_7_2,
            };
            let image = node.tag.of(text);
            let Some(scope) = self.scopes.last_mut() else { return Ok(()) };
            if guarded && scope.images.iter().any(|known| known == image) {
                self.enter(node);
                self.warn("the value of an expression holds the expression itself".to_owned());
                self.write_output(node, image, 0);
                continue;
            }
            scope.images.push(image.to_owned());
            self.node(node, text)?;
            if let Some(scope) = self.scopes.last_mut() {
                scope.images.pop();
            }
        }
        Ok(())
    }

    /// Remembers where in the template the renderer is.
    fn enter(&mut self, node: &Node) {
        if self.depth == 0 {
            self.at = node.tag;
        }
    }

    fn nodes(&mut self, nodes: &[Node], text: &str) -> Result<(), Raised> {
        self.levels += 1;
        if self.levels > MAX_LEVELS {
            return Err(Raised::limit("tags are nested too deeply for this renderer"));
        }
        nodes.iter().try_for_each(|node| self.node(node, text))?;
        self.levels -= 1;
        Ok(())
    }

    fn node(&mut self, node: &Node, text: &str) -> Result<(), Raised> {
        self.count_step()?;
        self.enter(node);
        match &node.kind {
            NodeKind::Literal => {
                self.write_literal(node.extent, text);
                Ok(())
            }
            NodeKind::Output(expression) => self.output(node, expression, text),
            NodeKind::If(branches) => self.branches(node, branches, text),
            NodeKind::For(turns) => self.turns(node, turns, text),
            NodeKind::Set { names, values } => self.set_names(names, values),
            NodeKind::SetBlock(block) => self.set_block(block, text),
            NodeKind::Do(expression) => self.resolve(expression).map(|_| ()),
            NodeKind::DoBlock(body) => self.capture(body, text).map(|_| ()),
            NodeKind::Print(expression) => {
                let mark = self.reads.len();
                let held = self.resolve(expression)?;
                self.write_item(node, &held.item, mark)
            }
            NodeKind::Raw(parts) => {
                parts.iter().for_each(|part| self.write_literal(*part, text));
                Ok(())
            }
            NodeKind::Macro(definition) => self.define(definition),
            NodeKind::Ignored => Ok(()),
            NodeKind::Malformed(reason) => Err(Raised::fatal(reason.clone())),
            NodeKind::Unsupported(_) => {
                Err(Raised::limit("this renderer does not know the tag, or it is nested too deeply"))
            }
        }
    }

    fn write_literal(&mut self, extent: Extent, text: &str) {
        let literal = extent.of(text);
        let start = self.text.len();
        self.text.push_str(literal);
        if self.captures == 0 && !literal.is_empty() {
            let range = start..self.text.len();
            self.pieces.push(Piece { range, template: extent, source: Source::Literal, frame: self.frame });
        }
    }

    /// Writes what an expression gave; what was read since `mark` was read for it.
    fn write_output(&mut self, node: &Node, output: &str, mark: usize) {
        let start = self.text.len();
        self.text.push_str(output);
        self.end_output(node, start, mark);
    }

    fn end_output(&mut self, node: &Node, start: usize, mark: usize) {
        if self.captures > 0 {
            return;
        }
        if start < self.text.len() {
            let reads = self.paths.resolve_all(self.reads.get(mark..).unwrap_or_default());
            let source = Source::Output { reads };
            let range = start..self.text.len();
            self.pieces.push(Piece { range, template: node.tag, source, frame: self.frame });
        }
        self.reads.truncate(mark);
    }

    fn write_item(&mut self, node: &Node, item: &Item<'c>, mark: usize) -> Result<(), Raised> {
        let start = self.text.len();
        match item.to_text(&self.arena) {
            Ok(output) => self.text.push_str(&output),
            Err(raised) if raised.ends_all => return Err(raised),
            Err(raised) => self.fault(raised),
        }
        self.end_output(node, start, mark);
        Ok(())
    }

    /// `{{ … }}`. What comes out is rendered again where it holds tags.
    fn output(&mut self, node: &Node, expression: &Expression, text: &str) -> Result<(), Raised> {
        let mark = self.reads.len();
        let held = self.resolve(expression)?;
        let again = match held.item.to_text(&self.arena) {
            Ok(value) if has_tags(&value) && value != node.tag.of(text) => Some(value.into_owned()),
            _ => None,
        };
        let Some(value) = again else { return self.write_item(node, &held.item, mark) };
        let value = self.render_again(value)?;
        self.write_output(node, &value, mark);
        Ok(())
    }

    /// `JinjavaInterpreter.renderFlat`; where it throws, the value stays as it is.
    fn render_again(&mut self, value: String) -> Result<String, Raised> {
        if self.depth > MAX_RENDER_DEPTH {
            return Ok(value);
        }
        self.count_steps(value.len())?;
        let macros = self.scopes.iter().flat_map(|scope| &scope.macros);
        let macros: BTreeSet<Arc<str>> = macros.map(|defined| Arc::clone(&defined.definition.name)).collect();
        self.arena.spend(macros.len());
        let template = parse::parse(&value, self.dialect, macros);
        for fault in &template.faults {
            let reason = format!("rendering the value again: {}", fault.reason);
            self.note(Fault { extent: self.at, kind: fault.kind, reason });
        }
        let outer = std::mem::take(&mut self.text);
        self.depth += 1;
        self.captures += 1;
        let levels = self.levels;
        let result = self.top(&template.nodes, &template.text);
        self.levels = levels;
        self.captures -= 1;
        self.depth -= 1;
        let rendered = std::mem::replace(&mut self.text, outer);
        match result {
            Ok(()) => Ok(rendered),
            Err(raised) if raised.ends_all => Err(raised),
            Err(_) => Ok(value),
        }
    }

    fn open_frame(&mut self, template: Extent, kind: FrameKind) -> Option<FrameId> {
        if self.depth > 0 {
            return self.frame;
        }
        self.frames.push(Frame { parent: self.frame, template, kind });
        Some(FrameId(self.frames.len() - 1))
    }

    /// What was read since `mark`; within a text that is being made, it counts for that text, too.
    fn take_reads(&mut self, mark: usize) -> Vec<KeyPath> {
        if self.depth > 0 {
            return Vec::new();
        }
        let reads = self.paths.resolve_all(self.reads.get(mark..).unwrap_or_default());
        if self.captures == 0 {
            self.reads.truncate(mark);
        }
        reads
    }

    fn branches(&mut self, node: &Node, branches: &[Branch], text: &str) -> Result<(), Raised> {
        let mark = self.reads.len();
        let mut taken = None;
        for (at, branch) in branches.iter().enumerate() {
            let holds = match &branch.condition {
                Some(condition) => {
                    let held = self.resolve(condition)?;
                    self.is_true(&held.item) != branch.negated
                }
                None => true,
            };
            if holds {
                taken = Some(at);
                break;
            }
        }
        let reads = self.take_reads(mark);
        let outer = self.frame;
        self.frame = self.open_frame(node.tag, FrameKind::Branch { taken, reads });
        if let Some(branch) = taken.and_then(|taken| branches.get(taken)) {
            self.nodes(&branch.body, text)?;
        }
        self.frame = outer;
        Ok(())
    }

    fn set_names(&mut self, names: &[Name], values: &[Expression]) -> Result<(), Raised> {
        let mark = self.reads.len();
        let mut resolved = Vec::new();
        for value in values {
            match self.value(value) {
                Ok(held) => resolved.push(held),
                Err(raised) if raised.ends_all => return Err(raised),
                Err(raised) => {
                    self.fault(raised);
                    resolved.clear();
                    break;
                }
            }
        }
        let failed = resolved.is_empty();
        let reads: Rc<[PathId]> = self.reads.get(mark..).unwrap_or_default().into();
        if self.captures == 0 {
            self.reads.truncate(mark);
        }
        if let [name] = names {
            let held = resolved.into_iter().next().unwrap_or_else(|| self.nothing());
            return self.assign(&name.text, held, reads);
        }
        if failed {
            return Err(Raised::fatal("`set` has several names, and an expression that fails"));
        }
        for (name, held) in names.iter().zip(resolved) {
            self.set(&name.text, held, Rc::clone(&reads));
        }
        Ok(())
    }

    fn capture(&mut self, body: &[Node], text: &str) -> Result<String, Raised> {
        let outer = std::mem::take(&mut self.text);
        self.captures += 1;
        let result = self.nodes(body, text);
        self.captures -= 1;
        let captured = std::mem::replace(&mut self.text, outer);
        result.map(|()| captured)
    }

    fn set_block(&mut self, block: &SetBlock, text: &str) -> Result<(), Raised> {
        let mark = self.reads.len();
        let outer_scopes = self.scopes.len();
        if self.dialect >= Dialect::V2_7_2 {
            self.scopes.push(Scope::default());
        }
        let captured = self.capture(&block.body, text);
        self.scopes.truncate(outer_scopes);
        let captured = captured?;
        let reads: Rc<[PathId]> = self.reads.get(mark..).unwrap_or_default().into();
        self.assign(&block.name.text, Item::text(captured).into(), Rc::clone(&reads))?;
        if let Some(filtered) = &block.filtered {
            let held = self.resolve(filtered)?;
            self.assign(&block.name.text, held, reads)?;
        }
        if self.captures == 0 {
            self.reads.truncate(mark);
        }
        Ok(())
    }
}

fn has_tags(value: &str) -> bool {
    memchr::memchr_iter(b'{', value.as_bytes())
        .any(|at| matches!(value.as_bytes().get(at + 1), Some(b'{' | b'%')))
}
