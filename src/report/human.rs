//! Findings for people: a header, the lines around each place with the labels drawn below, and help.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use miette::{GraphicalTheme, LabeledSpan, MietteHandler, MietteHandlerOpts, ReportHandler, SourceCode};

use super::{Results, clean, counted, is_unsafe};
use crate::diagnostic::{Diagnostic, Label, Severity, Silencer, Unread};
use crate::source::{FileId, SourceFile, Sources};
use crate::syntax::secrets;

/// A label over more lines is drawn on its first line only.
const MOST_LINES: usize = 6;
/// A line with more characters is not drawn.
const LONGEST_LINE: usize = 400;

/// How the report looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appearance {
    /// ANSI colours.
    pub color: bool,
    /// Columns; `None` takes those of the terminal.
    pub width: Option<usize>,
    /// Shows secrets in the lines drawn.
    pub show_secrets: bool,
    /// Ends with a line that sums up.
    pub summary: bool,
    /// Ends with the number of findings of each rule.
    pub statistics: bool,
}

/// The whole report. An error can only come from drawing.
pub fn report_human(results: &Results<'_>, appearance: Appearance) -> Result<String, fmt::Error> {
    let mut report = Report {
        sources: results.sources,
        appearance,
        handler: handler(appearance),
        texts: BTreeMap::new(),
        out: String::new(),
    };
    for diagnostic in results.diagnostics {
        report.diagnostic(diagnostic)?;
    }
    for unread in results.unread {
        report.unread(unread)?;
    }
    if appearance.summary {
        if !results.unread.is_empty() {
            report.out.push('\n');
        }
        writeln!(report.out, "{}", summary(results))?;
    }
    if appearance.statistics {
        report.out.push_str(&statistics(results.diagnostics));
    }
    Ok(report.out)
}

fn handler(appearance: Appearance) -> MietteHandler {
    let theme = if appearance.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let options = MietteHandlerOpts::new()
        .graphical_theme(theme)
        .color(appearance.color)
        .unicode(true)
        .force_graphical(true)
        .terminal_links(false)
        .without_syntax_highlighting()
        .without_cause_chain()
        .context_lines(1)
        .tab_width(4)
        .break_words(false);
    match appearance.width {
        Some(width) => options.width(width),
        None => options,
    }
    .build()
}

struct Report<'a> {
    sources: &'a Sources,
    appearance: Appearance,
    handler: MietteHandler,
    texts: BTreeMap<FileId, Shown>,
    out: String,
}

impl Report<'_> {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> fmt::Result {
        let head = format!("{}[{}]", diagnostic.severity.as_str(), diagnostic.code);
        let head = self.painted(&head, diagnostic.severity);
        writeln!(self.out, "{head} {}", clean(&diagnostic.message))?;
        let mut files: Vec<(FileId, Vec<&Label>)> = Vec::new();
        for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.related) {
            match files.iter_mut().find(|(file, _)| *file == label.span.file) {
                Some((_, labels)) => labels.push(label),
                None => files.push((label.span.file, vec![label])),
            }
        }
        for (index, (file, labels)) in files.iter().enumerate() {
            let arrow = if index == 0 { "-->" } else { ":::" };
            self.file(arrow, *file, labels, diagnostic.severity)?;
        }
        if let Some(help) = &diagnostic.help {
            let drawing = Drawing { help: Some(clean(help)), ..Drawing::default() };
            self.draw(&drawing)?;
        }
        self.out.push('\n');
        Ok(())
    }

    /// The place of the first label, and the lines around all of them.
    fn file(&mut self, arrow: &str, id: FileId, labels: &[&Label], severity: Severity) -> fmt::Result {
        let (Some(source), Some(first)) = (self.sources.file(id), labels.first()) else { return Ok(()) };
        let position = source.position(first.span.start);
        let node = self.sources.node_name(id).map(|node| format!("{node}: ")).unwrap_or_default();
        let place = format!("{node}{}:{}:{}", source.path, position.line, position.column);
        write!(self.out, "  {arrow} {}", clean(&place))?;
        let show_secrets = self.appearance.show_secrets;
        let shown = self.texts.entry(id).or_insert_with(|| Shown::of(source, show_secrets));
        let spans: Vec<LabeledSpan> = labels
            .iter()
            .enumerate()
            .map(|(index, label)| {
                let (start, length) = shown.clipped(source, label);
                let text = (!label.message.is_empty()).then(|| clean(&label.message));
                if index == 0 {
                    LabeledSpan::new_primary_with_span(text, (start, length))
                } else {
                    LabeledSpan::new_with_span(text, (start, length))
                }
            })
            .collect();
        let drawable = !source.absent
            && !shown.text.trim().is_empty()
            && spans.iter().all(|span| !shown.has_long_line(span.offset(), span.len()));
        if drawable {
            self.out.push('\n');
            let drawing =
                Drawing { text: Some(Arc::clone(&shown.text)), labels: spans, help: None, severity };
            return self.draw(&drawing);
        }
        let messages: Vec<String> = labels.iter().map(|label| clean(&label.message)).collect();
        let messages: Vec<&str> =
            messages.iter().map(String::as_str).filter(|message| !message.is_empty()).collect();
        let absent = if source.absent { " (not in the input)" } else { "" };
        let colon = if messages.is_empty() { "" } else { ": " };
        writeln!(self.out, "{absent}{colon}{}", messages.join("; "))
    }

    /// Draws without the line that the drawing starts with: our header stands there.
    fn draw(&mut self, drawing: &Drawing) -> fmt::Result {
        let mut text = String::new();
        write!(text, "{}", Drawn(&self.handler, drawing))?;
        let (_, body) = text.split_once('\n').unwrap_or_default();
        for line in body.lines() {
            // The place stands above the drawing already.
            match line.split_once("╭─[") {
                Some((indent, _)) if indent.trim().is_empty() => writeln!(self.out, "{indent}╭────")?,
                _ => writeln!(self.out, "{}", line.trim_end())?,
            }
        }
        Ok(())
    }

    fn unread(&mut self, unread: &Unread) -> fmt::Result {
        let head = self.painted("cannot read", Severity::Error);
        let node = unread.node.as_ref().filter(|node| **node != unread.file);
        let node = node.map(|node| format!("{node}: ")).unwrap_or_default();
        let place = match (unread.line, unread.column) {
            (Some(line), Some(column)) => format!(":{line}:{column}"),
            (Some(line), None) => format!(":{line}"),
            _ => String::new(),
        };
        let text = format!("{node}{}{place}: {}", unread.file, unread.reason);
        writeln!(self.out, "{head} {}", clean(&text))
    }

    fn painted(&self, text: &str, severity: Severity) -> String {
        let code = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Info => "1;36",
        };
        if self.appearance.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// The text of a file as it may be shown.
