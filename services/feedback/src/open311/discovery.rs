//! `discovery`: where the interface is, and in which formats.

use super::format::Node;
use super::{Call, JURISDICTION};

/// Day of the last change of the interface.
const CHANGESET: &str = "2026-11-27T00:00:00Z";

pub(super) fn document(call: &Call<'_>) -> Node {
    let host = call.headers.get("x-forwarded-host").or(call.headers.get(http::header::HOST));
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = call.headers.get("x-forwarded-proto").and_then(|scheme| scheme.to_str().ok()).unwrap_or("http");
    let formats = ["text/xml", "application/json"].map(Node::text).to_vec();
    let endpoint = Node::Object(vec![
        ("specification", Node::text("http://wiki.open311.org/GeoReport_v2")),
        ("url", Node::text(format!("{scheme}://{host}{}/v2", super::PATH))),
        ("changeset", Node::text(CHANGESET)),
        ("type", Node::text("production")),
        ("formats", Node::List("format", formats)),
    ]);
    let fields = vec![
        ("changeset", Node::text(CHANGESET)),
        ("contact", Node::text("An administrator of the platform makes API keys; GET requests need none.")),
        ("key_service", Node::text("ioc key create --source SOURCE")),
        ("jurisdiction_id", Node::text(JURISDICTION)),
        ("endpoints", Node::List("endpoint", vec![endpoint])),
    ];
    Node::Root("discovery", Box::new(Node::Object(fields)))
}
