//! One page about a network that can be read offline: source, sizes, picture, chemistry, time courses, what is proven,
//! and what training and noise studies found.
//!
//! Everything can be read without scripts, as tables and SVG; scripts only let the reader zoom. Nothing is asked of any
//! other place, which a policy in the page forbids as well. The same network gives the same bytes.

mod chart;
mod chemistry;
mod data;
mod decimate;
mod escape;
mod learned;
mod page;
mod trace;

use nnrc_lower::Course;
use nnrc_model::Construction;

use crate::certificate::Scope;
use crate::compiled::Compiled;
use crate::draw::Values;
use crate::failure::Failure;
use crate::observer::Observer;
use crate::phases;
use crate::project::Checked;
use crate::running::Running;
use crate::size::Size;
use crate::sweep::digest;
use crate::table::Table;
use chart::Chart;
use escape::escape;
use page::Page;

/// Rows of the time course of a page.
const POINTS: usize = 501;
/// The same where a clock goes round, which has sharper corners.
const CLOCK_POINTS: usize = 801;
/// Samples that a pot is presented in the time course of a page, where the file says nothing.
const PRESENTED: usize = 8;
/// Characters of the source that a page shows.
const MOST_SOURCE: usize = 200_000;

/// What belongs on the page beside the model.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// The epochs of a training, and the name of their file.
    pub training: Option<(String, Table)>,
    /// The rows of a study of noise, and the name of their file.
    pub noise: Option<(String, Table)>,
    /// Names of the files that the page was made of, with their bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Checked {
    /// The page about this network, whose inputs hold `input`, as HTML. Nothing is trained. Rows of `data`, a data set or a
    /// part of one, are answered; by default those of the data that the network is made for.
    ///
    /// # Errors
    ///
    /// Those of [`Checked::compile`], and of the solver where a time course cannot be followed. A pot that does not settle
    /// is told of on the page.
    pub fn report(
        &self,
        input: &[f64],
        data: Option<&nnrc_model::DataReference>,
        beside: &Beside,
        observer: &mut dyn Observer,
    ) -> Result<String, Failure> {
        let pot = self.compile(input)?;
        // What is computed is judged by itself, where a pot learns as well.
        let alone = self.clone().computing().compile(input)?;
        let mut page = Page::new(&pot.model.name);
        page.lead(&self.lead(&pot, beside));
        page.section("size", "Size", &sizes(&pot));
        page.section("network", "Network", &network(&pot, &alone));
        page.section("chemistry", "Chemistry", &chemistry::html(&pot));
        observer.note("following the time course");
        let (charts, left_out) = courses(&pot, observer)?;
        page.charts("course", "Time course", &charts, &left_out);
        page.section("trace", "Chemistry and closed form", &trace::html(&alone));
        if let Some(html) = data::html(&alone, data, observer) {
            page.section("data", "Data", &html);
        }
        observer.note("asking what is proven");
        page.section("certificate", "What is proven", &certificate(&pot, &alone, input)?);
        if let Some((name, table)) = &beside.training {
            let charts = learned::charts(table);
            page.charts("training", "Training", &charts, &format!("From {name}."));
        }
        if let Some((name, table)) = &beside.noise {
            page.section("noise", "Noise", &learned::noise(name, table));
        }
        page.section("source", "Source", &self.source_html());
        page.section("versions", "Versions and files", &self.versions(beside));
        Ok(page.finish())
    }

    fn lead(&self, pot: &Compiled, beside: &Beside) -> String {
        let construction = pot.model.chemistry.construction.name();
        let weights = match (&beside.training, self.model.training.is_some()) {
            (_, false) => "",
            (Some(_), true) => {
                " The weights are those of the file or of --weights; nothing is trained for this page."
            }
            (None, true) => " Nothing is trained for this page: the weights are those that the file gives.",
        };
        format!("A network as chemistry, construction <code>{construction}</code>.{weights}")
    }

    fn source_html(&self) -> String {
        let text = &self.source.text;
        let end = text.char_indices().nth(MOST_SOURCE).map_or(text.len(), |(at, _)| at);
        let cut =
            if end < text.len() { "<p class=\"out\">The rest of the text is left out.</p>" } else { "" };
        format!("<pre>{}</pre>{cut}", escape(&text[..end]))
    }

    fn versions(&self, beside: &Beside) -> String {
        let mut rows = vec![
            vec!["nnrc".to_owned(), env!("CARGO_PKG_VERSION").to_owned()],
            vec!["uPlot".to_owned(), page::UPLOT_VERSION.to_owned()],
        ];
        // Where it lies is nobody else's business.
        let name = self.source.name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        rows.push(vec![name, format!("SHA-256 {}", digest(self.source.text.as_bytes()))]);
        rows.extend(
            beside.files.iter().map(|(name, bytes)| vec![name.clone(), format!("SHA-256 {}", digest(bytes))]),
        );
        page::table(&["what", "version or hash"], &rows)
    }
}

