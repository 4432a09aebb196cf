//! What a run reads is never replaced by what it writes.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;

use std::fs;

use common::{Folder, OR};
use nnrc_sim::io::{Array, Arrays, npz, safetensors};

/// A network on two bits with a training of each construction, reading its samples from a file.
fn model(data: &str, train: &str, more: &str) -> String {
    // A block ends itself.
    let end = if data.ends_with('}') { "" } else { ";" };
    let activation = if train == PHASED { "sigmoid()" } else { "smooth_relu(h = 0.01)" };
    format!(
        "dataset d = {data}{end}
         network net {{ input x[2] in [0, 1]; layer y = dense(1) | {activation}; output y; }}
         train {{ data = d; {train} }}
         {more}"
    )
}

const CSV: &str = "csv(\"d.csv\") { inputs = [a, b]; target = c; }";
const NPZ: &str = "npz(\"d.npz\") { inputs = x; target = t; }";
const GRADIENT: &str = "rule = gradient(sgd(rate = 0.1)); epochs = 2;";
const ONE_POT: &str = "rule = gradient_flow(rate = 0.05); feed = cycle(hold = 5); epochs = 1;";
const PHASED: &str = "rule = sgd(rate = 4); epochs = 1;";
const WEIGHTS: &str = "weights { y.W = [[1, 1]]; y.b = [-0.25]; }";
const NOISE: &str = "noise { data = d; rates = relative(0.1); replicates = 1; }";

fn construction(name: &str) -> String {
    format!("chemistry {{ construction = {name}; }}\n{WEIGHTS}")
}

/// A folder with every kind of file that a run reads.
fn folder(text: &str) -> Folder {
    let folder = Folder::with(text);
    folder.write("d.csv", "a,b,c\n0,0,0\n0,1,1\n1,0,1\n");
    let array = |shape: &[usize], values: &[f64]| Array { shape: shape.to_vec(), values: values.to_vec() };
    let data = Arrays::from([
        ("x".to_owned(), array(&[3, 2], &[0.0, 0.0, 0.0, 1.0, 1.0, 0.0])),
        ("t".to_owned(), array(&[3, 1], &[0.0, 1.0, 1.0])),
        ("y".to_owned(), array(&[3, 1], &[0.0, 1.0, 1.0])),
    ]);
    let weights = Arrays::from([
        ("y.W".to_owned(), array(&[1, 2], &[1.0, 1.0])),
        ("y.b".to_owned(), array(&[1], &[-0.25])),
    ]);
    let mut bytes = Vec::new();
    npz::write(&mut bytes, &data).unwrap();
    folder.write("d.npz", &bytes);
    bytes.clear();
    npz::write(&mut bytes, &weights).unwrap();
    folder.write("w.npz", &bytes);
    bytes.clear();
    safetensors::write(&mut bytes, &weights, None).unwrap();
    folder.write("w.safetensors", &bytes);
    // IDX: magic, number of dimensions, sizes, bytes.
    folder.write("images.idx", [&[0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2][..], &[0, 0, 0, 1, 1, 0]].concat());
    folder.write("labels.idx", [0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 1]);
    folder
}

/// Every name under which a file of the folder can be written to.
fn spellings(folder: &Folder, file: &str, extension: &str) -> Vec<String> {
    fs::create_dir(folder.path("sub")).unwrap();
    let mut names = vec![file.to_owned(), format!("./sub/../{file}")];
    names.push(folder.path(file).display().to_string());
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(file, folder.path(&format!("soft.{extension}"))).unwrap();
        names.push(format!("soft.{extension}"));
    }
    fs::hard_link(folder.path(file), folder.path(&format!("hard.{extension}"))).unwrap();
    names.push(format!("sub/../hard.{extension}"));
    names
}

