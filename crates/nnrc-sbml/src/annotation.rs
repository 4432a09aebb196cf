//! Where things come from: human names, and annotations in a namespace of our own and in MIRIAM's.

use std::borrow::Cow;
use std::io::{self, Write};

use nnrc_crn::{Axis, Crn, Handle, namer};

use crate::meaning;
use crate::options::Options;
use crate::template::slot;
use crate::xml::{Attributes, Xml, clean};

/// Our namespace; its prefix is declared on the root, and once more on each parameter.
pub(crate) const NAMESPACE: &str = "urn:nnrc:provenance:1";

/// Anchor of the description of the model.
pub(crate) const MODEL_METAID: &str = "_model";

/// The human name of the members of a family: the label, the index in brackets, the part.
pub(crate) fn name(label: &str, index: &str, part: &str) -> String {
    let (label, part) = (clean(label), clean(part));
    if index.is_empty() { format!("{label}{part}") } else { format!("{label}[{index}]{part}") }
}

/// Replaces the content of `out` by the 1-based index of a member, as in human names: `2,1`.
pub(crate) fn set_index(crn: &Crn, axes: &[Handle<Axis>], flat: usize, out: &mut String) {
    out.clear();
    namer::human_name(crn, "", axes, flat, "", out);
    if out.starts_with('[') {
        out.pop();
        out.remove(0);
    }
}

/// The place for the index of a member; nothing if the family is a single thing.
pub(crate) fn index_slot(axes: &[Handle<Axis>], number: usize) -> String {
    if axes.is_empty() { String::new() } else { slot(number) }
}

/// The annotation of one element. Facts that are empty are left out.
pub(crate) fn origin<W: Write>(xml: &mut Xml<W>, facts: &Attributes<'_>, line: u32) -> io::Result<()> {
    let line = if line == 0 { String::new() } else { line.to_string() };
    let facts: Vec<(&str, &str)> =
        facts.iter().copied().chain([("line", line.as_str())]).filter(|(_, fact)| !fact.is_empty()).collect();
    xml.open_line("annotation", &[])?;
    xml.empty("nnrc:origin", &facts)?;
    xml.close()
}

/// The annotation of the model: the program, what is read from the network, publications.
pub(crate) fn model<W: Write>(crn: &Crn, options: &Options, xml: &mut Xml<W>) -> io::Result<()> {
    xml.open("annotation", &[])?;
    let tool = clean(&options.tool);
    let attributes: [(&str, &str); 1] = [("tool", &tool)];
    if crn.observables.is_empty() && options.meanings.is_empty() {
        xml.empty("nnrc:model", &attributes)?;
    } else {
        xml.open("nnrc:model", &attributes)?;
        for observable in &crn.observables {
            for flat in 0..crn.axes[observable.axis].size() {
                let reading = Reading::new(crn, observable, flat);
                let (plus, minus) = (reading.plus.join(" "), reading.minus.join(" "));
                let mut facts: Vec<(&str, &str)> = vec![("id", &reading.id)];
                facts.extend(
                    [("plus", plus.as_str()), ("minus", &minus)].iter().filter(|(_, ids)| !ids.is_empty()),
                );
                xml.empty("nnrc:observable", &facts)?;
            }
        }
        meaning::write(&options.meanings, xml)?;
        xml.close()?;
    }
    publications(&options.described_by, xml)?;
    xml.close()
}

/// A value and the species that it is read from.
pub(crate) struct Reading {
    /// Identifier of the value: `y_1`.
    pub(crate) id: String,
    /// Species that count with +1.
    pub(crate) plus: Vec<String>,
    /// Species that count with −1.
    pub(crate) minus: Vec<String>,
}

impl Reading {
    /// The `flat`-th value of an observable.
    pub(crate) fn new(crn: &Crn, observable: &nnrc_crn::Observable, flat: usize) -> Self {
        let mut index = String::new();
        set_index(crn, &[observable.axis], flat, &mut index);
        let ids = |families: &[Handle<nnrc_crn::SpeciesFamily>]| {
            families
                .iter()
                .map(|&family| {
                    let mut id = String::new();
                    namer::species_id(crn, &crn.species[family], flat, &mut id);
                    id
                })
                .collect()
        };
        Self {
            id: format!("{}_{}", observable.stem, index.replace(',', "_")),
            plus: ids(&observable.positive),
            minus: ids(&observable.negative),
        }
    }
}

fn publications<W: Write>(described_by: &[String], xml: &mut Xml<W>) -> io::Result<()> {
    if described_by.is_empty() {
        return Ok(());
    }
    let namespaces: &Attributes<'_> = &[
        ("xmlns:rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
        ("xmlns:bqmodel", "http://biomodels.net/model-qualifiers/"),
    ];
    xml.open("rdf:RDF", namespaces)?;
    xml.open("rdf:Description", &[("rdf:about", &format!("#{MODEL_METAID}"))])?;
    xml.open("bqmodel:isDescribedBy", &[])?;
    xml.open("rdf:Bag", &[])?;
    for publication in described_by {
        xml.empty("rdf:li", &[("rdf:resource", &uri(&clean(publication)))])?;
    }
    (0..4).try_for_each(|_| xml.close())
}

/// The URI of a publication: `doi:…` and `arXiv:…` go to identifiers.org.
fn uri(publication: &str) -> Cow<'_, str> {
    match publication.split_once(':') {
        Some((scheme, id)) if scheme.eq_ignore_ascii_case("doi") => {
            format!("https://identifiers.org/doi:{id}").into()
        }
        Some((scheme, id)) if scheme.eq_ignore_ascii_case("arxiv") => {
            format!("https://identifiers.org/arxiv:{id}").into()
        }
        _ => publication.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publications_become_uris() {
        assert_eq!(uri("doi:10.1098/rsif.2021.0031"), "https://identifiers.org/doi:10.1098/rsif.2021.0031");
        assert_eq!(uri("arXiv:2010.13290"), "https://identifiers.org/arxiv:2010.13290");
        assert_eq!(uri("https://example.org/a"), "https://example.org/a");
    }
}
