//! nginx configurations over several files, and hosts files.

use super::*;
use crate::syntax::nginx::Directive;

fn folder_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(root.path(), path, text);
    }
    root
}

fn read(files: &[(&str, &str)], path: &str) -> Result<ProxyRead, InputError> {
    read_proxy(2, Path::new(path), folder_of(files).path())
}

/// The directives as `name arg { ... }`, with the file of each.
fn outline(read: &ProxyRead) -> String {
    fn one(read: &ProxyRead, directive: &Directive) -> String {
        let file = &read.sources.files[usize::from(directive.span.file.index)];
        let mut text = format!("{}@{}", directive.name.text, file.path);
        assert!(file.slice(directive.name.span).contains(&directive.name.text));
        if let Some(block) = &directive.block {
            let inner: Vec<String> = block.iter().map(|inner| one(read, inner)).collect();
            text += &format!("({})", inner.join(" "));
        }
        text
    }
    let all: Vec<String> = read.directives.iter().map(|directive| one(read, directive)).collect();
    all.join(" ")
}

#[test]
fn includes_stand_in_the_place_of_their_directive() {
    let files = [
        ("p/nginx.conf", "http { include mime.types; include /etc/nginx/conf.d/*.conf; } # main"),
        ("p/conf.d/b.conf", "server { include snippets/ssl.conf; }"),
        ("p/conf.d/a.conf", "upstream u { server x; }"),
        ("p/conf.d/.hidden.conf", "hidden on;"),
        ("p/conf.d/c.conf.bak", "bak on;"),
        ("p/snippets/ssl.conf", "ssl on;"),
        ("p/ssl/gw.crt", ""),
    ];
    let root = folder_of(&files);
    for path in ["p", "p/nginx.conf"] {
        let read = read_proxy(2, Path::new(path), root.path()).unwrap();
        assert_eq!(
            outline(&read),
            "http@nginx.conf(include@nginx.conf upstream@conf.d/a.conf(server@conf.d/a.conf) \
             server@conf.d/b.conf(ssl@snippets/ssl.conf))"
        );
        assert_eq!(read.comments.len(), 1);
        assert_eq!(
            read.missing_includes.iter().map(|missing| missing.text.as_str()).collect::<Vec<_>>(),
            ["mime.types"]
        );
        assert_eq!(read.sources.files[0].viewer_path, "p/nginx.conf");
        assert!(read.unread.is_empty());
        assert!(read.has("/etc/nginx/ssl/gw.crt") && read.has("ssl/gw.crt") && !read.has("ssl/gw.key"));
    }
}

#[test]
fn a_folder_of_virtual_hosts_needs_no_main_file() {
    let files =
        [("p/b.conf", "server { }"), ("p/a.conf", "upstream a { }"), ("p/sites-enabled/gw", "server { }")];
    assert_eq!(
        outline(&read(&files, "p").unwrap()),
        "upstream@a.conf() server@b.conf() server@sites-enabled/gw()"
    );
    let available = [("p/sites-available/gw", "server { }")];
    assert_eq!(outline(&read(&available, "p").unwrap()), "server@sites-available/gw()");
    let main = [("p/nginx.conf", "http { include conf.d/*.conf; }"), ("p/gw.conf", "server { }")];
    assert!(outline(&read(&main, "p").unwrap()).ends_with("server@gw.conf()"));
    let none = [("p/readme.md", "x")];
    assert!(matches!(read(&none, "p"), Err(InputError::NoProxy { .. })));
    assert!(matches!(read(&none, "q"), Err(InputError::Missing { .. })));
}

#[test]
fn include_loops_and_paths_that_lead_out_end() {
    let files = [
        ("p/nginx.conf", "a on;\ninclude b.conf;\ninclude ../secret.conf;\ninclude /etc/secret.conf;"),
        ("p/b.conf", "b on; include nginx.conf;"),
        ("secret.conf", "secret on;"),
    ];
    let read = read(&files, "p").unwrap();
    assert_eq!(outline(&read), "a@nginx.conf b@b.conf include@nginx.conf include@nginx.conf");
    assert_eq!(read.missing_includes.len(), 2);
    let [unread] = &read.unread[..] else { panic!("{:?}", read.unread) };
    assert_eq!((unread.file.as_str(), unread.line, unread.column), ("b.conf", Some(1), Some(7)));
}

#[test]
fn a_tree_of_includes_is_bounded() {
    let mut files = vec![("p/nginx.conf".to_owned(), "include 0.conf;".repeat(40))];
    for level in 0..8 {
        files.push((format!("p/{level}.conf"), format!("include {}.conf;", level + 1).repeat(40)));
    }
    files.push(("p/8.conf".to_owned(), "leaf on;".to_owned()));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let read = read(&files, "p").unwrap();
    assert!(read.unread.iter().any(|unread| unread.reason.contains("too many directives")));
}

#[test]
fn a_broken_file_is_noted_and_the_others_are_read() {
    let files = [("p/a.conf", "server {\n  listen 80"), ("p/b.conf", "server { }")];
    let read = read(&files, "p").unwrap();
    assert_eq!(outline(&read), "server@b.conf()");
    assert_eq!(read.unread[0].file, "a.conf");
    assert!(read.unread[0].line.is_some());
}

#[cfg(unix)]
#[test]
fn an_enabled_site_whose_link_broke_is_taken_from_the_available_ones() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "p/sites-available/gw", "server { }");
    fs::create_dir(root.path().join("p/sites-enabled")).unwrap();
    std::os::unix::fs::symlink("/nowhere/sites-available/gw", root.path().join("p/sites-enabled/gw"))
        .unwrap();
    let read = read_proxy(0, Path::new("p"), root.path()).unwrap();
    assert_eq!(outline(&read), "server@sites-available/gw()");
    assert!(read.unread.is_empty());
}

#[test]
fn a_hosts_file_is_read() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "etc/hosts", "10.0.0.1 gw.corp.test # \u{e9}\n");
    let read = read_hosts(4, Path::new("etc/hosts"), root.path()).unwrap();
    assert_eq!(read.document.unwrap().lines[0].names[0].text, "gw.corp.test");
    assert_eq!(
        (read.sources.files[0].path.as_str(), read.sources.files[0].viewer_path.as_str()),
        ("hosts", "etc/hosts")
    );
    assert!(matches!(read_hosts(4, Path::new("etc"), root.path()), Err(InputError::Unreadable { .. })));
}
