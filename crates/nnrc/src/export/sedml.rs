//! The simulation experiment of a pot as SED-ML: a time course to its end, a plot of its outputs, and a report of all
//! that `nnrc simulate` records.
//!
//! No task asks for a steady state: simulators answer it with another root. The plot shows species, never differences:
//! COPASI draws the first variable of a difference alone, without a word.

use std::fmt::Write;

use nnrc_sbml::Level;
use nnrc_sim::io::table::number;

use crate::compiled::Compiled;
use crate::time_course::{ColumnKind, TimeCourse};

/// Version of SED-ML Level 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// For tools that read nothing newer.
    V3,
    /// The newest.
    #[default]
    V4,
}

/// The experiment that gives `course`, at these tolerances, of the SBML file `model`.
pub fn text(
    pot: &Compiled,
    course: &TimeCourse,
    (relative, absolute): (f64, f64),
    (model, level): (&str, Level),
    version: Version,
) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(pot, course, (relative, absolute), (model, level), version, &mut out);
    out
}

fn write(
    pot: &Compiled,
    course: &TimeCourse,
    (relative, absolute): (f64, f64),
    (model, level): (&str, Level),
    version: Version,
    out: &mut String,
) -> std::fmt::Result {
    let (number_of, count, level_name) = match version {
        Version::V3 => ("3", "numberOfPoints", "level1/version3"),
        Version::V4 => ("4", "numberOfSteps", "level1/version4"),
    };
    let language = match level {
        Level::L3V1 => "sbml.level-3.version-1",
        Level::L3V2 => "sbml.level-3.version-2",
        Level::L2V4 => "sbml.level-2.version-4",
    };
    let namespace = match level {
        Level::L3V1 => "http://www.sbml.org/sbml/level3/version1/core",
        Level::L3V2 => "http://www.sbml.org/sbml/level3/version2/core",
        Level::L2V4 => "http://www.sbml.org/sbml/level2/version4",
    };
    let end = course.times.last().copied().unwrap_or(0.0);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<sedML xmlns=\"http://sed-ml.org/sed-ml/{level_name}\" xmlns:sbml=\"{namespace}\" level=\"1\" version=\"{number_of}\">"
    )?;
    writeln!(out, "  <listOfModels>")?;
    writeln!(out, "    <model id=\"model\" language=\"urn:sedml:language:{language}\" source=\"{model}\"/>")?;
    writeln!(out, "  </listOfModels>\n  <listOfSimulations>")?;
    writeln!(
        out,
        "    <uniformTimeCourse id=\"simulation\" initialTime=\"0\" outputStartTime=\"0\" outputEndTime=\"{}\" {count}=\"{}\">",
        number(end),
        course.times.len().saturating_sub(1)
    )?;
    writeln!(out, "      <algorithm kisaoID=\"KISAO:0000019\">\n        <listOfAlgorithmParameters>")?;
    for (kind, value) in [("KISAO:0000209", relative), ("KISAO:0000211", absolute)] {
        writeln!(out, "          <algorithmParameter kisaoID=\"{kind}\" value=\"{}\"/>", number(value))?;
    }
    writeln!(out, "        </listOfAlgorithmParameters>\n      </algorithm>\n    </uniformTimeCourse>")?;
    writeln!(out, "  </listOfSimulations>\n  <listOfTasks>")?;
    writeln!(out, "    <task id=\"task\" modelReference=\"model\" simulationReference=\"simulation\"/>")?;
    writeln!(out, "  </listOfTasks>\n  <listOfDataGenerators>")?;
    let time = "symbol=\"urn:sedml:symbol:time\"";
    writeln!(out, "    <dataGenerator id=\"g_time\" name=\"time\">\n      <listOfVariables>")?;
    writeln!(
        out,
        "        <variable id=\"v_time\" {time} taskReference=\"task\"/>\n      </listOfVariables>"
    )?;
    writeln!(out, "      {MATH}<ci>v_time</ci></math>\n    </dataGenerator>")?;
    for (column, terms) in course.columns.iter().zip(&course.terms) {
        generator(pot, &column.name, terms, out)?;
    }
    writeln!(out, "  </listOfDataGenerators>\n  <listOfOutputs>")?;
    let shown: Vec<&str> = shown(pot, course);
    if !shown.is_empty() {
        writeln!(
            out,
            "    <plot2D id=\"plot\" name=\"{}\">\n      <listOfCurves>",
            escaped(&pot.model.name)
        )?;
        for name in shown {
            writeln!(
                out,
                "        <curve id=\"c_{name}\" name=\"{name}\" logX=\"false\" logY=\"false\" \
                 xDataReference=\"g_time\" yDataReference=\"g_{name}\"/>"
            )?;
        }
        writeln!(out, "      </listOfCurves>\n    </plot2D>")?;
    }
    writeln!(out, "    <report id=\"report\" name=\"as nnrc simulate records it\">\n      <listOfDataSets>")?;
    for name in std::iter::once("time").chain(course.columns.iter().map(|column| column.name.as_str())) {
        writeln!(out, "        <dataSet id=\"d_{name}\" label=\"{name}\" dataReference=\"g_{name}\"/>")?;
    }
    writeln!(out, "      </listOfDataSets>\n    </report>\n  </listOfOutputs>\n</sedML>")
}

