//! The hosts file as the deployment sees it.
