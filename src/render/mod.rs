//! The server's own renderer: from a deployment.toml and a pack's templates to the files of `repository/conf`.
//!
//! A 3.x/4.x server does this at every start with wso2/config-mapper. The same is done here offline and byte for byte,
//! and each rendered byte knows which template expression and which key it came from.

pub mod java;
pub mod jinja;
pub mod phases;
pub mod value;