struct Shown {
    text: Arc<String>,
    /// True when byte offsets are those of the file.
    is_aligned: bool,
}

impl Shown {
    fn of(source: &SourceFile, show_secrets: bool) -> Self {
        let masked =
            if show_secrets { source.text.clone() } else { secrets::mask(&source.path, &source.text) };
        let mut text = String::with_capacity(masked.len());
        let mut letters = masked.chars().peekable();
        while let Some(letter) = letters.next() {
            text.push(match letter {
                '\r' if letters.peek() == Some(&'\n') => '\r',
                '\r' => '\n',
                '\n' | '\t' => letter,
                _ if letter.is_ascii_control() => '?',
                _ if is_unsafe(letter) => '\u{fffd}',
                _ => letter,
            });
        }
        Self { is_aligned: text.len() == source.text.len(), text: Arc::new(text) }
    }

    /// Start and length of a label in the shown text; of one over many lines only the first line.
    fn clipped(&self, source: &SourceFile, label: &Label) -> (usize, usize) {
        let start = self.offset(source, label.span.start as usize);
        let end = self.offset(source, label.span.end as usize).max(start);
        let under = self.text.get(start..end).unwrap_or("");
        let length = match under.lines().next() {
            Some(first) if under.lines().nth(MOST_LINES).is_some() => first.len(),
            _ => under.len(),
        };
        (start, length)
    }

    fn offset(&self, source: &SourceFile, offset: usize) -> usize {
        let mut offset = offset.min(source.text.len());
        while !source.text.is_char_boundary(offset) {
            offset -= 1;
        }
        if self.is_aligned && self.text.is_char_boundary(offset) {
            return offset;
        }
        let letters = source.text.get(..offset).map_or(0, |text| text.chars().count());
        self.text.char_indices().nth(letters).map_or(self.text.len(), |(index, _)| index)
    }

    fn has_long_line(&self, start: usize, length: usize) -> bool {
        let before = self.text.get(..start).unwrap_or("");
        let from = before.rfind('\n').map_or(0, |index| index + 1);
        let behind = self.text.get(start + length..).unwrap_or("");
        let to = start + length + behind.find('\n').unwrap_or(behind.len());
        self.text.get(from..to).is_some_and(|lines| lines.lines().any(|line| line.len() > LONGEST_LINE))
    }
}

/// What miette draws: the labels of one file.
#[derive(Debug)]
struct Drawing {
    text: Option<Arc<String>>,
    labels: Vec<LabeledSpan>,
    help: Option<String>,
    severity: Severity,
}

impl Default for Drawing {
    fn default() -> Self {
        Self { text: None, labels: Vec::new(), help: None, severity: Severity::Info }
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawing {}

impl miette::Diagnostic for Drawing {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.text.as_ref().map(|text| text as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as Box<_>)
    }
}

struct Drawn<'a>(&'a MietteHandler, &'a Drawing);

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug(self.1, formatter)
    }
}

/// Numbers of nodes, findings and what was not read, in one line.
pub fn summary(results: &Results<'_>) -> String {
    let nodes = results.nodes.len();
    let mut parts: Vec<String> = (nodes > 0).then(|| counted(nodes, "node", "nodes")).into_iter().collect();
    if results.diagnostics.is_empty() {
        parts.push("no findings".to_owned());
    }
    for (severity, one, many) in [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "info", "infos"),
    ] {
        let count = results.count(severity);
        if count > 0 {
            parts.push(counted(count, one, many));
        }
    }
    let of_baseline = results.silenced.iter().filter(|silenced| silenced.by == Silencer::Baseline).count();
    for (count, word) in
        [(results.silenced.len() - of_baseline, "suppressed"), (of_baseline, "in the baseline")]
    {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    if !results.unread.is_empty() {
        parts.push(format!("{} not read", results.unread.len()));
    }
    parts.join(", ")
}

/// The number of findings of each rule, most frequent first.
pub fn statistics(diagnostics: &[Diagnostic]) -> String {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        *counts.entry((&diagnostic.code, &diagnostic.rule)).or_insert(0) += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(&right.0)));
    counts.iter().map(|((code, rule), count)| format!("{count:>6} {code} {rule}\n")).collect()
}
