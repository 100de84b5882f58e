//! The deployments without fault, and the fault of each rule as changes to one node of them.

/// A deployment of the corpus without any fault.
pub struct Sound {
    /// Its folder under corpus/deployments.
    pub folder: &'static str,
    /// Domain of its host names.
    pub domain: &'static str,
    /// What its addresses begin with.
    pub network: &'static str,
    /// Its nodes.
    pub nodes: &'static [Node],
    /// Codes that it has on purpose.
    pub findings: &'static [&'static str],
}

/// A node of a deployment.
pub struct Node {
    /// Its folder.
    pub name: &'static str,
    /// End of its address.
    pub address: &'static str,
    /// The node that it works with most.
    pub peer: &'static str,
    /// Names that it may have, its own first.
    pub names: [&'static str; 3],
}

const fn node(
    name: &'static str,
    address: &'static str,
    peer: &'static str,
    second: &'static str,
    third: &'static str,
) -> Node {
    Node { name, address, peer, names: [name, second, third] }
}

/// One way to make one mistake.
pub struct Fault {
    /// The rule that has to find it.
    pub code: &'static str,
    /// The deployment that it is made in.
    pub deployment: &'static str,
    /// The nodes that it is made on, one at a time.
    pub nodes: &'static [&'static str],
    /// The file that changes: of the node, or of the deployment.
    pub file: &'static str,
    /// What is replaced once by what. `{own}`, `{peer}`, `{own-address}` and `{peer-address}` are filled in.
    pub changes: &'static [(&'static str, &'static str)],
    /// Files that the node gets: path and text.
    pub added: &'static [(&'static str, &'static str)],
    /// Files that the node loses.
    pub removed: &'static [&'static str],
    /// What stands on the line that the finding points at.
    pub at: &'static str,
    /// Codes that the same change makes true as well: each is another fact to mend.
    pub companions: &'static [&'static str],
}

/// A fault that changes nothing; the others are written as what differs.
const NONE: Fault = Fault {
    code: "",
    deployment: "",
    nodes: &[],
    file: "",
    changes: &[],
    added: &[],
    removed: &[],
    at: "",
    companions: &[],
};

const PAIR: &str = "seed-active-active-2.6";
const TOML_PAIR: &str = "seed-active-active-3.0";
const PARTS: &str = "distributed-gateway-2.6";
const TOML_PARTS: &str = "distributed-4.2";
const APPS: &str = "app-manager-four-parts";

/// All of them.
pub const DEPLOYMENTS: [Sound; 5] = [
    Sound {
        folder: PAIR,
        domain: "shop.test",
        network: "172.20.4.",
        nodes: &[
            node("api1", "11", "api2", "alpha", "am-node-a"),
            node("api2", "12", "api1", "beta", "am-node-b"),
        ],
        findings: &[],
    },
    Sound {
        folder: TOML_PAIR,
        domain: "river.test",
        network: "10.30.0.",
        nodes: &[
            node("north", "11", "south", "first", "apim-0"),
            node("south", "12", "north", "second", "apim-1"),
        ],
        findings: &[],
    },
    Sound {
        folder: PARTS,
        domain: "orbit.test",
        network: "10.40.0.",
        nodes: &[
            node("gateway1", "14", "gateway2", "gw-a", "gateway-east"),
            node("gateway2", "15", "gateway1", "gw-b", "gateway-west"),
            node("publisher", "21", "store", "pub", "am-publisher"),
            node("store", "22", "publisher", "devportal", "am-store"),
            node("keymanager", "23", "gateway1", "km", "am-keymanager"),
            node("trafficmanager", "24", "gateway1", "tm", "am-traffic-manager"),
        ],
        findings: &[],
    },
    Sound {
        folder: TOML_PARTS,
        domain: "lake.test",
        network: "10.50.0.",
        nodes: &[
            node("control1", "11", "control2", "cp-a", "acp-0"),
            node("control2", "12", "control1", "cp-b", "acp-1"),
            node("traffic1", "21", "traffic2", "tm-a", "tm-0"),
            node("traffic2", "22", "traffic1", "tm-b", "tm-1"),
            node("gateway1", "31", "gateway2", "gw-a", "universal-0"),
            node("gateway2", "32", "gateway1", "gw-b", "universal-1"),
        ],
        findings: &[],
    },
    Sound {
        folder: APPS,
        domain: "apps.test",
        network: "10.0.5.",
        nodes: &[
            node("publisher", "21", "store", "pub", "appm-publisher"),
            node("store", "22", "publisher", "store-1", "appm-store"),
            node("gateway", "23", "publisher", "gw", "appm-gateway"),
            node("idp", "24", "publisher", "appm-idp", "identity-provider"),
        ],
        findings: &["AP010"],
    },
];

