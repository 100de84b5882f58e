//! Which template line and which keys made a line of a rendered file.

use std::ops::Range;

use serde::Serialize;

use super::jinja::{Extent, FrameKind, Piece, Source};
use super::mask::Masked;
use super::phases::{Configuration, Origin, ReferenceKind, Trace};
use super::rendering::{RenderedFile, Rendering};
use super::value::{KeyPath, Map, Step, Value};
use crate::source::{Position, SourceFile};

/// Keys that led to a key are followed so many steps back.
const MOST_STEPS_BACK: usize = 8;

/// Where the lines of a rendered file came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Path of the file below the home.
    pub file: String,
    /// Path of its template, below the folder of the pack's rule files.
    pub template: String,
    /// The lines: the one that was asked for, or all that an expression took part in.
    pub lines: Vec<LineOrigin>,
}

/// Where a line came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineOrigin {
    /// Its number, from 1.
    pub line: u32,
    /// What it says.
    pub text: String,
    /// The line of the template that it begins on.
    pub template_line: u32,
    /// The values in it.
    pub values: Vec<ValueOrigin>,
    /// The `if`s and `for`s around it, the innermost first.
    pub conditions: Vec<ConditionOrigin>,
}

/// A value that an expression put into a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueOrigin {
    /// What it wrote into this line.
    pub text: String,
    /// The expression's tag.
    pub tag: Tag,
    /// The keys that it read.
    pub keys: Vec<KeyOrigin>,
}

/// An `if` or `for` around a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConditionOrigin {
    /// The opening tag.
    pub tag: Tag,
    /// The turn of a `for`, from 1.
    pub turn: Option<usize>,
    /// The branch of an `if` that was taken, from 1.
    pub branch: Option<usize>,
    /// The keys that it read.
    pub keys: Vec<KeyOrigin>,
}

/// A tag of the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// Its text.
    pub text: String,
    /// Line in the template, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// How a key that was read came by its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyOrigin {
    /// The key as templates name it.
    pub key: String,
    /// How it came by its value.
    #[serde(flatten)]
    pub origin: How,
    /// Variables and secrets that stood in the value, as written: `$env{DB_HOST}`.
    pub placeholders: Vec<String>,
    /// The key whose value implied it, and the keys that a `$ref{}` in it names.
    pub because: Vec<KeyOrigin>,
}

/// How a key came by its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "origin", rename_all = "lowercase")]
pub enum How {
    /// Written in deployment.toml.
    Written {
        /// The key as it is written there.
        written_as: String,
        /// Path of deployment.toml.
        file: String,
        /// Line of the value, from 1.
        line: u32,
        /// Column in characters, from 1.
        column: u32,
    },
    /// Implied by the value of another key.
    Inferred {
        /// The key of infer.json.
        rule: String,
        /// The value that implied it.
        value: String,
    },
    /// From default.json.
    Default,
    /// A table that several keys fill.
    Table,
    /// Nothing sets it.
    Unset,
}

/// Explains a line of a rendered file, or all that an expression took part in. `None` where the file has no such line.
#[must_use]
pub fn explain(
    rendering: &Rendering<'_>,
    file: &RenderedFile,
    line: Option<u32>,
    show_secrets: bool,
) -> Option<Explanation> {
    let template = rendering.pack.template(&file.path)?;
    let explainer = Explainer {
        file,
        masked: Masked::of_rendered(file, show_secrets),
        template: SourceFile::new(&*template.path, &*template.path, template.template.text.clone()),
        toml: SourceFile::new(&*rendering.toml.path, &*rendering.toml.path, rendering.toml.text.clone()),
        configuration: &rendering.configuration,
    };
    let ranges = (1..).zip(line_ranges(file.text()));
    let lines: Vec<_> = match line {
        Some(wanted) => {
            let range = ranges.clone().find(|(number, _)| *number == wanted).map(|(_, range)| range)?;
            vec![explainer.line(wanted, range)]
        }
        None => ranges
            .map(|(number, range)| explainer.line(number, range))
            .filter(|line| !line.values.is_empty())
            .collect(),
    };
    Some(Explanation { file: file.path.clone(), template: template.path.clone(), lines })
}

/// The lines of a text with their line feeds.
fn line_ranges(text: &str) -> impl Iterator<Item = Range<usize>> + Clone {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let range = start..start + line.len();
        start = range.end;
        range
    })
}

struct Explainer<'a> {
    file: &'a RenderedFile,
    masked: Masked<'a>,
    template: SourceFile,
    toml: SourceFile,
    configuration: &'a Configuration,
}

