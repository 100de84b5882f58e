//! Rules about credentials and key stores.

pub mod admin_credentials_default;
pub mod certificate_name_mismatch;
pub mod certificate_weak;
pub mod cors_wildcard_credentials;
pub mod database_superuser;
pub mod encrypted_secret_foreign;
pub mod encryption_key_mismatch;
pub mod host_name_verification_off;
pub mod key_alias_missing;
pub mod keystore_default;
pub mod keystore_file_missing;
pub mod keystore_mismatch;
pub mod keystore_partly_replaced;
pub mod secret_alias_undefined;
pub mod secret_mixed;
pub mod secret_unencrypted;
pub mod tls_protocol_weak;
pub mod truststore_peer_missing;
