//! Whole nodes from a folder to the model.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::files::Files;
use super::{Extracted, Options, extract_node, extract_nodes};
use crate::input::inventory::Inventory;
use crate::input::{OpenNode, Parsed, Reader, Tree};
use crate::model::database::LogicalDatabase;
use crate::model::node::VersionEvidence;
use crate::model::ports::ListenerKind;
use crate::model::{ConfigModel, Origin, Product, Setting, Version};

/// A folder of files.
pub(super) struct Folder(TempDir);

impl Folder {
    /// A folder with these files.
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        for (path, text) in files {
            let path = folder.path().join("node1").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn tree(&self, name: &str) -> Tree {
        Tree::open(Path::new(name), self.0.path()).unwrap()
    }

    fn reader(&self, name: &str) -> Reader {
        Reader::new(0, Some(name.to_owned()), self.tree(name))
    }

    /// The files before anything is known of the node.
    pub(super) fn files(&self, name: &str) -> Files {
        Files::new(self.reader(name))
    }

    /// The extracted node.
    pub(super) fn node(&self) -> Extracted {
        extract_node(0, "node1", "node1", self.reader("node1"), &Inventory::default(), &Options::default())
    }
}

const CARBON: (&str, &str) = (
    "repository/conf/carbon.xml",
    "<Server xmlns=\"http://wso2.org/projects/carbon/carbon.xml\"><Name>WSO2 API Manager</Name><ServerKey>AM</ServerKey>\
     <Version>2.6.0</Version><HostName>gw.corp.test</HostName><Ports><Offset>1</Offset></Ports></Server>",
);

#[test]
fn what_an_overlay_leaves_out_is_vanilla() {
    let Extracted { node, sources, unread, .. } = Folder::of(&[CARBON]).node();
    assert_eq!(unread, []);
    assert_eq!((node.product, node.version), (Product::ApiManager, Some(Version::new(2, 6, 0))));
    assert_eq!((node.version_evidence, node.config_model), (VersionEvidence::Stated, ConfigModel::Xml));
    assert!(!node.is_home);
    for (kind, port) in [
        (ListenerKind::ServletHttps, 9444),
        (ListenerKind::ServletHttp, 9764),
        (ListenerKind::GatewayHttp, 8281),
        (ListenerKind::GatewayHttps, 8244),
        (ListenerKind::WebSocket, 9100),
        (ListenerKind::SecureWebSocket, 8100),
        (ListenerKind::BinaryTcp, 9612),
        (ListenerKind::BinarySsl, 9712),
        (ListenerKind::ThriftTcp, 7612),
        (ListenerKind::Amqp, 5673),
        (ListenerKind::AmqpTls, 8673),
        (ListenerKind::KeyValidationThrift, 10398),
    ] {
        assert_eq!(node.port(kind), Some(port), "{kind:?}");
        assert!(!node.listener(kind).unwrap().base.is_written(), "{kind:?}");
    }
    for closed in [ListenerKind::Mqtt, ListenerKind::BrokerCoordination, ListenerKind::EmbeddedLdap] {
        assert_eq!(node.port(closed), None, "{closed:?}");
    }
    let clustering = node.clustering.as_ref().unwrap();
    assert_eq!((clustering.enabled.value, clustering.enabled.origin), (false, Origin::Vanilla));
    assert!(clustering.members_vanilla);
    assert!(sources.files[usize::from(clustering.span.file.index)].absent);
    let (source, usage) = node.database(LogicalDatabase::Api).unwrap();
    assert!(source.is_h2());
    assert_eq!(usage.reference.text(), Some("jdbc/WSO2AM_DB"));
    assert!(node.database_uses.iter().all(|usage| usage.data_source.is_some()), "{:?}", node.database_uses);
    assert!(node.registry.as_ref().unwrap().mounts.is_empty());
}

#[test]
fn no_two_open_listeners_of_an_untouched_node_share_a_port() {
    for version in ["1.10.0", "2.0.0", "2.1.0", "2.2.0", "2.5.0", "2.6.0"] {
        let carbon = CARBON.1.replace("2.6.0", version).replace("<Offset>1</Offset>", "<Offset>0</Offset>");
        let node = Folder::of(&[(CARBON.0, &carbon)]).node().node;
        let mut ports: Vec<_> = node
            .listeners
            .iter()
            .filter(|listener| listener.open)
            .filter_map(|listener| listener.port)
            .collect();
        let all = ports.len();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), all, "{version}");
        assert!(all >= 4, "{version}");
    }
}

