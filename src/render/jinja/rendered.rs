//! What rendering gives: the text, and for each byte of it where it comes from.

use super::tree::{Extent, Fault, FaultKind};
use crate::render::value::KeyPath;
use std::ops::Range;

/// A rendered template.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    /// What the server writes.
    pub text: String,
    /// The parts of the text, in order and without gaps.
    pub pieces: Vec<Piece>,
    /// Every condition that was looked at and every turn of a loop; pieces stand in them.
    pub frames: Vec<Frame>,
    /// What went wrong, at most a hundred. With a fatal one among them the server does not start, and the text is what
    /// was rendered until then.
    pub faults: Vec<Fault>,
}

impl Rendered {
    /// Whether the server would start with this template, as far as this renderer knows.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults.iter().all(|fault| fault.kind == FaultKind::Ignored)
    }

    /// Whether the server would not start with this template. Once something was left out that this renderer does not
    /// know, nobody can tell.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        let has = |kind| self.faults.iter().any(|fault| fault.kind == kind);
        has(FaultKind::Fatal) && !has(FaultKind::Unsupported)
    }

    /// The piece that a byte of the text belongs to.
    #[must_use]
    pub fn piece_at(&self, offset: usize) -> Option<&Piece> {
        let at = self.pieces.partition_point(|piece| piece.range.end <= offset);
        self.pieces.get(at).filter(|piece| piece.range.contains(&offset))
    }

    /// The frames around a piece, or around a frame, from the inside out.
    pub fn frames_from(&self, innermost: Option<FrameId>) -> impl Iterator<Item = &Frame> {
        let frame = move |id: FrameId| self.frames.get(id.0);
        std::iter::successors(innermost.and_then(frame), move |inner| inner.parent.and_then(frame))
    }
}

/// A part of the rendered text that comes from one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Bytes of [`Rendered::text`], never none.
    pub range: Range<usize>,
    /// Where in the template: the text itself, or the expression's tag.
    pub template: Extent,
    /// What it was made of.
    pub source: Source,
    /// The innermost branch or loop that it stands in.
    pub frame: Option<FrameId>,
}

/// What a piece was made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// Text of the template.
    Literal,
    /// The value of an expression.
    Output {
        /// The keys that were read for it, in the order in which they were read, each one once.
        reads: Vec<KeyPath>,
    },
}

/// Index of a frame in [`Rendered::frames`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameId(pub usize);

/// One passage of the renderer through an `if` or a `for`.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The frame around it.
    pub parent: Option<FrameId>,
    /// The `{% if %}` or `{% for %}` tag.
    pub template: Extent,
    /// What it is.
    pub kind: FrameKind,
}

/// What a frame is.
#[derive(Debug, Clone, PartialEq)]
pub enum FrameKind {
    /// An `if`.
    Branch {
        /// Which branch was rendered, counted from 0; none if no condition held.
        taken: Option<usize>,
        /// The keys that the conditions read until one held.
        reads: Vec<KeyPath>,
    },
    /// A `for`, around its turns.
    Loop {
        /// How many elements there are.
        turns: usize,
        /// The keys that the iterated expression read.
        reads: Vec<KeyPath>,
    },
    /// One turn of the `for` around it.
    Turn {
        /// Which one, from 0.
        index: usize,
    },
}
