//! The agreement matrix with the engines of the suite's environment.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::collections::BTreeMap;
use std::path::Path;

use nnrc_cli::agreement::{ALL, Engine, Matrix, Question, Row, Verdict, matrix};
use nnrc_model::forward::forward;
use nnrc_sbml::Options;
use nnrc_tests::compiled::{Compiled, load};
use nnrc_tests::{peers, root};

/// Species with their factors, by the name of what is read.
type Readings = BTreeMap<String, BTreeMap<String, f64>>;

/// An example as a file, with what is read.
fn example(name: &str, folder: &Path) -> (Compiled, std::path::PathBuf, Readings) {
    let (compiled, _) = load(&root().join(format!("examples/{name}/{name}.nnr")));
    let file = folder.join(format!("{name}.xml"));
    compiled.write_sbml(&file, &Options::default());
    let observable = &compiled.crn.observables[compiled.model.output];
    let ids = compiled.species_ids();
    let output = |at: usize| {
        let rails = [(&observable.positive, 1.0), (&observable.negative, -1.0)];
        let terms = rails.into_iter().flat_map(|(families, factor)| {
            families.iter().map(move |family| (*family, factor)).collect::<Vec<_>>()
        });
        let terms =
            terms.map(|(family, factor)| (ids[compiled.info.species_index(family, at)].clone(), factor));
        (format!("y[{}]", at + 1), terms.collect())
    };
    let width = compiled.crn.axes[observable.axis].size();
    let read = (0..width).map(output).collect();
    (compiled, file, read)
}

/// Inputs with the values of the network, which a plain forward pass gives.
fn rows(compiled: &Compiled, inputs: &[Vec<f64>]) -> Vec<Row> {
    let row = |input: &Vec<f64>| {
        let settings = compiled.settings(input);
        let start =
            settings.as_object().unwrap().iter().map(|(id, value)| (id.clone(), value.as_f64().unwrap()));
        let values = &forward(&compiled.model, input)[compiled.model.output];
        let expected = values.iter().enumerate().map(|(at, value)| (format!("y[{}]", at + 1), *value));
        Row { start: start.collect(), expected: expected.collect() }
    };
    inputs.iter().map(row).collect()
}

/// Engines that the suite installs.
const INSTALLED: [Engine; 3] = [Engine::Scipy, Engine::Roadrunner, Engine::Copasi];

fn asked(model: &Path, rows: &[Row], read: &Readings, until: f64, engines: &[Engine]) -> Matrix {
    let question = Question { model, rows, read, until, points: 11, tolerance: 1e-6 };
    matrix(&question, engines, &peers::python())
}

#[test]
fn installed_engines_agree_and_others_are_absent() {
    let folder = tempfile::tempdir().unwrap();
    let (compiled, file, read) = example("signed", folder.path());
    let rows = rows(&compiled, &[vec![-0.55, 0.79, 0.74], vec![1.0, -1.0, 0.0]]);
    let found = asked(&file, &rows, &read, 60.0, &ALL);
    assert_eq!(found.reference, Some(Engine::Scipy));
    for outcome in &found.outcomes {
        if INSTALLED.contains(&outcome.engine) {
            assert_eq!(outcome.verdict, Verdict::Agrees, "{}", found.text());
            assert!(outcome.end.unwrap() < 1e-6 && outcome.version.is_some());
            assert_eq!(outcome.course.is_none(), outcome.engine == Engine::Scipy);
        } else {
            let passes = matches!(outcome.verdict, Verdict::Absent(_) | Verdict::Agrees);
            assert!(passes, "{}", found.text());
        }
    }
    assert!(found.holds(false));
    assert_eq!(found.text().lines().next().unwrap().split_whitespace().next(), Some("engine"));
}

