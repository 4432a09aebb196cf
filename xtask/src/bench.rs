//! `cargo xtask bench`: nnrc beside its peers in one run, written into `docs/benchmarks.md`.

mod common;
mod crates;
mod files;
mod gradients;
mod import;
mod learning;
mod pot;
mod python;
mod scaling;
mod simulation;
mod stochastic;
mod training;
mod verify;

use std::fmt::Write;

use nnrc_tests::root;

use self::common::{Bench, Row};
use crate::environment;

/// Some measurements.
type Part = fn(&mut Bench) -> Vec<Row>;

/// Measures everything, or one section alone; whether every goal is met. Times are taken in release builds only.
pub fn run(only: Option<&str>) -> bool {
    if cfg!(debug_assertions) {
        let args = ["run", "--quiet", "--release", "--package", "xtask", "--", "bench"];
        return environment::cargo(&args.into_iter().chain(only).collect::<Vec<_>>());
    }
    let mut bench = Bench::new();
    let parts: [(&str, Part); 14] = [
        ("right-hand sides", crates::right_hand_sides),
        ("time courses", simulation::courses),
        ("stiff time courses", simulation::stiff),
        ("stochastic simulation", stochastic::rows),
        ("from source to result", from_source),
        ("import", import::rows),
        ("verify", verify::rows),
        ("gradients", gradients::rows),
        ("gradients in generated crates", gradients::in_crates),
        ("training", training::rows),
        ("one pot", pot::rows),
        ("learning in the pot", learning::rows),
        ("scaling", scaling::rows),
        ("python", python::rows),
    ];
    if let Some(only) = only.filter(|only| parts.iter().all(|(title, _)| title != only)) {
        let titles: Vec<&str> = parts.iter().map(|(title, _)| *title).collect();
        eprintln!("there is no section `{only}`; there are: {}", titles.join(", "));
        return false;
    }
    let mut sections = Vec::new();
    for (title, part) in parts.into_iter().filter(|(title, _)| only.is_none_or(|only| only == *title)) {
        let rows = part(&mut bench);
        for row in &rows {
            println!("{}: {} | {} | {}", row.what, row.ours, row.peer, row.ratio);
        }
        sections.push((title, rows));
    }
    let path = root().join("docs/benchmarks.md");
    let text = match only {
        None => page(&sections, &bench),
        Some(_) => {
            with_section(&std::fs::read_to_string(&path).unwrap(), &section(sections[0].0, &sections[0].1))
        }
    };
    std::fs::write(path, text).unwrap();
    let missed: Vec<&Row> = sections.iter().flat_map(|(_, rows)| rows).filter(|row| !row.met).collect();
    println!("{} goals missed", missed.len());
    missed.is_empty()
}

fn from_source(bench: &mut Bench) -> Vec<Row> {
    let (nnrc, folder) = (&bench.nnrc, bench.folder.path());
    let mut rows = vec![files::check(nnrc, folder)];
    rows.extend(files::sbml(nnrc, folder));
    rows.extend(files::results(nnrc, folder));
    rows.extend(crates::from_source(bench));
    rows
}

fn page(sections: &[(&str, Vec<Row>)], bench: &Bench) -> String {
    let mut out = String::from(
        "# Benchmarks\n\n`cargo xtask bench`, nnrc and its peers, each section in one run on one machine.\n\
         Ratios carry over to other machines better than times do.\n\n\
         Networks are of smoothed rectifiers, h = 0.25, He-normal weights, inputs in [0, 1]; S1 2-4-1, S2 4-16-3, \
         S3 16-32-32-4, S4 64-64-10, S5 196-64-10, S6 784-64-10, S7 784-128-10.\n\
         The command is compiled for what all processors of this kind understand and chooses vector registers when it \
         runs, as the peers do. Where a generated crate stands beside loops in Rust, both are compiled for every \
         processor; users get crates for their own.\n\n",
    );
    let versions: Vec<&str> = bench.versions.iter().map(String::as_str).collect();
    let _ = writeln!(out, "nnrc {}, {}.", env!("CARGO_PKG_VERSION"), versions.join(", "));
    if bench.amici.is_none() {
        out.push_str("AMICI could not be built here.\n");
    }
    let _ = writeln!(out, "{}.", machine());
    sections.iter().for_each(|(title, rows)| out.push_str(&section(title, rows)));
    out
}

/// A section of the page, with the empty line before it.
fn section(title: &str, rows: &[Row]) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "\n## {}{}\n", title[..1].to_uppercase(), &title[1..]);
    out.push_str("| workload | nnrc | peers | ratio | goal | met |\n|---|---|---|---|---|---|\n");
    for Row { what, ours, peer, ratio, goal, met } in rows {
        let met = if *met { "yes" } else { "no" };
        let _ = writeln!(out, "| {what} | {ours} | {peer} | {ratio} | {goal} | {met} |");
    }
    out
}

/// The page with a section in the place of the one of its title, or behind all others.
fn with_section(page: &str, section: &str) -> String {
    let heading = section.lines().nth(1).unwrap();
    let Some(start) = page.find(&format!("\n{heading}\n")) else { return format!("{page}{section}") };
    let end = page[start + 1..].find("\n## ").map_or(page.len(), |at| start + 1 + at);
    format!("{}{section}{}", &page[..start], &page[end..])
}

/// Processor and number of cores.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown processor");
    format!("{}, {cores} cores, {}", model.trim_start_matches([' ', '\t', ':']), std::env::consts::OS)
}
