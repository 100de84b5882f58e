//! Nodes as they are found in the wild: layouts, names, archives, and inputs that are none.

use std::fs;
use std::path::Path;

mod archives;
mod front;
mod inventory;
mod packs;

use super::argument::names;
use super::*;

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn folder(files: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for path in files {
        write(root.path(), &format!("node/{path}"), path);
    }
    root
}

fn open(root: &tempfile::TempDir) -> Result<Tree, InputError> {
    Tree::open(Path::new("node"), root.path())
}

/// Opens `node`, and says where the file of the node that holds `path` as its text lies.
#[track_caller]
fn assert_lies(files: &[&str], path: &str, home: &str) -> Tree {
    let root = folder(files);
    let tree = open(&root).unwrap();
    assert_eq!(tree.list(""), {
        let mut all: Vec<String> = tree.list("repository");
        all.extend(tree.list("bin"));
        all.extend(tree.list("conf"));
        all.sort();
        all
    });
    assert!(tree.list("").contains(&home.to_owned()), "{:?}", tree.list(""));
    assert!(tree.has(home));
    assert_eq!(tree.read(home), Ok(Some(path.as_bytes().to_vec())));
    assert_eq!(tree.viewer_path(home), format!("node/{path}"));
    tree
}

#[test]
fn a_home_and_an_overlay_are_told_apart() {
    let path = "repository/conf/carbon.xml";
    let home = assert_lies(&[path, "repository/components/lib/mysql.jar", "bin/version.txt"], path, path);
    assert_eq!(home.kind(), TreeKind::Home);
    let overlay = assert_lies(&[path, "bin/wso2server.sh"], path, path);
    assert_eq!(overlay.kind(), TreeKind::Overlay);
}

#[test]
fn every_layout_of_an_overlay_maps_to_home_relative_paths() {
    let axis2 = "repository/conf/axis2/axis2.xml";
    for path in [
        "axis2/axis2.xml",
        "axis2.xml",
        "conf/axis2/axis2.xml",
        "conf/axis2.xml",
        "confs/axis2/axis2.xml",
        "carbon/repository/conf/axis2/axis2.xml",
        "carbon/conf/axis2/axis2.xml",
        "docker/carbon/repository/conf/axis2/axis2.xml",
        "wso2am-2.6.0/repository/conf/axis2/axis2.xml",
        "repository/conf/axis2/axis2.xml",
    ] {
        assert_lies(&[path], path, axis2);
    }
    for path in
        ["deployment/server/eventpublishers/p.xml", "eventpublishers/p.xml", "carbon/eventpublishers/p.xml"]
    {
        assert_lies(&[path], path, "repository/deployment/server/eventpublishers/p.xml");
    }
    assert_lies(
        &["conf/worker/deployment.yaml"],
        "conf/worker/deployment.yaml",
        "conf/worker/deployment.yaml",
    );
    assert_lies(
        &["other-datasources.xml"],
        "other-datasources.xml",
        "repository/conf/datasources/other-datasources.xml",
    );
}

#[test]
fn what_lies_beside_a_conf_folder_belongs_to_the_node() {
    let files =
        ["conf/carbon.xml", "deployment/server/eventpublishers/p.xml", "bin/version.txt", "nginx/nginx.conf"];
    let root = folder(&files);
    let tree = open(&root).unwrap();
    let all = [
        "bin/version.txt",
        "repository/conf/carbon.xml",
        "repository/deployment/server/eventpublishers/p.xml",
    ];
    assert_eq!(tree.list(""), all);
    assert_eq!(tree.list("repository/conf"), [all[1]]);
    assert!(
        tree.has_folder("repository/conf")
            && tree.has_folder("bin")
            && !tree.has_folder("repository/components")
    );
}

#[test]
fn the_folder_conf_or_repository_itself_is_a_node() {
    let root = folder(&["repository/conf/carbon.xml", "repository/deployment/server/eventpublishers/p.xml"]);
    let conf = Tree::open(Path::new("node/repository/conf/"), root.path()).unwrap();
    assert_eq!(conf.list("repository"), ["repository/conf/carbon.xml"]);
    assert_eq!(conf.viewer_path("repository/conf/carbon.xml"), "node/repository/conf/carbon.xml");
    let repository = Tree::open(Path::new("./node/repository"), root.path()).unwrap();
    assert_eq!(repository.list("repository").len(), 2);
}