const API_MANAGER: &str = "repository/conf/api-manager.xml";
const APP_MANAGER: &str = "repository/conf/app-manager.xml";
const AXIS2: &str = "repository/conf/axis2/axis2.xml";
const CARBON: &str = "repository/conf/carbon.xml";
const DEPLOYMENT: &str = "repository/conf/deployment.toml";
const REGISTRY: &str = "repository/conf/registry.xml";
const SOURCES: &str = "repository/conf/datasources/master-datasources.xml";
const SSO: &str = "repository/conf/identity/sso-idp-config.xml";
const TOMCAT: &str = "repository/conf/tomcat/catalina-server.xml";
const USERS: &str = "repository/conf/user-mgt.xml";
const JNDI2: &str = "repository/conf/jndi2.properties";
const PUBLISHER_FILE: &str = "repository/deployment/server/eventpublishers/jmsEventPublisher2.xml";
const STORE_JSON: &str = "repository/deployment/server/jaggeryapps/store/site/conf/site.json";
const NGINX: &str = "nginx/nginx.conf";
const GATEWAYS: &[&str] = &["gateway1", "gateway2"];
const BOTH: &[&str] = &["api1", "api2"];
const ENDS: &[&str] = &["north", "south"];

/// The H2 file of the download, in place of a database on a server.
const MYSQL_DRIVER: &str = "<driverClassName>com.mysql.jdbc.Driver</driverClassName>";

