//! The pack whose templates are rendered.

use std::borrow::Cow;
use std::path::Path;

use rayon::prelude::*;

use super::jinja::{self, Dialect, Template};
use super::phases::{MapperVersion, RuleTexts, Rules};
use crate::diagnostic::Unread;
use crate::input::PackFiles;

/// What of a pack decides how a deployment.toml is rendered: its templates, its rule files, and which mapper runs them.
#[derive(Debug)]
pub struct Pack {
    /// How to name the pack in messages: its path.
    pub name: String,
    /// The rule files.
    pub rules: Rules,
    /// The templates, by their outputs.
    pub templates: Vec<PackTemplate>,
    /// The mapper.
    pub mapper: MapperVersion,
    /// The template engine.
    pub dialect: Dialect,
    /// The version of API Manager that it says it is, such as `4.5.0`.
    pub version: Option<String>,
    /// The pack's own deployment.toml, where it has one.
    pub deployment_toml: Option<DeploymentToml>,
}

/// A template of a pack.
#[derive(Debug)]
pub struct PackTemplate {
    /// Where the server writes what it renders, below its home: `repository/conf/carbon.xml`.
    pub output: String,
    /// Where it lies in the pack, below the folder of the rule files: `templates/repository/conf/carbon.xml.j2`.
    pub path: String,
    /// The template, read.
    pub template: Template,
}

impl PackTemplate {
    /// Reads a template.
    #[must_use]
    pub fn new(output: &str, text: &str, dialect: Dialect) -> Self {
        Self {
            output: output.to_owned(),
            path: PackFiles::template_of(output),
            template: jinja::parse(&jinja::lines_of_file(text), dialect),
        }
    }
}

/// A deployment.toml.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentToml {
    /// How to name it in messages.
    pub path: String,
    /// The text, a byte order mark included.
    pub text: String,
}

impl DeploymentToml {
    /// Decodes a file as the server does: bytes that are no UTF-8 become U+FFFD.
    #[must_use]
    pub fn decode(path: impl Into<String>, bytes: &[u8]) -> Self {
        Self { path: path.into(), text: String::from_utf8_lossy(bytes).into_owned() }
    }
}

impl Pack {
    /// Reads the pack at a path: a home, an archive of one, or a folder that directly holds `templates` and the rule
    /// files. A relative path counts from the working folder. Archives are read in memory.
    ///
    /// # Errors
    /// What could not be opened, read or parsed.
    pub fn open(path: &Path, working_folder: &Path) -> Result<Self, Vec<Unread>> {
        let files = PackFiles::open(path, working_folder).map_err(|error| vec![error.unread(None)])?;
        let mut unread = Vec::new();
        let rules = read_rules(&files, &mut unread);
        let version = files.api_manager_version();
        let (mapper, dialect) = engines(&files, version.as_deref());
        let outputs = files.outputs();
        let templates: Vec<_> =
            outputs.par_iter().map(|output| read_template(&files, output, dialect)).collect();
        let templates =
            templates.into_iter().filter_map(|read| read.map_err(|fault| unread.push(fault)).ok()).collect();
        let deployment_toml = files.deployment_toml().map_err(|reason| {
            unread.push(unread_file(&files, "deployment.toml", reason));
        });
        match (rules, deployment_toml) {
            (Some(rules), Ok(toml)) if unread.is_empty() => Ok(Self {
                name: files.path().to_owned(),
                rules,
                templates,
                mapper,
                dialect,
                version,
                deployment_toml: toml.map(|(path, bytes)| DeploymentToml::decode(path, &bytes)),
            }),
            _ => Err(unread),
        }
    }