#[test]
fn a_single_file_stands_for_a_node() {
    let root = folder(&["deployment.toml", "readme.md", "apimlint.toml"]);
    let tree = Tree::open(Path::new("node/deployment.toml"), root.path()).unwrap();
    assert_eq!(tree.kind(), TreeKind::SingleFile);
    assert_eq!(tree.list("repository"), ["repository/conf/deployment.toml"]);
    assert_eq!(tree.viewer_path("repository/conf/deployment.toml"), "node/deployment.toml");
    for name in ["readme.md", "apimlint.toml"] {
        let error = Tree::open(&Path::new("node").join(name), root.path()).unwrap_err();
        assert!(matches!(error, InputError::UnknownFile { .. }), "{error}");
    }
}

#[test]
fn inputs_that_are_no_node_say_why() {
    let root = folder(&["config/map.yaml", "a/b/c/d/e/carbon.xml"]);
    assert!(matches!(open(&root), Err(InputError::NotANode { .. })));
    fs::create_dir(root.path().join("empty")).unwrap();
    let at = |path: &str| Tree::open(Path::new(path), root.path()).unwrap_err().to_string();
    assert_eq!(at("empty"), "empty is an empty folder");
    assert_eq!(at("nowhere"), "nowhere does not exist");
    assert_eq!(at("node/config/map.yaml/x"), "node/config/map.yaml/x does not exist");
    let two = folder(&["apim-1/carbon.xml", "apim-2/repository/conf/carbon.xml"]);
    assert_eq!(
        open(&two).unwrap_err().to_string(),
        "node holds several nodes (apim-1, apim-2); name each of them"
    );
}

#[test]
fn names_are_the_shortest_suffixes_that_tell_the_nodes_apart() {
    let named = |arguments: &[&str]| -> Vec<String> {
        let nodes: Vec<NodeArgument> = arguments.iter().map(|text| text.parse().unwrap()).collect();
        names(&nodes, Path::new("/srv/here"))
            .into_iter()
            .map(|name| name.unwrap_or_else(|error| format!("({error})")))
            .collect()
    };
    assert_eq!(named(&["a/node1", "./b/node2/"]), ["node1", "node2"]);
    assert_eq!(
        named(&["pattern-1/store", "pattern-2/store", "x/gw"]),
        ["pattern-1/store", "pattern-2/store", "gw"]
    );
    assert_eq!(named(&["."]), ["here"]);
    assert_eq!(named(&["../other/.", "store.tar.gz"]), ["other", "store"]);
    assert_eq!(named(&["node1", "node1.zip"]), ["node1", "node1.zip"]);
    assert_eq!(named(&["gw=a/x", "b/gw"]), ["gw", "b/gw"]);
    assert_eq!(
        named(&["gw=a", "gw=b", "c", "./c/"]),
        [
            "gw",
            "(b has the name \"gw\" that a has already; give it another with NAME=PATH)",
            "c",
            "(c is given twice)"
        ]
    );
    assert_eq!("./a=b".parse(), Ok(NodeArgument { name: None, path: "./a=b".into() }));
    assert!("=x".parse::<NodeArgument>().is_err() && "x=".parse::<NodeArgument>().is_err());
}

#[test]
fn a_reader_reads_once_and_notes_what_it_cannot_read() {
    let root = folder(&["repository/conf/jndi.properties", "bin/wso2server.sh"]);
    write(root.path(), "node/repository/conf/carbon.xml", "<Server>\n <a></b>\n</Server>");
    write(root.path(), "node/repository/conf/registry.xml", "<wso2registry/>");
    let mut reader = Reader::new(3, Some("node".to_owned()), open(&root).unwrap());
    assert!(reader.xml("repository/conf/carbon.xml").is_none());
    assert!(reader.is_unreadable("repository/conf/carbon.xml"));
    assert!(reader.xml("repository/conf/none.xml").is_none());
    assert!(!reader.is_unreadable("repository/conf/none.xml"));
    let first = reader.xml("repository/conf/registry.xml").unwrap();
    assert!(Arc::ptr_eq(&first, &reader.xml("repository/conf/registry.xml").unwrap()));
    assert!(reader.properties("repository/conf/jndi.properties").is_some());
    let script = reader.text("bin/wso2server.sh").unwrap();
    assert_eq!(reader.text_of(script), "bin/wso2server.sh");
    let absent = reader.absent("repository/conf/axis2/axis2.xml");
    assert_eq!(absent, reader.absent("repository/conf/axis2/axis2.xml"));
    let read = reader.finish();
    assert_eq!(read.sources.files.len(), 5);
    assert!(read.sources.files[usize::from(absent.index)].absent);
    assert_eq!(read.sources.files[0].viewer_path, "node/repository/conf/carbon.xml");
    let [unread] = &read.unread[..] else { panic!("{:?}", read.unread) };
    assert_eq!((unread.file.as_str(), unread.line), ("repository/conf/carbon.xml", Some(2)));
}

