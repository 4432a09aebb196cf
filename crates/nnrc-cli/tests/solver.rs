//! Pots of any magnitude and any speed: what they rest at, and where learning in them ends.

#![allow(clippy::unwrap_used, reason = "a test that fails is a test that fails")]

mod common;

use common::{Folder, OR};

/// The values of the species that `--steady` finds.
fn steady(text: &str, input: &str, species: &[&str]) -> Vec<f64> {
    let run =
        Folder::with(text).run(&["simulate", "m.nnr", "--steady", &format!("--input={input}")]).exits(0);
    let value = |name: &&str| -> f64 {
        let line = run.stdout.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(','));
        line.unwrap_or_else(|| panic!("no {name} in\n{}", run.stdout)).parse().unwrap()
    };
    species.iter().map(value).collect()
}

fn close(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 1e-12, "{found:e} is not {expected:e}");
}

#[test]
fn a_slow_species_is_not_hidden_by_a_fast_one() {
    // h = w², so that x = w (1 + √5) / 2; the pot takes 1e7 time units and more.
    let golden = (1.0 + 5f64.sqrt()) / 2.0;
    for w in [3e-4, 2e-6, 5e-9] {
        let text = format!(
            "network n {{ input x[1] in [0, 1]; layer a = dense(1, bias = false) | smooth_relu(h = {});
               layer y = dense(1, bias = false) | abs(h = 0.25) from x, a; output y; }}
             weights {{ a.W = [[{w}]]; y.W = [[4e5, 1e5]]; }}",
            w * w
        );
        let [a, y] = steady(&text, "1", &["a_1", "y_1"])[..] else { panic!() };
        close(a, w * golden);
        close(y, (4e5 + 1e5 * w * golden).hypot(1.0));
    }
}

#[test]
fn shares_of_a_total_are_right_at_any_speed() {
    for k in [4e-11, 1e-3, 7e5] {
        let text = format!(
            "network n {{ input x[2] in [0, 1]; layer a = dense(2, bias = false) | michaelis(k = {k});
               layer y = dense(1) | algebraic_sigmoid(h = 1e-12) from a, x; output y; }}
             weights {{ a.W = [[{k}, 0], [{k}, {}]]; y.W = [[1, -1, 1e6, 0]]; y.b = [0]; }}",
            2.0 * k
        );
        let values = steady(&text, "1,1", &["a_1", "a_1_C", "a_2", "a_2_C"]);
        for (found, expected) in values.into_iter().zip([0.5, 0.5, 0.75, 0.25]) {
            close(found, expected);
        }
    }
}

#[test]
fn a_large_weight_costs_no_digits() {
    for w in [1e2, 7e4, 6e8] {
        let text = format!(
            "network n {{ input x[1] in [-1, 3]; layer y = dense(1, bias = false) | softsign(h = 0.04); output y; }}
             weights {{ y.W = [[{w}]]; }}"
        );
        let (z, root) = (1.5 * w, f64::hypot(1.5 * w, 0.4));
        let [y, p, m, n] = steady(&text, "1.5", &["y_1", "y_1_p", "y_1_m", "y_1_N"])[..] else { panic!() };
        close(y, z / (1.0 + root));
        close(p, (z + root) / 2.0 / (1.0 + root));
        // v = h / u
        close(m, 0.04 / ((z + root) / 2.0) / (1.0 + root));
        close(n, 1.0 / (1.0 + root));
    }
}

/// Species that quench each other, of very different size: the closed form is h / (S − z).
#[test]
fn losers_keep_their_digits_beside_the_winner() {
    let text = "network n { input x[1] in [0, 1]; layer y = dense(3, bias = false) | winner_take_all(h = 1e-4); output y; }
                weights { y.W = [[3e10], [2e7], [1]]; }";
    let values = steady(text, "1", &["y_1", "y_2", "y_3"]);
    // S = z + h / S up to parts of 1e-40.
    for (found, expected) in values.into_iter().zip([3e10, 1e-4 / (3e10 - 2e7), 1e-4 / (3e10 - 1.0)]) {
        close(found, expected);
    }
}

