//! Listeners and port variables of an XML node.
