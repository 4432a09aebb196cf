//! Networks of every exporter compute what onnxruntime computes.

mod common;

use common::{cases, deviation, import};

#[test]
fn forward_passes_equal_onnxruntime() {
    let mut report = Vec::new();
    for case in cases("good") {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let network = import(&case).unwrap_or_else(|error| panic!("{name}: {error}"));
        let y = deviation(&case, "y", |x| network.forward(x));
        let logits = deviation(&case, "logits", |x| network.logits(x));
        report.push(format!("{name}: {y:.1e} {logits:.1e}\n{network}"));
        assert!(y < 1e-5 && logits < 1e-5, "{}", report.join("\n"));
    }
    assert!(report.len() >= 19);
    if std::env::var_os("NNRC_IMPORT_REPORT").is_some() {
        panic!("{}", report.join("\n"));
    }
}

#[test]
fn single_constructs_equal_onnxruntime() {
    let mut report = Vec::new();
    let mut wrong = 0;
    for case in cases("generated") {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        match import(&case) {
            Ok(network) => {
                let y = deviation(&case, "y", |x| network.forward(x));
                wrong += usize::from(y.is_nan() || y >= 1e-5);
                report.push(format!("{name}: {y:.1e}\n{network}"));
            }
            Err(error) => {
                wrong += 1;
                report.push(format!("{name}: {error}"));
            }
        }
    }
    assert!(wrong == 0 && report.len() >= 100, "{wrong} of {}\n{}", report.len(), report.join("\n"));
    if std::env::var_os("NNRC_IMPORT_REPORT").is_some() {
        panic!("{}", report.join("\n"));
    }
}
