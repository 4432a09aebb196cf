#![allow(clippy::unwrap_used, clippy::print_stdout)]
use nnrc_tests::acceptance::phased::learning;
fn main() {
    for reference in learning::references() {
        let t = std::time::Instant::now();
        let c = learning::follow(
            &learning::text_of(&reference),
            &learning::table(&reference.gate),
            (4.0, 0.25),
            reference.halt_cycle + 12,
        );
        println!(
            "{} halted {:?} one-step {:.1e} outputs {:.4?} early {:.1e} {:?}/cycle",
            reference.gate,
            c.halted,
            c.one_step,
            c.outputs,
            c.early_halt,
            t.elapsed() / c.ends.len() as u32
        );
    }
}
