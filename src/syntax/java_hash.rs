//! `java.util.HashMap` in Java's order of iteration, which the server's TOML reader and its mapper hand on.
//!
//! Growth of the table, order within a bin, and bins turned into trees are as in JDK 8 to 18. From JDK 19 on,
//! only [`JavaHashMap::put_all`] into a map that has no table yet differs, and only for 12, 24, 48 … entries.

mod tree;

use std::borrow::Borrow;
use std::cmp::Ordering;

use tree::Forest;

/// Table length of a map that was made without a capacity (`DEFAULT_INITIAL_CAPACITY`).
const DEFAULT_CAPACITY: usize = 16;
/// A list of more than so many entries becomes a tree (`TREEIFY_THRESHOLD`).
const LONGEST_LIST: usize = 8;
/// A tree left with so many entries or fewer by a growing table is a list again (`UNTREEIFY_THRESHOLD`).
const SMALLEST_TREE: usize = 6;
/// A table shorter than this grows instead of turning lists into trees (`MIN_TREEIFY_CAPACITY`).
const SMALLEST_TABLE_WITH_TREES: usize = 64;

/// What Java does with keys of a type: `hashCode()` and, within trees of entries, `compareTo()`.
pub trait JavaKey: Eq {
    /// `hashCode()`.
    fn hash_code(&self) -> i32;
    /// `compareTo()`. Java orders keys that cannot be compared by where they lie in memory; here they are
    /// equal.
    fn compare(&self, other: &Self) -> Ordering;
}

impl JavaKey for str {
    fn hash_code(&self) -> i32 {
        string_hash(self)
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.encode_utf16().cmp(other.encode_utf16())
    }
}

impl JavaKey for String {
    fn hash_code(&self) -> i32 {
        string_hash(self)
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.as_str().compare(other)
    }
}

/// `java.util.List<String>`.
impl JavaKey for [String] {
    fn hash_code(&self) -> i32 {
        self.iter().fold(1, |hash: i32, text| hash.wrapping_mul(31).wrapping_add(string_hash(text)))
    }

    fn compare(&self, _other: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl JavaKey for Vec<String> {
    fn hash_code(&self) -> i32 {
        self.as_slice().hash_code()
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.as_slice().compare(other)
    }
}

/// `java.lang.String.hashCode()`: over UTF-16 units.
#[must_use]
pub fn string_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0, |hash: i32, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// A `java.util.HashMap`. With `()` as value it is a `java.util.HashSet`.
#[derive(Debug, Clone)]
pub struct JavaHashMap<K, V> {
    entries: Vec<Entry<K, V>>,
    bins: Vec<Bin>,
    /// The number of entries above which the table grows; without a table, its length to be, 0 for the
    /// default.
    threshold: usize,
    forest: Forest,
}

#[derive(Debug, Clone)]
struct Entry<K, V> {
    hash: i32,
    key: K,
    value: V,
}

/// One place of the table: indexes of entries, in the order of Java's `next` links.
#[derive(Debug, Clone, Default)]
struct Bin {
    order: Vec<usize>,
    is_tree: bool,
}

impl<K, V> Default for JavaHashMap<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new(), bins: Vec::new(), threshold: 0, forest: Forest::default() }
    }
}

