//! Host names, offset and server key of carbon.xml.