#[test]
fn the_order_of_samples_does_not_decide_about_divergence() {
    // y = −150 x, with a small sample and a large one.
    let samples = ["{ x = [0.01], t = [-1.5] }", "{ x = [1], t = [-150] }"];
    for order in [[0, 1], [1, 0]] {
        let rows: Vec<&str> = order.iter().map(|at: &usize| samples[*at]).collect();
        let text = format!(
            "dataset d = rows([{}]);
             network n {{ input x[1]; layer y = dense(1) | identity(); output y; }}
             weights {{ y.W = [[0.1]]; y.b = [0.1]; }}
             train {{ data = d; rule = gradient_flow(rate = 0.01); feed = cycle(hold = 10); epochs = 15; }}",
            rows.join(", ")
        );
        Folder::with(&text).run(&["train", "m.nnr"]).exits(0);
    }
}

#[test]
fn borders_of_expectations_hold() {
    // 0.75 is computed exactly, and is further from 0.7 than 0.05 in binary numbers.
    let model = "network n { input x[1] in [0, 1]; layer y = dense(1) | identity(); output y; }
                 weights { y.W = [[0.5]]; y.b = [0.25]; }";
    for (line, exit) in [
        ("y ~ 0.7 within 0.05", 0),
        ("y ~ 0.8 within 0.05", 0),
        ("y ~ 0.7 within 0.0499", 4),
        ("y <= 0.7 within 0.05", 0),
        ("y >= 0.8 within 0.05", 0),
        ("y < 0.7 within 0.06", 0),
        ("y <= 0.7 within 0.0499", 4),
    ] {
        let text = format!("{model} expect {{ for [1]: {line}; }}");
        Folder::with(&text).run(&["test", "m.nnr"]).exits(exit);
    }
}

#[test]
fn a_small_layer_has_not_settled_at_once() {
    // y' = 1e-7 x − y: after 1 time unit 37 % of the way are left, though that is less than 1e-4.
    let text = "network n { input x[1] in [0, 1]; layer y = dense(1, bias = false) | identity(); output y; }
                weights { y.W = [[1e-7]]; } expect { for [1]: y >= 0; }";
    let folder = Folder::with(text);
    let run = folder.run(&["test", "m.nnr", "--set", "simulate.until=1"]).exits(4);
    assert!(run.stdout.contains("not settled"), "{}", run.stdout);
    folder.run(&["test", "m.nnr", "--set", "simulate.until=12"]).exits(0);
}

#[test]
fn a_pot_at_rest_is_followed_to_any_time() {
    let run = Folder::with(OR).run(&["simulate", "m.nnr", "--until", "1e300", "--input=1,1"]).exits(0);
    let last = run.stdout.lines().last().unwrap();
    assert!(last.starts_with("1e300,") || last.starts_with("1e+300,"), "{last}");
}

/// The stack of the process is as small as somebody has set it; the command has one of its own.
#[cfg(unix)]
#[test]
fn a_small_stack_is_enough() {
    let folder = Folder::with(OR);
    for arguments in
        ["check m.nnr", "compile m.nnr --target rust", "compile m.nnr --target sbml", "test m.nnr"]
    {
        let command = format!("ulimit -s 64; exec {} {arguments}", env!("CARGO_BIN_EXE_nnrc"));
        let output = std::process::Command::new("sh")
            .args(["-c", &command])
            .current_dir(folder.path("."))
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments}: {words}");
    }
}

#[test]
fn a_pot_too_stiff_to_learn_is_told_to_scale_its_targets() {
    let text = "dataset d = rows([{ x = [0.002], t = [0] }, { x = [0.75], t = [3e6] }]);
        network n { input x[1] in [0, 1]; layer y = dense(1) | identity(); output y as values(); }
        weights { y.W = [[0.25]]; y.b = [0]; }
        chemistry { construction = one_pot; }
        train { data = d; rule = gradient_flow(rate = 0.002); feed = cycle(hold = 20); epochs = 30; }";
    let run = Folder::with(text).run(&["train", "m.nnr"]).exits(5).reports("solver-failed");
    assert!(!run.stderr.contains("--until") && !run.stderr.contains("clock"), "{}", run.stderr);
    assert!(
        run.stderr.contains("scale the targets") && run.stderr.contains("smaller `rate`"),
        "{}",
        run.stderr
    );
}
