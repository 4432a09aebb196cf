#![allow(clippy::unwrap_used, clippy::print_stdout)]
use nnrc_tests::acceptance::phased::{clock, files, learning, modules};
fn main() {
    for part in std::env::args().skip(1) {
        let t = std::time::Instant::now();
        let f = match part.as_str() {
            "formulas" => modules::formulas(),
            "finite" => modules::finite_time(),
            "periods" => clock::periods(50),
            "periods1000" => clock::periods(1000),
            "memory" => clock::memory(),
            "sgd" => learning::sgd_sequence(),
            "gates" => learning::gates(),
            "random" => learning::random_weights(10),
            "sound" => files::soundness(),
            "cycles" => files::cycles(),
            "halts" => files::halts(),
            _ => Vec::new(),
        };
        for f in f {
            println!("{} | {} | {}", f.holds, f.claim, f.figure);
        }
        println!("{part} {:?}", t.elapsed());
    }
}
