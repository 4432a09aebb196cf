//! Time of one gradient in a generated crate, beside plain loops over constant sizes that do the same.
//!
//! `cargo run --release -p nnrc-rust --example gradient` prints nanoseconds for each network and their ratio.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

use std::path::PathBuf;
use std::process::Command;

use nnrc_rust::{Options, generate};
use nnrc_tests::compiled::{compile, trainable, training};

/// Widths of the networks, from the inputs on.
const NETWORKS: &[&[usize]] = &[&[4, 16, 3], &[16, 32, 32, 4], &[64, 64, 10], &[784, 128, 10]];

/// The function `plain`: time and gradient of the same loss by hand.
fn plain(widths: &[usize]) -> String {
    let (mut declare, mut forward, mut backward) = (String::new(), String::new(), String::new());
    let (mut clear, mut collect) = (String::new(), String::new());
    for (at, pair) in widths.windows(2).enumerate() {
        let (n, m, next) = (pair[0], pair[1], at + 1);
        declare += &format!(
            "let w{at}: Box<[[f64; {n}]; {m}]> =
                 p[at..at + {m} * {n}].as_chunks::<{n}>().0.to_vec().into_boxed_slice().try_into().unwrap();
             at += {m} * {n};
             let b{at}: [f64; {m}] = p[at..at + {m}].try_into().unwrap();
             at += {m};
             let mut gw{at}: Box<[[f64; {n}]; {m}]> = vec![[0.0; {n}]; {m}].into_boxed_slice().try_into().unwrap();
             let mut gb{at} = [0.0; {m}];\n"
        );
        forward += &format!(
            "let mut s{at} = [0.0; {m}]; let x{next} = layer(&w{at}, &b{at}, &x{at}, &mut s{at});\n"
        );
        let seed = if next + 1 == widths.len() {
            format!("std::array::from_fn(|i| x{next}[i] - 0.5)")
        } else {
            format!("dx{next}")
        };
        let (dx, place) = match at {
            0 => (String::new(), "None".to_owned()),
            _ => (format!("let mut dx{at} = [0.0; {n}];"), format!("Some(&mut dx{at})")),
        };
        backward = format!(
            "let mut d{at}: [f64; {m}] = {seed}; for i in 0..{m} {{ d{at}[i] *= s{at}[i]; }} {dx}
             back(&w{at}, &x{at}, &d{at}, &mut gw{at}, &mut gb{at}, {place});\n{backward}"
        );
        clear += &format!("gw{at}.as_flattened_mut().fill(0.0); gb{at}.fill(0.0);");
        collect += &format!("all.extend_from_slice(gw{at}.as_flattened()); all.extend_from_slice(&gb{at});");
    }
    format!(
        "const INPUTS: usize = {};
        const OUTPUTS: usize = {};
        #[allow(unused_assignments)]
        fn plain(p: &[f64], x: &[f64]) -> (f64, Vec<f64>) {{
            let mut at = 0;
            {declare}
            let x0: [f64; INPUTS] = x.try_into().unwrap();
            let time = time(|| {{
                let x0 = *std::hint::black_box(&x0);
                {forward} {backward}
                std::hint::black_box(&mut gw0);
            }});
            {clear}
            {{ {forward} {backward} }}
            let mut all = Vec::new();
            {collect}
            (time, all)
        }}",
        widths[0],
        widths[widths.len() - 1]
    )
}

fn main() {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let root = PathBuf::from(target).join("gradient-speed");
    for widths in NETWORKS {
        let layers: String = (1..widths.len())
            .map(|at| format!("layer l{at} = dense({}) | smooth_relu(h = 0.25); ", widths[at]))
            .collect();
        let text = format!(
            "network n {{ input x[{}] in [0, 1]; {layers} output l{}; }} weights {{ init = he_normal(seed = 1); }}",
            widths[0],
            widths.len() - 1
        );
        let input = vec![0.5; widths[0]];
        let network = trainable(compile(&text, &input).model, &input);
        let options = Options { training: Some(training(&network)), ..Options::default() };
        let mut files = generate(&network.crn, &network.info, &options).unwrap();
        let main = include_str!("gradient_main.rs.txt").to_owned() + &plain(widths);
        files.insert("src/main.rs".into(), main.into_bytes());
        for (path, bytes) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let run = Command::new("cargo")
            .args(["run", "--release", "--offline", "-q"])
            .current_dir(&root)
            .env("CARGO_TARGET_DIR", "target")
            .output()
            .unwrap();
        assert!(run.status.success(), "{widths:?}: {}", String::from_utf8_lossy(&run.stderr));
        println!("{widths:?}: {}", String::from_utf8_lossy(&run.stdout).trim());
    }
}