impl Explainer<'_> {
    fn line(&self, number: u32, range: Range<usize>) -> LineOrigin {
        let pieces = self.pieces(&range);
        let text = self.masked.slice(range.clone());
        LineOrigin {
            line: number,
            text: text.trim_end_matches(['\n', '\r']).to_owned(),
            template_line: pieces.first().map_or(1, |piece| self.template_line(piece, range.start)),
            values: pieces.iter().filter_map(|piece| self.value(piece, &range)).collect(),
            conditions: self.conditions(pieces),
        }
    }

    fn pieces(&self, range: &Range<usize>) -> &[Piece] {
        let pieces = &self.file.rendered.pieces;
        let first = pieces.partition_point(|piece| piece.range.end <= range.start);
        let end = pieces.partition_point(|piece| piece.range.start < range.end);
        pieces.get(first..end).unwrap_or_default()
    }

    /// Literal text runs along its template, so that the place in it tells the line.
    fn template_line(&self, piece: &Piece, at: usize) -> u32 {
        let within = match piece.source {
            Source::Literal => at.saturating_sub(piece.range.start),
            Source::Output { .. } => 0,
        };
        self.position(piece.template.start + within).line
    }

    fn position(&self, offset: usize) -> Position {
        self.template.position(u32::try_from(offset).unwrap_or(u32::MAX))
    }

    fn value(&self, piece: &Piece, line: &Range<usize>) -> Option<ValueOrigin> {
        let Source::Output { reads } = &piece.source else { return None };
        let part = piece.range.start.max(line.start)..piece.range.end.min(line.end);
        let text = self.masked.slice(part);
        Some(ValueOrigin {
            text: text.trim_end_matches('\n').to_owned(),
            tag: self.tag(piece.template),
            keys: self.keys(reads),
        })
    }

    fn conditions(&self, pieces: &[Piece]) -> Vec<ConditionOrigin> {
        let mut conditions = Vec::new();
        for piece in pieces {
            let mut turn = None;
            for frame in self.file.rendered.frames_from(piece.frame) {
                let (branch, reads) = match &frame.kind {
                    FrameKind::Turn { index } => {
                        turn = Some(index + 1);
                        continue;
                    }
                    FrameKind::Loop { reads, .. } => (None, reads),
                    FrameKind::Branch { taken, reads } => (taken.map(|taken| taken + 1), reads),
                };
                let tag = self.tag(frame.template);
                let condition = ConditionOrigin { tag, turn: turn.take(), branch, keys: self.keys(reads) };
                if !conditions.contains(&condition) {
                    conditions.push(condition);
                }
            }
        }
        conditions
    }

    fn tag(&self, extent: Extent) -> Tag {
        let Position { line, column } = self.position(extent.start);
        Tag { text: extent.of(&self.template.text).to_owned(), line, column }
    }

    fn keys(&self, reads: &[KeyPath]) -> Vec<KeyOrigin> {
        let read = |path: &KeyPath| {
            let origins = &self.configuration.origins;
            match (value_at(&self.configuration.context, path), origins.of(path)) {
                (None, _) => untraced(path.to_string(), How::Unset),
                (Some(_), None) => untraced(path.to_string(), How::Table),
                (Some(_), Some(trace)) => self.key(path.to_string(), trace, MOST_STEPS_BACK),
            }
        };
        reads.iter().map(read).collect()
    }

    fn key(&self, key: String, trace: Trace, steps_left: usize) -> KeyOrigin {
        let Trace { origin, references, .. } = trace;
        let mut causes = Vec::new();
        if let Origin::Inferred { from, .. } = &origin {
            causes.push(from.clone());
        }
        let (named, others): (Vec<_>, Vec<_>) =
            references.into_iter().partition(|reference| reference.kind == ReferenceKind::Configuration);
        causes.extend(named.into_iter().map(|reference| reference.name));
        let because = |cause: String| match self.configuration.origins.of_key(&cause) {
            Some(trace) => self.key(cause, trace, steps_left.saturating_sub(1)),
            None => untraced(cause, How::Unset),
        };
        KeyOrigin {
            key,
            origin: self.how(origin),
            placeholders: others.iter().map(|one| format!("{}{}}}", one.kind.prefix(), one.name)).collect(),
            because: if steps_left == 0 { Vec::new() } else { causes.into_iter().map(because).collect() },
        }
    }

    fn how(&self, origin: Origin) -> How {
        match origin {
            Origin::Written { key, span, .. } => {
                let Position { line, column } = self.toml.position(span.start);
                How::Written { written_as: key, file: self.toml.path.clone(), line, column }
            }
            Origin::Inferred { rule, value, .. } => How::Inferred { rule, value },
            Origin::Default => How::Default,
        }
    }
}

fn untraced(key: String, origin: How) -> KeyOrigin {
    KeyOrigin { key, origin, placeholders: Vec::new(), because: Vec::new() }
}

fn value_at<'a>(context: &'a Map, path: &KeyPath) -> Option<&'a Value> {
    let (first, inner) = path.steps.split_first()?;
    let Step::Key(name) = first else { return None };
    inner.iter().try_fold(context.get(name)?, |value, step| match (value, step) {
        (Value::Map(map), Step::Key(key)) => map.get(key),
        (Value::List(items), Step::Index(index)) => items.get(*index),
        _ => None,
    })
}
