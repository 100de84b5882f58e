//! The `apimlint` program.

fn main() {}
