//! deployment.toml itself: what the server's reader refuses, and what its mapper and templates make nothing of.

pub mod array_for_table;
pub mod boolean_quoted;
pub mod broker_scheme_fatal;
pub mod class_moved;
pub mod clustering_scheme_missing;
pub mod conditional_key_missing;
pub mod config_model_mixed;
pub mod connector_property_spelling;
pub mod database_keys_insufficient;
pub mod database_type_unknown;
pub mod event_hub_tls_partial;
pub mod key_removed;
pub mod key_shadowed;
pub mod key_unknown;
pub mod list_expected;
pub mod member_port_missing;
pub mod pool_option_spelling;
pub mod reference_in_array;
pub mod reference_undefined;
pub mod rendered_file_edited;
pub mod required_key_missing;
pub mod role_key_conflict;
pub mod secrets_table_plain;
pub mod server_role_unknown;
pub mod table_for_array;
pub mod table_order_fatal;
pub mod thread_pool_keys_fatal;
pub mod toml_malformed;
pub mod unit_invalid;
pub mod url_group_type_missing;
pub mod value_unescaped;

use crate::model::Setting;
use crate::rules::nearest;

/// True for a value that somebody fills in later, so that nothing can be said of it.
fn is_filled_in_later(text: &str) -> bool {
    text.contains(['$', '{', '<'])
}

/// The text of a value that stands there as the server gets it.
fn plain(setting: &Setting) -> Option<&str> {
    setting.text().filter(|text| !is_filled_in_later(text))
}

/// The name that is meant by a misspelt one: the same letters in another spelling, else the nearest.
fn misspelt<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    let bare = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    if known.contains(&written) {
        return None;
    }
    let same = known.iter().find(|name| bare(name) == bare(written));
    let long = known.iter().copied().filter(|name| name.len() > 6);
    same.copied().or_else(|| nearest(written, long, 2).first().copied())
}
