//! Java key stores of the types JKS and JCEKS: aliases and certificates, which no password protects. PKCS12 encrypts both.

use super::certificate::Certificate;

const MAGIC_JKS: u32 = 0xFEED_FEED;
const MAGIC_JCEKS: u32 = 0xCECE_CECE;
/// More entries than any store has.
const MOST_ENTRIES: u32 = 5_000;
/// More certificates than any chain has.
const LONGEST_CHAIN: u32 = 100;

/// What a key store shows without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStoreFile {
    /// Its entries in file order.
    pub entries: Vec<Entry>,
    /// False where an entry that cannot be read (a secret key of JCEKS) hides those behind it.
    pub is_complete: bool,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The alias; Java does not tell upper from lower case.
    pub alias: String,
    /// True for a private key, false for a trusted certificate.
    pub is_key: bool,
    /// The chain of the key, its own certificate first, or the trusted certificate. What is no certificate is left out.
    pub chain: Vec<Certificate>,
}

impl KeyStoreFile {
    /// Reads the bytes; `None` where they are no such store, or cut off.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Bytes { rest: bytes };
        if ![MAGIC_JKS, MAGIC_JCEKS].contains(&reader.number()?) {
            return None;
        }
        let version = reader.number()?;
        let count = reader.number()?;
        if count > MOST_ENTRIES || !(1..=2).contains(&version) {
            return None;
        }
        let mut entries = Vec::new();
        for _ in 0..count {
            let kind = reader.number()?;
            let alias = reader.text()?;
            reader.take(8)?;
            let is_key = kind == 1;
            let length = match kind {
                1 => {
                    reader.block()?;
                    reader.number()?
                }
                2 => 1,
                _ => return Some(Self { entries, is_complete: false }),
            };
            if length > LONGEST_CHAIN {
                return None;
            }
            let mut chain = Vec::new();
            for _ in 0..length {
                if version == 2 {
                    reader.text()?;
                }
                chain.extend(Certificate::read(reader.block()?));
            }
            entries.push(Entry { alias, is_key, chain });
        }
        Some(Self { entries, is_complete: true })
    }

    /// The entry of this alias.
    pub fn entry(&self, alias: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.alias.eq_ignore_ascii_case(alias))
    }

    /// The entries that hold a private key.
    pub fn keys(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.is_key)
    }
}

/// What is left of the bytes; numbers are big endian.
struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A text with its length in two bytes.
    fn text(&mut self) -> Option<String> {
        let length = u16::from_be_bytes(self.take(2)?.try_into().ok()?);
        Some(String::from_utf8_lossy(self.take(usize::from(length))?).into_owned())
    }

    /// Bytes with their length in four.
    fn block(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORE: &[u8] = include_bytes!(
        "../../corpus/rules/key-alias-missing/quiet-gateway-certificate/nodes/node1/repository/resources/security/trust.jks"
    );

    #[test]
    fn aliases_and_certificates_need_no_password() {
        let store = KeyStoreFile::read(STORE).unwrap();
        let mut aliases: Vec<&str> = store.entries.iter().map(|entry| entry.alias.as_str()).collect();
        aliases.sort_unstable();
        assert_eq!(aliases, ["bank", "gateway_certificate_alias"]);
        assert!(store.is_complete && store.keys().next().is_none());
        let entry = store.entry("BANK").unwrap();
        assert_eq!(entry.chain.first().unwrap().hosts, ["api.bank.test"]);
    }

    #[test]
    fn a_store_cut_off_anywhere_is_none() {
        // Behind the last entry stands a digest of 20 bytes, which nothing here needs.
        let end = STORE.len() - 20;
        for length in 0..end {
            assert_eq!(KeyStoreFile::read(&STORE[..length]), None, "{length}");
        }
        assert!(KeyStoreFile::read(&STORE[..end]).is_some());
    }

    #[test]
    fn lengths_that_no_store_has_are_refused() {
        for (place, bytes) in [(8, [0xFF; 4]), (4, [0, 0, 0, 3]), (0, [0x30, 0x82, 0x0A, 0x14])] {
            let mut store = STORE.to_vec();
            store[place..place + 4].copy_from_slice(&bytes);
            assert_eq!(KeyStoreFile::read(&store), None);
        }
    }

    #[test]
    fn a_secret_key_hides_what_stands_behind_it() {
        let mut store = STORE.to_vec();
        store[15] = 3;
        let read = KeyStoreFile::read(&store).unwrap();
        assert!(read.entries.is_empty() && !read.is_complete);
    }
}
