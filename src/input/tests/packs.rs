//! Packs in every layout, and inputs that are none.

use super::archives::{gz, tar, zip};
use super::*;

const HOME: [(&str, &[u8]); 8] = [
    ("bin/version.txt", b"WSO2 API Manager v4.5.0\n"),
    ("lib/config-mapper-1.0.23.jar", b"jar"),
    ("lib/jinjava-2.7.2.jar", b"jar"),
    ("repository/conf/deployment.toml", b"a = 1"),
    ("repository/resources/conf/default.json", b"{}"),
    ("repository/resources/conf/templates/README.md", b"no template"),
    ("repository/resources/conf/templates/repository/conf/.hidden.xml.j2", b"hidden"),
    ("repository/resources/conf/templates/top.properties.j2", b"top"),
];

fn below(folder: &str) -> Vec<(String, &'static [u8])> {
    HOME.iter().map(|(path, bytes)| (format!("{folder}{path}"), *bytes)).collect()
}

fn on_disk(files: &[(String, &[u8])]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    root
}

#[track_caller]
fn assert_is_the_pack(files: &PackFiles, has_home: bool) {
    assert_eq!(files.outputs(), ["repository/conf/.hidden.xml", "top.properties"]);
    let template = PackFiles::template_of("top.properties");
    assert_eq!(template, "templates/top.properties.j2");
    assert_eq!(files.resource(&template), Ok(Some(b"top".to_vec())));
    assert_eq!(files.resource("default.json"), Ok(Some(b"{}".to_vec())));
    assert_eq!(files.resource("infer.json"), Ok(None));
    assert_eq!(files.library("config-mapper").as_deref(), has_home.then_some("1.0.23"));
    assert_eq!(files.library("config"), None);
    assert_eq!(files.api_manager_version().as_deref(), has_home.then_some("4.5.0"));
    assert_eq!(files.deployment_toml().unwrap().is_some(), has_home);
}

#[test]
fn a_home_is_found_from_above_and_from_inside() {
    let root = on_disk(&below("backup/wso2am-4.5.0/"));
    for path in [".", "backup", "backup/wso2am-4.5.0", "backup/wso2am-4.5.0/repository/resources/conf"] {
        assert_is_the_pack(&PackFiles::open(Path::new(path), root.path()).unwrap(), true);
    }
}

#[test]
fn a_folder_that_holds_templates_is_a_pack() {
    let resources = HOME.iter().filter_map(|(path, bytes)| {
        path.strip_prefix("repository/resources/conf/").map(|path| (format!("scenario/{path}"), *bytes))
    });
    let root = on_disk(&resources.collect::<Vec<_>>());
    assert_is_the_pack(&PackFiles::open(Path::new("scenario"), root.path()).unwrap(), false);
}

#[test]
fn every_kind_of_archive_is_a_pack() {
    let files = below("wso2am-4.5.0/");
    let members: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), *bytes)).collect();
    let tarred = tar(&members);
    for (name, bytes) in
        [("pack.zip", zip(&members)), ("pack.tar", tarred.clone()), ("pack.tgz", gz(&tarred))]
    {
        let root = on_disk(&[(name.to_owned(), &bytes)]);
        assert_is_the_pack(&PackFiles::open(Path::new(name), root.path()).unwrap(), true);
    }
}

#[test]
fn what_is_no_pack_is_said() {
    let mut files = below("a/");
    files.extend(below("b/"));
    files.push(("home/repository/conf/carbon.xml".to_owned(), b"<Server/>"));
    files.push(("pack.rar".to_owned(), b"rar"));
    files.push(("broken.zip".to_owned(), b"zip"));
    let root = on_disk(&files);
    let reason = |path: &str| PackFiles::open(Path::new(path), root.path()).unwrap_err().to_string();
    assert_eq!(reason("."), ". holds several packs (a, b); name one of them");
    let none = "is no pack of 3.x or 4.x: no repository/resources/conf with templates in it";
    assert_eq!(reason("home"), format!("home {none}"));
    assert_eq!(reason("pack.rar"), format!("pack.rar {none}"));
    assert_eq!(reason("missing"), "missing does not exist");
    assert!(reason("broken.zip").starts_with("broken.zip cannot be read as an archive"));
}
