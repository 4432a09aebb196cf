//! SBML files as the command writes them, and what it says about running them.

mod common;

use common::{Folder, OR};
use serde_json::Value;

/// y' = x − y from 0: within 0.001 of x = 2 at the time ln(2000) = 7.6009.
const DECAY: &str = "network decay { input x[1] in [1, 2]; layer y = dense(1, bias = false); output y; }
weights { y.W = [[1]]; }
simulate { input = [2]; }
";

const LEARNER: &str =
    "dataset gate = rows([{ x = [0, 0], t = [0] }, { x = [0, 1], t = [1] }, { x = [1, 1], t = [1] }]);
network learner { input x[2]; layer y = dense(1) | ACTIVATION; output y; }
weights { init = normal(0, 1, seed = 1); }
";

fn report(folder: &Folder, options: &[&str]) -> Value {
    let check = ["check", "m.nnr", "--message-format", "json"];
    let run = folder.run(&[&check, options].concat()).exits(0);
    serde_json::from_str(&run.stdout).expect("a report")
}

fn compiled(folder: &Folder, options: &[&str]) -> String {
    folder.run(&[&["compile", "m.nnr", "--target", "sbml", "-o", "-"], options].concat()).exits(0).stdout
}

#[test]
fn check_and_notes_say_how_long_to_run() {
    let folder = Folder::with(DECAY);
    let found = report(&folder, &[]);
    assert_eq!(found["settling_time"], 7.6);
    assert_eq!(found["run_time"], 12.0, "half as long again is 11.4");
    assert_eq!(found["relative_tolerance"], 1e-6);
    assert_eq!(found["absolute_tolerance"], 1e-12);
    assert!(found["proven_settling_time"].as_f64().is_some_and(|bound| bound >= 7.6));
    let run = folder.run(&["check", "m.nnr"]).exits(0);
    assert!(run.stdout.contains("settles         within 0.001 after 7.6 for this input"), "{}", run.stdout);
    assert!(run.stdout.contains("run SBML for    12;"), "{}", run.stdout);
    let xml = compiled(&folder, &[]);
    assert!(xml.contains("<p>Run it for 12: for the inputs in this file"), "{xml}");
    assert!(xml.contains("COPASI at 1 and libRoadRunner at 5"), "{xml}");
    // For another input, and in other units.
    let minutes = ["--set", "chemistry.units=molar", "--set", "chemistry.unit_time=1 min", "--input", "1"];
    assert_eq!(report(&folder, &minutes)["settling_time"], 6.9, "ln(1000)");
    assert!(compiled(&folder, &minutes).contains("Run it for 11 min"));
    // Nothing of it without notes.
    assert!(!compiled(&folder, &["--provenance", "none"]).contains("Run it"));
}

#[test]
fn pots_that_do_not_settle_say_what_they_do() {
    let settled = Folder::with(DECAY);
    let xml = compiled(&settled, &["--set", "simulate.start=settled"]);
    assert!(xml.contains("nothing moves until an input is changed"), "{xml}");
    // 3 samples of 10 time units, 7 epochs.
    let text = LEARNER.replace("ACTIVATION", "smooth_relu(h = 0.1)");
    let rule = "rule = gradient_flow(rate = 0.005); feed = cycle(hold = 10); epochs = 7;";
    let folder = Folder::with(&format!("{text}train {{ data = gate; {rule} }}"));
    assert_eq!(report(&folder, &[])["run_time"], 210.0);
    assert_eq!(report(&folder, &[])["settling_time"], Value::Null);
    let xml = compiled(&folder, &[]);
    let words =
        "Each of 3 samples is shown for 10: an epoch takes 30, and the 7 epochs of the file take 210.";
    assert!(xml.contains(words), "{xml}");
    assert!(!xml.contains("up to whoever runs it"), "{xml}");
    assert!(compiled(&folder, &["--feed", "none"]).contains("up to whoever runs it"));
    // A ring of n species has n phases of −ln(delta) each; its levels need a small absolute tolerance.
    let text = LEARNER.replace("ACTIVATION", "sigmoid()");
    let clock = "chemistry { clock = ring(delta = 1e-7, rate = 2 /s); }";
    let folder = Folder::with(&format!("{text}{clock} train {{ data = gate; rule = sgd(rate = 1); }}"));
    let found = report(&folder, &[]);
    let species = compiled(&folder, &[]).matches("<species id=\"clock_").count() as f64;
    let cycles = 2.0 * species * 1e7_f64.ln() / 2.0;
    let time = found["run_time"].as_f64().expect("a time");
    assert!(species > 3.0 && (cycles..1.1 * cycles).contains(&time), "{time} for {cycles}");
    let absolute = found["absolute_tolerance"].as_f64().expect("a tolerance");
    assert!((absolute / 1e-20 - 1.0).abs() < 1e-9, "{absolute}");
    assert!(compiled(&folder, &[]).contains("an epoch of 3 cycles about"));
}

