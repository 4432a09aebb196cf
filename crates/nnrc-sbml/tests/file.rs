//! The file as a whole.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use nnrc_sbml::{Level, Observables, Options, Provenance, estimate, size_estimate};
use support::{feed_forward, info, molar, odd, small, text};

#[test]
fn a_complete_file() {
    let options = Options {
        described_by: vec!["doi:10.1098/rsif.2021.0031".to_owned()],
        tool: "nnrc test".to_owned(),
        ..Options::default()
    };
    insta::assert_snapshot!(text(&small(), &options));
}

#[test]
fn a_molar_file_without_provenance() {
    let options = Options { provenance: Provenance::None, level: Level::L3V2, ..Options::default() };
    insta::assert_snapshot!(text(&molar(odd(), 1e-6, 1.0, 2.0), &options));
}

#[test]
fn a_file_of_level_2_with_rules() {
    let options = Options { level: Level::L2V4, observables: Observables::Rules, ..Options::default() };
    insta::assert_snapshot!(text(&molar(small(), 1e-6, 1.0, 3e-15), &options));
}

#[test]
fn the_same_network_gives_the_same_bytes() {
    let crn = feed_forward(&[5, 7, 3]);
    assert_eq!(text(&crn, &Options::default()), text(&crn.clone(), &Options::default()));
}

#[test]
fn the_estimate_meets_the_size() {
    for crn in
        [feed_forward(&[4, 8, 3]), feed_forward(&[16, 32, 4]), molar(feed_forward(&[30, 20]), 1e-6, 1.0, 1.0)]
    {
        for provenance in [Provenance::Full, Provenance::None] {
            let options = Options { provenance, ..Options::default() };
            let estimated = size_estimate(&crn, &info(&crn), &options).bytes as f64;
            let written = text(&crn, &options).len() as f64;
            assert!((estimated / written - 1.0).abs() < 0.15, "{estimated} for {written} bytes");
        }
    }
}

#[test]
fn estimates_grow_with_the_network() {
    let estimates = [feed_forward(&[4, 4]), feed_forward(&[40, 40])]
        .map(|crn| size_estimate(&crn, &info(&crn), &Options::default()));
    assert!(estimates[0].bytes < estimates[1].bytes);
    assert!(estimates[0].roadrunner_seconds < estimates[1].roadrunner_seconds);
    assert!(estimates[0].copasi_seconds < estimates[1].copasi_seconds);
    assert_eq!(estimate::advice(100), None);
}
