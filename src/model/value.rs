//! Values that know where they came from and whether anybody wrote them.

use std::fmt;
use std::ops::Range;

use crate::source::Span;
use crate::syntax::Scalar;
use crate::syntax::secrets::MASK;

/// Where a value came from. Rules are silent on [`Origin::Unknown`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Stands in a file of the node.
    Written,
    /// The file is left out by the input; this is the value of the untouched pack.
    Vanilla,
    /// Nobody wrote it: the server's own default or an inferred value.
    Derived,
    /// A placeholder nobody can resolve, a secret alias, or a file that could not be read.
    Unknown,
}

/// A value with its place and origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T = String> {
    /// The value; for [`Origin::Unknown`] the raw text or a stand-in that must not be judged.
    pub value: T,
    /// What a finding about the value points at; for a value that nobody wrote, the element, table or file that
    /// should hold it.
    pub span: Span,
    /// Where it came from.
    pub origin: Origin,
    inner: u32,
    verbatim: u32,
}

impl<T> Setting<T> {
    /// A value without text of its own: derived or unknown, pointing at what should hold it.
    pub fn at(value: T, span: Span, origin: Origin) -> Self {
        Self { value, span, origin, inner: span.start, verbatim: 0 }
    }

    /// The value, unless it is unknown.
    pub fn known(&self) -> Option<&T> {
        (self.origin != Origin::Unknown).then_some(&self.value)
    }

    /// True for a value that stands in a file of the node.
    pub fn is_written(&self) -> bool {
        self.origin == Origin::Written
    }

    /// The same place with another value.
    pub fn map<U>(&self, convert: impl FnOnce(&T) -> U) -> Setting<U> {
        Setting {
            value: convert(&self.value),
            span: self.span,
            origin: self.origin,
            inner: self.inner,
            verbatim: self.verbatim,
        }
    }

    /// The place of nothing but the value, where it stands in a file as this text, without any escape.
    pub fn bare(&self, text: &str) -> Option<Span> {
        let length =
            u32::try_from(text.len()).ok().filter(|length| *length > 0 && *length == self.verbatim)?;
        let end = self.inner.checked_add(length)?;
        let bare = Span { file: self.span.file, start: self.inner, end };
        (self.is_written() && self.span.contains(&bare)).then_some(bare)
    }

    /// The same value with another origin.
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }
}

impl Setting<String> {
    /// A value read from a file, surrounding white space dropped.
    pub fn read(scalar: &Scalar, origin: Origin) -> Self {
        let Scalar { text, span, inner, verbatim } = scalar.trimmed();
        Self { value: text, span, origin, inner, verbatim }
    }

    /// The value, unless it is unknown.
    pub fn text(&self) -> Option<&str> {
        self.known().map(String::as_str)
    }

    /// The same place with another text, such as one whose variables were filled in: parts can be told as far as both
    /// texts agree.
    pub fn with_text(mut self, text: String) -> Self {
        let same = self.value.bytes().zip(text.bytes()).take_while(|(left, right)| left == right).count();
        self.verbatim = self.verbatim.min(u32::try_from(same).unwrap_or(u32::MAX));
        self.value = text;
        self
    }

    /// The place of a part of the text; the whole place where that part cannot be told from its escapes.
    pub fn part(&self, range: Range<usize>) -> Span {
        Scalar { text: String::new(), span: self.span, inner: self.inner, verbatim: self.verbatim }
            .part(range)
    }

    /// Reads another type from the text; unknown where the text is unknown or does not fit.
    pub fn parse<T: Default>(&self, read: impl FnOnce(&str) -> Option<T>) -> Setting<T> {
        match self.text().and_then(read) {
            Some(value) => self.map(|_| value),
            None => self.map(|_| T::default()).with_origin(Origin::Unknown),
        }
    }

    /// The text where it is known and no number that a port or an offset can have.
    pub fn malformed_port(&self) -> Option<Self> {
        let text = self.text().map(|text| text.strip_suffix(".0").unwrap_or(text))?;
        text.parse::<u16>().is_err().then(|| self.clone())
    }

    /// A boolean as Java's `parseBoolean` reads it: `true` in any case is true, everything else is false.
    pub fn boolean(&self) -> Setting<bool> {
        self.parse(|text| Some(text.eq_ignore_ascii_case("true")))
    }

    /// A port or an offset.
    pub fn port(&self) -> Setting<u16> {
        self.parse(|text| text.parse().ok())
    }

    /// The text as a secret, which nothing can print.
    pub fn secret(&self) -> Setting<Secret> {
        self.map(|text| Secret(text.clone()))
    }
}

impl Setting<bool> {
    /// True only where the value is known to be true.
    pub fn is_true(&self) -> bool {
        self.known() == Some(&true)
    }

    /// True only where the value is known to be false.
    pub fn is_false(&self) -> bool {
        self.known() == Some(&false)
    }
}

/// A password or key: it can be compared, never printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// True when the secret is exactly this text.
    pub fn is(&self, text: &str) -> bool {
        self.0 == text
    }

    /// True when such a letter is in the secret.
    pub fn any(&self, is_meant: impl Fn(char) -> bool) -> bool {
        self.0.contains(is_meant)
    }

    /// True for an empty secret.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}
