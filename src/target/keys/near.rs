//! Keys that someone may have meant who wrote an unknown one.

/// How alike two keys must be for one to be offered for the other, from 0 to 1.
const LIKENESS: f64 = 0.85;

/// How much less alike they may be by their edits alone.
const EDITS: f64 = 0.1;

/// How many are offered.
const MOST: usize = 5;

/// The likeliest of some names, at most five.
pub fn near<N: AsRef<str>>(word: &str, names: impl Iterator<Item = N>) -> Vec<N> {
    if word.is_empty() {
        return Vec::new();
    }
    let word = word.to_ascii_lowercase();
    let letters = Letters::of(&word);
    let mut found: Vec<(f64, N)> = names
        .filter_map(|name| {
            let likeness = likeness(&word, &letters, &name.as_ref().to_ascii_lowercase())?;
            Some((likeness, name))
        })
        .collect();
    // Of names that are as alike, the short ones are asked for more often.
    let size = |name: &N| (name.as_ref().len(), name.as_ref().to_owned());
    found.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| size(&left.1).cmp(&size(&right.1))));
    found.into_iter().take(MOST).map(|(_, name)| name).collect()
}

/// How alike two keys are, if enough: as a whole, or where one has no dot, it and the last part of the other.
fn likeness(word: &str, letters: &Letters, name: &str) -> Option<f64> {
    let last = if word.contains('.') { name } else { name.rsplit('.').next().unwrap_or(name) };
    if !letters.may_be_like(last) {
        return None;
    }
    // Jaro-Winkler alone takes long keys with a common start for alike.
    let likeness =
        strsim::jaro_winkler(word, last).min(strsim::normalized_damerau_levenshtein(word, last) + EDITS);
    (likeness >= LIKENESS).then_some(likeness)
}

/// How often a word has each letter; letters outside ASCII share the counts of others.
struct Letters {
    counts: [u16; 128],
    length: usize,
}

impl Letters {
    fn of(word: &str) -> Self {
        let mut letters = Self { counts: [0; 128], length: 0 };
        for letter in word.chars() {
            letters.length += 1;
            if let Some(count) = letters.counts.get_mut(place(letter)) {
                *count = count.saturating_add(1);
            }
        }
        letters
    }

    /// False where the letters alone tell that too many edits lie between the words: comparing them in full is slow.
    fn may_be_like(&self, name: &str) -> bool {
        let mut left = self.counts;
        let (mut length, mut common) = (0_usize, 0_usize);
        for letter in name.chars() {
            length += 1;
            if let Some(count) = left.get_mut(place(letter)).filter(|count| **count > 0) {
                *count -= 1;
                common += 1;
            }
        }
        let longest = self.length.max(length);
        // Each edit makes at most one letter common. A tenth of an edit is left for rounding.
        let edits = (longest - common) as f64;
        edits <= (1.0 + EDITS - LIKENESS) * longest as f64 + 0.1
    }
}

fn place(letter: char) -> usize {
    letter as usize % 128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_alone_rule_out_nothing_that_is_alike() {
        let words = ["server.ofset", "sever.offset", "database.apim_db.ulr", "hostnmae", "übung", "a", ""];
        let names = ["server.offset", "database.apim_db.url", "server.hostname", "ubung", "a", "ab", ""];
        for word in words {
            for name in names {
                let alike = strsim::normalized_damerau_levenshtein(word, name) + EDITS >= LIKENESS;
                assert!(!alike || Letters::of(word).may_be_like(name), "{word} {name}");
            }
        }
        assert!(!Letters::of("server.offset").may_be_like("apim.gateway.environment"));
    }

    #[test]
    fn the_likeliest_come_first() {
        let names = ["server.offset", "server.hostname", "other.offset", "server.offsets"];
        assert_eq!(near("server.ofset", names.into_iter()), ["server.offset", "server.offsets"]);
        assert_eq!(near("ofset", names.into_iter()), ["other.offset", "server.offset"]);
        assert!(near("nothing", names.into_iter()).is_empty());
        assert!(near("", ["", "a"].into_iter()).is_empty());
    }
}
