//! Stub, replaced by the input work.

/// apimlint.toml.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Whether the nodes are the whole deployment.
    pub complete: Option<bool>,
}
