//! What the files mean: one model for XML and TOML nodes, and the deployment they form.

pub mod app;
pub mod calls;
mod certificates;
pub mod clustering;
pub mod database;
mod date;
pub mod deployment;
pub mod deployment_toml;
pub mod drift;
pub mod endpoint;
pub mod flows;
pub mod gateway;
pub mod grouped;
pub mod key_calls;
pub mod keys;
pub mod login;
pub mod member_lists;
pub mod membership;
pub mod node;
pub mod portal;
pub mod ports;
pub mod proxy;
pub mod proxy_routes;
pub mod registry;
mod roles;
#[cfg(test)]
pub(crate) mod sample;
pub mod security;
pub mod settings;
pub mod sharing;
pub mod texts;
pub mod throttling;
pub mod tokens;
mod topology;
pub mod traffic;
pub mod users;
pub mod value;

pub use certificates::{Caller, Encounter, Peer};
pub use date::Date;
pub use deployment::{Balancer, Deployment, HostEntry, Hosts, Route, SyncMode, Target};
pub use endpoint::{Endpoint, Host, Port, Purpose, Reference};
pub use node::{ConfigModel, Node, Product, Role, Version};
pub use value::{Origin, Secret, Setting};
