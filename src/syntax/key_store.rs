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