impl<K: JavaKey, V> JavaHashMap<K, V> {
    /// `new HashMap<>()`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a key.
    #[must_use]
    pub fn get<Q: JavaKey + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.find(key).and_then(|at| self.entries.get(at)).map(|entry| &entry.value)
    }

    /// The value of a key, to change it in its place.
    pub fn get_mut<Q: JavaKey + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.find(key).and_then(|at| self.entries.get_mut(at)).map(|entry| &mut entry.value)
    }

    /// Whether it has the key.
    #[must_use]
    pub fn contains_key<Q: JavaKey + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_some()
    }

    /// `put`: what the key held before is returned.
    pub fn put(&mut self, key: K, value: V) -> Option<V> {
        if let Some(at) = self.find(&key) {
            return self.entries.get_mut(at).map(|entry| std::mem::replace(&mut entry.value, value));
        }
        self.insert_new(key, value);
        None
    }

    /// `computeIfAbsent`: other than `put`, it adds a new entry at the front of its bin, and lets the table
    /// grow only when the next entry comes.
    pub fn compute_if_absent(&mut self, key: K, value: impl FnOnce() -> V) -> Option<&mut V> {
        if self.bins.is_empty() || self.entries.len() > self.threshold {
            self.grow();
        }
        let at = match self.find(&key) {
            Some(at) => at,
            None => {
                let at = self.add_entry(key, value());
                self.link_in_front(at);
                at
            }
        };
        self.entries.get_mut(at).map(|entry| &mut entry.value)
    }

    /// `putAll` of a map that has no key twice.
    pub fn put_all<I>(&mut self, entries: I)
    where
        I: IntoIterator<Item = (K, V)>,
        I::IntoIter: ExactSizeIterator,
    {
        let entries = entries.into_iter();
        self.make_room(entries.len());
        for (key, value) in entries {
            self.put(key, value);
        }
    }

    /// `clear`: the table keeps its length.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.forest = Forest::default();
        self.bins.iter_mut().for_each(|bin| *bin = Bin::default());
    }

    /// The entries in Java's order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.bins
            .iter()
            .flat_map(|bin| &bin.order)
            .filter_map(|at| self.entries.get(*at))
            .map(|entry| (&entry.key, &entry.value))
    }

    /// The keys in Java's order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// The values, to change them in their places; in no order that means anything.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|entry| &mut entry.value)
    }

    fn find<Q: JavaKey + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        let hash = spread(key.hash_code());
        let bin = self.bins.get(self.place(hash))?;
        let is_it = |entry: &Entry<K, V>| entry.hash == hash && entry.key.borrow() == key;
        bin.order.iter().copied().find(|at| self.entries.get(*at).is_some_and(is_it))
    }

    fn insert_new(&mut self, key: K, value: V) {
        if self.bins.is_empty() {
            self.grow();
        }
        let at = self.add_entry(key, value);
        let place = self.place_of(at);
        if self.bins.get(place).is_some_and(|bin| bin.is_tree) {
            self.plant(place, at);
        } else if let Some(bin) = self.bins.get_mut(place) {
            let was = bin.order.len();
            bin.order.push(at);
            if was >= LONGEST_LIST {
                self.make_tree(place);
            }
        }
        if self.entries.len() > self.threshold {
            self.grow();
        }
    }

    fn link_in_front(&mut self, at: usize) {
        let place = self.place_of(at);
        if self.bins.get(place).is_some_and(|bin| bin.is_tree) {
            self.plant(place, at);
        } else if let Some(bin) = self.bins.get_mut(place) {
            let was = bin.order.len();
            bin.order.insert(0, at);
            if was >= LONGEST_LIST - 1 {
                self.make_tree(place);
            }
        }
    }

    fn add_entry(&mut self, key: K, value: V) -> usize {
        self.entries.push(Entry { hash: spread(key.hash_code()), key, value });
        self.forest.add();
        self.entries.len() - 1
    }

    fn place(&self, hash: i32) -> usize {
        // The length of a table is a power of two; the sign bit is cut off with the others.
        hash.cast_unsigned() as usize & self.bins.len().saturating_sub(1)
    }

    fn place_of(&self, at: usize) -> usize {
        self.entries.get(at).map_or(0, |entry| self.place(entry.hash))
    }

    /// What `putMapEntries` does before it puts.
    fn make_room(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        if self.bins.is_empty() {
            let wanted = (count * 4 / 3 + 1).next_power_of_two();
            self.threshold = self.threshold.max(wanted);
            return;
        }
        while count > self.threshold {
            self.grow();
        }
    }

    /// `resize`: makes the table, or doubles it.
    fn grow(&mut self) {
        let length = match (self.bins.len(), self.threshold) {
            (0, 0) => DEFAULT_CAPACITY,
            (0, wanted) => wanted,
            (length, _) => length * 2,
        };
        let old = std::mem::replace(&mut self.bins, vec![Bin::default(); length]);
        self.threshold = length * 3 / 4;
        let distance = old.len();
        for (place, bin) in old.into_iter().enumerate() {
            self.split(place, distance, bin);
        }
    }

    /// Shares a bin of the old table out to the two places of the new one.
    fn split(&mut self, place: usize, distance: usize, bin: Bin) {
        let was_tree = bin.is_tree;
        let whole = bin.order.len();
        let (low, high): (Vec<usize>, Vec<usize>) =
            bin.order.into_iter().partition(|at| self.place_of(*at) == place);
        for (place, order) in [(place, low), (place + distance, high)] {
            let is_tree = was_tree && order.len() > SMALLEST_TREE;
            let is_part = order.len() < whole;
            if let Some(target) = self.bins.get_mut(place) {
                *target = Bin { order, is_tree };
            }
            if is_tree && is_part {
                self.grow_tree(place);
            }
        }
    }

    /// `treeifyBin`.
    fn make_tree(&mut self, place: usize) {
        if self.bins.len() < SMALLEST_TABLE_WITH_TREES {
            self.grow();
            return;
        }
        if let Some(bin) = self.bins.get_mut(place) {
            bin.is_tree = true;
        }
        self.grow_tree(place);
    }

    /// `TreeNode.treeify`: a tree of the entries of a bin, whose root then comes first.
    fn grow_tree(&mut self, place: usize) {
        let Some(bin) = self.bins.get_mut(place) else { return };
        let mut root = None;
        for at in &bin.order {
            let under = under(&self.entries, *at);
            root = Some(self.forest.plant(root, *at, under).root);
        }
        bin.put_first(root);
    }

    /// `TreeNode.putTreeVal`: the new entry follows its parent; should the root have changed, it comes first.
    fn plant(&mut self, place: usize, at: usize) {
        let Some(bin) = self.bins.get_mut(place) else { return };
        let root = bin.order.first().map(|first| self.forest.root_of(*first));
        let planted = self.forest.plant(root, at, under(&self.entries, at));
        let parent = bin.order.iter().position(|other| Some(*other) == planted.parent);
        bin.order.insert(parent.map_or(0, |parent| parent + 1), at);
        bin.put_first(Some(planted.root));
    }
}

