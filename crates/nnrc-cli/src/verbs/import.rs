//! `nnrc import`: a network that was trained elsewhere, as a `.nnr` file with weights.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use nnrc::Failure;
use nnrc::disk::{DASH, Disk, reason};
use nnrc::import::{DataFile, Imported, Layout, Options, Trained};
use nnrc::numbers::{count, plural, short};
use nnrc_sim::io::{Array, is_same_place, safetensors};
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use crate::args::{Closeness, ImportArgs, MatrixLayout, Numbers};
use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;
use crate::training::Watch;

/// Runs the verb.
pub fn run(session: &Session, args: &ImportArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let output = args.output.clone().unwrap_or_else(|| named_after(&args.model));
    if output.as_os_str() == DASH {
        return terminal.usage("`-o -`: a network and its weights are two files; give a name");
    }
    let is_dots = |name: &str| name.trim_start_matches('.') == "nnr";
    if output.file_name().is_some_and(|name| is_dots(&name.to_string_lossy())) {
        let (name, stem) = (output.display(), stem(&args.model));
        return terminal
            .usage(&format!("`-o {name}`: there is no name before `.nnr`; write `-o {stem}.nnr`"));
    }
    if output.extension().is_none_or(|extension| extension != "nnr") {
        let name = output.display();
        return terminal.usage(&format!("`-o {name}`: expected a name that ends in .nnr"));
    }
    let range = match args.range.as_ref().map(|Numbers(ends)| ends.as_slice()) {
        None => None,
        Some(&[low, high]) if low < high => Some((low, high)),
        Some(_) => {
            return terminal.usage("--range: expected two numbers, the smaller one first: `--range 0,1`");
        }
    };
    if args.keep_scale && args.data.as_deref().is_some_and(is_arrays) {
        return terminal
            .usage("--keep-scale: a data set of columns has a scale, and arrays have none; give a table");
    }
    let weights = output.with_extension("safetensors");
    let trained = read(session, args)?;
    if let Some(data) = &args.data
        && let Err(error) = std::fs::metadata(data)
    {
        let name = data.display().to_string();
        let message = format!("cannot read `{name}`: {}", reason(&error));
        let finding = Diagnostic::global(Severity::Error, codes::UNREADABLE_FILE, message);
        return terminal.fail(&Source::new(name, ""), finding);
    }
    let folder = output.parent().unwrap_or(Path::new(""));
    let data = args.data.as_ref().map(|data| seen_from(folder, data));
    let name = stem(&output);
    let weights_name = file_name(&weights);
    let options = Options {
        name: &name,
        weights: &weights_name,
        tolerance: args.tolerance,
        closeness: match args.activations {
            Closeness::Cheap => nnrc::import::Closeness::Cheap,
            Closeness::Close => nnrc::import::Closeness::Close,
        },
        range,
        prune: args.prune,
        keeps_scale: args.keep_scale,
        rational: args.probabilities.is_some(),
        finetune: args.finetune.then(|| usize::try_from(args.epochs).unwrap_or(usize::MAX)),
        data: data.as_deref().map(|path| DataFile { path, targets: &args.target, inputs: &args.inputs }),
    };
    let report = args.report.as_deref().map(Destination::new);
    let (text, numbers) = (Destination::File(output.clone()), Destination::File(weights.clone()));
    let places: Vec<&Destination> = [&text, &numbers].into_iter().chain(&report).collect();
    // Before the work begins.
    places.iter().try_for_each(|place| place.require_place(terminal))?;
    let mut watch = Watch::new(terminal, None);
    let imported = trained
        .import(&options, &session.disk(&output), &mut watch)
        .map_err(|failure| advised(failure, &trained, args))?;
    watch.end()?;
    if let Some(Destination::File(report)) = &report
        && places[..2].iter().any(|place| place.path().is_some_and(|path| is_same_place(path, report)))
    {
        return terminal.usage("--report: the network and its weights stand there; give another name");
    }
    session.require_places(&places[..2])?;
    if let Some(path) = report.as_ref().and_then(Destination::path) {
        session.keep_inputs(path, "name another place for it: `--report other.json`")?;
    }
    terminal.diagnostics(&imported.checked.source, &imported.findings);
    write(session, &imported, (&text, &numbers))?;
    if let (Some(report), Some(deviation)) = (&report, &imported.deviation) {
        let json = deviation.json();
        report.write(terminal, |out| writeln!(out, "{json:#}"))?;
    }
    let pot = imported.checked.compile(&imported.checked.model.default_input())?;
    let (species, reactions) = (pot.lowered.info.species_count(), pot.lowered.info.reaction_count());
    if terminal.is_json() {
        if let Some(deviation) = &imported.deviation {
            terminal.print_json(&deviation.json())?;
        }
    } else if let Some(deviation) = &imported.deviation {
        terminal.print(&deviation.text())?;
    }
    let paths = places.iter().filter_map(|place| place.path()).map(|path| path.display().to_string());
    let paths: Vec<String> = paths.collect();
    terminal.note(&format!(
        "wrote {}: {} species, {}",
        paths.join(", "),
        count(species),
        plural(reactions, "reaction")
    ));
    terminal.diagnostics(&imported.checked.source, &nnrc::size::warnings(&pot, true));
    doubt(session, &imported);
    judge(session, &imported, args.agreement)
}

