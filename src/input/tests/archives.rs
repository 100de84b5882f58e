//! Archives of nodes, whole, hostile and damaged.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;

use super::*;

const CARBON: &str = "repository/conf/carbon.xml";

pub(super) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // Written by hand: the builder refuses the names that the tests are about.
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

pub(super) fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn open(name: &str, bytes: &[u8]) -> Result<Tree, InputError> {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(name), bytes).unwrap();
    // An archive stays open while its tree lives, so that the file may go on the systems that the tests run on.
    Tree::open(Path::new(name), root.path())
}

/// Reads every XML file, and gives what could not be read.
fn unread(tree: Tree) -> Vec<(String, String)> {
    let mut reader = Reader::new(0, None, tree);
    for path in reader.tree().list("") {
        if path.ends_with(".xml") {
            reader.xml(&path);
        }
    }
    reader.finish().unread.into_iter().map(|entry| (entry.file, entry.reason)).collect()
}

#[test]
fn every_kind_of_archive_is_a_node() {
    let members: [(&str, &[u8]); 4] = [
        ("wso2am-2.6.0/bin/version.txt", b"WSO2 API Manager v2.6.0"),
        ("wso2am-2.6.0/repository/components/lib/driver.jar", b"jar"),
        ("wso2am-2.6.0/repository/conf/axis2/axis2.xml", b"<a/>"),
        ("wso2am-2.6.0/repository/conf/carbon.xml", b"<Server/>"),
    ];
    let tarred = tar(&members);
    for (name, bytes) in [
        ("node.zip", zip(&members)),
        ("node.tar", tarred.clone()),
        ("node.tar.gz", gz(&tarred)),
        ("n.TGZ", gz(&tarred)),
    ] {
        let tree = open(name, &bytes).unwrap();
        assert_eq!(tree.kind(), TreeKind::Home, "{name}");
        assert_eq!(tree.read(CARBON), Ok(Some(b"<Server/>".to_vec())), "{name}");
        assert_eq!(tree.list("repository/conf"), ["repository/conf/axis2/axis2.xml", CARBON], "{name}");
        assert!(
            tree.has("repository/components/lib/driver.jar") && tree.has_folder("repository/components/lib")
        );
        assert_eq!(tree.viewer_path(CARBON), name);
        assert_eq!(unread(tree), [], "{name}");
    }
    let overlay =
        open("n.zip", &zip(&[("./carbon.xml", b"<Server/>"), ("axis2\\axis2.xml", b"<a/>")])).unwrap();
    assert_eq!(overlay.list("repository"), ["repository/conf/axis2/axis2.xml", CARBON]);
}

#[test]
fn names_that_leave_the_archive_are_refused_and_the_rest_is_read() {
    for name in ["../carbon.xml", "/etc/carbon.xml", "C:/carbon.xml", "repository/../../carbon.xml"] {
        let members: [(&str, &[u8]); 2] = [(name, b"<a/>"), (CARBON, b"<Server/>")];
        for (file, bytes) in [("n.tar", tar(&members)), ("n.zip", zip(&members))] {
            let tree = open(file, &bytes).unwrap();
            assert_eq!(tree.list(""), [CARBON]);
            assert_eq!(unread(tree), [(name.to_owned(), "its name leads out of the archive".to_owned())]);
        }
    }
}

#[test]
fn doubles_and_links_are_noted() {
    let tree = open("n.tar", &tar(&[(CARBON, b"<Server/>"), (CARBON, b"<Other/>")])).unwrap();
    assert_eq!(tree.read(CARBON), Ok(Some(b"<Server/>".to_vec())));
    assert_eq!(
        unread(tree),
        [(CARBON.to_owned(), "is in the archive twice; the first one counts".to_owned())]
    );

    // The writer refuses doubles, so that one is made of a name of equal length.
    let mut bytes = zip(&[(CARBON, b"<Server/>"), ("repository/conf/cArbon.xml", b"<Other/>")]);
    while let Some(at) = bytes.windows(6).position(|window| window == b"cArbon") {
        bytes[at + 1] = b'a';
    }
    let tree = open("n.zip", &bytes).unwrap();
    let reason = "is in the archive twice, so that nobody can tell which one counts";
    assert_eq!(unread(tree), [(CARBON.to_owned(), reason.to_owned())]);

    let mut tar = tar::Builder::new(tar(&[(CARBON, b"<Server/>")]).drain(..1024).collect::<Vec<u8>>());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    tar.append_link(&mut header, "repository/conf/registry.xml", "/etc/passwd").unwrap();
    let tree = open("n.tar", &tar.into_inner().unwrap()).unwrap();
    assert!(!tree.has("repository/conf/registry.xml"));
    let reason = "is a link, which is not followed in an archive";
    assert_eq!(unread(tree), [("repository/conf/registry.xml".to_owned(), reason.to_owned())]);
}

