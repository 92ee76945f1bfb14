//! Elements of XML, with their texts escaped.

use std::io;

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::writer::Writer;

/// A document that is being written.
pub struct Document(Writer<Vec<u8>>);

impl Document {
    /// A document with its declaration.
    pub fn new() -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self(writer))
    }

    /// An element with what `content` writes into it.
    pub fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        content: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.0.write_event(Event::Start(start(name, attributes)))?;
        content(self)?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element without content.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.0.write_event(Event::Empty(start(name, attributes)))
    }

    /// An element with a text.
    pub fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        self.element(name, attributes, |document| document.0.write_event(Event::Text(BytesText::new(&storable(text)))))
    }

    /// The bytes.
    pub fn finish(self) -> Vec<u8> {
        self.0.into_inner()
    }
}

fn start<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, &*storable(value)));
    }
    start
}

/// The text without the characters that no document of XML 1.0 may hold, not even escaped.
fn storable(text: &str) -> String {
    let is_allowed = |letter: &char| {
        matches!(letter, '\t' | '\n' | '\r') || (*letter >= ' ' && !matches!(letter, '\u{fffe}' | '\u{ffff}'))
    };
    text.chars().filter(is_allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_attributes_are_escaped() {
        let mut document = Document::new().expect("a document");
        document.text("a", &[("b", "<\"&'>\u{1}")], "1 < 2 & ]]> \u{b}ộ").expect("an element");
        let text = String::from_utf8(document.finish()).expect("UTF-8");
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&lt;&quot;&amp;&apos;&gt;\">1 &lt; 2 &amp; ]]&gt; ộ</a>"
        );
    }
}
