//! The bridge from what files say to what they mean: each node's files become a [`Node`], whatever their era.

pub mod variables;
pub mod view;
