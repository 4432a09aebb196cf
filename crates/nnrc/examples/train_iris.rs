//! Training with somebody who watches: `cargo run --release -p nnrc --example train_iris`.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use std::path::Path;

use nnrc::observer::Epoch;
use nnrc::training::{TrainOptions, words};
use nnrc::{Disk, Failure, Observer, Project};

/// Prints every fiftieth epoch.
struct Print;

impl Observer for Print {
    fn epoch(&mut self, epoch: &Epoch) {
        if epoch.number.is_multiple_of(50) {
            println!("epoch {} of {}: {}", epoch.number, epoch.of, words(&epoch.train));
        }
    }
}

fn main() -> Result<(), Failure> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/iris_train/iris_train.nnr"));
    let disk = Disk::of(path);
    let checked = Project::open(path, &disk)?.check()?;
    let trained = checked.train(&TrainOptions::default(), &mut Print)?;
    println!("{}", trained.summary());
    for (name, tensor) in &trained.weights {
        println!("{name}: {:?}", tensor.shape);
    }
    Ok(())
}