#[test]
fn an_overlay_replaces_one_file_of_data_sources_and_keeps_the_others() {
    let master = "<datasources-configuration><datasources><datasource><name>AM</name>\
                  <jndiConfig><name>jdbc/OTHER</name></jndiConfig><definition><configuration>\
                  <url>jdbc:mysql://db/am</url></configuration></definition></datasource></datasources>\
                  </datasources-configuration>";
    let path = "repository/conf/datasources/master-datasources.xml";
    let node = Folder::of(&[CARBON, (path, master)]).node().node;
    let written: Vec<_> = node.data_sources.iter().filter(|source| source.name.is_written()).collect();
    assert_eq!(written.len(), 1);
    assert!(node.data_sources.len() > 1, "metrics-datasources.xml stays vanilla");
    let undefined = node.database_uses.iter().find(|usage| usage.database == LogicalDatabase::Api).unwrap();
    assert_eq!((undefined.data_source, undefined.reference.text()), (None, Some("jdbc/WSO2AM_DB")));
}

#[test]
fn what_cannot_be_read_stays_out_of_the_model() {
    let node = Folder::of(&[
        CARBON,
        ("repository/conf/axis2/axis2.xml", "<axisconfig><clustering"),
        ("repository/conf/datasources/master-datasources.xml", "<datasources"),
        ("repository/conf/registry.xml", "<wso2registry>"),
    ])
    .node();
    assert_eq!(node.unread.len(), 3);
    let node = node.node;
    assert_eq!((node.clustering, node.registry), (None, None));
    assert!(!node.listeners.iter().any(|listener| listener.kind == ListenerKind::GatewayHttps));
    let api = node.database_uses.iter().find(|usage| usage.database == LogicalDatabase::Api).unwrap();
    assert_eq!(api.reference.text(), None, "the entry may stand in the file that cannot be read");
}

#[test]
fn variables_are_the_nodes_own() {
    let api = "<APIManager><APIKeyValidator>\
               <ServerURL>https://${carbon.host}:${mgt.transport.https.port}${carbon.context}services/</ServerURL>\
               </APIKeyValidator></APIManager>";
    let node = Folder::of(&[CARBON, ("repository/conf/api-manager.xml", api)]).node().node;
    let url = node.key_management.unwrap().validation.unwrap();
    assert_eq!((url.host.name(), url.port.number), (Some("gw.corp.test"), Some(9444)));
}

#[test]
fn a_home_has_vanilla_files_for_those_cut_out_and_its_start_script_counts() {
    let node = Folder::of(&[
        CARBON,
        ("bin/version.txt", "WSO2 API Manager v2.6.0\n"),
        ("repository/components/lib/mysql-connector-java-5.1.44-bin.jar", ""),
        (
            "bin/wso2server.sh",
            "$JAVACMD \\\n    -DportOffset=4 \\\n    org.wso2.carbon.bootstrap.Bootstrap $*\n",
        ),
    ])
    .node()
    .node;
    assert!(node.is_home);
    assert_eq!(node.identity.offset.known(), Some(&4));
    assert_eq!(node.identity.host_name.as_ref().and_then(Setting::text), Some("gw.corp.test"));
    assert!(node.registry.is_some_and(|registry| registry.db_config("wso2registry").is_some()));
    assert!(node.files.contains("bin/wso2server.sh"));
}

#[test]
fn parsed_files_are_kept_with_their_ids() {
    let Extracted { node, sources, .. } = Folder::of(&[CARBON]).node();
    let (file, parsed) = node.documents.get(CARBON.0).unwrap();
    assert_eq!(sources.files[usize::from(file.index)].path, CARBON.0);
    assert!(matches!(parsed, Parsed::Xml(_)));
    assert_eq!(node.documents.len(), 1, "what is vanilla is no document of the node");
}

#[test]
fn an_overlay_of_unknown_version_still_has_its_vanilla_ports() {
    let api = "<APIManager><DataSourceName>jdbc/WSO2AM_DB</DataSourceName></APIManager>";
    let node = Folder::of(&[("repository/conf/api-manager.xml", api)]).node().node;
    assert_eq!(node.port(ListenerKind::ServletHttps), Some(9443));
    assert!(node.database(LogicalDatabase::Api).is_some());
}

#[test]
fn a_node_that_does_not_tell_has_the_version_of_its_peers() {
    let axis2 = "<axisconfig><clustering enable=\"false\"/></axisconfig>";
    let first = Folder::of(&[(CARBON.0, &CARBON.1.replace("2.6.0", "2.1.0"))]);
    let second = Folder::of(&[("repository/conf/axis2/axis2.xml", axis2)]);
    let open = |folder: &Folder, name: &str| OpenNode { name: name.to_owned(), tree: folder.tree("node1") };
    let nodes = vec![open(&first, "a"), open(&second, "b")];
    let found = extract_nodes(nodes, &Inventory::default(), &Options::default());
    let versions: Vec<_> = found.iter().map(|found| found.node.version).collect();
    assert_eq!(versions, [Some(Version::new(2, 1, 0)); 2]);
    let evidence: Vec<_> = found.iter().map(|found| found.node.version_evidence).collect();
    assert_eq!(evidence, [VersionEvidence::Stated, VersionEvidence::Shape]);
    assert!(found.iter().enumerate().all(|(index, found)| found.node.index == index));
}
