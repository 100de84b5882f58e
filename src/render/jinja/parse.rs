//! Puts the tokens of a template together to a tree (Jinjava's `TreeParser`), whitespace control included.

use super::expression;
use super::macros;
use super::scan::{Scanner, Token, TokenKind};
use super::tags::{self, TagText, is_java_whitespace, is_trimmed, trimmed, without_trim_marks};
use super::tree::{
    Branch, Dialect, Expression, ExpressionKind, Extent, Fault, FaultKind, Loop, Macro, Name, Node, NodeKind,
    SetBlock, Template,
};
use std::collections::BTreeSet;
use std::iter::Peekable;
use std::sync::Arc;

/// How deep tags may nest. The deepest template of a pack has eight levels; Java's own bound is its stack.
pub(super) const MAX_NESTING: usize = 100;

/// Tags that this renderer does not render, and whether they have an end.
const UNSUPPORTED: [(&str, bool); 9] = [
    ("autoescape", true),
    ("block", true),
    ("call", true),
    ("cycle", false),
    ("extends", false),
    ("from", false),
    ("ifchanged", true),
    ("import", false),
    ("include", false),
];

/// `macros` are functions that its expressions may call besides those of its own macros.
pub(super) fn parse(text: &str, dialect: Dialect, mut macros: BTreeSet<Arc<str>>) -> Template {
    macros.extend(macros::names(text, dialect));
    let mut parser = Parser {
        text,
        dialect,
        shared: if macros.is_empty() { Arc::default() } else { text.into() },
        macros,
        scanner: Scanner::new(text, dialect).peekable(),
        open: vec![Open::root()],
        faults: Vec::new(),
    };
    parser.run();
    let nodes = parser.finish();
    let faults = parser.faults;
    Template { text: text.to_owned(), dialect, nodes, faults }
}

/// What was read last on a level; it decides what whitespace control applies to.
#[derive(Clone, Copy, PartialEq)]
enum Sibling {
    None,
    Text,
    Expression,
    /// A tag, and whether blanks behind it go.
    Tag {
        trims: bool,
    },
}

/// Text that may still lose blanks at its end.
#[derive(Default)]
struct Pending {
    parts: Vec<Extent>,
    left_trim: bool,
    right_trim: bool,
}

/// A tag whose end has not come yet; the first one is the template itself.
struct Open {
    name: String,
    /// What its end tag is called.
    end: String,
    tag: Extent,
    helpers: Extent,
    right_trim: bool,
    right_trim_after_end: bool,
    /// Branches of an `if` that are complete.
    branches: Vec<Branch>,
    /// The tag of the branch being read.
    branch: (Extent, Option<Expression>),
    nodes: Vec<Node>,
    text: Pending,
    last: Sibling,
    /// The parts of raw text.
    raw: Vec<Extent>,
}

impl Open {
    fn root() -> Self {
        Self::new(String::new(), Extent::default(), Extent::default(), false)
    }

    fn new(name: String, tag: Extent, helpers: Extent, right_trim: bool) -> Self {
        Self {
            end: format!("end{name}"),
            name,
            tag,
            helpers,
            right_trim,
            right_trim_after_end: false,
            branches: Vec::new(),
            branch: (tag, None),
            nodes: Vec::new(),
            text: Pending::default(),
            last: Sibling::None,
            raw: Vec::new(),
        }
    }
}

struct Parser<'t> {
    text: &'t str,
    dialect: Dialect,
    /// The functions that macros make.
    macros: BTreeSet<Arc<str>>,
    /// The text, for the macros; empty where there is none.
    shared: Arc<str>,
    scanner: Peekable<Scanner<'t>>,
    /// Never empty.
    open: Vec<Open>,
    faults: Vec<Fault>,
}

