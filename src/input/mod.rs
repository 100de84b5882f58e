//! Stub, replaced by the input work: keep `Parsed` and `inventory::Inventory` as they are named here.

pub mod inventory;

use std::sync::Arc;

use crate::syntax::{hosts, json, nginx, properties, toml, xml};

/// A parsed file.
#[derive(Debug, Clone)]
pub enum Parsed {
    /// XML.
    Xml(Arc<xml::Document>),
    /// JSON.
    Json(Arc<json::Document>),
    /// Properties.
    Properties(Arc<properties::Document>),
    /// TOML.
    Toml(Arc<toml::Document>),
    /// nginx.
    Nginx(Arc<nginx::Document>),
    /// Hosts.
    Hosts(Arc<hosts::Document>),
}
