//! What a migration aims at: a version with a model in this program, or the pack of any version.

use std::path::Path;

use super::Key;
use super::inversion::destination::Destination;
use super::inversion::draft::Draft;
use crate::catalog::vanilla;
use crate::diagnostic::Unread;
use crate::input::Tree;
use crate::model::Version;
use crate::render::jinja::Dialect;
use crate::render::phases::MapperVersion;
use crate::render::value::Value;
use crate::render::{DeploymentToml, Pack};
use crate::source::FileId;
use crate::syntax::json;
use crate::target::embedded::{self, Embedded};
use crate::target::model::Model;

/// Where a deployment.toml stands.
pub const DEPLOYMENT_TOML: &str = "repository/conf/deployment.toml";

/// What a whole migration aims at.
#[derive(Debug)]
pub struct Target {
    /// `--to`.
    pub version: Version,
    /// `--pack`: by its templates the result is proved.
    pub pack: Option<TargetPack>,
}

/// The pack of `--pack`.
#[derive(Debug)]
pub struct TargetPack {
    /// Its templates and rules.
    pub pack: Pack,
    model: Model,
    files: Tree,
}

impl TargetPack {
    /// Reads a pack of a version. A relative path counts from the working folder.
    ///
    /// # Errors
    /// What cannot be read, or that it is the pack of another version.
    pub fn open(home: &Path, version: Version, working_folder: &Path) -> Result<Self, String> {
        let files = Tree::open(home, working_folder).map_err(|error| told(&error.unread(None)))?;
        let release = files.read("bin/version.txt")?.unwrap_or_default();
        let release = String::from_utf8_lossy(&release).trim().rsplit(' ').next().map(str::to_owned);
        let own = release.and_then(|text| Version::parse(text.trim_start_matches('v')));
        if let Some(own) = own.filter(|own| *own != version) {
            return Err(format!("{} is the home of {own}, not of {version}", home.display()));
        }
        let pack = Pack::open(home, working_folder)
            .map_err(|unread| unread.iter().map(told).collect::<Vec<_>>().join("\n"))?;
        if pack.templates.is_empty() {
            return Err(format!("{}: has no templates", home.display()));
        }
        if !is_known(version) {
            own_draft(&pack)?;
        }
        // A template that cannot be followed makes a file of which nothing can be asked for.
        let (mut model, _) = Model::of_pack(&pack);
        let is_static = |path: &String| {
            vanilla::is_configuration(path) && !pack.templates.iter().any(|template| template.output == *path)
        };
        model.static_files = files.list("repository/conf").into_iter().filter(is_static).collect();
        Ok(Self { pack, model, files })
    }

    /// The text of a file of the pack that no template makes.
    pub fn static_file(&self, path: &str) -> Option<String> {
        self.model.static_files.iter().find(|known| *known == path)?;
        let bytes = self.files.read(path).ok().flatten()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn told(unread: &Unread) -> String {
    let line = unread.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}{line}: {}", unread.viewer_path, unread.reason)
}

impl Target {
    /// A target by its embedded model.
    pub fn embedded(version: Version) -> Self {
        Self { version, pack: None }
    }

    /// Name of the product's pack, as in `wso2am-4.5.0`.
    pub fn pack_name(&self) -> String {
        format!("wso2am-{}", self.version)
    }

    /// What the target's templates produce: of its pack, else the embedded one.
    pub fn model(&self) -> Option<&Model> {
        match &self.pack {
            Some(pack) => Some(&pack.model),
            None => embedded::of_version(&self.version.to_string()).map(Embedded::model),
        }
    }

    /// The target, to be asked what a deployment.toml makes of it.
    pub fn destination(&self) -> Option<Destination<'_>> {
        let model = self.model()?;
        Some(match &self.pack {
            Some(TargetPack { pack, .. }) => Destination::new(model, pack.mapper, pack.dialect),
            None => destination_of(model, &self.version.to_string()),
        })
    }

    /// What a fresh pack of the target has in its deployment.toml: where that is known, the file of the pack that is given
    /// does not count, which somebody may have changed already.
    pub fn base(&self) -> Draft {
        let own = self.pack.as_ref().filter(|_| !is_known(self.version));
        own.and_then(|own| own_draft(&own.pack).ok().flatten()).unwrap_or_else(|| self.nearest_base().1)
    }

