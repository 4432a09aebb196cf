//! `nnrc noise`: accuracy and loss against noise.

mod inference;
mod learning;
mod picture;
mod progress;
mod report;
mod study;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use nnrc_analysis::misfit_of;
use nnrc_model::Noise;
use nnrc_model::{Construction, Model};
use nnrc_sim::{Error, parallel};
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::args::{EngineKind, NoiseArgs};
use crate::destination::{Destination, is_special};
use crate::session::Session;
use crate::terminal::Stop;
use crate::training;
use inference::Inference;
use learning::Learning;
use nnrc::Checked;
use nnrc::Compiled;
use nnrc::disk::DASH;
use nnrc::explain::explain;
use nnrc::numbers::plural;
use progress::Progress;
use report::Row;
use study::{Case, Outputs, Reading, Samples};

/// Runs the verb.
pub fn run(session: &Session, args: &NoiseArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let loaded = session.load(&args.file.file)?;
    let Some(noise) = loaded.model.noise.clone() else {
        let finding =
            Diagnostic::global(Severity::Error, codes::MISSING_ARGUMENT, "the file has no `noise` block")
                .help("write `noise { rates = relative([0.05, 0.15]); }`");
        return terminal.fail(&loaded.source, finding);
    };
    if loaded.model.chemistry.construction == Construction::Phased {
        let finding = Diagnostic::error(
            codes::NOT_SERVED,
            noise.span,
            "noise is not served for `construction = phased`",
        )
        .label("a pot that a clock runs")
        .help("it is for `fixed_point` and `one_pot`");
        return terminal.fail(&loaded.source, finding);
    }
    let (table, picture) = outputs(session, args, &loaded.model.name)?;
    let picture = picture.map(Destination::File);
    session.require_places(&std::iter::once(&table).chain(&picture).collect::<Vec<_>>())?;
    let named = noise.data.as_ref().map(|data| data.dataset.as_str());
    if let Some(finding) = named.and_then(|name| misfit_of(&loaded.model, name)) {
        return terminal.fail(&loaded.source, finding);
    }
    let Some(samples) = Samples::of(&loaded.model, &noise) else {
        let finding =
            Diagnostic::error(codes::EMPTY_DATASET, noise.span, "there is nothing to judge the noise by")
                .label("needs samples with targets")
                .help("name a data set with targets: `noise { data = iris.test; }`")
                .help("or expect values of the output: `expect { for [0, 1]: y ~ 1 within 0.1; }`");
        return terminal.fail(&loaded.source, finding);
    };
    let variants = variants(session, &args.file.file, &loaded, &noise)?;
    let rows = study(session, &loaded, (&noise, &variants), &samples, study::threads(args.threads))?;
    if terminal.is_json() {
        for row in &rows {
            terminal.print_json(&report::json(row))?;
        }
    } else if table != Destination::Stdout {
        terminal.print(&report::text(&rows))?;
    }
    table.write(terminal, |out| report::csv(&rows, out))?;
    let Some(picture) = picture else { return Ok(()) };
    let svg = picture::svg(&loaded.model.name, &rows);
    picture.write(terminal, |out| out.write_all(svg.as_bytes()))?;
    if let (Destination::File(path), Destination::File(picture)) = (&table, &picture) {
        terminal.note(&format!("wrote {} and {}", path.display(), picture.display()));
    }
    Ok(())
}

/// The table, and the picture beside it.
fn outputs(
    session: &Session,
    args: &NoiseArgs,
    network: &str,
) -> Result<(Destination, Option<PathBuf>), Stop> {
    let Some(path) = &args.output else {
        let file = &args.file.file;
        let stem = if file.as_os_str() == DASH { None } else { file.file_stem() };
        let stem = stem.map_or_else(|| OsString::from(network), std::ffi::OsStr::to_owned);
        let with = |end: &str| {
            let mut name = stem.clone();
            name.push(end);
            PathBuf::from(name)
        };
        return Ok((Destination::File(with(".noise.csv")), Some(with(".noise.svg"))));
    };
    let table = Destination::new(path);
    if table == Destination::Stdout || is_special(path) {
        return Ok((table, None));
    }
    if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
        let message = format!("`-o {}`: expected a name that ends in .csv", path.display());
        return session.terminal.usage(&message);
    }
    Ok((table, Some(path.with_extension("svg"))))
}

/// A network under study.
pub struct Variant {
    /// What it is called.
    pub name: String,
    /// The network, with weights.
    pub model: Model,
}

