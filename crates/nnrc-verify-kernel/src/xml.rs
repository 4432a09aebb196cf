//! Elements of an XML text, one subtree at a time.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use crate::fault::Fault;

/// The namespace of MathML.
pub const MATHML: &str = "http://www.w3.org/1998/Math/MathML";
/// How deep elements may nest.
pub const MAX_DEPTH: usize = 256;
/// The most elements of one subtree that is held at once.
const MAX_ELEMENTS: usize = 1 << 20;

/// An element with what is in it.
#[derive(Debug, Clone, Default)]
pub struct Element {
    /// Its namespace; empty where there is none.
    pub namespace: String,
    /// Its name without prefix.
    pub name: String,
    /// Attributes without namespace, by name.
    pub attributes: Vec<(String, String)>,
    /// Attributes with a namespace: name and value.
    pub foreign: Vec<(String, String)>,
    /// The elements in it.
    pub children: Vec<Element>,
    /// The text in it, pieces as they stand between elements and comments.
    pub text: Vec<String>,
}

impl Element {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The elements of a name that are of the element's own namespace; others are no part of what it says.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name && child.namespace == self.namespace)
    }

    /// The only text in it, without white space around it.
    ///
    /// # Errors
    ///
    /// Elements in it, or text that a comment or an entity splits.
    pub fn only_text(&self) -> Result<&str, Fault> {
        let pieces: Vec<&str> = self.text.iter().map(|t| t.trim()).filter(|t| !t.is_empty()).collect();
        match (&*pieces, self.children.is_empty()) {
            ([text], true) if self.text.len() == 1 => Ok(text),
            _ => Err(Fault::invalid(
                "split-text",
                format!("`{}` must hold one piece of text, without comments or elements in it", self.name),
            )),
        }
    }
}

/// What comes next in a text.
pub enum Step {
    /// An element begins, with its attributes alone.
    Open(Element),
    /// An element without content.
    Whole(Element),
    /// The element that was opened last ends.
    Close,
    /// The text ends.
    End,
}

/// Reads elements one after another.
pub struct Elements<'a> {
    reader: NsReader<&'a [u8]>,
    depth: usize,
}

impl<'a> Elements<'a> {
    /// From the beginning of a text.
    pub fn new(text: &'a str) -> Self {
        let mut reader = NsReader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = true;
        config.check_comments = true;
        Self { reader, depth: 0 }
    }

    /// The next element that begins or ends; text, comments and instructions are passed over.
    ///
    /// # Errors
    ///
    /// What is no XML, a DOCTYPE, and nesting below [`MAX_DEPTH`].
    pub fn step(&mut self) -> Result<Step, Fault> {
        loop {
            match self.event()? {
                Event::Start(start) => {
                    self.enter()?;
                    return Ok(Step::Open(self.element(&start)?));
                }
                Event::Empty(start) => return Ok(Step::Whole(self.element(&start)?)),
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Step::Close);
                }
                Event::Eof if self.depth > 0 => {
                    return Err(Fault::invalid("not-xml", "the text ends within an element"));
                }
                Event::Eof => return Ok(Step::End),
                _ => {}
            }
        }
    }

    /// Passes over the rest of the element that was opened last.
    ///
    /// # Errors
    ///
    /// As [`Elements::step`].
    pub fn skip(&mut self) -> Result<(), Fault> {
        let within = self.depth;
        while self.depth >= within {
            if let Step::End = self.step()? {
                return Err(Fault::invalid("not-xml", "the text ends within an element"));
            }
        }
        Ok(())
    }

    /// The rest of an element that was opened, without annotations and notes in it.
    ///
    /// # Errors
    ///
    /// As [`Elements::step`], and more than a million elements.
    pub fn rest_of(&mut self, opened: Element) -> Result<Element, Fault> {
        let mut open = vec![opened];
        let mut count = 0;
        loop {
            let event = self.event()?;
            let closed = match event {
                Event::Start(start) => {
                    self.enter()?;
                    let element = self.element(&start)?;
                    // In a law they are no notes, and other readers see what is in them.
                    let in_law = open.last().is_some_and(|parent| parent.namespace == MATHML);
                    if matches!(&*element.name, "annotation" | "notes") && !in_law {
                        self.skip()?;
                    } else {
                        open.push(element);
                    }
                    None
                }
                Event::Empty(start) => Some(self.element(&start)?),
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    open.pop()
                }
                Event::Eof => return Err(Fault::invalid("not-xml", "the text ends within an element")),
                Event::Text(text) => {
                    let text: &str = &text;
                    push(&mut open, text.to_owned());
                    None
                }
                // An entity, CDATA or a comment splits a text; what must be one piece refuses that.
                Event::GeneralRef(_) | Event::CData(_) | Event::Comment(_) => {
                    push(&mut open, String::new());
                    None
                }
                _ => None,
            };
            let Some(element) = closed else { continue };
            count += 1;
            if count > MAX_ELEMENTS {
                return Err(Fault::invalid("too-large", "an element has more than 1048576 elements in it"));
            }
            match open.last_mut() {
                Some(parent) => parent.children.push(element),
                None => return Ok(element),
            }
        }
    }

    fn event(&mut self) -> Result<Event<'a>, Fault> {
        let at = self.reader.buffer_position();
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => {
                Err(Fault::invalid("doctype", "the file has a DOCTYPE, which SBML has not; remove it"))
            }
            Ok(event) => Ok(event),
            Err(error) => Err(Fault::invalid("not-xml", format!("at byte {at}: {error}"))),
        }
    }

    fn enter(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::invalid("too-deep", format!("elements nest deeper than {MAX_DEPTH}")));
        }
        Ok(())
    }

    fn element(&self, start: &BytesStart<'_>) -> Result<Element, Fault> {
        let (namespace, local) = self.reader.resolver().resolve_element(start.name());
        let mut element = Element {
            namespace: namespace_of(namespace)?,
            name: local.into_inner().to_owned(),
            ..Element::default()
        };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| not_xml(&error))?;
            let value =
                attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| not_xml(&error))?;
            let key = attribute.key.local_name().into_inner().to_owned();
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let of =
                if attribute.key.prefix().is_some() { &mut element.foreign } else { &mut element.attributes };
            of.push((key, value.into_owned()));
        }
        Ok(element)
    }
}

fn push(open: &mut [Element], text: String) {
    if let Some(element) = open.last_mut() {
        element.text.push(text);
    }
}

fn namespace_of(namespace: ResolveResult<'_>) -> Result<String, Fault> {
    match namespace {
        ResolveResult::Bound(namespace) => Ok(namespace.into_inner().to_owned()),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(prefix) => {
            Err(Fault::invalid("not-xml", format!("the prefix `{prefix}` has no namespace")))
        }
    }
}

fn not_xml(error: &dyn std::fmt::Display) -> Fault {
    Fault::invalid("not-xml", error.to_string())
}
