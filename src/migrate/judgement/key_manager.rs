//! Where tokens are asked for and revoked: gateways up to 3.x passed these requests on, from 4.0 on the Key Manager is
//! asked itself.

use super::{Answer, Question};
use crate::migrate::Legacy;
use crate::migrate::inversion::Wanted;
use crate::model::Version;

const FILE: &str = "repository/conf/api-manager.xml";
const KEY_MANAGER: &str = "/APIManager/APIKeyValidator/ServerURL";
const REVOKE: &str = "/APIManager/OAuthConfigurations/RevokeAPIURL";
/// Where 1.10 had it.
const OLD_REVOKE: &str = "/APIManager/APIKeyValidator/RevokeAPIURL";
const TOKEN: &str = "/APIManager/WorkflowConfigurations/TokenEndPoint";

/// What becomes of an endpoint of the gateway; nothing where the node does not tell where its Key Manager is.
pub fn answer(legacy: &Legacy, question: Question, version: Version) -> Option<Answer> {
    if question.file != FILE || !version.at_least(4, 0) {
        return None;
    }
    let (path, at_gateway, own) = match question.path {
        REVOKE | OLD_REVOKE => (REVOKE, "/revoke", "/oauth2/revoke"),
        TOKEN => (TOKEN, "/token", "/oauth2/token"),
        _ => return None,
    };
    let url = question.value?;
    let value = if url.ends_with(own) {
        url.to_owned()
    } else if url.ends_with(at_gateway) {
        format!("{}{own}", key_manager(legacy)?)
    } else {
        return None;
    };
    let note = (value != url).then(|| {
        "gateways no longer pass such requests on: this is the address of the Key Manager itself, and clients have to use \
         it, too"
            .to_owned()
    });
    Some(Answer::Moved(Wanted { file: FILE.to_owned(), path: path.to_owned(), value: Some(value) }, note))
}

/// Scheme, host and port of the Key Manager that a node asks.
fn key_manager(legacy: &Legacy) -> Option<String> {
    let all = legacy.settings(FILE);
    let url = all.into_iter().find(|setting| setting.path == KEY_MANAGER)?.value;
    let base = url.trim_end_matches('/').strip_suffix("services")?;
    let base = base.strip_suffix("${carbon.context}").unwrap_or(base);
    Some(base.trim_end_matches('/').to_owned())
}
