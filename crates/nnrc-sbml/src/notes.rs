//! What a reader of the file should know, in plain words.

use std::io::{self, Write};

use nnrc_crn::{Crn, Observable};

use crate::annotation::Reading;
use crate::options::Options;
use crate::units::UnitSystem;
use crate::xml::{Xml, clean};

const XHTML: &str = "http://www.w3.org/1999/xhtml";

const CONSTANTS: &str = "The rate constants encode the numbers of a computation: weights, biases, and constants that \
    smooth a function or set a speed. They are chosen, not measured.";

/// Writes the notes of the model.
pub(crate) fn write<W: Write>(
    crn: &Crn,
    units: &UnitSystem,
    options: &Options,
    xml: &mut Xml<W>,
) -> io::Result<()> {
    xml.open("notes", &[])?;
    xml.open("body", &[("xmlns", XHTML)])?;
    for paragraph in paragraphs(crn, units, options) {
        xml.text("p", &clean(&paragraph))?;
    }
    xml.close()?;
    xml.close()
}

/// Paragraphs of plain text: how to read the values, what 1 is, what the caller adds, what the constants are.
pub(crate) fn paragraphs(crn: &Crn, units: &UnitSystem, options: &Options) -> Vec<String> {
    let mut all: Vec<String> =
        crn.observables.iter().map(|observable| how_to_read(crn, observable)).collect();
    if let (Some(concentration), Some(time)) = (units.concentration_words(), units.time_words()) {
        let one = if concentration.contains(' ') { concentration } else { format!("1 {concentration}") };
        all.push(format!("A value of 1 is a concentration of {one}. Times are in {time}."));
    }
    all.extend(options.notes.iter().cloned());
    all.push(CONSTANTS.to_owned());
    all
}

fn how_to_read(crn: &Crn, observable: &Observable) -> String {
    let reading = Reading::new(crn, observable, 0);
    let mut sum = reading.plus.join(" + ");
    for minus in &reading.minus {
        sum.push_str(if sum.is_empty() { "\u{2212}" } else { " \u{2212} " });
        sum.push_str(minus);
    }
    let id = &reading.id;
    let start = if *id == sum { format!("Read {id}") } else { format!("Read {id} = {sum}") };
    match crn.axes[observable.axis].size() {
        1 => format!("{start}."),
        size => format!("{start}, and so on for all {size} values."),
    }
}