/// What to say on the command line, where the text cannot be changed: it is not written.
fn advised(mut failure: Failure, trained: &Trained, args: &ImportArgs) -> Failure {
    let Some(data) = &args.data else { return failure };
    let is_arrays = is_arrays(data);
    for finding in &mut failure.findings {
        let is_about_columns =
            finding.code == codes::SHAPE_MISMATCH || finding.code == codes::TEXT_IN_NUMBER_COLUMN;
        let help = if finding.code == codes::UNKNOWN_NAME {
            "give the labels that the model was trained on, or the numbers of its classes from 0".to_owned()
        } else if finding.code == codes::MISSING_TENSOR && data.extension().is_some_and(|end| end == "npy") {
            "an .npy file has one array without a name: write `numpy.savez(\"samples.npz\", x=x, t=t)`"
                .to_owned()
        } else if finding.code == codes::MISSING_TENSOR {
            "name the arrays: `--inputs NAME` where the inputs are not called `x`, `--target NAME` where the targets \
             are not `t`"
                .to_owned()
        } else if is_about_columns && is_arrays {
            expected(trained)
        } else if is_about_columns && args.target.is_empty() {
            "name the column of the targets: `--target species`; and those of the inputs, where not all others are: \
             `--inputs a,b`"
                .to_owned()
        } else {
            continue;
        };
        // What an array file holds is worth knowing.
        finding.help.retain(|help| help.starts_with("it holds"));
        finding.help.push(help);
    }
    failure
}

/// The arrays that a network takes.
fn expected(trained: &Trained) -> String {
    let network = &trained.network;
    let sizes = match network.inputs.as_slice() {
        [one] => one.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
        _ => network.input_width().to_string(),
    };
    format!(
        "expected `x` of the shape [rows, {sizes}]; and, if there are targets, `t` of the shape [rows] with labels of \
         classes or numbers from 0, or [rows, {}] with values",
        network.output_width()
    )
}

/// Whether samples are arrays, and no table.
fn is_arrays(data: &Path) -> bool {
    data.extension().is_some_and(|ending| ending == "npz" || ending == "npy")
}

/// Says so where the source itself is wrong about most samples: they may be in other units.
fn doubt(session: &Session, imported: &Imported) {
    let before = imported.deviation.as_ref().and_then(|deviation| deviation.before);
    if let Some(accuracy) = before.and_then(|before| before.accuracy).filter(|accuracy| *accuracy < 0.6) {
        let message =
            format!("the source itself names the right class for {} of the samples", short(accuracy));
        let finding = Diagnostic::global(Severity::Warning, codes::DIFFERING_SCALES, message)
            .label("are they scaled as in its training, and are the targets in its order?");
        session.terminal.diagnostics(&Source::new("", ""), &[finding]);
    }
}