/// One constant of the file is 10 % off: all engines agree with each other, and none with the network.
#[test]
fn a_changed_constant_is_said_with_row_output_time_and_both_values() {
    let folder = tempfile::tempdir().unwrap();
    let (compiled, file, read) = example("or", folder.path());
    let text = std::fs::read_to_string(&file).unwrap();
    let k = "value=\"1\"";
    assert!(text.contains(k));
    std::fs::write(&file, text.replacen(k, "value=\"1.1\"", 1)).unwrap();
    let rows = rows(&compiled, &[vec![0.0, 0.0], vec![1.0, 1.0]]);
    let found = asked(&file, &rows, &read, 60.0, &INSTALLED);
    assert!(!found.holds(false));
    for outcome in &found.outcomes {
        let Verdict::Disagrees(place) = &outcome.verdict else { panic!("{}", found.text()) };
        assert_eq!((place.output.as_str(), place.time, place.against), ("y[1]", 60.0, "f(x)"));
        let expected = forward(&compiled.model, &[[0.0, 0.0], [1.0, 1.0]][place.row - 1])[1][0];
        assert_eq!(place.expected, expected);
        assert!((place.value - expected).abs() > 1e-3);
        assert!(outcome.course.is_none_or(|course| course < 1e-6), "{}", found.text());
    }
}

/// A file that none of them can read is a failure of each, and a species that is not there is named.
#[test]
fn failures_are_lines_of_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let (compiled, file, read) = example("or", folder.path());
    let unknown = Row { start: BTreeMap::from([("nobody".to_owned(), 1.0)]), expected: BTreeMap::new() };
    let found = asked(&file, &[unknown], &read, 1.0, &INSTALLED);
    for outcome in &found.outcomes {
        let Verdict::Failed(why) = &outcome.verdict else { panic!("{}", found.text()) };
        assert!(why.contains("nobody"), "{why}");
    }
    std::fs::write(&file, "<sbml").unwrap();
    let found = asked(&file, &rows(&compiled, &[vec![0.0, 0.0]]), &read, 1.0, &INSTALLED);
    assert!(
        found.outcomes.iter().all(|outcome| matches!(outcome.verdict, Verdict::Failed(_))),
        "{}",
        found.text()
    );
    assert!(!found.holds(false) && found.reference.is_none());
}

/// What `nnrc verify --engines` says of a file beside a model, and its status.
fn verify(folder: &Path, model: &str, file: &str, words: &[&str]) -> (Option<i32>, String) {
    let model = root().join(format!("examples/{model}/{model}.nnr"));
    let all = [&["verify", model.to_str().unwrap(), file, "-q", "--message-format", "json"], words].concat();
    let mut command = std::process::Command::new(peers::nnrc());
    let output = command.args(all).current_dir(folder).env("NNRC_PYTHON", peers::python()).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code(), text)
}

#[test]
fn the_command_proves_and_simulates() {
    let folder = tempfile::tempdir().unwrap();
    example("signed", folder.path());
    let words = ["--engines", "roadrunner,copasi,scipy", "--require"];
    let (status, said) = verify(folder.path(), "signed", "signed.xml", &words);
    assert_eq!(status, Some(0), "{said}");
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[0]["verdict"]), (4, &"proven".into()), "{said}");
    for line in &lines[1..] {
        assert_eq!(line["verdict"], "agrees", "{said}");
        assert!(line["end"].as_f64().unwrap() < 1e-8 && line["until"].as_f64().unwrap() > 1.0, "{said}");
    }
    // A tolerance below that of the integrators is not kept by them.
    let (status, said) =
        verify(folder.path(), "signed", "signed.xml", &["--engines", "all", "--engine-tolerance", "1e-16"]);
    assert_eq!(status, Some(4), "{said}");
}

#[test]
fn the_command_names_where_a_changed_file_differs() {
    let folder = tempfile::tempdir().unwrap();
    let (compiled, file, _) = example("or", folder.path());
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("value=\"1\"", "value=\"1.1\"", 1)).unwrap();
    let (status, said) = verify(folder.path(), "or", "or.xml", &["--engines", "scipy,copasi"]);
    assert_eq!(status, Some(4), "{said}");
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["verdict"], "refuted", "{said}");
    for line in &lines[1..] {
        let place = &line["disagreement"];
        assert_eq!(
            (&line["verdict"], &place["against"], &place["output"]),
            (&"disagrees".into(), &"f(x)".into(), &"y[1]".into())
        );
        let input: Vec<f64> =
            place["input"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
        let expected = forward(&compiled.model, &input)[1][0];
        assert_eq!(place["expected"].as_f64(), Some(expected), "{said}");
        assert!((place["value"].as_f64().unwrap() - expected).abs() > 1e-3, "{said}");
    }
}
