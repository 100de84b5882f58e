//! Versions of the mapper, as far as what they write differs.

/// A version of wso2/config-mapper, as in the name of `lib/config-mapper-1.0.23.jar`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MapperVersion {
    major: u16,
    minor: u16,
    patch: u16,
}

impl MapperVersion {
    /// `1.0.23`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(str::parse);
        let version =
            Self { major: numbers.next()?.ok()?, minor: numbers.next()?.ok()?, patch: numbers.next()?.ok()? };
        numbers.next().is_none().then_some(version)
    }

    /// The mapper that an API Manager of this version ships with; that of the nearest older one for versions
    /// between.
    #[must_use]
    pub fn of_product(version: &str) -> Self {
        let mut numbers = version.split('.').map(|number| number.parse::<u16>().unwrap_or_default());
        match (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()) {
            (..=3, _) => Self::new(2),
            (4, 0) => Self::new(18),
            (4, 1 | 2) => Self::new(20),
            _ => Self::new(23),
        }
    }

    const fn new(patch: u16) -> Self {
        Self { major: 1, minor: 0, patch }
    }

    /// Whether `$env` and `$sys` are resolved within tables too, not only in texts and arrays of texts.
    pub(super) fn resolves_in_tables(self) -> bool {
        self >= Self::new(5)
    }

    /// Whether `[runtime_secrets]` is read.
    pub(super) fn knows_runtime_secrets(self) -> bool {
        self >= Self::new(13)
    }

    /// Whether a quoted alias in `[secrets]` goes by its name without the quotes.
    pub(super) fn unquotes_secrets(self) -> bool {
        self >= Self::new(21)
    }

    /// Whether the value of an environment variable is put in as it is; before, `\` was lost and `$` made it
    /// fail.
    pub(super) fn quotes_variables(self) -> bool {
        self >= Self::new(25)
    }
}
