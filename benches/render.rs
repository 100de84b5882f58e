//! How long it takes to read a pack and to render its deployment.toml: the small pack of the tests, or the
//! pack that the environment variable APIMLINT_PACK names.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot start may stop")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::PathBuf;

use apimlint::render::phases::Environment;
use apimlint::render::{Pack, render};
use criterion::{Criterion, criterion_group, criterion_main};

fn rendering(criterion: &mut Criterion) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path =
        std::env::var_os("APIMLINT_PACK").map_or_else(|| root.join("tests/packs/small"), PathBuf::from);
    let open = || Pack::open(&path, &root).expect("the pack can be read");
    let pack = open();
    let toml = pack.deployment_toml.clone().expect("the pack has a deployment.toml");
    let environment =
        Environment { keep_unresolved: true, properties: BTreeMap::new(), variables: BTreeMap::new() };
    criterion.bench_function("read the pack", |bencher| bencher.iter(|| black_box(open())));
    criterion.bench_function("render deployment.toml", |bencher| {
        bencher.iter(|| {
            render(&pack, black_box(&toml), &environment).map(|rendering| rendering.files.len()).unwrap()
        });
    });
}

criterion_group!(benches, rendering);
criterion_main!(benches);
