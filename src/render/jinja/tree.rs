//! The syntax tree of a template, with the place of each part.

use std::sync::Arc;

/// A range of bytes of a template's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Extent {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Extent {
    /// From `start` to before `end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The text that lies here; empty where the extent is not one of `text`.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether it holds no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The smallest extent that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A Jinjava release that a pack carries, as far as it makes a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// API Manager 3.0.0 to 4.0.0.
    V2_4_14,
    /// API Manager 4.1.0 and 4.2.0.
    V2_6_0,
    /// API Manager 4.3.0 and later.
    V2_7_2,
}

/// What is wrong with a template, found while reading or while rendering it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where in the template.
    pub extent: Extent,
    /// What comes of it.
    pub kind: FaultKind,
    /// What is wrong, in the operator's words.
    pub reason: String,
}

/// What comes of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// Jinjava notes it and the server goes on (`TemplateError.ErrorType.WARNING`).
    Ignored,
    /// The server does not start: `Jinjava.render` throws `FatalTemplateErrorsException`.
    Fatal,
    /// The server may well render this, but this renderer does not know how.
    Unsupported,
}

/// A template that was read.
#[derive(Debug, Clone)]
pub struct Template {
    /// The text that all extents are of.
    pub text: String,
    /// Which Jinjava read it.
    pub dialect: Dialect,
    /// What stands in it, in order.
    pub nodes: Vec<Node>,
    /// What was wrong with its tags. A fault of an expression lies in the tree ([`ExpressionKind::Invalid`]), since Jinjava
    /// reads an expression only when it comes by.
    pub faults: Vec<Fault>,
}

/// One part of a template.
#[derive(Debug, Clone)]
pub struct Node {
    /// All of it, up to the end tag.
    pub extent: Extent,
    /// Its opening tag, `{{ }}`, or text.
    pub tag: Extent,
    /// What it is.
    pub kind: NodeKind,
}

/// What a [`Node`] is.
#[derive(Debug, Clone)]
pub enum NodeKind {
    /// Text that is written as it stands; what whitespace control takes away is not part of the extent.
    Literal,
    /// `{{ … }}`.
    Output(Expression),
    /// `{% if %}` or `{% unless %}` with its `elif` and `else`: the first branch whose condition holds is rendered.
    If(Vec<Branch>),
    /// `{% for %}`.
    For(Loop),
    /// `{% set a, b = x, y %}`: as many values as names, or one name and the first of the values.
    Set {
        /// The variables.
        names: Vec<Name>,
        /// What they become.
        values: Vec<Expression>,
    },
    /// `{% set a %}…{% endset %}`.
    SetBlock(SetBlock),
    /// `{% do … %}`: evaluated for its effect.
    Do(Expression),
    /// `{% do %}…{% enddo %}`: rendered, and the text thrown away.
    DoBlock(Vec<Node>),
    /// `{% print … %}`: written without being rendered again.
    Print(Expression),
    /// `{% raw %}…{% endraw %}`: these parts of the text.
    Raw(Vec<Extent>),
    /// A tag without effect where it stands: an `else` outside of `if`.
    Ignored,
    /// A tag that Jinjava cannot make sense of when it comes by: rendering ends there.
    Malformed(String),
    /// `{% macro %}`: writes nothing where it stands, and gives expressions a function.
    Macro(Arc<Macro>),
    /// A tag that this renderer does not know how to render (`include`, `block`, …), and what stands in it.
    Unsupported(Vec<Node>),
}

/// One branch of an `if`.
#[derive(Debug, Clone)]
pub struct Branch {
    /// Its tag: `{% if … %}`, `{% elif … %}`, `{% else %}`.
    pub tag: Extent,
    /// When it is rendered; an `else` has no condition.
    pub condition: Option<Expression>,
    /// True for `unless`: rendered when the condition does not hold.
    pub negated: bool,
    /// What stands in it.
    pub body: Vec<Node>,
}

/// A `for`.
#[derive(Debug, Clone)]
pub struct Loop {
    /// One variable for the element, or two for key and value, or one for each element of an inner list.
    pub names: Vec<Name>,
    /// What is iterated.
    pub iterable: Expression,
    /// What stands in it.
    pub body: Vec<Node>,
}

