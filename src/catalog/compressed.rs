//! Data files that the build script compressed: as text they would be a third of the program.

use std::io::Read as _;
use std::sync::OnceLock;

use flate2::read::DeflateDecoder;

/// How many times as long as the bytes the text is; what is longer grows.
const USUAL_RATIO: usize = 16;

/// A file of `rules/`, inflated when it is asked for.
#[derive(Debug)]
pub struct Compressed {
    bytes: &'static [u8],
    text: OnceLock<&'static str>,
}

impl Compressed {
    /// What the build script wrote.
    pub const fn new(bytes: &'static [u8]) -> Self {
        Self { bytes, text: OnceLock::new() }
    }

    /// The file as it stands in the repository; kept until the program ends, as the statics are that hold these.
    pub fn text(&self) -> &'static str {
        self.text.get_or_init(|| {
            // Growing step by step would copy the text again and again.
            let mut text = String::with_capacity(self.bytes.len() * USUAL_RATIO);
            // Tests of those who own a file read every line of what the build script wrote.
            let _ = DeflateDecoder::new(self.bytes).read_to_string(&mut text);
            text.leak()
        })
    }
}
