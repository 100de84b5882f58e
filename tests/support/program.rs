//! Runs the program as scripts do.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A node with one finding of CL003, a warning.
pub const MULTICAST: &str = r#"<axisconfig name="AxisJava2.0">
  <clustering class="org.wso2.carbon.core.clustering.hazelcast.HazelcastClusteringAgent" enable="true">
    <parameter name="membershipScheme">multicast</parameter>
    <parameter name="domain">wso2.pub.store.domain</parameter>
    <members>
      <member><hostName>10.0.7.12</hostName><port>4000</port></member>
    </members>
  </clustering>
</axisconfig>
"#;

/// The program in a folder, without what the environment says about it.
pub fn apimlint(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_apimlint"));
    command.current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("APIMLINT_") || name.contains("COLOR") || name == "RUST_BACKTRACE" {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    apimlint(folder).args(arguments).output().unwrap()
}

/// The exit status.
pub fn status(output: &Output) -> i32 {
    output.status.code().expect("ends by itself")
}

/// Standard output.
pub fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// Standard error.
pub fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Writes a file below a folder.
pub fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A folder with a node that has exactly one finding, CL003, a warning, and one that has none.
pub fn two_nodes() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "warned/repository/conf/axis2/axis2.xml", MULTICAST);
    write(folder.path(), "clean/repository/conf/axis2/axis2.xml", "<axisconfig name=\"AxisJava2.0\"/>\n");
    folder
}
