//! app-manager.xml names no data source: gateway, publisher and store find no apps, subscriptions and activities.

use crate::model::app::AppManager;
use crate::model::node::{Node, Role, Version};
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};

/// AP002.
pub static RULE: Rule = Rule { card: "AP002-app-datasource-reference-missing", check: Check::Node(check) };

/// Where a release looks for the data source of activities.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// `UiActivityPublishDataSourceName`, a child of the root.
    Root,
    /// `Analytics/UIActivityPublishDataSourceName`.
    Analytics,
    /// The release is not known, or lies between those that are.
    Either,
}

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(app) = &node.app_manager else { return };
    if ![Role::Gateway, Role::Publisher, Role::Store].iter().any(|role| node.acts_as(*role)) {
        return;
    }
    if app.data_source.is_none() {
        findings.push(
            Finding::new(
                app.span,
                "DataSourceName missing here",
                format!("app-manager.xml of {} names no data source of the app database", node.name),
            )
            .help(format!("add <DataSourceName>{}</DataSourceName> below the root", other_name(app))),
        );
    }
    let (root, analytics) = (&app.activity_data_source_root, &app.activity_data_source_analytics);
    let place = place(node);
    let read = match place {
        Place::Root => root.is_some(),
        Place::Analytics => analytics.is_some(),
        Place::Either => root.is_some() || analytics.is_some(),
    };
    if !read {
        findings.push(activities(node, app, place));
    }
}

/// A version that was told from this very element proves nothing about it.
fn place(node: &Node) -> Place {
    match node.told_version() {
        Some(version) if !version.at_least(1, 1) => Place::Root,
        Some(version) if version >= Version::new(1, 2, 2) => Place::Analytics,
        _ => Place::Either,
    }
}

fn activities(node: &Node, app: &AppManager, place: Place) -> Finding {
    let elsewhere = match place {
        Place::Root => app.activity_data_source_analytics.as_ref(),
        Place::Analytics => app.activity_data_source_root.as_ref(),
        Place::Either => None,
    };
    let ignored = elsewhere.or(app.activity_data_source_elsewhere.as_ref());
    let is_root = place == Place::Root || (place == Place::Either && app.analytics_span.is_none());
    let name = ignored.and_then(Setting::text).map_or_else(|| other_name(app), str::to_owned);
    let element = if is_root { "UiActivityPublishDataSourceName" } else { "UIActivityPublishDataSourceName" };
    let holder = if is_root { "the root" } else { "Analytics" };
    let Some(ignored) = ignored else {
        let span = app.analytics_span.filter(|_| !is_root).unwrap_or(app.span);
        let message = format!("app-manager.xml of {} names no data source of portal activities", node.name);
        return Finding::new(span, format!("{element} missing here"), message)
            .help(format!("add <{element}>{name}</{element}> below {holder}"));
    };
    let reader = match node.version.filter(|_| place != Place::Either) {
        Some(version) => format!("App Manager {version} does not look"),
        None => "no release looks".to_owned(),
    };
    let message =
        format!("app-manager.xml of {} names the data source of portal activities where {reader}", node.name);
    Finding::new(ignored.span, "not read here", message)
        .help(format!("move it below {holder} and call it {element}"))
}

/// The data source that the file names elsewhere, else that of the untouched pack.
fn other_name(app: &AppManager) -> String {
    let names = [&app.data_source, &app.activity_data_source_root, &app.activity_data_source_analytics];
    let name = names.into_iter().flatten().find_map(Setting::text);
    name.unwrap_or("jdbc/WSO2AM_DB").to_owned()
}