/// Asserts that a run is refused and changes nothing.
#[track_caller]
fn refuses(folder: &Folder, arguments: &[&str]) {
    let state = || {
        let names = folder.names().into_iter().filter(|name| folder.path(name).is_file());
        names.map(|name| (fs::read(folder.path(&name)).unwrap(), name)).collect::<Vec<_>>()
    };
    let before = state();
    let run = folder.run(arguments).exits(3).reports("not-writable");
    assert!(run.stderr.contains("this run reads"), "{arguments:?}:\n{}", run.stderr);
    assert!(run.stderr.contains("`-o other"), "{arguments:?}:\n{}", run.stderr);
    assert!(state() == before, "{arguments:?} changed a file");
}

/// A file that is read: its name, the extension under which the verbs would write it, the model, options.
type Case<'a> = (&'a str, String, &'a [&'a str]);

fn cases(train: &str, more: &str) -> Vec<Case<'static>> {
    let random = if more.contains("weights") { more.to_owned() } else { format!("{more}\n{WEIGHTS}") };
    let from = |file: &str| format!("{}\nweights from \"{file}\" {{ }}", more.replace(WEIGHTS, ""));
    vec![
        ("m.nnr", model(CSV, train, &random), &[]),
        ("d.csv", model(CSV, train, &random), &[]),
        ("d.npz", model(NPZ, train, &random), &[]),
        ("d.npz", model(CSV, train, &format!("{random}\nexpect {{ max_error(net, \"d.npz\") <= 1; }}")), &[]),
        ("images.idx", model("idx(\"images.idx\", \"labels.idx\")", train, &random), &[]),
        ("labels.idx", model("idx(\"images.idx\", \"labels.idx\")", train, &random), &[]),
        ("w.npz", model(CSV, train, &from("w.npz")), &[]),
        ("w.safetensors", model(CSV, train, &from("w.safetensors")), &[]),
        ("w.npz", model(CSV, train, &random), &["--weights", "w.npz"]),
        ("w.safetensors", model(CSV, train, &random), &["--weights", "w.safetensors"]),
    ]
}

/// Each verb that takes `-o`, for each kind of file, under each of its names.
fn matrix(verb: &[&str], extensions: &[&str], cases: Vec<Case<'_>>) {
    for (file, text, options) in cases {
        let folder = folder(&text);
        let own = file.rsplit('.').next().unwrap();
        let mut refused = 0;
        for name in spellings(&folder, file, extensions.first().unwrap_or(&own)) {
            // A name with another ending is no output of this verb.
            let fits =
                extensions.is_empty() || extensions.iter().any(|end| name.ends_with(&format!(".{end}")));
            if fits {
                refuses(&folder, &[verb, options, &["-o", &name]].concat());
                refused += 1;
            }
        }
        assert!(refused >= 1, "{verb:?} {file}");
    }
}

#[test]
fn compile_replaces_nothing_that_it_reads() {
    for target in ["sbml", "crn"] {
        matrix(&["compile", "m.nnr", "--target", target], &[], cases(GRADIENT, ""));
    }
}

#[test]
fn simulate_replaces_nothing_that_it_reads() {
    for extension in ["csv", "npz", "svg"] {
        matrix(&["simulate", "m.nnr", "--until", "1"], &[extension], cases(GRADIENT, ""));
    }
    matrix(&["simulate", "m.nnr", "--steady", "--data", "d"], &["csv"], cases(GRADIENT, ""));
}

#[test]
fn noise_replaces_nothing_that_it_reads() {
    matrix(&["noise", "m.nnr"], &["csv"], cases(GRADIENT, NOISE));
}

#[test]
fn training_replaces_nothing_that_it_reads() {
    for (train, chemistry) in
        [(GRADIENT, String::new()), (ONE_POT, construction("one_pot")), (PHASED, construction("phased"))]
    {
        for extension in ["npz", "safetensors"] {
            matrix(&["train", "m.nnr"], &[extension], cases(train, &chemistry));
        }
    }
}

