//! Services (the categories), and what is asked in each.

use super::fault::Faults;
use super::format::Node;
use super::{Call, requests::agency};
use crate::model::{AttributeType, Category, CategoryAttribute};
use crate::store::category;

/// `GET services`
pub(super) async fn list(call: &Call<'_>) -> Result<Node, Faults> {
    let services = category::all(&call.reader, true).await?;
    let asking = category::asking(&call.reader).await?;
    let service = |service: &Category| {
        Node::Object(vec![
            ("service_code", Node::text(&service.code)),
            ("service_name", Node::text(&service.name)),
            ("description", Node::text(&service.description)),
            ("metadata", Node::Flag(asking.contains(&service.code))),
            ("type", Node::text("realtime")),
            ("keywords", Node::text(service.keywords.join(","))),
            ("group", Node::text(&service.group_name)),
        ])
    };
    Ok(Node::root("services", "service", services.iter().map(service).collect()))
}

/// `GET services/{code}`
pub(super) async fn definition(call: &Call<'_>, code: &str) -> Result<Node, Faults> {
    require(call, code).await?;
    let attributes = category::attributes(&call.reader, code).await?;
    let definition = Node::Object(vec![
        ("service_code", Node::text(code)),
        ("attributes", Node::List("attribute", attributes.iter().map(attribute).collect())),
    ]);
    Ok(Node::Root("service_definition", Box::new(definition)))
}

fn attribute(attribute: &CategoryAttribute) -> Node {
    let value = |(key, name): (&str, &str)| Node::Object(vec![("key", Node::text(key)), ("name", Node::text(name))]);
    let mut fields = vec![
        ("variable", Node::Flag(attribute.variable)),
        ("code", Node::text(&attribute.code)),
        ("datatype", Node::text(attribute.datatype.as_str().to_lowercase())),
        ("required", Node::Flag(attribute.required)),
        ("datatype_description", Node::Text(attribute.datatype_description.clone())),
        ("order", Node::Number(attribute.ordinal.into())),
        ("description", Node::text(&attribute.description)),
    ];
    if matches!(attribute.datatype, AttributeType::Singlevaluelist | AttributeType::Multivaluelist) {
        fields.push(("values", Node::List("value", attribute.choices().map(value).collect())));
    }
    Node::Object(fields)
}

/// Refuses a code that no active category has. A hidden one is absent too.
pub(super) async fn require(call: &Call<'_>, code: &str) -> Result<Category, Faults> {
    let services = category::all(&call.reader, true).await?;
    let found = services.into_iter().find(|service| service.code == code);
    found.ok_or_else(|| {
        Faults::absent(format!("service_code {code:?} is unknown; accepted: a code of {}", agency("services")))
    })
}