fn sizes(pot: &Compiled) -> String {
    let text = Size::of(pot).text() + &Running::of(pot).text();
    let row = |line: &str| {
        let (name, words) = line.split_once("  ").unwrap_or((line, ""));
        vec![name.trim().to_owned(), words.trim().to_owned()]
    };
    page::table(&[], &text.lines().map(row).collect::<Vec<_>>())
}

/// The picture, filled by the values of the input where the pot comes to rest.
fn network(pot: &Compiled, alone: &Compiled) -> String {
    let source = if matches!(pot.lowered.course, Course::Rests) { pot } else { alone };
    // A pot that does not settle is drawn without values.
    let values = Values::of(source).ok();
    format!("<div class=\"wide\">{}</div>", pot.drawing(values.as_ref()))
}

/// Charts of the time course, and what was left out.
fn courses(pot: &Compiled, observer: &mut dyn Observer) -> Result<(Vec<Chart>, String), Failure> {
    let mut pot = pot.clone();
    let is_fed = pot.lowered.crn.protocol.feed.is_some();
    let mut words = String::new();
    if let (Some(feed), None) = (&pot.lowered.crn.protocol.feed, pot.model.simulation.until) {
        let shown = feed.rows.len().min(PRESENTED);
        pot.model.simulation.until = Some(feed.hold * shown as f64);
        words = format!("The first {} of an epoch. ", crate::numbers::plural(shown, "presentation"));
    }
    let points = chart::rows(&pot, if pot.lowered.clocked().is_some() { CLOCK_POINTS } else { POINTS });
    if !is_fed && pot.lowered.clocked().is_none() && pot.model.simulation.until.is_none() {
        // A pot that never rests has no end of its own.
        let mut runner = pot.runner();
        let mut state = runner.initial_state();
        if runner.settle(&mut state).is_err() {
            return Ok((
                Vec::new(),
                "The pot does not settle, and the file gives no end of a time course.".to_owned(),
            ));
        }
    }
    let course = pot.simulate(points, observer)?;
    let (charts, left_out) = chart::of_course(&pot, &course);
    Ok((charts, words + &left_out))
}

fn certificate(pot: &Compiled, alone: &Compiled, input: &[f64]) -> Result<String, Failure> {
    if let Some(report) = phases::Report::new(pot) {
        return Ok(format!("<pre>{}</pre>", escape(&report.text())));
    }
    let text = alone.evidence(input, Scope::Ranges)?.text();
    // What the chemistry consists of stands in a section of its own.
    let text = text.split("\nFamilies of reactions").next().unwrap_or(&text);
    let of = match pot.model.chemistry.construction {
        Construction::OnePot(_) => "<p>Of the network alone, with the weights of the file.</p>",
        Construction::FixedPoint(_) | Construction::Phased(_) => "",
    };
    Ok(format!("{of}<pre>{}</pre>", escape(text.trim_end())))
}
