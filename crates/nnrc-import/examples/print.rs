//! Prints what a model is after each pass: `cargo run -p nnrc-import --example print -- FILE`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example reads a file and shows what it found"
)]

use std::collections::BTreeMap;
use std::time::Instant;

use nnrc_import::{Folded, Graph, Planned, compose};

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let is_short = std::env::args().nth(2).is_some_and(|word| word == "--time");
    let bytes = std::fs::read(path).unwrap();
    let start = Instant::now();
    let result = Graph::read(bytes, &BTreeMap::<String, Vec<u8>>::new()).and_then(|graph| {
        let text = if is_short { String::new() } else { graph.to_string() };
        let folded = Folded::new(graph)?;
        let text = if is_short { text } else { format!("{text}\n{folded}") };
        let planned = Planned::new(folded)?;
        let text = if is_short { text } else { format!("{text}\n{planned}\n") };
        Ok((text, compose(planned)?))
    });
    let time = start.elapsed();
    match result {
        Ok((text, network)) => print!("{text}{network}"),
        Err(error) => println!("{}", error.to_string().chars().take(2000).collect::<String>()),
    }
    println!("{time:?}");
}
