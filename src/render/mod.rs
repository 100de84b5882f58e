//! The server's own renderer: from a deployment.toml and a pack's templates to the files of `repository/conf`.
//!
//! A 3.x/4.x server does this at every start with wso2/config-mapper. The same is done here offline and byte
//! for byte, and each rendered byte knows which template expression and which key it came from.
//!
//! [`Pack::open`] reads a pack from disk or from an archive; [`Pack`] can be put together in memory, too.
//! [`render`] gives the files or says why the server would not start, [`explain()`] where a line came from.
//! Nothing here writes a file, or looks at the environment or a clock.
//!
//! ```
//! use apimlint::render::jinja::Dialect;
//! use apimlint::render::phases::{Environment, MapperVersion, RuleTexts, Rules};
//! use apimlint::render::{DeploymentToml, Pack, PackTemplate, explain, render};
//!
//! let rules = Rules::parse(&RuleTexts {
//!     default: r#"{"server.host": "localhost", "server.port": 9443}"#,
//!     infer: "{}",
//!     key_mappings: r#"{"port": "server.port"}"#,
//!     unit_resolve: "{}",
//!     validator: "{}",
//! });
//! let text = "{% if server.port is defined %}\nurl=https://{{ server.host }}:{{ server.port }}/\n{% endif %}\n";
//! let pack = Pack {
//!     name: "in memory".to_owned(),
//!     rules: rules.map_err(|faults| format!("{faults:?}"))?,
//!     templates: vec![PackTemplate::new("repository/conf/url.properties", text, Dialect::V2_7_2)],
//!     mapper: MapperVersion::of_product("4.5.0"),
//!     dialect: Dialect::V2_7_2,
//!     version: None,
//!     deployment_toml: None,
//! };
//! let toml = DeploymentToml { path: "deployment.toml".to_owned(), text: "port = \"$env{PORT}\"\n".to_owned() };
//! let mut environment = Environment::default();
//! environment.variables.insert("PORT".to_owned(), "8443".to_owned());
//!
//! let rendering = render(&pack, &toml, &environment).map_err(|refusal| format!("{:?}", refusal.diagnostics))?;
//! let file = rendering.file("repository/conf/url.properties").ok_or("not rendered")?;
//! assert_eq!(file.text(), "url=https://localhost:8443/\n");
//!
//! let explanation = explain(&rendering, file, Some(1), false).ok_or("no such line")?;
//! let keys: Vec<_> = explanation.lines[0].values.iter().flat_map(|value| &value.keys).map(|key| &key.key).collect();
//! assert_eq!(keys, ["server.host", "server.port"]);
//! # Ok::<(), String>(())
//! ```

pub mod changes;
mod difference;
pub mod explain;
pub mod java;
pub mod jinja;
mod mask;
mod pack;
pub mod phases;
mod refusal;
mod rendering;
pub mod value;

pub use explain::explain;
pub use pack::{DeploymentToml, Pack, PackTemplate};
pub use refusal::Refusal;
pub use rendering::{RenderedFile, Rendering, render};