/// Fails where too many samples have another class, or where fine-tuning did not make the network as good as its source.
fn judge(session: &Session, imported: &Imported, wanted: f64) -> Result<(), Stop> {
    if let Some(tuned) = &imported.finetuned {
        let (name, goal) = (tuned.metric.name(), short(tuned.goal));
        let (before, after) = (short(tuned.before), short(tuned.after));
        let epochs = plural(tuned.epochs, "epoch");
        if tuned.is_reached() {
            session
                .terminal
                .note(&format!("fine-tuned {epochs}: {name} {before}, then {after}; the source has {goal}"));
            return Ok(());
        }
        let message =
            format!("after {epochs} of fine-tuning the {name} is {after}, and {goal} in the source");
        let finding = Diagnostic::global(Severity::Error, codes::EXPECTATION_FAILED, message)
            .label(format!("{before} before"))
            .help("give it more `--epochs`, or come nearer first: `--activations close`, a smaller `--tolerance`");
        return session.terminal.fail(&Source::new("", ""), finding);
    }
    let Some(agreement) = imported.deviation.as_ref().and_then(nnrc::import::Deviation::agreement) else {
        return Ok(());
    };
    if agreement >= wanted {
        return Ok(());
    }
    let message = format!(
        "the chemistry names the class of the source for {} of the samples, and at least {} is asked for",
        short(agreement),
        short(wanted)
    );
    let finding = Diagnostic::global(Severity::Error, codes::EXPECTATION_FAILED, message)
        .help("come nearer: `--activations close`, a smaller `--tolerance`, or `--finetune`");
    session.terminal.fail(&Source::new("", ""), finding)
}

/// Reads the model.
fn read(session: &Session, args: &ImportArgs) -> Result<Trained, Stop> {
    let path = args.model.as_path();
    let disk: Disk = session.disk(path);
    let name = file_name(path);
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let is_weights = matches!(ending.as_deref(), Some("safetensors" | "npz" | "npy"));
    let bytes = disk.model(path)?;
    match (&args.network, is_weights) {
        (None, false) => Ok(Trained::onnx(&name, bytes, &disk)?),
        (Some(network), true) => {
            let layout = args.layout.map(|layout| match layout {
                MatrixLayout::OutIn => Layout::OutIn,
                MatrixLayout::InOut => Layout::InOut,
            });
            Ok(Trained::state_dict((&name, &bytes), (network, layout), &disk)?)
        }
        (None, true) => session
            .terminal
            .usage(&format!("`{name}` holds weights alone: say the layers, as in `--network 4-8:relu-3`")),
        (Some(_), false) => session.terminal.usage(
            "--network is for weights alone, in a .safetensors or .npz file: a model says its layers itself",
        ),
    }
}

/// Writes both files, or none.
fn write(
    session: &Session,
    imported: &Imported,
    (text, weights): (&Destination, &Destination),
) -> Result<(), Stop> {
    let arrays: BTreeMap<String, Array> = imported
        .weights
        .iter()
        .map(|(key, tensor)| {
            (key.clone(), Array { shape: tensor.shape.clone(), values: tensor.values.clone() })
        })
        .collect();
    let was_there = weights.path().is_some_and(Path::exists);
    weights.write(&session.terminal, |out| safetensors::write(out, &arrays, None))?;
    let written = text.write(&session.terminal, |out| out.write_all(imported.text.as_bytes()));
    if let (Err(_), false, Some(path)) = (&written, was_there, weights.path()) {
        // Weights without their network are nothing; what kept it from being written is reported.
        let _ = std::fs::remove_file(path);
    }
    written
}

/// `iris.nnr` of `models/iris.onnx`, in the current folder; of weights that are called as those beside it would be,
/// another name.
fn named_after(model: &Path) -> PathBuf {
    let is_taken = model.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("safetensors"));
    PathBuf::from(format!("{}{}.nnr", stem(model), if is_taken { "_imported" } else { "" }))
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "model".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// A path of the command line, as it is seen from a folder, with `/` between its parts.
fn seen_from(folder: &Path, path: &Path) -> String {
    let words = |path: &Path| {
        let parts = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
        parts.collect::<Vec<_>>().join("/")
    };
    if folder.as_os_str().is_empty() || path.is_absolute() {
        return words(path).replacen("//", "/", 1);
    }
    // `..` of a folder is another one behind a link: where folders really are counts.
    let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let (Ok(from), Ok(to)) = (real(folder), real(path)) else { return words(path) };
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let ups = from.components().skip(shared).map(|_| Component::ParentDir);
    words(&ups.chain(to.components().skip(shared)).collect::<PathBuf>())
}
