//! The nginx configuration as the deployment sees it.
