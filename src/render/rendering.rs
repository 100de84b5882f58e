//! From a pack and a deployment.toml to the files that the server writes, or to the reasons why it does not start.

use rayon::prelude::*;

use super::jinja::{Rendered, Template};
use super::pack::{DeploymentToml, Pack, PackTemplate};
use super::phases::{self, Configuration, Environment};
use super::refusal::Refusal;
use crate::source::FileId;
use crate::syntax::server_toml;

/// Owner and index of deployment.toml among the sources of a [`Refusal`]; the templates come behind it.
pub(super) const TOML: FileId = FileId { owner: 0, index: 0 };

/// What a server with a deployment.toml writes when it starts.
#[derive(Debug)]
pub struct Rendering<'a> {
    /// The pack.
    pub pack: &'a Pack,
    /// The deployment.toml.
    pub toml: &'a DeploymentToml,
    /// What the templates were given, and where each value came from.
    pub configuration: Configuration,
    /// The files, in the order of the pack's templates.
    pub files: Vec<RenderedFile>,
    /// Why files are missing: the server may render their templates, but this renderer does not know how.
    pub unsupported: Option<Refusal>,
}

/// A file that the server writes.
#[derive(Debug)]
pub struct RenderedFile {
    /// Path below the server's home: `repository/conf/carbon.xml`.
    pub path: String,
    /// Its text, and where each part of it came from.
    pub rendered: Rendered,
}

impl RenderedFile {
    /// Its text; written as UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.rendered.text
    }
}

impl Rendering<'_> {
    /// The file at a path below the home.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&RenderedFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// Renders a deployment.toml through all templates of a pack, as `ConfigParser.parse` of wso2/config-mapper does.
/// Nothing is read besides the arguments: not the environment, no file, no clock.
///
/// # Errors
/// All that keeps the server from starting, as far as it can be found: what its TOML reader rejects, else what its
/// mapper throws on, else what kills its template engine. A template that this renderer does not know how to render is
/// left out ([`Rendering::unsupported`]).
pub fn render<'a>(
    pack: &'a Pack,
    toml: &'a DeploymentToml,
    environment: &Environment,
) -> Result<Rendering<'a>, Refusal> {
    let document = server_toml::parse(TOML, &toml.text).map_err(|faults| Refusal::of_toml(toml, &faults))?;
    let configuration = phases::configure(&document, &pack.rules, environment, pack.mapper)
        .map_err(|faults| Refusal::of_phases(toml, &faults))?;
    let render_one = |template: &PackTemplate| RenderedFile {
        path: template.output.clone(),
        rendered: Template::render(&template.template, &configuration.context),
    };
    let files: Vec<RenderedFile> = pack.templates.par_iter().map(render_one).collect();
    let faulty = pack.templates.iter().zip(&files).filter(|(_, file)| !file.rendered.is_sound());
    let faulty: Vec<_> = faulty.map(|(template, file)| (template, file.rendered.faults.as_slice())).collect();
    let unsupported = (!faulty.is_empty()).then(|| Refusal::of_templates(toml, &faulty));
    match unsupported {
        Some(refusal) if files.iter().any(|file| file.rendered.is_fatal()) => Err(refusal),
        unsupported => {
            let files = files.into_iter().filter(|file| file.rendered.is_sound()).collect();
            Ok(Rendering { pack, toml, configuration, files, unsupported })
        }
    }
}