impl Parser<'_> {
    fn run(&mut self) {
        while let Some(token) = self.scanner.next() {
            match token.kind {
                TokenKind::Fixed => self.literal(token.extent),
                TokenKind::Unclosed => {
                    self.fault(
                        token.extent,
                        FaultKind::Ignored,
                        "a tag or an expression begins here and never ends",
                    );
                    self.literal(token.extent);
                }
                TokenKind::Expression => self.output(token.extent),
                TokenKind::Comment => self.comment(token),
                TokenKind::Tag => {
                    if !self.tag(token.extent) {
                        return;
                    }
                }
            }
        }
    }

    fn finish(&mut self) -> Vec<Node> {
        while self.open.len() > 1 {
            if let Some((tag, end)) = self.open.last().map(|open| (open.tag, open.end.clone())) {
                self.fault(tag, FaultKind::Fatal, &format!("`{end}` is missing"));
            }
            let end = self.text.len();
            self.close(end);
        }
        self.flush();
        self.open.pop().map(|root| root.nodes).unwrap_or_default()
    }

    fn fault(&mut self, extent: Extent, kind: FaultKind, reason: &str) {
        self.faults.push(Fault { extent, kind, reason: reason.to_owned() });
    }

    fn expression(&self, extent: Extent) -> Expression {
        expression::parse_at(self.text, extent, self.dialect, &self.macros)
    }

    fn comment(&mut self, token: Token) {
        if self.dialect >= Dialect::V2_6_0 && !token.extent.of(self.text).ends_with("#}") {
            self.fault(token.extent, FaultKind::Ignored, "the comment never ends");
        }
    }

    fn literal(&mut self, extent: Extent) {
        let mut extent = extent;
        if self.scanner.peek().is_some_and(|next| next.kind == TokenKind::Tag) {
            let kept = extent.of(self.text).trim_end_matches(['\t', ' ']).len();
            extent.end = extent.start + kept;
        }
        let text = self.text;
        let dialect = self.dialect;
        let is_root = self.open.len() == 1;
        let Some(open) = self.open.last_mut() else { return };
        if open.name == "raw" {
            open.raw.push(extent);
        }
        if open.last == Sibling::Text {
            match dialect {
                Dialect::V2_4_14 => {}
                Dialect::V2_6_0 => return open.text.parts.push(extent),
                Dialect::V2_7_2 => {
                    if open.text.right_trim {
                        trim_start(std::slice::from_mut(&mut extent), text, is_java_whitespace);
                    }
                    apply_trims(&mut open.text, text);
                    open.text.parts.push(extent);
                    if open.name == "raw" {
                        open.raw.clone_from(&open.text.parts);
                    }
                    return;
                }
            }
        }
        let first_in_tag = !is_root && open.last == Sibling::None && open.right_trim;
        let left_trim = open.last == Sibling::Tag { trims: true } || first_in_tag;
        self.flush();
        if let Some(open) = self.open.last_mut() {
            open.text = Pending { parts: vec![extent], left_trim, right_trim: false };
            open.last = Sibling::Text;
        }
    }

    /// Writes down the text read last, with its blanks taken away.
    fn flush(&mut self) {
        let text = self.text;
        if let Some(open) = self.open.last_mut() {
            let mut pending = std::mem::take(&mut open.text);
            apply_trims(&mut pending, text);
            let parts = pending.parts.into_iter().filter(|part| !part.is_empty());
            open.nodes.extend(parts.map(|part| Node { extent: part, tag: part, kind: NodeKind::Literal }));
        }
    }

    fn push(&mut self, node: Node, sibling: Sibling) {
        self.flush();
        if let Some(open) = self.open.last_mut() {
            open.nodes.push(node);
            open.last = sibling;
        }
    }

    fn output(&mut self, extent: Extent) {
        let bare = trimmed(self.text, extent, is_java_whitespace);
        let (inner, ..) = without_trim_marks(self.text, Extent::new(bare.start + 2, bare.end - 2));
        let kind = NodeKind::Output(self.expression(inner));
        self.push(Node { extent, tag: extent, kind }, Sibling::Expression);
    }

    /// A tag takes away the blanks before it.
    fn trim_before(&mut self, tag: &TagText) {
        if let Some(open) = self.open.last_mut()
            && tag.left_trim
            && open.last == Sibling::Text
        {
            open.text.right_trim = true;
        }
    }

    /// False where Jinjava gives up on the whole template.
    fn tag(&mut self, extent: Extent) -> bool {
        let Some(tag) = TagText::read(self.text, extent) else {
            self.fault(extent, FaultKind::Fatal, "the tag is empty");
            let kind = NodeKind::Malformed("the tag is empty".to_owned());
            self.push(Node { extent, tag: extent, kind }, Sibling::Expression);
            return false;
        };
        if self.dialect >= Dialect::V2_7_2 {
            self.trim_before(&tag);
        }
        let name = tag.name.as_str();
        if let Some(opened) = name.strip_prefix("end").filter(|opened| self.has_end(opened)) {
            // The root is no tag: nothing before a stray end tag is trimmed there.
            if self.open.len() > 1 {
                self.trim_before(&tag);
            }
            self.end_tag(&tag, extent, opened);
            return true;
        }
        if !is_known(name) {
            self.fault(extent, FaultKind::Fatal, &format!("there is no tag `{name}`"));
            return true;
        }
        self.trim_before(&tag);
        match name {
            "else" | "elif" => self.else_tag(&tag, extent),
            _ if self.opens(&tag) => self.open_tag(tag, extent),
            _ => {
                let kind = self.single_tag(&tag);
                self.push_tag(extent, kind, &tag);
            }
        }
        true
    }

    fn push_tag(&mut self, extent: Extent, kind: NodeKind, tag: &TagText) {
        let trims = self.dialect >= Dialect::V2_7_2 && tag.right_trim;
        self.push(Node { extent, tag: extent, kind }, Sibling::Tag { trims });
    }

    /// Whether this Jinjava knows an end tag of that name.
    fn has_end(&self, name: &str) -> bool {
        match name {
            "set" => self.dialect >= Dialect::V2_6_0,
            "do" => self.dialect >= Dialect::V2_7_2,
            "if" | "unless" | "for" | "raw" | "macro" => true,
            _ => UNSUPPORTED.contains(&(name, true)),
        }
    }

    /// Whether what follows the tag is its body.
    fn opens(&self, tag: &TagText) -> bool {
        let helpers = tag.helpers.of(self.text);
        self.has_end(&tag.name)
            && match tag.name.as_str() {
                "set" => !helpers.contains('='),
                "do" => helpers.chars().all(is_java_whitespace),
                _ => true,
            }
    }

    fn open_tag(&mut self, tag: TagText, extent: Extent) {
        self.flush();
        if self.open.len() > MAX_NESTING {
            self.fault(extent, FaultKind::Unsupported, "tags are nested too deeply for this renderer");
        }
        let mut open = Open::new(tag.name, extent, tag.helpers, tag.right_trim);
        if matches!(open.name.as_str(), "if" | "unless") {
            open.branch.1 = Some(self.expression(tag.helpers));
        }
        self.open.push(open);
    }

    fn else_tag(&mut self, tag: &TagText, extent: Extent) {
        let in_if = self.open.last().is_some_and(|open| matches!(open.name.as_str(), "if" | "unless"));
        if !in_if {
            return self.push_tag(extent, NodeKind::Ignored, tag);
        }
        self.flush();
        let condition = (tag.name == "elif").then(|| self.expression(tag.helpers));
        let trims = self.dialect >= Dialect::V2_7_2 && tag.right_trim;
        if let Some(open) = self.open.last_mut() {
            end_branch(open);
            open.branch = (extent, condition);
            open.last = Sibling::Tag { trims };
        }
    }

    fn single_tag(&self, tag: &TagText) -> NodeKind {
        match tag.name.as_str() {
            "set" => self.set_tag(tag.helpers),
            "do" if tag.helpers.of(self.text).chars().all(is_java_whitespace) => {
                NodeKind::Malformed("`do` expects an expression".to_owned())
            }
            "do" => NodeKind::Do(self.expression(tag.helpers)),
            "print" => NodeKind::Print(self.expression(tag.helpers)),
            _ => NodeKind::Unsupported(Vec::new()),
        }
    }

    fn set_tag(&self, helpers: Extent) -> NodeKind {
        let Some(equals) = helpers.of(self.text).find('=') else {
            return NodeKind::Malformed("`set` expects an assignment with `=`".to_owned());
        };
        let left = Extent::new(helpers.start, helpers.start + equals);
        let right = Extent::new(left.end + 1, helpers.end);
        if trimmed(self.text, left, is_trimmed).is_empty() {
            return NodeKind::Malformed("`set` expects a name before `=`".to_owned());
        }
        if right.of(self.text).chars().all(is_java_whitespace) {
            return NodeKind::Malformed("`set` expects a value behind `=`".to_owned());
        }
        let names = self.set_names(left);
        let several = names.len() > 1;
        let values = if several || self.dialect >= Dialect::V2_6_0 {
            expression::parse_list(self.text, right, self.dialect, &self.macros)
        } else {
            vec![self.expression(right)]
        };
        let invalid = values.iter().any(|value| matches!(value.kind, ExpressionKind::Invalid(_)));
        if several && values.len() != names.len() && !invalid {
            return NodeKind::Malformed("`set` has as many values as names, or one name".to_owned());
        }
        NodeKind::Set { names, values }
    }

    /// `String.split(",")`: empty names at the end do not count.
    fn set_names(&self, left: Extent) -> Vec<Name> {
        let left = trimmed(self.text, left, is_trimmed);
        let mut names = Vec::new();
        let mut start = left.start;
        for part in left.of(self.text).split(',') {
            let extent = Extent::new(start, start + part.len());
            start = extent.end + 1;
            names.push(self.name(extent));
        }
        while names.len() > 1 && names.last().is_some_and(|name| name.extent.is_empty()) {
            names.pop();
        }
        // In 2.4 a name that is alone in the end is the whole left side, commas included.
        if names.len() == 1 && self.dialect < Dialect::V2_6_0 {
            return vec![self.name(left)];
        }
        names
    }

    fn name(&self, extent: Extent) -> Name {
        let extent = trimmed(self.text, extent, is_trimmed);
        Name { text: extent.of(self.text).into(), extent }
    }

    fn end_tag(&mut self, tag: &TagText, extent: Extent, opened: &str) {
        if let Some(open) = self.open.last_mut() {
            open.right_trim_after_end = tag.right_trim;
        }
        let mut matched = false;
        while self.open.len() > 1 && !matched {
            let expected = self.open.last().map(|open| open.end.clone()).unwrap_or_default();
            matched = expected == tag.name;
            if !matched {
                let reason = format!("`end{opened}` stands where `{expected}` is expected");
                self.fault(extent, FaultKind::Fatal, &reason);
            }
            self.close(if matched { extent.end } else { extent.start });
        }
        if !matched && self.dialect >= Dialect::V2_6_0 {
            self.fault(extent, FaultKind::Ignored, &format!("there is no `{opened}` that this ends"));
        }
    }

    /// Ends the innermost open tag at `end`.
    fn close(&mut self, end: usize) {
        self.flush();
        let Some(mut open) = self.open.pop() else { return };
        let too_deep = self.open.len() > MAX_NESTING;
        let extent = Extent::new(open.tag.start, end);
        let tag = open.tag;
        let trims = open.right_trim_after_end;
        let kind = if too_deep { NodeKind::Unsupported(Vec::new()) } else { self.body_kind(&mut open) };
        if let Some(parent) = self.open.last_mut() {
            parent.nodes.push(Node { extent, tag, kind });
            parent.last = Sibling::Tag { trims };
        }
    }

    fn body_kind(&self, open: &mut Open) -> NodeKind {
        let blank = open.helpers.of(self.text).chars().all(is_java_whitespace);
        match open.name.as_str() {
            "if" | "unless" if blank => NodeKind::Malformed(format!("`{}` expects an expression", open.name)),
            "if" | "unless" => {
                end_branch(open);
                NodeKind::If(std::mem::take(&mut open.branches))
            }
            "for" => self.for_kind(open),
            "raw" => NodeKind::Raw(std::mem::take(&mut open.raw)),
            "set" => self.set_block_kind(open),
            "do" => NodeKind::DoBlock(std::mem::take(&mut open.nodes)),
            "macro" => self.macro_kind(open),
            _ => NodeKind::Unsupported(std::mem::take(&mut open.nodes)),
        }
    }

    fn for_kind(&self, open: &mut Open) -> NodeKind {
        let Some(helpers) = tags::for_helpers(self.text, open.helpers, self.dialect) else {
            return NodeKind::Malformed("`for` expects `… in …`".to_owned());
        };
        let names = helpers.names.iter().map(|name| Name { text: name.of(self.text).into(), extent: *name });
        let origins = expression::Origins::Each(&helpers.origins);
        NodeKind::For(Loop {
            names: names.collect(),
            iterable: expression::parse(&helpers.iterable, &origins, self.dialect, &self.macros),
            body: std::mem::take(&mut open.nodes),
        })
    }

    fn macro_kind(&self, open: &mut Open) -> NodeKind {
        let body = std::mem::take(&mut open.nodes);
        // With a point in it, it may be a macro that is put into a variable.
        if open.helpers.of(self.text).contains('.') {
            return NodeKind::Unsupported(body);
        }
        let Some(heading) = macros::heading(self.text, open.helpers) else {
            return NodeKind::Malformed("`macro` expects a name and parentheses".to_owned());
        };
        let parameter = |(name, default): &(Extent, Option<Extent>)| {
            (name.of(self.text).into(), default.map(|default| self.expression(default)))
        };
        let name = heading.name.of(self.text).into();
        let parameters = heading.parameters.iter().map(parameter).collect();
        NodeKind::Macro(Arc::new(Macro { name, parameters, body, text: Arc::clone(&self.shared) }))
    }

    fn set_block_kind(&self, open: &mut Open) -> NodeKind {
        let helpers = open.helpers.of(self.text);
        let bar = helpers.find('|').map(|at| open.helpers.start + at);
        let name = self.name(Extent::new(open.helpers.start, bar.unwrap_or(open.helpers.end)));
        let filtered = bar.is_some().then(|| self.expression(open.helpers));
        NodeKind::SetBlock(SetBlock { name, filtered, body: std::mem::take(&mut open.nodes) })
    }
}