    /// The version whose deployment.toml stands in for that of a pack which has none; `None` where none has to.
    pub fn base_of_other_version(&self) -> Option<&'static str> {
        let has_own = self.pack.as_ref().is_some_and(|own| own.pack.deployment_toml.is_some());
        (!has_own && !is_known(self.version)).then(|| self.nearest_base().0)
    }

    /// The known version that this one is, or that came right before it, with its fresh deployment.toml.
    fn nearest_base(&self) -> (&'static str, Draft) {
        let version = vanilla::nearest("wso2am", &self.version.to_string()).map_or("", |pack| pack.version);
        (version, vanilla_draft(version))
    }

    /// The keys of the deployment.toml that the result is made from that somebody has changed: no fresh pack of any known
    /// version has another value than one and the same there.
    pub fn changed_keys(&self) -> Vec<String> {
        if self.pack.is_none() || is_known(self.version) {
            return Vec::new();
        }
        let fresh: Vec<Draft> = embedded::all().map(|known| vanilla_draft(known.version)).collect();
        // What one version alone has may well be another in the next.
        let is_changed = |(key, value): &(Key, Value)| {
            let others: Vec<&Value> = fresh.iter().filter_map(|fresh| fresh.get(key)).collect();
            let [first, second, more @ ..] = others.as_slice() else { return false };
            first == second && more.iter().all(|other| other == first) && *first != value
        };
        let leaves = self.base().leaves();
        leaves
            .iter()
            .filter(|leaf| !leaf.0.is_in_array())
            .filter(|leaf| is_changed(leaf))
            .map(|(key, _)| key.to_string())
            .collect()
    }

    /// True for a configuration file of the target that no template makes.
    pub fn has_static_file(&self, path: &str) -> bool {
        match &self.pack {
            Some(pack) => pack.model.static_files.iter().any(|known| known == path),
            None => embedded::of_version(&self.version.to_string())
                .is_some_and(|model| model.has_static_file(path)),
        }
    }
}

/// True for a version whose fresh pack is known.
fn is_known(version: Version) -> bool {
    embedded::of_version(&version.to_string()).is_some()
}

/// What a pack itself has in its deployment.toml, if it has one; the error says that nobody can read it.
fn own_draft(pack: &Pack) -> Result<Option<Draft>, String> {
    let read = |own: &DeploymentToml| {
        Draft::read(&own.text)
            .ok_or_else(|| format!("{}: is no TOML file that a server could read", own.path))
    };
    pack.deployment_toml.as_ref().map(read).transpose()
}

/// A version by a model of its templates, with the mapper and the template engine that it ships.
pub(super) fn destination_of<'a>(model: &'a Model, version: &str) -> Destination<'a> {
    let mapper = MapperVersion::of_product(version);
    Destination::new(model, mapper, Dialect::of_mapper(mapper))
}

/// What the untouched pack of a version has in its deployment.toml.
pub(super) fn vanilla_draft(version: &str) -> Draft {
    let document =
        vanilla::pack("wso2am", version).and_then(|pack| pack.json(DEPLOYMENT_TOML, FileId::NOWHERE));
    document.map(|json::Document { root, .. }| Draft::of_json(&root)).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::render::PackTemplate;
    use crate::render::phases::{RuleTexts, Rules};

    /// A pack in memory that renders `repository/conf/a.xml`.
    pub(in super::super) fn pack() -> TargetPack {
        let rules = Rules::parse(&RuleTexts {
            default: r#"{"x.y": 0, "x.z": 5}"#,
            infer: "{}",
            key_mappings: "{}",
            unit_resolve: "{}",
            validator: "{}",
        });
        let dialect = Dialect::V2_7_2;
        let template = PackTemplate::new("repository/conf/a.xml", "<a><b>{{ x.y }}</b></a>\n", dialect);
        let pack = Pack {
            name: "in memory".to_owned(),
            rules: rules.unwrap(),
            templates: vec![template],
            mapper: MapperVersion::of_product("4.5.0"),
            dialect,
            version: None,
            deployment_toml: None,
        };
        let files = Tree::open_content(Path::new("deployment.toml"), b"", Path::new("")).unwrap();
        let (model, _) = Model::of(pack.rules.clone(), []);
        TargetPack { pack, model, files }
    }
}
