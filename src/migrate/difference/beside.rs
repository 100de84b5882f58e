//! What people wrote in comments beside a setting, and settings that were put into comments.

use crate::catalog::comments;
use crate::input::Parsed;
use crate::source::{SourceFile, Span};
use crate::syntax::secrets;
use crate::syntax::settings::Setting;
use crate::syntax::settings::paths::{Separator, without_positions};

/// A longer comment is no remark about one setting.
const LONGEST: usize = 600;

/// The comments of a file with their places.
pub(super) fn comments(parsed: &Parsed) -> Vec<(Span, &str)> {
    match parsed {
        Parsed::Xml(document) => {
            document.comments.iter().map(|comment| (comment.span, comment.text.as_str())).collect()
        }
        Parsed::Properties(document) => borrowed(&document.comments),
        Parsed::Toml(document) => borrowed(&document.comments),
        Parsed::Json(document) => borrowed(&document.comments),
        Parsed::Nginx(_) | Parsed::Hosts(_) => Vec::new(),
    }
}

fn borrowed(comments: &[(Span, String)]) -> Vec<(Span, &str)> {
    comments.iter().map(|(span, text)| (*span, text.as_str())).collect()
}

/// The comment that holds a setting of the pack which the node does not have.
pub(super) fn commented_out(
    comments: &[(Span, &str)],
    separator: Separator,
    setting: &Setting,
) -> Option<Span> {
    let path = without_positions(&setting.path);
    let holds: Box<dyn Fn(&str) -> bool> = if separator == Separator::Slash {
        let element = path.split("/@").next().unwrap_or(&path);
        let step =
            separator.parent(element).and_then(|parent| element.strip_prefix(parent)).unwrap_or(element);
        let name = step.trim_start_matches('/').split('[').next().unwrap_or("").to_owned();
        let names: Vec<String> = step.split(['\'', '"']).skip(1).step_by(2).map(str::to_owned).collect();
        Box::new(move |text| {
            has_element(text, &name) && names.iter().all(|name| text.contains(name.as_str()))
        })
    } else {
        let key = path.rsplit(['.', ']']).next().unwrap_or(&path).to_owned();
        let key = if separator == Separator::None { path.clone() } else { key };
        Box::new(move |text| {
            text.trim_start()
                .strip_prefix(key.as_str())
                .is_some_and(|rest| rest.trim_start().starts_with(['=', ':']))
        })
    };
    comments.iter().find(|(_, text)| holds(text)).map(|(span, _)| *span)
}

/// True where a start tag of this name stands in a comment.
fn has_element(text: &str, name: &str) -> bool {
    let behind =
        |rest: &str| rest.chars().next().is_none_or(|letter| !letter.is_alphanumeric() && letter != '-');
    text.split('<').skip(1).any(|tag| {
        let tag = tag
            .split_once(':')
            .filter(|(prefix, _)| prefix.chars().all(char::is_alphanumeric))
            .map_or(tag, |(_, tag)| tag);
        tag.strip_prefix(name).is_some_and(behind)
    })
}

/// What a person wrote right before a setting, or behind it on its line. `opens` is the number of elements around the
/// setting that begin with it and are its own: a remark may stand before any of them.
pub(super) fn comment(
    source: &SourceFile,
    comments: &[(Span, &str)],
    setting: Span,
    opens: usize,
) -> Option<String> {
    let text = source.text.as_str();
    let (start, end) = (setting.start as usize, setting.end as usize);
    let found = before(text, comments, start, opens).or_else(|| behind(text, comments, end));
    found.filter(|text| text.len() <= LONGEST).map(|text| secrets::hide_in_remark(&text))
}

fn before(text: &str, comments: &[(Span, &str)], setting: usize, opens: usize) -> Option<String> {
    let is_markup = text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    let mut at = setting;
    let mut opens = opens;
    if is_markup {
        if !text.get(at..)?.starts_with('<') {
            // An attribute: what stands before its element.
            at = text.get(..at)?.rfind('<')?;
            opens = opens.saturating_sub(1);
        }
    } else {
        at = line_start(text, at);
    }
    loop {
        let above = text.get(..at)?.trim_end();
        if text.get(above.len()..at)?.matches('\n').count() > 1 {
            return None;
        }
        if let Some(found) = ending_at(text, comments, above.len(), is_markup) {
            return Some(found);
        }
        opens = opens.checked_sub(1)?;
        at = if is_markup {
            above.rfind('<').filter(|_| above.ends_with('>'))?
        } else {
            line_start(text, above.len())
        };
        if text.get(at..)?.starts_with("</") {
            return None;
        }
    }
}

