//! The bridge from what files say to what they mean: each node's files become a [`Node`](crate::model::Node), whatever
//! their era.

#![allow(dead_code)]

pub(crate) mod files;
pub mod hosts;
pub mod proxy;
mod toml;
pub mod variables;
pub mod view;
mod xml;
