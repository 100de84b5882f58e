//! Hazelcast clustering of axis2.xml.
