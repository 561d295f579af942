//! XML, element after element.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::render::gathered::Gathered;

/// A start tag, filled again and again.
pub struct Tag(BytesStart<'static>);

impl Tag {
    pub fn new(name: &'static str) -> Tag {
        Tag(BytesStart::new(name))
    }

    /// Without attributes again.
    pub fn clear(&mut self) -> &mut Tag {
        self.0.clear_attributes();
        self
    }

    /// The library escapes the value; names are ours, and need it not.
    pub fn with(&mut self, name: &'static str, value: &str) -> &mut Tag {
        self.0.push_attribute((name, value));
        self
    }

    /// A value that needs no escaping, such as a number.
    pub fn with_plain(&mut self, name: &'static str, value: &str) -> &mut Tag {
        self.0.push_attribute(Attribute::from((name.as_bytes(), value.as_bytes())));
        self
    }
}

/// A document, indented by four blanks a level.
pub struct Xml<'w> {
    writer: Writer<Gathered<'w>>,
    property: Tag,
}

impl<'w> Xml<'w> {
    pub fn begin(out: &'w mut dyn Write) -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(Gathered::new(out), b' ', 4);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Xml { writer, property: Tag::new("property") })
    }

    pub fn start(&mut self, tag: &Tag) -> io::Result<()> {
        self.writer.write_event(Event::Start(tag.0.borrow()))
    }

    pub fn end(&mut self, name: &'static str) -> io::Result<()> {
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    /// A start tag without attributes.
    pub fn open(&mut self, name: &'static str) -> io::Result<()> {
        self.writer.write_event(Event::Start(BytesStart::new(name)))
    }

    /// An element with text in it.
    pub fn element(&mut self, tag: &Tag, name: &'static str, text: &str) -> io::Result<()> {
        self.start(tag)?;
        self.text(name, text)
    }

    /// The same without attributes.
    pub fn simple(&mut self, name: &'static str, text: &str) -> io::Result<()> {
        self.open(name)?;
        self.text(name, text)
    }

    fn text(&mut self, name: &'static str, text: &str) -> io::Result<()> {
        self.writer.write_event(Event::Text(BytesText::new(text)))?;
        self.end(name)
    }

    pub fn property(&mut self, name: &'static str, value: &str) -> io::Result<()> {
        self.property.clear().with_plain("name", name).with("value", value);
        self.writer.write_event(Event::Empty(self.property.0.borrow()))
    }

    /// The last line ends.
    pub fn close(mut self) -> io::Result<()> {
        self.writer.write_indent()?;
        self.writer.get_mut().flush()
    }
}
