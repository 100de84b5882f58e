//! registry.xml.