#[test]
fn a_file_of_more_than_16_megabytes_is_refused_by_name() {
    let root = folder(&["repository/conf/carbon.xml"]);
    let large = fs::File::create(root.path().join("node/repository/conf/registry.xml")).unwrap();
    large.set_len(16 * 1024 * 1024 + 1).unwrap();
    let mut reader = Reader::new(0, None, open(&root).unwrap());
    assert!(reader.xml("repository/conf/registry.xml").is_none());
    let unread = reader.finish().unread;
    assert_eq!(unread[0].file, "repository/conf/registry.xml");
    assert_eq!(unread[0].reason, "it is larger than 16 MB");
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    #[test]
    fn links_are_followed_and_loops_are_not() {
        let root = folder(&["repository/conf/carbon.xml", "volume/axis2.xml"]);
        let at = |path: &str| root.path().join("node").join(path);
        fs::remove_dir_all(at("repository/conf/axis2")).ok();
        symlink(at("volume"), at("repository/conf/axis2")).unwrap();
        symlink(at("repository"), at("repository/conf/loop")).unwrap();
        symlink("self.xml", at("repository/conf/self.xml")).unwrap();
        symlink("nowhere", at("repository/conf/registry.xml")).unwrap();
        let mut reader = Reader::new(0, None, open(&root).unwrap());
        assert!(reader.tree().has("repository/conf/axis2/axis2.xml"));
        let listed = reader.tree().list("repository/conf");
        assert!(listed.contains(&"repository/conf/axis2/axis2.xml".to_owned()), "{listed:?}");
        assert!(!listed.iter().any(|path| path.contains("loop/")), "{listed:?}");
        assert!(reader.xml("repository/conf/self.xml").is_none());
        assert!(reader.xml("repository/conf/registry.xml").is_none());
        let unread = reader.finish().unread;
        let reasons: Vec<_> =
            unread.iter().map(|entry| (entry.file.as_str(), entry.reason.as_str())).collect();
        assert_eq!(
            reasons,
            [
                ("repository/conf/loop", "is a link to a folder above it, which is not followed"),
                ("repository/conf/registry.xml", "it is a link to nothing"),
                ("repository/conf/self.xml", "its links form a loop"),
            ]
        );
    }

    #[test]
    fn fifos_and_devices_are_refused_without_opening_them() {
        let root = folder(&["repository/conf/carbon.xml"]);
        symlink("/dev/zero", root.path().join("node/repository/conf/registry.xml")).unwrap();
        let mut reader = Reader::new(0, None, open(&root).unwrap());
        assert!(reader.xml("repository/conf/registry.xml").is_none());
        assert_eq!(reader.finish().unread[0].reason, "it is not a regular file");
        let fifo = root.path().join("fifo.zip");
        if Command::new("mkfifo").arg(&fifo).status().is_ok_and(|status| status.success()) {
            let error = Tree::open(Path::new("fifo.zip"), root.path()).unwrap_err();
            assert_eq!(error.to_string(), "fifo.zip is neither a file nor a folder");
        }
    }

    #[test]
    fn names_that_are_not_utf8_are_noted() {
        let root = folder(&["repository/conf/carbon.xml"]);
        let name = OsStr::from_bytes(b"bad\xff.xml");
        if fs::write(root.path().join("node/repository/conf").join(name), "x").is_err() {
            return;
        }
        let reader = Reader::new(0, None, open(&root).unwrap());
        assert_eq!(reader.tree().list("repository/conf"), ["repository/conf/carbon.xml"]);
        assert_eq!(reader.finish().unread[0].file, "repository/conf/bad\u{fffd}.xml");
    }
}