/// The network of the file, and the same with each of the other activations. A file that trains is trained first,
/// each network by itself.
fn variants(session: &Session, path: &Path, loaded: &Checked, noise: &Noise) -> Result<Vec<Variant>, Stop> {
    let others = noise.compare.iter().map(|&other| Some(other));
    let unfolded = session.unfolded(path, loaded)?;
    let mut variants = Vec::new();
    for other in std::iter::once(None).chain(others) {
        let (name, model) = match other {
            None => (study::own_name(&loaded.model), loaded.model.clone()),
            Some(other) => (study::words(other), loaded.model.with_rectifier(other)),
        };
        let learns = model.training.as_ref().is_some_and(|training| training.descent.is_some());
        let model = if learns && !session.gives_weights() {
            let model = match (&unfolded, other) {
                (None, _) => model,
                (Some(unfolded), None) => unfolded.model.clone(),
                (Some(unfolded), Some(other)) => unfolded.model.with_rectifier(other),
            };
            let own = Checked { source: loaded.source.clone(), model, findings: Vec::new() };
            let trained = training::run(session, &own, None, (false, EngineKind::Process))?;
            session.terminal.note(&format!("{name}: {}", trained.summary()));
            let model = session.with_weights(path, loaded, trained.weights)?.model;
            other.map_or(model.clone(), |other| model.with_rectifier(other))
        } else {
            model
        };
        variants.push(Variant { name, model });
    }
    Ok(variants)
}

/// A network that makes outputs under noise.
enum Bench<'a> {
    Inference(Inference<'a>),
    Learning(Learning<'a>),
}

impl Bench<'_> {
    fn outputs(&self, case: Case, replicate: u64) -> Result<Outputs, Error> {
        match self {
            Self::Inference(bench) => bench.outputs(case, replicate),
            Self::Learning(bench) => bench.outputs(case, replicate),
        }
    }
}

/// Runs all replicates of all noises on all networks.
fn study(
    session: &Session,
    loaded: &Checked,
    (noise, variants): (&Noise, &[Variant]),
    samples: &Samples,
    threads: usize,
) -> Result<Vec<Row>, Stop> {
    let terminal = &session.terminal;
    let loss = study::loss(&loaded.model);
    let mut pots = Vec::new();
    for variant in variants {
        let own =
            Checked { source: loaded.source.clone(), model: variant.model.clone(), findings: Vec::new() };
        pots.push(own.compile(&samples.inputs[0])?);
    }
    let failed = |pot: &Compiled, error: &Error, doing: &str| {
        terminal.fail(&loaded.source, explain(pot, &pot.runner(), error, doing))
    };
    let learns = pots[0].lowered.crn.protocol.feed.is_some();
    let mut times = noise.times.clone();
    if times.is_empty() {
        match learning::whole_time(&pots[0]).map_or_else(|| inference::settled_time(&pots[0], samples), Ok) {
            Ok(time) => times.push(time),
            Err(error) => return failed(&pots[0], &error, "without noise"),
        }
    }
    let bench = |pot| match Learning::new(pot, samples, &times, noise.seed) {
        Some(learning) => Bench::Learning(learning),
        None => Bench::Inference(Inference::new(pot, samples, &times, noise.seed)),
    };
    let benches: Vec<Bench<'_>> = pots.iter().map(bench).collect();
    let cases = study::cases(noise);
    let mut jobs: Vec<(usize, Case, u64)> = Vec::new();
    for variant in 0..variants.len() {
        for &case in &cases {
            let replicates = if case.is_noiseless() { 1 } else { noise.replicates as u64 };
            jobs.extend((0..replicates).map(|replicate| (variant, case, replicate)));
        }
    }
    terminal.note(&format!(
        "{} of {}{}, {}, {} each",
        plural(samples.inputs.len(), "sample"),
        samples.source,
        if learns { " after learning in the pot" } else { "" },
        plural(cases.len() - 1, "noise"),
        plural(noise.replicates, "replicate"),
    ));
    let progress = Progress::new(terminal, jobs.len());
    let results = parallel::map(jobs.len(), threads, &(), |(), at| {
        let (variant, case, replicate) = jobs[at];
        let result = benches[variant].outputs(case, replicate);
        progress.step();
        result
    });
    progress.finish();
    let spread = samples.spread();
    let mut rows = Vec::new();
    for (at, variant) in variants.iter().enumerate() {
        let mut own: Vec<Row> = Vec::new();
        let mut noiseless: Option<&Outputs> = None;
        for &case in &cases {
            let of_case = jobs.iter().zip(&results).filter(|(job, _)| (job.0, job.1) == (at, case));
            let results: Vec<&Result<Outputs, Error>> = of_case.map(|(_, result)| result).collect();
            if case.is_noiseless() {
                match results[0] {
                    Ok(outputs) => noiseless = Some(outputs),
                    Err(error) => {
                        return failed(&pots[at], error, &format!("{} without noise", variant.name));
                    }
                }
            }
            let Some(noiseless) = noiseless else { continue };
            for (place, &time) in times.iter().enumerate() {
                let read = |result: &&Result<Outputs, Error>| {
                    let outputs = result.as_ref().ok()?;
                    Some(Reading::new(loss, (outputs, noiseless), samples, place))
                };
                let readings: Vec<Option<Reading>> = results.iter().map(read).collect();
                let row = Row::new(&variant.name, (case, time), &readings, (samples, spread), own.get(place));
                own.push(row);
            }
        }
        rows.extend(own);
    }
    Ok(rows)
}