/// Names that a verb makes from that of the model, and of the output.
#[test]
fn files_beside_the_result_replace_nothing_either() {
    let with = |data: &str, train: &str, more: &str, source: &str, name: &str| {
        let text = model(&data.replace(source, name), train, more);
        let folder = folder(&text);
        fs::rename(folder.path(source), folder.path(name)).unwrap();
        folder
    };
    let weights = &format!("{WEIGHTS}\n{NOISE}");
    for name in ["m.trained.npz", "m.checkpoint.npz"] {
        refuses(&with(NPZ, GRADIENT, weights, "d.npz", name), &["train", "m.nnr"]);
        refuses(&with(NPZ, ONE_POT, &construction("one_pot"), "d.npz", name), &["train", "m.nnr"]);
    }
    for name in ["m.train.csv", "m.train.svg"] {
        refuses(&with(CSV, GRADIENT, weights, "d.csv", name), &["train", "m.nnr"]);
    }
    let run = ["train", "m.nnr", "-o", "run.npz"];
    for name in ["run.train.csv", "run.train.svg"] {
        refuses(&with(CSV, GRADIENT, weights, "d.csv", name), &run);
        refuses(&with(CSV, PHASED, &construction("phased"), "d.csv", name), &run);
    }
    refuses(&with(NPZ, GRADIENT, weights, "d.npz", "run.checkpoint.npz"), &run);
    refuses(&with(CSV, ONE_POT, &construction("one_pot"), "d.csv", "run.rails.svg"), &run);
    refuses(&with(CSV, PHASED, &construction("phased"), "d.csv", "run.weights.svg"), &run);
    refuses(&with(CSV, GRADIENT, weights, "d.csv", "m.noise.csv"), &["noise", "m.nnr"]);
    refuses(&with(CSV, GRADIENT, weights, "d.csv", "m.noise.svg"), &["noise", "m.nnr"]);
    refuses(&with(CSV, GRADIENT, weights, "d.csv", "s.svg"), &["noise", "m.nnr", "-o", "s.csv"]);
    refuses(&with(CSV, GRADIENT, weights, "d.csv", "m.xml"), &["compile", "m.nnr", "--target", "sbml"]);
    refuses(&with(CSV, GRADIENT, weights, "d.csv", "m.crn"), &["compile", "m.nnr", "--target", "crn"]);
}

/// The weights of a training that is not gone on from are read, and its checkpoint is written.
#[test]
fn a_checkpoint_is_rewritten_only_by_its_own_training() {
    let folder = folder(&model(CSV, GRADIENT, WEIGHTS));
    folder.run(&["train", "m.nnr"]).exits(0);
    refuses(&folder, &["train", "m.nnr", "--weights", "m.checkpoint.npz"]);
    refuses(&folder, &["train", "m.nnr", "--weights", "m.trained.npz"]);
    folder.run(&["train", "m.nnr", "--resume", "--set", "train.epochs=4"]).exits(0);
    folder.run(&["train", "m.nnr", "--weights", "m.checkpoint.npz", "-o", "more.npz"]).exits(0);
    // A file in the way that this run does not read is its own from before.
    folder.run(&["train", "m.nnr"]).exits(0);
}

#[test]
fn a_training_is_taken_up_with_patience_and_refused_with_another_network() {
    let network = |activation: &str, patience: &str| {
        format!(
            "dataset d = rows([{{ x = [1], t = [1] }}, {{ x = [-1], t = [2] }}, {{ x = [0.5], t = [0] }}]);
network n {{ input x[1]; layer h = dense(2) | {activation}; layer y = dense(1); output y as values(); }}
weights {{ init = glorot_uniform(seed = 4); }}
train {{ data = d; epochs = 3; rule = gradient(sgd(rate = 0.1)); {patience} }}\n"
        )
    };
    let folder = folder(&network("abs(h = 0.5)", ""));
    folder.run(&["train", "m.nnr"]).exits(0);
    let more = ["train", "m.nnr", "--resume", "--set", "train.epochs=5"];
    folder.run(&[&more[..], &["--set", "train.patience=4"]].concat()).exits(0);
    folder.run(&[&more[..], &["--set", "train.patience=9"]].concat()).exits(0);
    folder.run(&more).exits(0);
    folder.write("m.nnr", network("softsign(h = 0.25)", "patience = 4;"));
    let refused = folder.run(&more).exits(3);
    for words in ["abs(h = 0.5)", "softsign(h = 0.25)"] {
        assert!(refused.stderr.contains(words), "{words} in {}", refused.stderr);
    }
}

