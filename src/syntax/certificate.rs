//! X.509 certificates as far as rules ask about them: names, validity, key and signature.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sha2::{Digest, Sha256};
use x509_cert::Certificate as X509;
use x509_cert::der::asn1::UintRef;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode, DecodePem, Reader, SliceReader};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::hexadecimal;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const WEAK_SIGNATURES: [(ObjectIdentifier, &str); 5] = [
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.2"), "MD2"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.4"), "MD5"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5"), "SHA-1"),
    (ObjectIdentifier::new_unwrap("1.2.840.10040.4.3"), "SHA-1"),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.1"), "SHA-1"),
];
const PEM_BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const PEM_END: &str = "-----END CERTIFICATE-----";
/// More certificates than any chain has.
const MOST_CERTIFICATES: usize = 500;

/// One certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// SHA-256 of its bytes, as hex.
    pub digest: String,
    /// Distinguished name of its owner.
    pub subject: String,
    /// Distinguished name of who signed it.
    pub issuer: String,
    /// Host names and addresses that it stands for, lower case: alternative names, else the common name.
    pub hosts: Vec<String>,
    /// Start of its validity, seconds since 1970.
    pub not_before: u64,
    /// End of its validity, seconds since 1970.
    pub not_after: u64,
    /// Length of an RSA key in bits; `None` for other keys.
    pub rsa_bits: Option<usize>,
    /// The digest of its signature where that is broken: `MD5`, `SHA-1`.
    pub weak_signature: Option<&'static str>,
}

impl Certificate {
    /// Reads the bytes of one certificate; `None` where they are none.
    pub fn read(der: &[u8]) -> Option<Self> {
        Some(Self::of(&X509::from_der(der).ok()?, der))
    }

    /// The certificates of a PEM text in their order; what stands between them and what is none of them is passed over.
    pub fn read_pem(text: &str) -> Vec<Self> {
        text.split(PEM_BEGIN)
            .skip(1)
            .take(MOST_CERTIFICATES)
            .filter_map(|part| {
                let (body, _) = part.split_once(PEM_END)?;
                let pem = format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", body.trim());
                let certificate = X509::from_pem(&pem).ok()?;
                let der = x509_cert::der::Encode::to_der(&certificate).ok()?;
                Some(Self::of(&certificate, &der))
            })
            .collect()
    }

    fn of(certificate: &X509, der: &[u8]) -> Self {
        let body = certificate.tbs_certificate();
        let validity = body.validity();
        let signature = certificate.signature_algorithm().oid;
        Self {
            digest: hexadecimal(Sha256::digest(der)),
            subject: body.subject().to_string(),
            issuer: body.issuer().to_string(),
            hosts: hosts(certificate),
            not_before: validity.not_before.to_unix_duration().as_secs(),
            not_after: validity.not_after.to_unix_duration().as_secs(),
            rsa_bits: rsa_bits(certificate),
            weak_signature: WEAK_SIGNATURES.iter().find(|(oid, _)| *oid == signature).map(|(_, name)| *name),
        }
    }

    /// True for a certificate that nobody but its owner vouches for.
    pub fn is_self_signed(&self) -> bool {
        self.subject == self.issuer
    }

    /// True where a TLS client that calls this host accepts the name (RFC 6125: a wildcard stands for one label).
    pub fn names(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.hosts.iter().any(|name| match name.strip_prefix("*.") {
            Some(domain) => host.split_once('.').is_some_and(|(_, rest)| rest == domain),
            None => *name == host,
        })
    }
}

/// Alternative names; the common name counts only where there are none.
fn hosts(certificate: &X509) -> Vec<String> {
    let body = certificate.tbs_certificate();
    let alternative: Vec<String> = match body.get_extension::<SubjectAltName>() {
        Ok(Some((_, names))) => names.0.iter().filter_map(host).collect(),
        _ => Vec::new(),
    };
    if !alternative.is_empty() {
        return alternative;
    }
    let common = body.subject().common_name().ok().flatten();
    common.map(|name| name.value().to_ascii_lowercase()).into_iter().collect()
}

fn host(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_ascii_lowercase()),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let four = <[u8; 4]>::try_from(bytes).map(|bytes| IpAddr::from(Ipv4Addr::from(bytes)));
            let sixteen = || <[u8; 16]>::try_from(bytes).map(|bytes| IpAddr::from(Ipv6Addr::from(bytes)));
            four.or_else(|_| sixteen()).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

/// Length of the modulus.
fn rsa_bits(certificate: &X509) -> Option<usize> {
    let key = certificate.tbs_certificate().subject_public_key_info();
    if key.algorithm.oid != RSA {
        return None;
    }
    let mut reader = SliceReader::new(key.subject_public_key.raw_bytes()).ok()?;
    let bits = reader.sequence(|inside| {
        let modulus = UintRef::decode(inside)?;
        UintRef::decode(inside)?;
        let bytes = modulus.as_bytes();
        let zeros = bytes.first().map_or(0, |byte| byte.leading_zeros());
        Ok(bytes.len() * 8 - zeros as usize)
    });
    let bits: Result<usize, x509_cert::der::Error> = bits;
    bits.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = include_str!("../../corpus/rules/certificate-name-mismatch/quiet-wildcard/ssl/api.crt");

    #[test]
    fn names_dates_and_key_are_read() {
        let found =
            Certificate::read_pem(&format!("# chain\n{PEM}\nnone\n{PEM_BEGIN}\nabc\n{PEM_END}\n{PEM}"));
        let [one, again] = found.as_slice() else { panic!("{} certificates", found.len()) };
        assert_eq!(one, again);
        assert_eq!((one.hosts.as_slice(), one.rsa_bits), (&["*.bank.test".to_owned()][..], Some(2048)));
        // From the first of January 2026 for 3650 days.
        assert_eq!((one.not_before, one.not_after), (1_767_225_600, 2_082_585_600));
        assert!(one.is_self_signed() && one.weak_signature.is_none() && one.digest.len() == 64);
    }

    #[test]
    fn a_wildcard_stands_for_one_label() {
        let certificate = &Certificate::read_pem(PEM)[0];
        assert!(certificate.names("API.bank.test"));
        for host in ["bank.test", "a.api.bank.test", "api.bank.test.org", "*.test"] {
            assert!(!certificate.names(host), "{host}");
        }
    }

    #[test]
    fn a_text_cut_off_anywhere_is_no_certificate() {
        let end = PEM.trim_end().len();
        for length in (0..end).filter(|length| PEM.is_char_boundary(*length)) {
            assert!(Certificate::read_pem(PEM.get(..length).unwrap()).is_empty(), "{length}");
        }
        assert_eq!(Certificate::read(b"0\x82"), None);
    }
}
