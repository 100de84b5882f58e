//! apimlint.toml: what no node says about itself.

/// Name of the file.
pub const FILE_NAME: &str = "apimlint.toml";

/// What apimlint.toml says.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Whether the nodes are the whole deployment.
    pub complete: Option<bool>,
}
