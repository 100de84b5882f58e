//! Tokens of XML nodes.

use crate::extract::files::{Files, XmlFile};
use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::tokens::{BackendToken, PLAIN_PROCESSOR, Tokens};
use crate::model::{Origin, Setting};
use crate::source::Span;

use super::paths;

/// Where identity.xml names the issuer.
const ISSUER: [&str; 3] = ["OAuth", "OpenIDConnect", "IDTokenIssuerID"];

/// A file whose values count, those that it leaves out by their default.
struct Holder<'a> {
    root: Option<View<'a>>,
    place: Span,
    variables: &'a Variables,
}

impl Holder<'_> {
    /// The value, else the default at the deepest element that should hold it. Of a file that is unknown nothing is known.
    fn value(&self, names: &[&str], default: &str) -> Setting {
        let Some(root) = self.root else {
            return Setting::at(default.to_owned(), self.place, Origin::Unknown);
        };
        if let Some(text) = root.value(names) {
            return self.variables.fill(text);
        }
        let holder =
            (0..names.len()).rev().find_map(|depth| root.descend(names.get(..depth)?)).unwrap_or(root);
        let origin = if root.origin == Origin::Written { Origin::Derived } else { root.origin };
        Setting::at(default.to_owned(), holder.element.start_tag, origin)
    }

    fn as_written(&self, names: &[&str]) -> String {
        self.root.and_then(|root| root.value(names)).map(|text| text.value).unwrap_or_default()
    }

    fn flag(&self, names: &[&str]) -> Setting<bool> {
        self.value(names, "false").boolean()
    }
}

/// What api-manager.xml and identity.xml say.
pub(super) fn tokens(api: Option<View<'_>>, files: &mut Files, variables: &Variables) -> Tokens {
    let file: Option<XmlFile> = files.xml(paths::IDENTITY);
    let identity =
        Holder { root: file.as_ref().map(XmlFile::root), place: files.place(paths::IDENTITY), variables };
    let api = Holder { root: api, place: files.place(paths::API_MANAGER), variables };
    Tokens {
        encrypted: api.flag(&["OAuthConfigurations", "EncryptPersistedTokens"]),
        hashed: api.flag(&["OAuthConfigurations", "EnableTokenHashMode"]),
        processor: identity.value(&["OAuth", "TokenPersistenceProcessor"], PLAIN_PROCESSOR),
        gateway_cache: api.flag(&["CacheConfigurations", "EnableGatewayTokenCache"]),
        key_manager_cache: api.flag(&["CacheConfigurations", "EnableKeyManagerTokenCache"]),
        issuer: identity.value(&ISSUER, ""),
        issuer_as_written: identity.as_written(&ISSUER),
        backend: BackendToken {
            enabled: api.flag(&["JWTConfiguration", "EnableJWTGeneration"]),
            header: api.value(&["JWTConfiguration", "JWTHeader"], "X-JWT-Assertion"),
            algorithm: api.value(&["JWTConfiguration", "SignatureAlgorithm"], "SHA256withRSA"),
            dialect: api.value(&["JWTConfiguration", "ConsumerDialectURI"], "http://wso2.org/claims"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::tests::Folder;

    #[test]
    fn what_is_absent_has_its_default_at_the_element_that_should_hold_it() {
        let api = "<APIManager><OAuthConfigurations><EncryptPersistedTokens>TRUE</EncryptPersistedTokens>\
                   </OAuthConfigurations></APIManager>";
        let identity = "<Server><OAuth><OpenIDConnect><IDTokenIssuerID>https://${carbon.host}/t</IDTokenIssuerID>\
                        </OpenIDConnect></OAuth></Server>";
        let carbon = "<Server><Name>WSO2 API Manager</Name><ServerKey>AM</ServerKey><Version>2.6.0</Version>\
                      <HostName>am.corp.test</HostName></Server>";
        let folder =
            Folder::of(&[(paths::API_MANAGER, api), (paths::IDENTITY, identity), (paths::CARBON, carbon)]);
        let tokens = folder.node().node.tokens.unwrap();
        assert!(tokens.encrypted.is_true() && tokens.encrypted.is_written());
        assert_eq!((tokens.hashed.value, tokens.hashed.origin), (false, Origin::Derived));
        let holder = api.find("<OAuthConfigurations>").unwrap();
        assert_eq!(tokens.hashed.span.start as usize, holder);
        assert_eq!(tokens.issuer.text(), Some("https://am.corp.test/t"));
        assert_eq!(tokens.issuer_as_written, "https://${carbon.host}/t");
        assert_eq!(tokens.processor.comparable().map(String::as_str), Some(PLAIN_PROCESSOR));
    }
}
