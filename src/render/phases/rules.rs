//! The pack's JSON files that steer the phases, beside its templates.

use crate::render::java::gson;
use crate::render::value::Map;
use crate::source::SourceFile;

/// The texts of the five files.
#[derive(Debug, Clone, Copy)]
pub struct RuleTexts<'a> {
    /// `default.json`.
    pub default: &'a str,
    /// `infer.json`.
    pub infer: &'a str,
    /// `key-mappings.json`.
    pub key_mappings: &'a str,
    /// `unit-resolve.json`.
    pub unit_resolve: &'a str,
    /// `validator.json`.
    pub validator: &'a str,
}

impl<'a> RuleTexts<'a> {
    /// The names of the files.
    pub const FILES: [&'static str; 5] =
        ["default.json", "infer.json", "key-mappings.json", "unit-resolve.json", "validator.json"];

    /// The texts of [`RuleTexts::FILES`], in their order.
    #[must_use]
    pub const fn of([default, infer, key_mappings, unit_resolve, validator]: [&'a str; 5]) -> Self {
        Self { default, infer, key_mappings, unit_resolve, validator }
    }

    fn files(&self) -> [(&'static str, &'a str); 5] {
        let [default, infer, key_mappings, unit_resolve, validator] = Self::FILES;
        [
            (default, self.default),
            (infer, self.infer),
            (key_mappings, self.key_mappings),
            (unit_resolve, self.unit_resolve),
            (validator, self.validator),
        ]
    }
}

/// The five files, read.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Internal key to the value that it has when nothing is written or inferred.
    pub default: Map,
    /// Internal key, perhaps with `$1` for one part of it, to value to the keys and values that follow from
    /// it.
    pub infer: Map,
    /// Written key to the internal key or keys that it stands for.
    pub key_mappings: Map,
    /// `time`: internal key to the unit that templates expect.
    pub unit_resolve: Map,
    /// Internal key to the rules that its value has to keep.
    pub validator: Map,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFault {
    /// Name of the file.
    pub file: &'static str,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// In an operator's words, one clause.
    pub reason: String,
}

impl Rules {
    /// Reads the five files.
    ///
    /// # Errors
    /// One fault for each file that the mapper could not read either.
    pub fn parse(texts: &RuleTexts<'_>) -> Result<Self, Vec<RuleFault>> {
        let mut faults = Vec::new();
        let [default, infer, key_mappings, unit_resolve, validator] =
            texts.files().map(|(file, text)| match gson::read_object(text) {
                Ok(map) => map,
                Err(fault) => {
                    faults.push(at_line(file, text, fault));
                    Map::new()
                }
            });
        let rules = Self { default, infer, key_mappings, unit_resolve, validator };
        if faults.is_empty() { Ok(rules) } else { Err(faults) }
    }

    /// The five files by their names, in the order of [`RuleTexts::FILES`].
    #[must_use]
    pub fn files(&self) -> [(&'static str, &Map); 5] {
        let [default, infer, key_mappings, unit_resolve, validator] = RuleTexts::FILES;
        [
            (default, &self.default),
            (infer, &self.infer),
            (key_mappings, &self.key_mappings),
            (unit_resolve, &self.unit_resolve),
            (validator, &self.validator),
        ]
    }
}

fn at_line(file: &'static str, text: &str, fault: gson::JsonFault) -> RuleFault {
    let offset = u32::try_from(fault.offset).unwrap_or(u32::MAX);
    let position = SourceFile::new(file, file, text.to_owned()).position(offset);
    RuleFault { file, line: position.line, column: position.column, reason: fault.reason }
}