/// The remark that ends at an offset; of comments that end with their line, those right above belong to it.
fn ending_at(text: &str, comments: &[(Span, &str)], end: usize, is_markup: bool) -> Option<String> {
    let mut index = comments.iter().position(|(span, _)| span.end as usize == end)?;
    let mut lines = Vec::new();
    let mut at = end;
    while let Some((span, body)) = comments.get(index) {
        let start = span.start as usize;
        let alone = text.get(line_start(text, start)..start).is_some_and(|lead| lead.trim().is_empty());
        if span.end as usize != at || !is_remark(body) || !(alone || is_markup) {
            break;
        }
        lines.push(words(body));
        let above = text.get(..start).unwrap_or("").trim_end();
        let gap = text.get(above.len()..start).unwrap_or("").matches('\n').count();
        at = above.len();
        match index.checked_sub(1) {
            Some(next) if !is_markup && gap == 1 => index = next,
            _ => break,
        }
    }
    lines.reverse();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn behind(text: &str, comments: &[(Span, &str)], end: usize) -> Option<String> {
    let (span, body) = comments.iter().find(|(span, _)| span.start as usize >= end)?;
    let between = text.get(end..span.start as usize)?;
    (between.chars().all(|letter| matches!(letter, ' ' | '\t' | ',')) && is_remark(body)).then(|| words(body))
}

/// True for words that a person wrote: neither for what packs ship nor for settings in a comment nor for marks of this
/// program.
fn is_remark(body: &str) -> bool {
    let text = body.trim();
    let is_markup = text
        .split('<')
        .skip(1)
        .any(|tag| tag.starts_with(|letter: char| letter.is_alphabetic() || letter == '/'));
    let first = text.split_once(['=', ':']).map_or("", |(key, _)| key.trim());
    let is_assignment = !first.is_empty()
        && !first.contains(char::is_whitespace)
        && !text.contains("://")
        && text.contains('=');
    text.contains(char::is_alphabetic)
        && !is_markup
        && !is_assignment
        && !text.starts_with('[')
        && !text.starts_with("apimlint:")
        && !comments::is_shipped(body)
}

fn words(body: &str) -> String {
    body.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '#' | '-' | '=' | '*'))
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::{toml, xml};
    use std::sync::Arc;

    const FILE: FileId = FileId { owner: 0, index: 0 };

    fn parsed(text: &str) -> Parsed {
        if text.starts_with('<') {
            Parsed::Xml(Arc::new(xml::parse(FILE, text).unwrap()))
        } else {
            Parsed::Toml(Arc::new(toml::parse(FILE, text).unwrap()))
        }
    }

    /// The remark beside what begins with `setting`.
    fn remark(text: &str, setting: &str, opens: usize) -> Option<String> {
        let parsed = parsed(text);
        let start = text.find(setting).unwrap();
        let source = SourceFile::new("a", "a", text.to_owned());
        comment(&source, &comments(&parsed), Span::new(FILE, start, start + setting.len()), opens)
    }

    #[test]
    fn remarks_stand_right_before_a_setting_or_behind_it() {
        let text = "<a>\n<!-- since the\n move --><b>1</b>\n<c>2</c> <!-- asked for by ops -->\n\n<!-- far -->\n\n<d>3</d></a>";
        assert_eq!(remark(text, "<b>1</b>", 0).as_deref(), Some("since the move"));
        assert_eq!(remark(text, "<c>2</c>", 0).as_deref(), Some("asked for by ops"));
        assert_eq!(remark(text, "<d>3</d>", 0), None);
        let text = "<a><!-- ours --><b x='1'><c>2</c></b></a>";
        assert_eq!(remark(text, "x='1'", 0).as_deref(), Some("ours"));
        assert_eq!(remark(text, "<c>2</c>", 0), None);
        assert_eq!(remark(text, "<c>2</c>", 1).as_deref(), Some("ours"));
    }

    #[test]
    fn remarks_of_several_lines_belong_together() {
        let text = "a = 1\n# first\n# second\n[b]\n# third\nc = 2 # fourth\nd = 3 # fifth\n";
        assert_eq!(remark(text, "2", 0).as_deref(), Some("third"));
        assert_eq!(remark(text, "3", 0).as_deref(), Some("fifth"));
        let text = "a = 1\n# first\n# second\n[b]\nc = 2\n";
        assert_eq!(remark(text, "2", 1).as_deref(), Some("first\nsecond"));
        assert_eq!(remark(text, "2", 0), None);
    }

    #[test]
    fn settings_in_comments_and_marks_are_no_remarks() {
        for comment in ["<b>1</b>", " apimlint: ignore[CL001] x", " ==== ", ""] {
            assert_eq!(remark(&format!("<a><!--{comment}--><c>2</c></a>"), "<c>2</c>", 0), None, "{comment}");
        }
        assert_eq!(remark("# x = 1\nb = 2\n", "2", 0), None);
        assert_eq!(remark("# [x]\nb = 2\n", "2", 0), None);
    }

    #[test]
    fn remarks_hold_no_secret() {
        let text = "<a><!-- was tcp://admin:pw@h:1 --><c>2</c></a>";
        assert_eq!(remark(text, "<c>2</c>", 0).as_deref(), Some("was tcp://admin:********@h:1"));
    }

    #[test]
    fn what_was_put_into_a_comment_is_found_there() {
        let found = |text: &str, separator, path: &str| {
            let setting = Setting {
                path: path.to_owned(),
                value: String::new(),
                kind: crate::syntax::settings::Kind::Text,
                span: Span::new(FILE, 0, 0),
            };
            commented_out(&comments(&parsed(text)), separator, &setting).is_some()
        };
        let text = "<a><!-- <parameter name=\"domain\">x</parameter> <B/> --></a>";
        assert!(found(text, Separator::Slash, "/a/parameter[@name='domain']"));
        assert!(found(text, Separator::Slash, "/a/parameter[@name='domain']/@locked"));
        assert!(!found(text, Separator::Slash, "/a/parameter[@name='other']"));
        assert!(!found(text, Separator::Slash, "/a/param"));
        assert!(found("# offset = 1\na = 2\n", Separator::Dot, "server.offset"));
        assert!(!found("# offsets = 1\na = 2\n", Separator::Dot, "server.offset"));
    }
}