#[test]
fn level_2_for_tools_that_read_nothing_newer() {
    let folder = Folder::with(OR);
    let xml = compiled(&folder, &["--sbml-level", "l2v4"]);
    assert!(xml.contains(r#"xmlns="http://www.sbml.org/sbml/level2/version4""#), "{xml}");
    assert!(!xml.contains("extentUnits"), "{xml}");
    let run = folder.run(&["compile", "m.nnr", "--target", "sbml", "--sbml-level", "l2v1"]).exits(2);
    assert!(run.stderr.contains("l2v4"), "{}", run.stderr);
}

#[test]
fn a_value_of_two_rails_beside_a_species_of_its_name() {
    let text =
        "network twice { input x[1, 1] in [-1, 1]; layer x_1 = dense(1) | smooth_relu(h = 0.1); output x_1; }
        weights { x_1.W = [[1]]; x_1.b = [0]; }";
    let folder = Folder::with(text);
    assert!(!compiled(&folder, &[]).contains("assignmentRule"));
    let run = folder
        .run(&["compile", "m.nnr", "--target", "sbml", "--observables", "rules"])
        .exits(1)
        .reports("id-collision");
    assert!(run.stderr.contains("`x_1_1`"), "{}", run.stderr);
    assert_eq!(folder.names(), ["m.nnr"]);
}

#[test]
fn a_volume_needs_units() {
    let folder = Folder::with(DECAY);
    let volume = ["--set", "chemistry.volume=3 fL"];
    let run = folder.run(&[&["check", "m.nnr"], &volume[..]].concat()).exits(0).reports("unused-name");
    assert!(run.stderr.contains("`volume` changes nothing"), "{}", run.stderr);
    assert_eq!(compiled(&folder, &volume), compiled(&folder, &[]));
    let molar = [&volume[..], &["--set", "chemistry.units=molar"]].concat();
    let run = folder.run(&[&["check", "m.nnr"], &molar[..]].concat()).exits(0);
    assert!(!run.stderr.contains("unused-name"), "{}", run.stderr);
    assert!(compiled(&folder, &molar).contains(r#"size="3" units="volume""#));
}

#[test]
fn axes_of_differences_say_values() {
    let folder = Folder::with(DECAY);
    let labels = |options: &[&str]| {
        folder.run(&[&["simulate", "m.nnr", "-o", "course.svg"], options].concat()).exits(0);
        folder.read("course.svg")
    };
    assert!(labels(&[]).contains(">concentration<"));
    let units = ["--set", "chemistry.units=molar", "--set", "chemistry.unit_concentration=10 nM"];
    assert!(labels(&units).contains(">concentration (10 nM)<"));
    let folder = Folder::with(&DECAY.replace("[1, 2]", "[-2, 2]"));
    folder.run(&["simulate", "m.nnr", "-o", "course.svg"]).exits(0);
    let picture = folder.read("course.svg");
    assert!(picture.contains(">value<") && !picture.contains(">concentration<"));
}

#[test]
fn names_and_scale_of_the_data_are_in_the_file() {
    let folder = Folder::with(
        "dataset d = csv(\"d.csv\") { target = onehot(kind); scale = minmax(-1, 1); }
network n { input x[2]; layer y = dense(2) | identity(); output y; }
weights { y.W = [[1, 2], [3, 4]]; y.b = [0, 0]; }
",
    );
    // Columns from 4.25 to 7.75 and from 98.5 to 177.25: 2 / 3.5 and 2 / 78.75 to a unit.
    folder.write("d.csv", "length,\"mass < 1 \"\"kg\"\"\",kind\n4.25,177.25,b\n7.75,98.5,a\n");
    let xml = compiled(&folder, &[]);
    for words in [
        // Notes for people; numbers read back as those of the scale.
        "x_1 = (length \u{2212} 4.25) * 0.5714285714285714 + -1 (measured from 4.25 to 7.75)",
        "y_1 is a, y_2 is b.",
        // The annotation for programs.
        "<nnrc:value tensor=\"x\" index=\"1\" name=\"length\" shift=\"4.25\" factor=\"0.5714285714285714\" \
         start=\"-1\" low=\"4.25\" high=\"7.75\"/>",
        "shift=\"98.5\"",
        "high=\"177.25\"",
        "<nnrc:value tensor=\"y\" index=\"2\" name=\"b\"/>",
        // Names of species, escaped.
        "name=\"x[1]+ length\"",
        "name=\"x[2]- mass &lt; 1 &quot;kg&quot;\"",
    ] {
        assert!(xml.contains(words), "no {words} in\n{xml}");
    }
    // Folded, measurements go in as they are; without provenance only names are left.
    let folded = compiled(&folder, &["--set", "chemistry.fold_scale=true"]);
    assert!(folded.contains("Inputs are measurements as they are") && !folded.contains("shift="), "{folded}");
    let bare = compiled(&folder, &["--provenance", "none"]);
    assert!(bare.contains(" length\"") && !bare.contains("4.25, "), "{bare}");
}