#[test]
fn a_crate_replaces_no_folder_with_what_it_is_made_of() {
    let folder = folder(&model(CSV, GRADIENT, WEIGHTS));
    let compile = ["compile", "m.nnr", "--target", "rust", "-o", "net-sim"];
    folder.run(&compile).exits(0);
    let moved = |file: &str, text: &str| {
        fs::copy(folder.path(file), folder.path("net-sim/data/own")).unwrap();
        let extension = file.rsplit('.').next().unwrap();
        fs::rename(folder.path("net-sim/data/own"), folder.path(&format!("net-sim/data/own.{extension}")))
            .unwrap();
        folder.write("m.nnr", text.replace(file, &format!("net-sim/data/own.{extension}")));
    };
    for (file, text, options) in cases(GRADIENT, "").into_iter().filter(|case| case.0 != "m.nnr") {
        if options.is_empty() {
            moved(file, &text);
            refuses(&folder, &compile);
        } else {
            fs::copy(folder.path(file), folder.path(&format!("net-sim/{file}"))).unwrap();
            folder.write("m.nnr", &text);
            let own = format!("net-sim/{file}");
            refuses(
                &folder,
                &["compile", "m.nnr", "--target", "rust", "-o", "./net-sim/../net-sim", "--weights", &own],
            );
        }
    }
    // The model itself, and what is in the folder without being read.
    folder.write("net-sim/m.nnr", model(CSV, GRADIENT, WEIGHTS).replace("d.csv", "../d.csv"));
    refuses(&folder, &["compile", "net-sim/m.nnr", "--target", "rust", "-o", "net-sim"]);
    folder.write("m.nnr", model(CSV, GRADIENT, WEIGHTS));
    folder.run(&compile).exits(0);
    assert!(folder.path("net-sim/m.nnr").is_file() && folder.path("net-sim/data/own.csv").is_file());
}

#[test]
#[cfg(unix)]
fn stdin_is_a_file_that_is_read() {
    let folder = Folder::with(OR);
    let mut command = folder.command(&["compile", "-", "--target", "crn", "-o", "m.nnr"]);
    command.stdin(fs::File::open(folder.path("m.nnr")).unwrap());
    common::Run::of(command.output().unwrap()).exits(3).reports("not-writable");
    assert_eq!(folder.read("m.nnr"), OR);
    folder.run_with_stdin(&["compile", "-", "--target", "crn", "-o", "m.nnr"], OR).exits(0);
}

/// Links, modes and long names of results.
#[test]
#[cfg(unix)]
fn results_keep_links_and_modes() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::with(OR);
    fs::create_dir(folder.path("far")).unwrap();
    folder.write("far/y.csv", "old");
    fs::set_permissions(folder.path("far/y.csv"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink("far/y.csv", folder.path("y.csv")).unwrap();
    folder.run(&["simulate", "m.nnr", "-o", "y.csv"]).exits(0);
    assert!(folder.path("y.csv").is_symlink());
    assert!(folder.read("far/y.csv").starts_with("time,"));
    assert_eq!(fs::metadata(folder.path("far/y.csv")).unwrap().permissions().mode() & 0o777, 0o600);
    let long = format!("{}.csv", "n".repeat(251));
    folder.run(&["simulate", "m.nnr", "-o", &long]).exits(0);
    assert!(folder.read(&long).starts_with("time,"));
    let too_long = format!("{}.csv", "n".repeat(252));
    folder.run(&["simulate", "m.nnr", "-o", &too_long]).exits(3).reports("not-writable");
    folder.run(&["fmt", "m.nnr"]).exits(0);
    assert_eq!(folder.names().iter().filter(|name| name.starts_with('.')).count(), 0);
}
