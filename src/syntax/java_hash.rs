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
    /// The next entry of the bin.
    next: Link,
    key: K,
    value: V,
}

/// One place of the table.
#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    first: Link,
    is_tree: bool,
}

/// An entry by its index, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Link(u32);

impl Default for Link {
    fn default() -> Self {
        Self(u32::MAX)
    }
}

impl Link {
    fn to(at: usize) -> Self {
        u32::try_from(at).map_or_else(|_| Self::default(), Self)
    }

    fn entry(self) -> Option<usize> {
        (self != Self::default()).then_some(self.0 as usize)
    }
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
            .flat_map(|bin| self.chain(*bin))
            .filter_map(|at| self.entries.get(at))
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
        let bin = *self.bins.get(self.place(hash))?;
        let is_it = |at: usize| {
            self.entries.get(at).is_some_and(|entry| entry.hash == hash && entry.key.borrow() == key)
        };
        if !bin.is_tree {
            return self.chain(bin).find(|at| is_it(*at));
        }
        let root = self.forest.root_of(bin.first.entry()?);
        self.forest.find(root, is_it, |other| match self.entries.get(other) {
            Some(other) => hash.cmp(&other.hash).then_with(|| key.compare(other.key.borrow())),
            None => Ordering::Equal,
        })
    }

    /// The entries of a bin, in the order of Java's `next` links.
    fn chain(&self, bin: Bin) -> impl Iterator<Item = usize> {
        let next = |at: &usize| self.entries.get(*at).and_then(|entry| entry.next.entry());
        std::iter::successors(bin.first.entry(), next)
    }

    fn bin(&self, place: usize) -> Bin {
        self.bins.get(place).copied().unwrap_or_default()
    }

    fn link(&mut self, at: usize, next: Link) {
        if let Some(entry) = self.entries.get_mut(at) {
            entry.next = next;
        }
    }

    fn next(&self, at: usize) -> Link {
        self.entries.get(at).map_or_else(Link::default, |entry| entry.next)
    }

    fn insert_new(&mut self, key: K, value: V) {
        if self.bins.is_empty() {
            self.grow();
        }
        let at = self.add_entry(key, value);
        let place = self.place_of(at);
        let bin = self.bin(place);
        if bin.is_tree {
            self.plant(place, at);
        } else {
            let (mut last, mut was) = (None, 0);
            for other in self.chain(bin) {
                last = Some(other);
                was += 1;
            }
            match last {
                Some(last) => self.link(last, Link::to(at)),
                None => self.put_bin(place, Bin { first: Link::to(at), is_tree: false }),
            }
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
        let bin = self.bin(place);
        if bin.is_tree {
            self.plant(place, at);
            return;
        }
        let was = self.chain(bin).count();
        self.link(at, bin.first);
        self.put_bin(place, Bin { first: Link::to(at), is_tree: false });
        if was >= LONGEST_LIST - 1 {
            self.make_tree(place);
        }
    }

    fn put_bin(&mut self, place: usize, bin: Bin) {
        if let Some(target) = self.bins.get_mut(place) {
            *target = bin;
        }
    }

    fn add_entry(&mut self, key: K, value: V) -> usize {
        let next = Link::default();
        self.entries.push(Entry { hash: spread(key.hash_code()), next, key, value });
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
        let (mut low, mut high) = (Chain::default(), Chain::default());
        let mut next = bin.first.entry();
        while let Some(at) = next {
            next = self.next(at).entry();
            let half = if self.place_of(at) == place { &mut low } else { &mut high };
            let before = half.append(at);
            self.link(at, Link::default());
            if let Some(before) = before {
                self.link(before, Link::to(at));
            }
        }
        let whole = low.length + high.length;
        for (place, half) in [(place, low), (place + distance, high)] {
            let is_tree = bin.is_tree && half.length > SMALLEST_TREE;
            self.put_bin(place, Bin { first: half.first, is_tree });
            if is_tree && half.length < whole {
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
        self.put_bin(place, Bin { is_tree: true, ..self.bin(place) });
        self.grow_tree(place);
    }

    /// `TreeNode.treeify`: a tree of the entries of a bin, whose root then comes first.
    fn grow_tree(&mut self, place: usize) {
        let mut root = None;
        let mut next = self.bin(place).first.entry();
        while let Some(at) = next {
            let under = under(&self.entries, at);
            root = Some(self.forest.plant(root, at, under).root);
            next = self.next(at).entry();
        }
        if let Some(root) = root {
            self.put_first(place, root);
        }
    }

    /// `TreeNode.putTreeVal`: the new entry follows its parent; should the root have changed, it comes first.
    fn plant(&mut self, place: usize, at: usize) {
        let root = self.bin(place).first.entry().map(|first| self.forest.root_of(first));
        let planted = self.forest.plant(root, at, under(&self.entries, at));
        if let Some(parent) = planted.parent {
            self.link(at, self.next(parent));
            self.link(parent, Link::to(at));
        }
        self.put_first(place, planted.root);
    }

    /// `TreeNode.moveRootToFront`.
    fn put_first(&mut self, place: usize, root: usize) {
        let bin = self.bin(place);
        if bin.first == Link::to(root) {
            return;
        }
        let before = self.chain(bin).find(|at| self.next(*at) == Link::to(root));
        if let Some(before) = before {
            self.link(before, self.next(root));
        }
        self.link(root, bin.first);
        self.put_bin(place, Bin { first: Link::to(root), ..bin });
    }
}

/// Entries of a bin, while they are linked anew.
#[derive(Debug, Default)]
struct Chain {
    first: Link,
    last: Link,
    length: usize,
}

impl Chain {
    /// Adds an entry; the one that is to link to it is returned.
    fn append(&mut self, at: usize) -> Option<usize> {
        if self.length == 0 {
            self.first = Link::to(at);
        }
        self.length += 1;
        std::mem::replace(&mut self.last, Link::to(at)).entry()
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