/// A `set` with a body.
#[derive(Debug, Clone)]
pub struct SetBlock {
    /// The variable, which first becomes the rendered body.
    pub name: Name,
    /// The variable with filters, evaluated after that.
    pub filtered: Option<Expression>,
    /// What stands in it.
    pub body: Vec<Node>,
}

/// A `macro`.
#[derive(Debug, Clone)]
pub struct Macro {
    /// What calls it.
    pub name: Arc<str>,
    /// The variables that a call gives values, each with what it is where the call gives none.
    pub parameters: Vec<(Arc<str>, Option<Expression>)>,
    /// What stands in it.
    pub body: Vec<Node>,
    /// The text of the template that it stands in.
    pub text: Arc<str>,
}

/// A variable that a tag sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// How it is called.
    pub text: Arc<str>,
    /// Where.
    pub extent: Extent,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// Where it stands, without parentheses around it.
    pub extent: Extent,
    /// What it is.
    pub kind: ExpressionKind,
    /// How many levels it has; the parser bounds it, so that a walk over the tree may recurse.
    pub(super) height: u16,
}

/// What an [`Expression`] is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionKind {
    /// Nothing at all, as in `{{ }}`.
    Blank,
    /// Not an expression; evaluating it is a fatal fault.
    Invalid(String),
    /// Perhaps an expression, but not one that this renderer can read.
    Unsupported(String),
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point or an exponent.
    Double(f64),
    /// A string.
    Text(Arc<str>),
    /// `[a, b]`.
    List(Vec<Expression>),
    /// `(a, b)`.
    Tuple(Vec<Expression>),
    /// `{a: b, 'c': d}`; a key that is a name stands for itself.
    Map(Vec<(Expression, Expression)>),
    /// A variable.
    Name(Arc<str>),
    /// `object.name`.
    Member(Box<Expression>, Arc<str>),
    /// `object[index]`.
    Index(Box<Expression>, Box<Expression>),
    /// `object[from:to]`.
    Slice(Box<Expression>, Option<Box<Expression>>, Option<Box<Expression>>),
    /// `object.method(arguments)`, a method of the Java object.
    Method(Box<Expression>, Arc<str>, Vec<Expression>),
    /// `name(arguments)`; the name may have a namespace, as in `fn:list`.
    Function(Arc<str>, Vec<Expression>),
    /// `input | name(arguments)`.
    Filter(Box<Expression>, Arc<str>, Vec<Expression>),
    /// `input is name argument`, `input is not name argument`.
    Test {
        /// What is tested.
        input: Box<Expression>,
        /// The name of the test.
        name: Arc<str>,
        /// True for `is not`.
        negated: bool,
        /// What it is tested against.
        argument: Option<Box<Expression>>,
    },
    /// An operator in front.
    Unary(Unary, Box<Expression>),
    /// An operator between.
    Binary(Binary, Box<Expression>, Box<Expression>),
    /// `then if condition else otherwise`, `condition ? then : otherwise`.
    Choice {
        /// Which of the two.
        condition: Box<Expression>,
        /// Where it holds.
        then: Box<Expression>,
        /// Where it does not; null if left out.
        otherwise: Option<Box<Expression>>,
    },
    /// `name=value` among arguments.
    Named(Arc<str>, Box<Expression>),
}

/// An operator in front of its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unary {
    /// `not`, `!`.
    Not,
    /// `-`.
    Negate,
    /// `empty`.
    Empty,
    /// `+` directly before a digit: the absolute value.
    Absolute,
}

/// An operator between its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binary {
    /// `or`, `||`: the left operand if it holds, else the right one.
    Or,
    /// `and`, `&&`: true or false.
    And,
    /// `==`, `eq`.
    Equal,
    /// `!=`, `ne`.
    NotEqual,
    /// `<`, `lt`.
    Less,
    /// `<=`, `le`.
    LessOrEqual,
    /// `>`, `gt`.
    Greater,
    /// `>=`, `ge`.
    GreaterOrEqual,
    /// `in`.
    In,
    /// `not in`.
    NotIn,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `~`.
    Concatenate,
    /// `*`.
    Multiply,
    /// `/`, `div`.
    Divide,
    /// `%`, `mod`.
    Remainder,
    /// `//`.
    FloorDivide,
    /// `**`.
    Power,
}
