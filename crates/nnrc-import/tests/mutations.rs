//! Damaged files never panic, and cost a bounded time.
//!
//! `NNRC_IMPORT_MUTATIONS=20000` sets the number of files.

#![allow(
    clippy::disallowed_methods,
    reason = "the clock guards against slow files, the environment asks for more"
)]

mod common;

use std::time::{Duration, Instant};

use common::{Folder, bytes, cases};
use nnrc_import::Network;

/// A xorshift generator: the same files everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

/// One to four changes: bits, bytes, lengths, parts that are cut, doubled or moved. Every other file keeps its length,
/// and gets further.
fn damage(file: &mut Vec<u8>, random: &mut Random) {
    if random.below(2) == 0 {
        for _ in 0..=random.below(2) {
            let at = random.below(file.len());
            file[at] = [file[at] ^ (1 << random.below(8)), 0, 1, 2, 0x7f, 0xff][random.below(6)];
        }
        return;
    }
    for _ in 0..=random.below(4) {
        let at = random.below(file.len());
        match random.below(8) {
            0 => file[at] ^= 1 << random.below(8),
            1 => file[at] = random.below(256) as u8,
            2 => file[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
            3 => file.truncate(at.max(1)),
            4 => {
                let end = (at + 1 + random.below(16)).min(file.len());
                file.drain(at..end);
            }
            5 => {
                let end = (at + 1 + random.below(64)).min(file.len());
                let part = file[at..end].to_vec();
                let to = random.below(file.len());
                file.splice(to..to, part);
            }
            6 => {
                // A varint that is far too large.
                file.splice(at..at, [0xff, 0xff, 0xff, 0xff, 0x07]);
            }
            _ => file[at] = file[at].wrapping_add(1),
        }
        if file.is_empty() {
            file.push(0);
        }
    }
}

#[test]
fn damaged_files_are_errors_or_networks() {
    let count =
        std::env::var("NNRC_IMPORT_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(3000);
    let good: Vec<_> = cases("good").into_iter().chain(cases("generated")).collect();
    let models: Vec<Vec<u8>> = good.iter().map(|case| bytes(&case.join("model.onnx"))).collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut networks, mut slowest) = (0, Duration::ZERO);
    for k in 0..count {
        let case = k % models.len();
        let mut file = models[case].clone();
        damage(&mut file, &mut random);
        let start = Instant::now();
        if let Ok(network) = Network::read(file, &Folder(good[case].clone())) {
            networks += 1;
            let x = vec![0.5; network.input_width()];
            // A number may have become large; what comes out has the width that the network says.
            assert_eq!(network.logits(&x).len(), network.output_width());
            assert!(!network.to_string().is_empty());
        }
        slowest = slowest.max(start.elapsed());
    }
    assert!(slowest < Duration::from_secs(10), "{slowest:?}");
    assert!(networks > 0 && networks < count, "{networks} of {count} are networks");
    if std::env::var_os("NNRC_IMPORT_REPORT").is_some() {
        panic!("{networks} of {count} are networks, the slowest took {slowest:?}");
    }
}