const MATH: &str = "<math xmlns=\"http://www.w3.org/1998/Math/MathML\">";

/// What a column is made of: the sum of some species less that of others.
fn generator(pot: &Compiled, name: &str, terms: &[(usize, f64)], out: &mut String) -> std::fmt::Result {
    let ids: Vec<String> = terms.iter().map(|(species, _)| pot.species_id(*species)).collect();
    writeln!(out, "    <dataGenerator id=\"g_{name}\" name=\"{name}\">\n      <listOfVariables>")?;
    for id in &ids {
        writeln!(
            out,
            "        <variable id=\"v_{name}_{id}\" \
             target=\"/sbml:sbml/sbml:model/sbml:listOfSpecies/sbml:species[@id='{id}']\" taskReference=\"task\"/>"
        )?;
    }
    let side = |sign: f64| -> Vec<String> {
        let own = ids.iter().zip(terms).filter(|(_, (_, factor))| *factor == sign);
        own.map(|(id, _)| format!("<ci>v_{name}_{id}</ci>")).collect()
    };
    let sum = |of: Vec<String>| match of.as_slice() {
        [] => "<cn>0</cn>".to_owned(),
        [one] => one.clone(),
        all => format!("<apply><plus/>{}</apply>", all.concat()),
    };
    let (plus, minus) = (side(1.0), side(-1.0));
    let math = if minus.is_empty() {
        sum(plus)
    } else {
        format!("<apply><minus/>{}{}</apply>", sum(plus), sum(minus))
    };
    writeln!(out, "      </listOfVariables>\n      {MATH}{math}</math>\n    </dataGenerator>")
}

/// The columns of the plot: species of the output, or the clock where there is one.
fn shown<'a>(pot: &Compiled, course: &'a TimeCourse) -> Vec<&'a str> {
    let output = &pot.model.nodes[pot.model.output].name;
    let is_species = |terms: &[(usize, f64)]| matches!(terms, [(_, factor)] if *factor == 1.0);
    let columns = course.columns.iter().zip(&course.terms);
    let all: Vec<_> = columns.filter(|(_, terms)| is_species(terms)).map(|(column, _)| column).collect();
    let of_output = all.iter().filter(|column| column.group == *output);
    let names: Vec<&str> = of_output.map(|column| column.name.as_str()).collect();
    if !names.is_empty() {
        return names;
    }
    // A file may record other nodes only.
    all.iter().filter(|column| column.kind != ColumnKind::Clock).map(|column| column.name.as_str()).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