    /// A pack of the rule files and of some templates, given as texts by their names below the folder of the rule files;
    /// `None` where a rule file is missing or says nothing.
    #[must_use]
    pub fn of_texts(
        name: &str,
        product: &str,
        outputs: &[&str],
        mut read: impl FnMut(&str) -> Option<String>,
    ) -> Option<Self> {
        let [default, infer, key_mappings, unit_resolve, validator] = RuleTexts::FILES.map(&mut read);
        let texts = RuleTexts {
            default: &default?,
            infer: &infer?,
            key_mappings: &key_mappings?,
            unit_resolve: &unit_resolve?,
            validator: &validator?,
        };
        let mapper = MapperVersion::of_product(product);
        let dialect = Dialect::of_mapper(mapper);
        let template = |output: &&str| {
            let text = read(&PackFiles::template_of(output))?;
            Some(PackTemplate::new(output, &text, dialect))
        };
        let templates = outputs.iter().filter_map(template).collect();
        let rules = Rules::parse(&texts).ok()?;
        Some(Self {
            name: name.to_owned(),
            rules,
            templates,
            mapper,
            dialect,
            version: Some(product.to_owned()),
            deployment_toml: None,
        })
    }

    /// The template of an output.
    #[must_use]
    pub fn template(&self, output: &str) -> Option<&PackTemplate> {
        self.templates.iter().find(|template| template.output == output)
    }
}

fn unread_file(files: &PackFiles, path: &str, reason: String) -> Unread {
    Unread::outside(files.viewer_path(path), reason)
}

fn read_text(files: &PackFiles, path: &str) -> Result<String, Unread> {
    let bytes =
        files.resource(path).and_then(|bytes| bytes.ok_or_else(|| "the pack has no such file".to_owned()));
    let bytes = bytes.map_err(|reason| unread_file(files, path, reason))?;
    Ok(match String::from_utf8_lossy(&bytes) {
        Cow::Owned(text) => text,
        Cow::Borrowed(_) => String::from_utf8(bytes).unwrap_or_default(),
    })
}

fn read_template(files: &PackFiles, output: &str, dialect: Dialect) -> Result<PackTemplate, Unread> {
    let text = read_text(files, &PackFiles::template_of(output))?;
    Ok(PackTemplate::new(output, &text, dialect))
}

fn read_rules(files: &PackFiles, unread: &mut Vec<Unread>) -> Option<Rules> {
    let mut read =
        |name: &str| read_text(files, name).map_err(|fault| unread.push(fault)).unwrap_or_default();
    let texts = RuleTexts::FILES.map(&mut read);
    if !unread.is_empty() {
        return None;
    }
    let faults = match Rules::parse(&RuleTexts::of(texts.each_ref().map(String::as_str))) {
        Ok(rules) => return Some(rules),
        Err(faults) => faults,
    };
    unread.extend(faults.into_iter().map(|fault| Unread {
        line: Some(fault.line),
        column: Some(fault.column),
        ..unread_file(files, fault.file, fault.reason)
    }));
    None
}

/// The API Manager whose mapper is taken where nothing tells another one.
const NEWEST: &str = "4.5.0";

/// By the names of the jars, else by the product's version, else the newest that is known.
fn engines(files: &PackFiles, product: Option<&str>) -> (MapperVersion, Dialect) {
    let mapper = files.library("config-mapper").and_then(|version| MapperVersion::parse(&version));
    let mapper = mapper.unwrap_or_else(|| MapperVersion::of_product(product.unwrap_or(NEWEST)));
    let dialect = files.library("jinjava").and_then(|version| dialect(&version));
    (mapper, dialect.unwrap_or_else(|| Dialect::of_mapper(mapper)))
}

/// The dialect of a Jinjava release, such as `2.6.0`.
fn dialect(version: &str) -> Option<Dialect> {
    let mut numbers = version.split('.').map(str::parse::<u16>);
    let version = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some(match version {
        (..=1, _) | (2, ..=5) => Dialect::V2_4_14,
        (2, 6) => Dialect::V2_6_0,
        _ => Dialect::V2_7_2,
    })
}

impl Dialect {
    /// The dialect of the Jinjava that API Managers with this mapper carry.
    #[must_use]
    pub fn of_mapper(mapper: MapperVersion) -> Self {
        let is_before = |version| MapperVersion::parse(version).is_some_and(|other| mapper < other);
        if is_before("1.0.20") {
            Self::V2_4_14
        } else if is_before("1.0.23") {
            Self::V2_6_0
        } else {
            Self::V2_7_2
        }
    }
}