/// One or more for each rule of the first tier that reports errors.
pub const FAULTS: &[Fault] = &[
    Fault {
        code: "AP001",
        deployment: APPS,
        nodes: &["publisher", "store"],
        file: SOURCES,
        changes: &[("mysql.apps.test:3306/es_storage?", "mysql.apps.test:3306/es_storage_2?")],
        at: "es_storage",
        ..NONE
    },
    Fault {
        code: "AP002",
        deployment: APPS,
        nodes: &["publisher", "store", "gateway"],
        file: APP_MANAGER,
        changes: &[("    <DataSourceName>jdbc/WSO2AM_DB</DataSourceName>\n", "")],
        at: "<AppManager",
        ..NONE
    },
    Fault {
        code: "AP005",
        deployment: APPS,
        nodes: &["publisher"],
        file: APP_MANAGER,
        changes: &[("<ServerURL>https://gateway.apps.test:9443", "<ServerURL>https://localhost:9443")],
        at: "<ServerURL>https://localhost:9443",
        ..NONE
    },
    Fault {
        code: "AP006",
        deployment: APPS,
        nodes: &["publisher", "store", "gateway"],
        file: APP_MANAGER,
        changes: &[(
            "<IdentityProviderUrl>https://idp.apps.test",
            "<IdentityProviderUrl>https://${carbon.local.ip}",
        )],
        at: "<IdentityProviderUrl>",
        ..NONE
    },
    Fault {
        code: "AP007",
        deployment: APPS,
        nodes: &["idp"],
        file: SSO,
        changes: &[
            ("URL>https://store.apps.test:9443/store/acs", "URL>https://localhost:9443/store/acs"),
            ("URL>https://store.apps.test:9443/store/acs", "URL>https://localhost:9443/store/acs"),
        ],
        at: "localhost:9443/store/acs",
        ..NONE
    },
    Fault {
        code: "CL004",
        deployment: PAIR,
        nodes: BOTH,
        file: AXIS2,
        changes: &[("<hostName>{peer-address}</hostName>", "<hostName>127.0.0.1</hostName>")],
        at: "<members>",
        ..NONE
    },
    Fault {
        code: "CL007",
        deployment: PAIR,
        nodes: BOTH,
        file: AXIS2,
        changes: &[("<port>4000</port>", "<port>4001</port>")],
        at: "<port>4001</port>",
        ..NONE
    },
    Fault {
        code: "CL009",
        deployment: PAIR,
        nodes: BOTH,
        file: AXIS2,
        changes: &[("\"localMemberHost\">{own-address}<", "\"localMemberHost\">127.0.0.1<")],
        at: "localMemberHost",
        ..NONE
    },
    Fault {
        code: "CL011",
        deployment: PAIR,
        nodes: BOTH,
        file: AXIS2,
        changes: &[(">shop.am.domain<", ">shop.other.domain<")],
        at: "name=\"domain\"",
        ..NONE
    },
    Fault {
        code: "DS001",
        deployment: PAIR,
        nodes: BOTH,
        file: SOURCES,
        changes: &[
            (
                "jdbc:mysql://mysql.shop.test:3306/shop_apim?useSSL=false&amp;autoReconnect=true",
                "jdbc:h2:repository/database/WSO2AM_DB;DB_CLOSE_ON_EXIT=FALSE",
            ),
            (MYSQL_DRIVER, "<driverClassName>org.h2.Driver</driverClassName>"),
        ],
        at: "WSO2AM_DB;",
        companions: &["DR001"],
        ..NONE
    },
    Fault {
        code: "DS003",
        deployment: PARTS,
        nodes: &["publisher", "store", "keymanager"],
        file: SOURCES,
        changes: &[("/orbit_apim?", "/orbit_apim_2?")],
        at: "/orbit_apim_2?",
        ..NONE
    },
    Fault {
        code: "DS003",
        deployment: TOML_PARTS,
        nodes: &["control1", "control2"],
        file: DEPLOYMENT,
        changes: &[("/lake_apim?", "/lake_apim_2?")],
        at: "/lake_apim",
        ..NONE
    },
    Fault {
        code: "DY001",
        deployment: PARTS,
        nodes: GATEWAYS,
        file: CARBON,
        changes: &[("<Enabled>false</Enabled>", "<Enabled>true</Enabled>")],
        at: "<Enabled>true</Enabled>",
        companions: &["DY008"],
        ..NONE
    },
    Fault {
        code: "GW002",
        deployment: PAIR,
        nodes: &["api2"],
        file: API_MANAGER,
        changes: &[(
            "<ServerURL>https://api1.shop.test:9443/services/",
            "<ServerURL>https://api2.shop.test:9443/services/",
        )],
        at: "api2.shop.test",
        ..NONE
    },
    Fault {
        code: "GW004",
        deployment: PARTS,
        nodes: &["publisher"],
        file: API_MANAGER,
        changes: &[("https://mgt.gw.orbit.test/services/", "https://mgt.gw.orbit.test/services")],
        at: "https://mgt.gw.orbit.test/services<",
        ..NONE
    },
    Fault {
        code: "GW010",
        deployment: TOML_PARTS,
        nodes: GATEWAYS,
        file: DEPLOYMENT,
        changes: &[("gateway_labels = [\"Default\"]", "gateway_labels = [\"default\"]")],
        at: "gateway_labels",
        ..NONE
    },
    Fault {
        code: "PT004",
        deployment: PARTS,
        nodes: GATEWAYS,
        file: API_MANAGER,
        changes: &[("ssl://trafficmanager.orbit.test:9711", "ssl://trafficmanager.orbit.test:9611")],
        at: "ssl://trafficmanager.orbit.test:9611",
        ..NONE
    },
    Fault {
        code: "PX001",
        deployment: PAIR,
        nodes: BOTH,
        file: STORE_JSON,
        changes: &[("\"context\" : \"/store\",\n        //", "\"context\" : \"/devs\",\n        //")],
        at: "/devs",
        ..NONE
    },
    Fault {
        code: "PX003",
        deployment: PAIR,
        nodes: BOTH,
        file: STORE_JSON,
        changes: &[("\"host\" : \"api.shop.test\"", "\"host\" : \"https://api.shop.test\"")],
        at: "https://api.shop.test",
        ..NONE
    },
    Fault {
        code: "PX005",
        deployment: PAIR,
        nodes: BOTH,
        file: STORE_JSON,
        changes: &[("\"enabled\" : true", "\"enabled\" : \"yes\"")],
        at: "\"yes\"",
        ..NONE
    },
    Fault {
        code: "PX006",
        deployment: PAIR,
        nodes: BOTH,
        file: NGINX,
        changes: &[("server {own-address}:8243;", "server {own-address}:8290;")],
        at: ":8290",
        ..NONE
    },
    Fault {
        code: "RG001",
        deployment: PAIR,
        nodes: BOTH,
        file: REGISTRY,
        changes: &[("<dbConfig name=\"wso2registry\">", "<dbConfig name=\"wso2local\">")],
        at: "<currentDBConfig>",
        companions: &["DR001"],
        ..NONE
    },
    Fault {
        code: "RG007",
        deployment: PAIR,
        nodes: BOTH,
        file: REGISTRY,
        changes: &[(
            "    <mount path=\"/_system/governance\" overwrite=\"true\">\n        <instanceId>wso2gov</instanceId>\n        \
             <targetPath>/_system/governance</targetPath>\n    </mount>\n",
            "",
        )],
        at: "<wso2registry>",
        ..NONE
    },
    Fault {
        code: "SE004",
        deployment: PAIR,
        nodes: BOTH,
        file: CARBON,
        added: &[("repository/resources/security/client-truststore.jks", "a trust store")],
        at: "shop.jks",
        ..NONE
    },
    Fault {
        code: "SE004",
        deployment: TOML_PARTS,
        nodes: &["control2", "traffic1", "gateway2"],
        file: DEPLOYMENT,
        added: &[("repository/resources/security/Lake.jks", "a key store")],
        at: "lake.jks",
        ..NONE
    },
    Fault {
        code: "SE006",
        deployment: PAIR,
        nodes: &["api2"],
        file: CARBON,
        changes: &[
            (
                "<Location>${carbon.home}/repository/resources/security/shop.jks",
                "<Location>${carbon.home}/repository/resources/security/own.jks",
            ),
            (
                "<Location>${carbon.home}/repository/resources/security/shop.jks",
                "<Location>${carbon.home}/repository/resources/security/own.jks",
            ),
        ],
        at: "own.jks",
        ..NONE
    },
    Fault {
        code: "SE006",
        deployment: TOML_PARTS,
        nodes: &["control2", "traffic1", "gateway2"],
        file: DEPLOYMENT,
        changes: &[(
            "[keystore.internal]\nfile_name = \"lake.jks\"",
            "[keystore.internal]\nfile_name = \"pond.jks\"",
        )],
        at: "pond.jks",
        ..NONE
    },
    Fault {
        code: "SE007",
        deployment: PARTS,
        nodes: &["gateway1", "publisher", "store", "keymanager", "trafficmanager"],
        file: SOURCES,
        changes: &[(
            "<password>db-of-the-orbit</password>",
            "<password svns:secretAlias=\"am_db\">password</password>",
        )],
        added: &[("repository/conf/security/cipher-text.properties", "um_db=cGxlYXNlIGVuY3J5cHQ\n")],
        at: "secretAlias=\"am_db\"",
        companions: &["SE009"],
        ..NONE
    },
    Fault { code: "TM002", deployment: PAIR, nodes: BOTH, removed: &[JNDI2, PUBLISHER_FILE], ..NONE },
    Fault {
        code: "TM003",
        deployment: PAIR,
        nodes: BOTH,
        file: JNDI2,
        changes: &[("tcp://{peer}.shop.test:5672", "tcp://{own}.shop.test:5672")],
        at: "TopicConnectionFactory",
        ..NONE
    },
    Fault {
        code: "TM005",
        deployment: PAIR,
        nodes: BOTH,
        file: JNDI2,
        changes: &[("topic.throttleData = throttleData", "")],
        at: "TopicConnectionFactory",
        ..NONE
    },
    Fault {
        code: "UM001",
        deployment: PAIR,
        nodes: BOTH,
        file: USERS,
        changes: &[("jdbc/WSO2UM_DB", "jdbc/WSO2CarbonDB")],
        at: "jdbc/WSO2CarbonDB",
        ..NONE
    },
    Fault {
        code: "UM002",
        deployment: PARTS,
        nodes: &["publisher", "store", "keymanager"],
        file: SOURCES,
        changes: &[("/orbit_users?", "/orbit_users_2?")],
        at: "/orbit_users_2?",
        ..NONE
    },
    Fault {
        code: "UM002",
        deployment: TOML_PAIR,
        nodes: ENDS,
        file: DEPLOYMENT,
        changes: &[("/river_shared?", "/river_shared_2?")],
        at: "/river_shared",
        ..NONE
    },
    Fault {
        code: "PX017",
        deployment: PAIR,
        nodes: BOTH,
        file: TOMCAT,
        changes: &[("proxyPort=\"443\"", "proxyPort=\"8443\"")],
        at: "proxyPort",
        ..NONE
    },
    Fault {
        code: "CL001",
        deployment: APPS,
        nodes: &["publisher", "store"],
        file: AXIS2,
        changes: &[("enable=\"true\"", "enable=\"false\"")],
        at: "enable=\"false\"",
        ..NONE
    },
    Fault {
        code: "AP004",
        deployment: APPS,
        nodes: &["idp"],
        file: SOURCES,
        changes: &[("mysql.apps.test:3306/users?", "mysql.apps.test:3306/users_2?")],
        at: "/users_2?",
        ..NONE
    },
    Fault {
        code: "CL001",
        deployment: PAIR,
        nodes: BOTH,
        file: AXIS2,
        changes: &[("enable=\"true\"", "enable=\"false\"")],
        at: "enable=\"false\"",
        ..NONE
    },
    Fault {
        code: "CL008",
        deployment: PAIR,
        nodes: BOTH,
        file: AXIS2,
        changes: &[("\"localMemberHost\">{own-address}<", "\"localMemberHost\">{peer-address}<")],
        at: "localMemberHost",
        ..NONE
    },
    Fault {
        code: "DS002",
        deployment: PAIR,
        nodes: BOTH,
        file: "repository/conf/api-manager.xml",
        changes: &[("jdbc/WSO2AM_DB", "jdbc/WSO2APIM_DB")],
        at: "jdbc/WSO2APIM_DB",
        companions: &["DR001"],
        ..NONE
    },
    Fault {
        code: "DS004",
        deployment: PARTS,
        nodes: &["publisher", "store", "keymanager"],
        file: SOURCES,
        changes: &[("mysql.orbit.test:3306/orbit_apim", "localhost:3306/orbit_apim")],
        at: "localhost:3306/orbit_apim",
        ..NONE
    },
    Fault {
        code: "DS007",
        deployment: PAIR,
        nodes: BOTH,
        file: SOURCES,
        changes: &[(
            "<driverClassName>com.mysql.jdbc.Driver</driverClassName>",
            "<driverClassName>org.h2.Driver</driverClassName>",
        )],
        at: "org.h2.Driver",
        ..NONE
    },
    Fault {
        code: "DS010",
        deployment: PAIR,
        nodes: BOTH,
        file: SOURCES,
        changes: &[("<name>jdbc/WSO2UM_DB</name>", "<name>jdbc/WSO2AM_DB</name>")],
        at: "jdbc/WSO2AM_DB",
        companions: &["DS002", "DS005"],
        ..NONE
    },
    Fault {
        code: "FM001",
        deployment: PAIR,
        nodes: BOTH,
        file: REGISTRY,
        changes: &[("</currentDBConfig>", "</currentDbConfig>")],
        at: "urrentD",
        ..NONE
    },
    Fault {
        code: "FM002",
        deployment: PAIR,
        nodes: BOTH,
        file: STORE_JSON,
        changes: &[(
            "\"context\" : \"/store\",\n    \"reverseProxy\"",
            "\"context\" : \"/store\"\n    \"reverseProxy\"",
        )],
        at: "",
        ..NONE
    },
    Fault {
        code: "FM004",
        deployment: PAIR,
        nodes: BOTH,
        file: JNDI2,
        changes: &[(
            "@clientid/carbon?brokerlist='tcp://{peer}.shop.test:5672'",
            "@clientid/carbon?brokerlist='tcp://{peer}.shop.test:5672",
        )],
        at: "TopicConnectionFactory",
        ..NONE
    },
    Fault {
        code: "FM007",
        deployment: PAIR,
        nodes: BOTH,
        file: CARBON,
        changes: &[("<MgtHostName>api.shop.test</MgtHostName>", "#<MgtHostName>api.shop.test</MgtHostName>")],
        at: "MgtHostName",
        ..NONE
    },
    Fault {
        code: "FM010",
        deployment: TOML_PAIR,
        nodes: ENDS,
        file: DEPLOYMENT,
        changes: &[(
            "url = \"jdbc:mysql://mysql.river.test:3306/river_apim?",
            "url = \"jdbc:mysql://<db-host>:3306/river_apim?",
        )],
        at: "<db-host>",
        ..NONE
    },
    Fault {
        code: "GW004",
        deployment: PAIR,
        nodes: &["api2"],
        file: API_MANAGER,
        changes: &[("https://api1.shop.test:9443/services/", "https://api1.shop.test:9443/")],
        at: "https://api1.shop.test:9443/<",
        ..NONE
    },
    Fault {
        code: "HN003",
        deployment: PAIR,
        nodes: BOTH,
        file: CARBON,
        changes: &[("<HostName>api.shop.test</HostName>", "<HostName>api1.other.test</HostName>")],
        at: "HostName",
        ..NONE
    },
    Fault {
        code: "PT001",
        deployment: PAIR,
        nodes: BOTH,
        file: AXIS2,
        changes: &[(">8280<", ">9443<")],
        at: "9443",
        companions: &["PX006"],
        ..NONE
    },
    Fault {
        code: "PT003",
        deployment: PAIR,
        nodes: BOTH,
        file: JNDI2,
        changes: &[("tcp://{peer}.shop.test:5672", "tcp://{peer}.shop.test:5690")],
        at: ":5690",
        ..NONE
    },
    Fault {
        code: "PT003",
        deployment: PARTS,
        nodes: GATEWAYS,
        file: API_MANAGER,
        changes: &[("tcp://trafficmanager.orbit.test:9611", "tcp://10.40.0.24:9650")],
        at: ":9650",
        companions: &["TM012"],
        ..NONE
    },
    Fault {
        code: "PT003",
        deployment: TOML_PARTS,
        nodes: GATEWAYS,
        file: DEPLOYMENT,
        changes: &[(
            "throttle_decision_endpoints = [\"tcp://traffic1.lake.test:5672\"",
            "throttle_decision_endpoints = [\"tcp://traffic1.lake.test:5690\"",
        )],
        at: ":5690",
        ..NONE
    },
    Fault {
        code: "PX008",
        deployment: PAIR,
        nodes: BOTH,
        file: NGINX,
        changes: &[("proxy_pass https://traffic-https;", "proxy_pass http://traffic-https;")],
        at: "http://traffic-https",
        ..NONE
    },
    Fault {
        code: "PX009",
        deployment: PAIR,
        nodes: BOTH,
        file: NGINX,
        changes: &[("    upstream portals {\n        ip_hash;", "    upstream portals {")],
        at: "upstream portals",
        ..NONE
    },
    Fault {
        code: "PX019",
        deployment: PAIR,
        nodes: BOTH,
        file: NGINX,
        changes: &[("        ssl_certificate_key /etc/nginx/tls/api.shop.test.key;\n", "")],
        at: "server",
        ..NONE
    },
    Fault {
        code: "RG002",
        deployment: PAIR,
        nodes: BOTH,
        file: REGISTRY,
        changes: &[("<currentDBConfig>wso2registry<", "<currentDBConfig>wso2reg<")],
        at: "<currentDBConfig>",
        ..NONE
    },
    Fault {
        code: "RG003",
        deployment: PAIR,
        nodes: BOTH,
        file: REGISTRY,
        changes: &[(
            "<dbConfig name=\"wso2registry\">\n        <dataSource>jdbc/WSO2CarbonDB<",
            "<dbConfig name=\"wso2registry\">\n        <dataSource>jdbc/WSO2GovDB<",
        )],
        at: "jdbc/WSO2GovDB",
        ..NONE
    },
    Fault {
        code: "RG004",
        deployment: PAIR,
        nodes: BOTH,
        file: REGISTRY,
        changes: &[("<instanceId>wso2gov<", "<instanceId>gov<")],
        at: "<instanceId>gov<",
        ..NONE
    },
    Fault {
        code: "RG005",
        deployment: PAIR,
        nodes: BOTH,
        file: REGISTRY,
        changes: &[("<dbConfig>wso2gov<", "<dbConfig>gov<")],
        at: "<dbConfig>gov<",
        ..NONE
    },
    Fault {
        code: "RG009",
        deployment: PAIR,
        nodes: BOTH,
        file: REGISTRY,
        changes: &[("<targetPath>/_system/governance<", "<targetPath>/_system/gov<")],
        at: "/_system/gov<",
        ..NONE
    },
    Fault {
        code: "RG010",
        deployment: PAIR,
        nodes: BOTH,
        file: REGISTRY,
        changes: &[(
            "path=\"/_system/governance\" overwrite=\"true\"",
            "path=\"/_system/governance\" overwrite=\"false\"",
        )],
        at: "overwrite",
        ..NONE
    },
    Fault {
        code: "RG011",
        deployment: PAIR,
        nodes: BOTH,
        file: SOURCES,
        changes: &[("/shop_registry?", "/shop_registry_2?")],
        at: "/shop_registry",
        companions: &["RG012"],
        ..NONE
    },
    Fault {
        code: "RG013",
        deployment: PAIR,
        nodes: BOTH,
        file: REGISTRY,
        changes: &[(
            "<dbConfig>wso2gov</dbConfig>\n        <readOnly>false<",
            "<dbConfig>wso2gov</dbConfig>\n        <readOnly>true<",
        )],
        at: "<readOnly>true",
        ..NONE
    },
    Fault {
        code: "SE017",
        deployment: TOML_PARTS,
        nodes: &["control2"],
        file: DEPLOYMENT,
        changes: &[(
            "[super_admin]",
            "[encryption]\ntype = \"symmetric\"\nkey = \"3cc0481b70794667b5bee7e2beed2de4\"\n\n[super_admin]",
        )],
        at: "key = \"3cc",
        ..NONE
    },
    Fault {
        code: "TM010",
        deployment: TOML_PAIR,
        nodes: ENDS,
        file: DEPLOYMENT,
        changes: &[
            (
                "traffic_manager_urls = [\"tcp://north.river.test:9611\"]\ntraffic_manager_auth_urls = [\"ssl://north.river.test:9711\"]",
                "traffic_manager_urls = [\"tcp://north.river.test:9611\", \"tcp://south.river.test:9611\"]\ntraffic_manager_auth_urls = [\"ssl://north.river.test:9711\", \"ssl://south.river.test:9711\"]",
            ),
            (
                "[[apim.throttling.url_group]]\ntraffic_manager_urls = [\"tcp://south.river.test:9611\"]\ntraffic_manager_auth_urls = [\"ssl://south.river.test:9711\"]\ntype = \"loadbalance\"\n",
                "",
            ),
        ],
        at: "traffic_manager_urls",
        companions: &["DR001"],
        ..NONE
    },
    Fault {
        code: "TM014",
        deployment: TOML_PAIR,
        nodes: ENDS,
        file: DEPLOYMENT,
        changes: &[(
            "[[apim.throttling.url_group]]\ntraffic_manager_urls = [\"tcp://{peer}.river.test:9611\"]\ntraffic_manager_auth_urls = [\"ssl://{peer}.river.test:9711\"]\ntype = \"loadbalance\"\n",
            "",
        )],
        at: "",
        companions: &["DR001"],
        ..NONE
    },
    Fault {
        code: "UM003",
        deployment: PAIR,
        nodes: BOTH,
        file: USERS,
        changes: &[(
            "org.wso2.carbon.user.core.jdbc.JDBCUserStoreManager",
            "org.wso2.carbon.user.core.ldap.ReadWriteLDAPUserStoreManager",
        )],
        at: "UserStoreManager",
        ..NONE
    },
    Fault {
        code: "UM004",
        deployment: PAIR,
        nodes: BOTH,
        file: USERS,
        changes: &[(">SHA-256<", ">PLAIN_TEXT<")],
        at: "PasswordDigest",
        ..NONE
    },
    Fault {
        code: "PX016",
        deployment: TOML_PAIR,
        nodes: ENDS,
        file: DEPLOYMENT,
        changes: &[("[transport.https.properties]\nproxyPort = 443\n", "")],
        at: "",
        companions: &["DR002"],
        ..NONE
    },
    Fault {
        code: "KM001",
        deployment: PARTS,
        nodes: GATEWAYS,
        file: API_MANAGER,
        changes: &[(
            "<APIKeyValidator>\n        <ServerURL>https://keymanager.orbit.test:9443/services/",
            "<APIKeyValidator>\n        <ServerURL>https://localhost:9443/services/",
        )],
        at: "localhost:9443",
        ..NONE
    },
    Fault {
        code: "KM003",
        deployment: PARTS,
        nodes: &["keymanager"],
        file: API_MANAGER,
        changes: &[("<EnableThriftServer>true", "<EnableThriftServer>false")],
        at: "",
        ..NONE
    },
    Fault {
        code: "KM005",
        deployment: PARTS,
        nodes: GATEWAYS,
        file: API_MANAGER,
        changes: &[("<ThriftServerHost>keymanager.orbit.test<", "<ThriftServerHost>localhost<")],
        at: "<ThriftServerHost>localhost<",
        ..NONE
    },
    Fault {
        code: "CL002",
        deployment: PAIR,
        nodes: BOTH,
        file: AXIS2,
        changes: &[("\"membershipScheme\">wka<", "\"membershipScheme\">multicast<")],
        at: "membershipScheme",
        companions: &["CL003"],
        ..NONE
    },
    Fault {
        code: "CL015",
        deployment: PAIR,
        nodes: BOTH,
        file: AXIS2,
        changes: &[("\"membershipScheme\">wka<", "\"membershipScheme\">wkaa<")],
        at: "wkaa",
        companions: &["CL002"],
        ..NONE
    },
    Fault {
        code: "GW007",
        deployment: PAIR,
        nodes: BOTH,
        file: API_MANAGER,
        changes: &[("type=\"hybrid\"", "type=\"hybird\"")],
        at: "hybird",
        companions: &["GW003"],
        ..NONE
    },
    Fault {
        code: "GW009",
        deployment: PAIR,
        nodes: BOTH,
        file: API_MANAGER,
        changes: &[(
            "                <Username>${admin.username}</Username>\n                <Password>",
            "                <Username></Username>\n                <Password>",
        )],
        at: "Username",
        ..NONE
    },
    Fault {
        code: "GW003",
        deployment: PAIR,
        nodes: BOTH,
        file: API_MANAGER,
        changes: &[("<Name>Production and Sandbox<", "<Name>Production<")],
        at: "<Name>",
        companions: &["DR001"],
        ..NONE
    },
    Fault {
        code: "HN005",
        deployment: PAIR,
        nodes: BOTH,
        file: "hosts",
        changes: &[("172.20.4.20", "172.20.4.99  {own}.shop.test\n172.20.4.20")],
        at: "",
        ..NONE
    },
    Fault {
        code: "HN007",
        deployment: PAIR,
        nodes: BOTH,
        file: CARBON,
        changes: &[("<HostName>api.shop.test<", "<HostName>https://api.shop.test<")],
        at: "https://api.shop.test",
        ..NONE
    },
    Fault {
        code: "UM009",
        deployment: APPS,
        nodes: &["publisher", "store", "gateway"],
        file: APP_MANAGER,
        changes: &[("<Password>4dmin-of-the-apps<", "<Password>other-of-the-apps<")],
        at: "",
        ..NONE
    },
    Fault {
        code: "SE001",
        deployment: TOML_PAIR,
        nodes: ENDS,
        file: DEPLOYMENT,
        changes: &[
            ("username = \"riveradmin\"", "username = \"admin\""),
            ("password = \"4dmin-of-the-river\"", "password = \"admin\""),
        ],
        at: "\"admin\"",
        companions: &["UM005", "DR001"],
        ..NONE
    },
    Fault {
        code: "KM004",
        deployment: PARTS,
        nodes: GATEWAYS,
        file: API_MANAGER,
        changes: &[(
            "        <ThriftServerHost>",
            "        <ThriftClientPort>10500</ThriftClientPort>\n        <ThriftServerHost>",
        )],
        at: "10500",
        ..NONE
    },
    Fault {
        code: "TM004",
        deployment: PAIR,
        nodes: BOTH,
        file: PUBLISHER_FILE,
        changes: &[("repository/conf/jndi2.properties", "repository/conf/jndi3.properties")],
        at: "jndi3.properties",
        ..NONE
    },
    Fault {
        code: "TM007",
        deployment: PAIR,
        nodes: BOTH,
        file: PUBLISHER_FILE,
        changes: &[("name=\"jmsEventPublisher2\"", "name=\"jmsEventPublisher\"")],
        at: "name=\"jmsEventPublisher\"",
        ..NONE
    },
    Fault {
        code: "TM009",
        deployment: PAIR,
        nodes: BOTH,
        file: JNDI2,
        changes: &[("amqp://shopadmin:4dmin-of-the-shop@clientid", "amqp://admin:admin@clientid")],
        at: "TopicConnectionFactory",
        ..NONE
    },
    Fault {
        code: "TM011",
        deployment: PARTS,
        nodes: GATEWAYS,
        file: API_MANAGER,
        changes: &[
            (
                "<ReceiverUrlGroup>tcp://trafficmanager.orbit.test:9611<",
                "<ReceiverUrlGroup>tcp://trafficmanager.orbit.test:9611,{tcp://trafficmanager.orbit.test:9611}<",
            ),
            (
                "<AuthUrlGroup>ssl://trafficmanager.orbit.test:9711<",
                "<AuthUrlGroup>{ssl://trafficmanager.orbit.test:9711}<",
            ),
        ],
        at: "<ReceiverUrlGroup>tcp",
        ..NONE
    },
    Fault {
        code: "TM012",
        deployment: PARTS,
        nodes: GATEWAYS,
        file: API_MANAGER,
        changes: &[(
            "<AuthUrlGroup>ssl://trafficmanager.orbit.test:9711<",
            "<AuthUrlGroup>{ssl://trafficmanager.orbit.test:9711},{ssl://trafficmanager.orbit.test:9711}<",
        )],
        at: "UrlGroup",
        ..NONE
    },
    Fault {
        code: "TM016",
        deployment: PARTS,
        nodes: GATEWAYS,
        file: API_MANAGER,
        changes: &[(
            "<DataPublisher>\n            <Enabled>true",
            "<DataPublisher>\n            <Enabled>false",
        )],
        at: "<Enabled>false",
        ..NONE
    },
    Fault {
        code: "TM017",
        deployment: PARTS,
        nodes: &["publisher"],
        file: API_MANAGER,
        changes: &[(
            "<ServiceURL>https://trafficmanager.orbit.test:9443/services/",
            "<ServiceURL>https://localhost:9443/services/",
        )],
        at: "localhost:9443",
        ..NONE
    },
    Fault {
        code: "TM022",
        deployment: TOML_PARTS,
        nodes: GATEWAYS,
        file: DEPLOYMENT,
        changes: &[(
            "enable = true\nusername = \"$ref{super_admin.username}\"\npassword = \"$ref{super_admin.password}\"\nservice_url = \"https://cp.lake.test/services/\"",
            "enable = true\nusername = \"$ref{super_admin.username}\"\npassword = \"$ref{super_admin.password}\"\nservice_url = \"https://localhost:9443/services/\"",
        )],
        at: "localhost:9443",
        ..NONE
    },
    Fault {
        code: "TL002",
        deployment: TOML_PARTS,
        nodes: &["gateway1", "gateway2"],
        file: DEPLOYMENT,
        changes: &[("[apim.key_manager]", "[apim.throttling.jms]\nssl = true\n\n[apim.key_manager]")],
        at: "[apim.throttling]",
        ..NONE
    },
    Fault {
        code: "TL003",
        deployment: TOML_PARTS,
        nodes: &["gateway1"],
        file: DEPLOYMENT,
        changes: &[(
            "[apim.sync_runtime_artifacts.gateway]",
            "[apim.gateway.environment]\nname = \"Other\"\n\n[apim.sync_runtime_artifacts.gateway]",
        )],
        at: "[apim.gateway.environment]",
        ..NONE
    },
    Fault {
        code: "TL004",
        deployment: TOML_PARTS,
        nodes: GATEWAYS,
        file: DEPLOYMENT,
        changes: &[("[apim.key_manager]", "[[apim.key_manager]]")],
        at: "[[apim.key_manager]]",
        companions: &["TL006"],
        ..NONE
    },
    Fault {
        code: "TL006",
        deployment: TOML_PARTS,
        nodes: &["control1", "control2"],
        file: DEPLOYMENT,
        changes: &[("username = \"${admin.username}\"", "username = \"$ref{super_admin.username}\"")],
        at: "$ref{super_admin.username}",
        ..NONE
    },
    Fault {
        code: "TL007",
        deployment: TOML_PARTS,
        nodes: &["control1", "traffic2", "gateway1"],
        file: DEPLOYMENT,
        changes: &[("username = \"$ref{super_admin.username}\"", "username = \"$ref{super_admin.user}\"")],
        at: "$ref{super_admin.user}",
        ..NONE
    },
    Fault {
        code: "TL011",
        deployment: TOML_PARTS,
        nodes: &["control1", "traffic2", "gateway1"],
        file: DEPLOYMENT,
        changes: &[("url = \"jdbc:mysql://mysql.lake.test:3306/lake_shared?useSSL=false\"\n", "")],
        at: "",
        ..NONE
    },
    Fault {
        code: "TL014",
        deployment: TOML_PARTS,
        nodes: &["control1", "traffic2", "gateway1"],
        file: DEPLOYMENT,
        changes: &[("lake_shared?useSSL=false", "lake_shared?useSSL=false&autoReconnect=true")],
        at: "&autoReconnect",
        ..NONE
    },
    Fault {
        code: "TL017",
        deployment: TOML_PARTS,
        nodes: &["control1"],
        file: DEPLOYMENT,
        changes: &[("server_role = \"control-plane\"", "server_role = \"controlplane\"")],
        at: "controlplane",
        ..NONE
    },
    Fault {
        code: "TL023",
        deployment: TOML_PARTS,
        nodes: &["control1", "traffic2", "gateway1"],
        file: DEPLOYMENT,
        changes: &[(
            "event_listening_endpoints = [\"tcp://control1",
            "event_listening_endpoints = [\"ssl://control1",
        )],
        at: "ssl://",
        ..NONE
    },
    Fault {
        code: "TL026",
        deployment: TOML_PARTS,
        nodes: &["control1", "control2"],
        file: DEPLOYMENT,
        changes: &[("[user_store]\n", "[oauth.grant_type.password]\nenable = \"true\"\n\n[user_store]\n")],
        at: "enable = \"true\"",
        companions: &["DR001"],
        ..NONE
    },
    Fault {
        code: "FM003",
        deployment: TOML_PAIR,
        nodes: ENDS,
        file: DEPLOYMENT,
        changes: &[("hostname = \"api.river.test\"", "hostname = \"api.river.test")],
        at: "hostname",
        ..NONE
    },
    Fault {
        code: "DS006",
        deployment: PAIR,
        nodes: BOTH,
        file: SOURCES,
        added: &[("repository/components/lib/readme.jar", "")],
        at: "com.mysql",
        ..NONE
    },
    Fault {
        code: "VR001",
        deployment: PAIR,
        nodes: BOTH,
        file: "bin/version.txt",
        changes: &[("2.6.0", "2.5.0")],
        at: "",
        ..NONE
    },
];
