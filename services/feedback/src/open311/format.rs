//! One tree for both formats. JSON has bare arrays and null for an empty element; XML names the elements of a list.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::{Map, Value};

/// Format of an answer; XML is the one that every client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Format {
    #[default]
    Xml,
    Json,
}

impl Format {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Xml => "text/xml; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// Element of an answer.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// Text; without one an empty element, or null.
    Text(Option<String>),
    /// `true` or `false`.
    Flag(bool),
    /// Number, as it is written.
    Number(serde_json::Number),
    /// Elements by name.
    Object(Vec<(&'static str, Node)>),
    /// Elements of a name.
    List(&'static str, Vec<Node>),
    /// The root element of XML, which JSON does not have.
    Root(&'static str, Box<Node>),
}

impl Node {
    pub(super) fn text(value: impl Into<String>) -> Self {
        Self::Text(Some(value.into()))
    }

    /// Coordinate in degrees.
    pub(super) fn degrees(value: Option<f64>) -> Self {
        value.and_then(serde_json::Number::from_f64).map_or(Self::Text(None), Self::Number)
    }

    /// A list with its root element.
    pub(super) fn root(name: &'static str, item: &'static str, items: Vec<Self>) -> Self {
        Self::Root(name, Box::new(Self::List(item, items)))
    }

    /// Writes the whole answer.
    pub(super) fn write(&self, format: Format) -> String {
        match format {
            Format::Json => self.json().to_string(),
            Format::Xml => {
                let mut writer = Writer::new(Vec::new());
                // Writing to memory cannot fail.
                let _ = writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
                self.xml(&mut writer);
                String::from_utf8(writer.into_inner()).unwrap_or_default()
            }
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => text.clone().filter(|text| !text.is_empty()).map_or(Value::Null, Value::String),
            Self::Flag(flag) => Value::Bool(*flag),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Object(fields) => Value::Object(
                fields.iter().map(|(name, node)| ((*name).to_owned(), node.json())).collect::<Map<_, _>>(),
            ),
            Self::List(_, items) => Value::Array(items.iter().map(Self::json).collect()),
            Self::Root(_, node) => node.json(),
        }
    }

    fn xml(&self, writer: &mut Writer<Vec<u8>>) {
        match self {
            Self::Text(text) => {
                if let Some(text) = text {
                    let text: String = text.chars().filter(|character| is_xml(*character)).collect();
                    let _ = writer.write_event(Event::Text(BytesText::new(&text)));
                }
            }
            Self::Flag(flag) => Self::text(flag.to_string()).xml(writer),
            Self::Number(number) => Self::text(number.to_string()).xml(writer),
            Self::Object(fields) => fields.iter().for_each(|(name, node)| element(writer, name, node)),
            Self::List(item, items) => items.iter().for_each(|node| element(writer, item, node)),
            Self::Root(name, node) => element(writer, name, node),
        }
    }
}

fn element(writer: &mut Writer<Vec<u8>>, name: &'static str, node: &Node) {
    let _ = writer.write_event(Event::Start(BytesStart::new(name)));
    node.xml(writer);
    let _ = writer.write_event(Event::End(BytesEnd::new(name)));
}

/// Whether XML 1.0 can hold a character.
fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_say_the_same_and_text_is_escaped() {
        let item = Node::Object(vec![
            ("description", Node::text("Ngập <5 cm> & rác\u{0}")),
            ("address", Node::Text(None)),
            ("lat", Node::degrees(Some(21.034))),
        ]);
        let node = Node::root("service_requests", "request", vec![item]);
        assert_eq!(
            node.write(Format::Xml),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><service_requests><request><description>Ngập &lt;5 cm&gt; &amp; rác</description>\
             <address></address><lat>21.034</lat></request></service_requests>"
        );
        assert_eq!(
            node.write(Format::Json),
            "[{\"description\":\"Ngập <5 cm> & rác\\u0000\",\"address\":null,\"lat\":21.034}]"
        );
        assert_eq!(Node::root("services", "service", Vec::new()).write(Format::Json), "[]");
    }
}