impl Bin {
    /// `TreeNode.moveRootToFront`.
    fn put_first(&mut self, root: Option<usize>) {
        if let Some(root) = root {
            self.order.retain(|at| *at != root);
            self.order.insert(0, root);
        }
    }
}

/// How the entry `at` lies to another one of its tree: by hash, then by key.
fn under<K: JavaKey, V>(entries: &[Entry<K, V>], at: usize) -> impl Fn(usize) -> Ordering {
    move |other| match (entries.get(at), entries.get(other)) {
        (Some(entry), Some(other)) => entry.hash.cmp(&other.hash).then_with(|| entry.key.compare(&other.key)),
        _ => Ordering::Equal,
    }
}

/// `HashMap.hash`: the upper half takes part in choosing a bin.
fn spread(hash_code: i32) -> i32 {
    let bits = hash_code.cast_unsigned();
    (bits ^ bits >> 16).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The orders expected here were printed by java.util.HashMap of JDK 17.

    /// Twelve texts of one and the same hash code.
    const SAME_HASH: [&str; 12] = [
        "AaAaAaAa", "AaAaAaBB", "AaAaBBAa", "AaAaBBBB", "AaBBAaAa", "AaBBAaBB", "AaBBBBAa", "AaBBBBBB",
        "BBAaAaAa", "BBAaAaBB", "BBAaBBAa", "BBAaBBBB",
    ];

    fn order(map: &JavaHashMap<String, ()>) -> String {
        map.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    fn put(map: &mut JavaHashMap<String, ()>, keys: &[&str]) {
        for key in keys {
            map.put((*key).to_owned(), ());
        }
    }

    fn numbered(count: usize) -> Vec<(String, ())> {
        (0..count).map(|number| (format!("k{number}"), ())).collect()
    }

    #[test]
    fn hash_codes_are_over_utf16_units() {
        assert_eq!(string_hash(""), 0);
        assert_eq!(string_hash("apim.gateway"), 13_688_041);
        assert_eq!(string_hash("\u{1f600}"), 0xd83d * 31 + 0xde00);
        assert_eq!(vec!["a".to_owned(), "b".to_owned()].hash_code(), (31 + 97) * 31 + 98);
    }

    #[test]
    fn a_table_grows_with_its_thirteenth_entry() {
        let mut map = JavaHashMap::new();
        let keys = "apim server user_store database keystore transport admin x y z a b c";
        put(&mut map, &keys.split(' ').collect::<Vec<_>>());
        assert_eq!(order(&map), "server a b c admin transport database x y keystore z apim user_store");
    }

    #[test]
    fn a_crowded_bin_becomes_a_tree_whose_root_comes_first() {
        let mut map = JavaHashMap::new();
        map.put_all(numbered(60));
        map.clear();
        put(&mut map, &SAME_HASH);
        assert_eq!(
            order(&map),
            "AaAaBBBB AaAaAaAa AaAaAaBB AaAaBBAa AaBBAaAa AaBBAaBB AaBBBBAa AaBBBBBB BBAaAaAa BBAaAaBB \
             BBAaBBAa BBAaBBBB"
        );
    }

    #[test]
    fn a_short_table_grows_instead_of_making_a_tree() {
        for (crowd, expected) in [(8, ["k0x", "k4x"]), (9, ["k4x", "k0x"])] {
            let mut map = JavaHashMap::new();
            put(&mut map, &SAME_HASH[..crowd]);
            put(&mut map, &["k0x", "k4x"]);
            let keys = order(&map);
            let others: Vec<_> = keys.split(' ').filter(|key| !SAME_HASH.contains(key)).collect();
            assert_eq!(others, expected);
            assert!(keys.contains(&SAME_HASH[..crowd].join(" ")), "{keys}");
        }
    }

    #[test]
    fn a_computed_entry_comes_first_in_its_bin() {
        let mut map = JavaHashMap::new();
        for key in ["AaBB", "BBAa", "AaAa", "BBBB"] {
            map.compute_if_absent(key.to_owned(), || ());
        }
        assert_eq!(order(&map), "BBBB AaAa BBAa AaBB");
    }

    #[test]
    fn a_cleared_map_keeps_its_table() {
        let mut cleared = JavaHashMap::new();
        cleared.put_all(numbered(60));
        cleared.clear();
        assert!(cleared.is_empty());
        let mut fresh = JavaHashMap::new();
        for map in [&mut cleared, &mut fresh] {
            put(map, &["server", "apim"]);
        }
        assert_eq!((order(&cleared), order(&fresh)), ("apim server".to_owned(), "server apim".to_owned()));
    }

    #[test]
    fn putting_again_keeps_place_and_gives_what_was_there() {
        let mut map = JavaHashMap::new();
        assert_eq!(map.put("a".to_owned(), 1), None);
        assert_eq!(map.put("a".to_owned(), 2), Some(1));
        assert_eq!((map.get("a"), map.len(), map.contains_key("b")), (Some(&2), 1, false));
    }
}