#[test]
fn bombs_are_refused_and_the_rest_is_read() {
    let registry = "repository/conf/registry.xml";
    let bomb = vec![b' '; 8 * 1024 * 1024];
    let tree = open("n.zip", &zip(&[(registry, &bomb), (CARBON, b"<Server/>")])).unwrap();
    assert_eq!(tree.read(CARBON), Ok(Some(b"<Server/>".to_vec())));
    assert_eq!(
        unread(tree),
        [(registry.to_owned(), "it inflates to more than 200 times its size".to_owned())]
    );

    let large = vec![b' '; 17 * 1024 * 1024];
    for (name, bytes) in [
        ("n.zip", zip(&[(CARBON, b"<Server/>"), (registry, &large)])),
        ("n.tar", tar(&[(CARBON, b"<Server/>"), (registry, &large)])),
    ] {
        let unread = unread(open(name, &bytes).unwrap());
        assert_eq!(unread, [(registry.to_owned(), "it is larger than 16 MB".to_owned())]);
    }
    let whole = vec![0; 20 * 1024 * 1024];
    let tree = open("n.tgz", &gz(&tar(&[(CARBON, b"<Server/>"), ("a.jar", &whole)]))).unwrap();
    assert_eq!(tree.read(CARBON), Ok(Some(b"<Server/>".to_vec())));
    assert_eq!(
        unread(tree),
        [("n.tgz".to_owned(), "it inflates to more than 200 times its size".to_owned())]
    );
}

#[test]
fn a_header_cannot_claim_all_memory() {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(8 * 1024 * 1024);
    header.set_cksum();
    let mut bytes = tar(&[(CARBON, b"<Server/>")]);
    bytes.truncate(1024);
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend(std::iter::repeat_n(b'a', 8 * 1024 * 1024));
    let tree = open("n.tar", &bytes).unwrap();
    assert!(tree.has(CARBON));
    assert_eq!(unread(tree).len(), 1);
}

#[test]
fn a_cut_archive_gives_what_stands_before_the_cut() {
    let members: [(&str, &[u8]); 2] =
        [(CARBON, b"<Server/>"), ("repository/conf/registry.xml", &[b'x'; 5000])];
    let (zipped, tarred) = (zip(&members), tar(&members));
    let packed = gz(&tarred);
    for (name, bytes) in [
        ("n.zip", &zipped[..zipped.len() - 60]),
        ("n.tar", &tarred[..3000]),
        ("n.tgz", &packed[..packed.len() - 12]),
    ] {
        let tree = open(name, bytes).unwrap_or_else(|error| panic!("{error}"));
        assert!(tree.has(CARBON), "{name}");
        assert!(
            unread(tree).iter().any(|(file, reason)| file == name && reason.contains("cut off")),
            "{name}"
        );
    }
}

#[test]
fn no_cut_and_no_flipped_byte_makes_it_panic() {
    let members: [(&str, &[u8]); 2] = [(CARBON, b"<Server/>"), ("repository/conf/axis2/axis2.xml", b"<a/>")];
    let tarred = tar(&members);
    for (name, bytes) in [("n.zip", zip(&members)), ("n.tar", tarred.clone()), ("n.tgz", gz(&tarred))] {
        for at in (0..bytes.len()).step_by(if name == "n.tar" { 61 } else { 3 }) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x55;
            for damaged in [&bytes[..at], &flipped] {
                if let Ok(tree) = open(name, damaged) {
                    unread(tree);
                }
            }
        }
    }
}

#[test]
fn encrypted_members_and_files_that_are_no_archive_say_so() {
    let mut bytes = zip(&[(CARBON, b"<Server/>")]);
    let local = bytes.windows(4).position(|window| window == b"PK\x03\x04").unwrap();
    bytes[local + 6] |= 1;
    let central = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[central + 8] |= 1;
    assert_eq!(unread(open("n.zip", &bytes).unwrap()), [(CARBON.to_owned(), "it is encrypted".to_owned())]);
    for name in ["n.zip", "n.tar", "n.tgz"] {
        let error = open(name, b"this is no archive, whatever its name says").unwrap_err();
        assert!(matches!(error, InputError::BrokenArchive { .. }), "{name}: {error:?}");
    }
    let error = open("n.zip", &zip(&[("readme.md", b"x")])).unwrap_err();
    assert!(matches!(error, InputError::NotANode { .. }), "{error:?}");
}
