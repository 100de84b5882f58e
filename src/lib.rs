//! Lints WSO2 API Manager deployments: every node, and the nodes against each other.
//!
//! The layers, each using only what stands to its left:
//! `source` → `diagnostic` → `syntax` → `catalog` → `input` → `render` → `target` → `model` → `extract` → `rules` → `lint` → `migrate` → `report` → `cli`.

pub mod catalog;
pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod extract;
pub mod fix;
pub mod input;
pub mod lint;
pub mod migrate;
pub mod model;
pub mod render;
pub mod report;
pub mod rules;
pub mod source;
pub mod syntax;
pub mod target;