fn end_branch(open: &mut Open) {
    let (tag, condition) = std::mem::take(&mut open.branch);
    let negated = open.branches.is_empty() && open.name == "unless";
    open.branches.push(Branch { tag, condition, negated, body: std::mem::take(&mut open.nodes) });
}

fn is_known(name: &str) -> bool {
    matches!(name, "if" | "unless" | "elif" | "else" | "for" | "set" | "do" | "print" | "raw" | "macro")
        || UNSUPPORTED.iter().any(|(unsupported, _)| *unsupported == name)
}

/// Takes the blanks away that the tags around a text take.
fn apply_trims(pending: &mut Pending, text: &str) {
    match (pending.left_trim, pending.right_trim) {
        (false, false) => {}
        (true, true) => {
            trim_start(&mut pending.parts, text, is_trimmed);
            trim_end(&mut pending.parts, text, is_trimmed);
        }
        (true, false) => trim_start(&mut pending.parts, text, is_java_whitespace),
        (false, true) => trim_end(&mut pending.parts, text, is_java_whitespace),
    }
}

fn trim_start(parts: &mut [Extent], text: &str, blank: fn(char) -> bool) {
    for part in parts {
        part.start = part.end - part.of(text).trim_start_matches(blank).len();
        if !part.is_empty() {
            break;
        }
    }
}

fn trim_end(parts: &mut [Extent], text: &str, blank: fn(char) -> bool) {
    for part in parts.iter_mut().rev() {
        part.end = part.start + part.of(text).trim_end_matches(blank).len();
        if !part.is_empty() {
            break;
        }
    }
}
