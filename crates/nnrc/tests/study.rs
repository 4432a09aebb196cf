//! Studies of noise as values.

use nnrc::study::Study;
use nnrc::{Checked, Memory, Observer, Project};

const NETWORK: &str = "nnr 1;
    network gate {
        input  x[2] in [0, 1];
        layer  y = dense(1) | smooth_relu(h = 0.1);
        output y;
    }
    weights { y.W = [[1, 1]]; y.b = [0]; }";

const EXPECT: &str = "expect { for [0, 1]: y ~ 1 within 0.2; for [1, 1]: y ~ 2 within 0.2; }";

const NOISE: &str =
    "noise { rates = relative([0.05, 0.1]); compare = relu(h = 1e-4); times = [10, 20]; replicates = 3; }";

fn checked(text: &str) -> Checked {
    Project::from_text("gate.nnr", text, &Memory::default()).check().expect("a good text")
}

/// All that was said.
#[derive(Default)]
struct Heard {
    notes: Vec<String>,
    progress: Vec<(usize, usize)>,
}

impl Observer for Heard {
    fn note(&mut self, words: &str) {
        self.notes.push(words.to_owned());
    }

    fn progress(&mut self, done: usize, of: usize) {
        self.progress.push((done, of));
    }
}

#[test]
fn results_do_not_depend_on_threads_and_progress_is_told_in_order() {
    let checked = checked(&format!("{NETWORK} {EXPECT} {NOISE}"));
    let study = Study::of(&checked).unwrap();
    let (test, variants) = (study.test_set().unwrap(), study.variants());
    assert_eq!((test.len(), test.source()), (2, "the rows of `expect`"));
    let names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
    assert_eq!(names, ["smooth_relu(h = 0.1)", "smooth_relu(h = 0.0001)"]);
    let mut heard = Heard::default();
    let several = study.run(&test, &variants, 3, &mut heard).unwrap();
    assert_eq!(heard.notes, ["2 samples of the rows of `expect`, 2 noises, 3 replicates each"]);
    // One run without noise and three of each noise, on both networks.
    assert_eq!(heard.progress, (0..=14).map(|done| (done, 14)).collect::<Vec<_>>());
    let one = study.run(&test, &variants, 1, &mut ()).unwrap();
    assert_eq!((one.csv(), one.text(), one.svg()), (several.csv(), several.text(), several.svg()));
    // Three cases at two times, on both networks.
    assert_eq!(one.rows.len(), 12);
    assert!(one.rows[0].case.is_noiseless() && one.rows[0].figures.deviation.worst == 0.0);
    assert_eq!(study.run(&test, &[], 1, &mut ()).unwrap().rows.len(), 0);
}

/// Cancels as soon as so many replicates are done.
struct Impatient {
    after: usize,
    done: usize,
}

impl Observer for Impatient {
    fn progress(&mut self, done: usize, _of: usize) {
        self.done = done;
    }

    fn is_cancelled(&mut self) -> bool {
        self.done >= self.after
    }
}

#[test]
fn a_study_that_is_cancelled_has_what_was_done() {
    let checked = checked(&format!("{NETWORK} {EXPECT} {NOISE}"));
    let study = Study::of(&checked).unwrap();
    let (test, variants) = (study.test_set().unwrap(), study.variants());
    let whole = study.run(&test, &variants, 1, &mut ()).unwrap();
    // Without noise, three replicates of the first noise, and one of the second: the others never were.
    for (after, rows) in [(0, 0), (1, 2), (5, 6), (14, 12)] {
        let mut observer = Impatient { after, done: 0 };
        let part = study.run(&test, &variants, 1, &mut observer).unwrap();
        assert_eq!((part.rows.len(), observer.done), (rows, after));
        // What is whole is what the whole study has.
        let whole_rows = part.rows.iter().zip(&whole.rows).take(rows.min(4));
        for (part, whole) in whole_rows {
            assert_eq!(part.figures.deviation.worst, whole.figures.deviation.worst);
        }
    }
}

/// Molecules of a network that goes as lanes, and of one that is too large for them.
#[test]
fn counted_molecules_do_not_depend_on_threads() {
    let noise = |replicates: usize| {
        format!(
            "noise {{
                rates = [relative(0.1), relative(0.1, redraw = presentation)]; concentrations = ssa(volume = [20, 50]);
                times = [1, 3]; replicates = {replicates};
            }}"
        )
    };
    let large = "nnr 1;
        network wide {
            input  x[2] in [0, 1];
            layer  a = dense(32) | smooth_relu(h = 0.1);
            layer  y = dense(1) | smooth_relu(h = 0.1);
            output y;
        }
        weights { init = he_normal(seed = 1); }";
    for network in [NETWORK, large] {
        let run = |replicates: usize, threads: usize| {
            let checked = checked(&format!("{network} {EXPECT} {}", noise(replicates)));
            let study = Study::of(&checked).unwrap();
            let mut heard = Heard::default();
            let results =
                study.run(&study.test_set().unwrap(), &study.variants(), threads, &mut heard).unwrap();
            assert_eq!(heard.progress.last(), Some(&(1 + 4 * replicates, 1 + 4 * replicates)));
            results
        };
        let several = run(11, 3);
        assert_eq!((several.csv(), several.rows.len()), (run(11, 1).csv(), 10));
        // A ninth replicate leaves the others as they were: the sum grows by its own deviation.
        let total = |replicates: usize| run(replicates, 1).rows[2].figures.deviation.mean * replicates as f64;
        let [eight, nine] = [8, 9].map(total);
        let worst = |replicates: usize| run(replicates, 1).rows[2].figures.deviation.worst;
        assert!(nine - eight > 0.0 && nine - eight <= worst(9) * (1.0 + 1e-9));
        assert!(worst(8) <= worst(11));
    }
}

#[test]
fn what_cannot_be_studied_is_a_failure() {
    let code = |text: &str| {
        let checked = checked(text);
        let failure = Study::of(&checked).and_then(|study| study.test_set()).unwrap_err();
        failure.findings[0].code.name
    };
    assert_eq!(code(&format!("{NETWORK} {EXPECT}")), "missing-argument");
    assert_eq!(code(&format!("{NETWORK} {NOISE}")), "empty-dataset");
}
