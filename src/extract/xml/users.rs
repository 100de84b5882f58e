//! user-mgt.xml.
