//! Where the lines of a rendered file came from, for people and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use super::clean;
use crate::render::explain::{ConditionOrigin, Explanation, How, KeyOrigin, LineOrigin, Tag};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    #[serde(flatten)]
    explanation: &'a Explanation,
}

/// One JSON document, ended by a line feed.
pub fn report_json(explanation: &Explanation) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&Document { schema_version: 1, explanation }).map(|text| text + "\n")
}

/// For each line what it says, then what made it, indented.
#[must_use]
pub fn report_human(explanation: &Explanation) -> String {
    let mut drawing = Drawing { template: &explanation.template, out: String::new() };
    for line in &explanation.lines {
        drawing.line(&explanation.file, line);
    }
    drawing.out
}

struct Drawing<'a> {
    template: &'a str,
    out: String,
}

impl Drawing<'_> {
    fn line(&mut self, file: &str, line: &LineOrigin) {
        self.put(0, &format!("{file}:{}: {}", line.line, line.text.trim()));
        if line.values.is_empty() {
            self.put(1, &format!("text of {}:{}", self.template, line.template_line));
        }
        for value in &line.values {
            let tag = self.tag(&value.tag);
            self.put(1, &format!("\"{}\" from {tag}", value.text));
            self.keys(2, &value.keys);
        }
        for condition in &line.conditions {
            let tag = self.tag(&condition.tag);
            self.put(1, &format!("{} {tag}", role(condition)));
            self.keys(2, &condition.keys);
        }
    }

    fn tag(&self, tag: &Tag) -> String {
        let text: Vec<&str> = tag.text.split_whitespace().collect();
        format!("{} at {}:{}:{}", text.join(" "), self.template, tag.line, tag.column)
    }

    fn keys(&mut self, level: usize, keys: &[KeyOrigin]) {
        for key in keys {
            let placeholders = match key.placeholders.as_slice() {
                [] => String::new(),
                some => format!(", with {}", some.join(" and ")),
            };
            self.put(level, &format!("{}: {}{placeholders}", key.key, how(key)));
            self.keys(level + 1, &key.because);
        }
    }

    fn put(&mut self, level: usize, text: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, "{:1$}{2}", "", level * 2, clean(text));
    }
}

/// What a tag did to the line.
fn role(condition: &ConditionOrigin) -> String {
    match (condition.turn, condition.branch) {
        (Some(turn), _) => format!("in turn {turn} of"),
        (None, Some(1) | None) => "since it holds:".to_owned(),
        (None, Some(branch)) => format!("in branch {branch} of"),
    }
}

fn how(key: &KeyOrigin) -> String {
    match &key.origin {
        How::Written { written_as, file, line, column } if *written_as == key.key => {
            format!("written at {file}:{line}:{column}")
        }
        How::Written { written_as, file, line, column } => {
            format!("written as {written_as} at {file}:{line}:{column}")
        }
        How::Inferred { rule, value } => format!("inferred since {rule} is \"{value}\""),
        How::Default => "default of the pack".to_owned(),
        How::Table => "filled by the keys in it".to_owned(),
        How::Unset => "not set".to_owned(),
    }
}
