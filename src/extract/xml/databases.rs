//! Data sources and who uses them.
