//! What is proven and measured, as values.

use nnrc::certificate::Scope;
use nnrc::{Memory, Project};

/// With W = 1 and without a rail of its own, y goes to the value of x as exp(-t).
const LINE: &str = "nnr 1;
    network line { input x[1] in [0, 1]; layer y = dense(1) | identity(); output y; }
    weights { y.W = [[1]]; y.b = [0]; }";

#[test]
fn what_is_measured_is_beside_what_is_proven() {
    let resources = Memory::default();
    let checked = Project::from_text("line.nnr", LINE, &resources).check().unwrap();
    let pot = checked.compile(&[1.0]).unwrap();
    for scope in [Scope::Given, Scope::Ranges] {
        let evidence = pot.evidence(&[1.0], scope).unwrap();
        assert!(!evidence.certificate.claims.is_empty());
        let measured = evidence.measured.as_ref().unwrap();
        let (time, rate) = (measured.time.unwrap(), measured.rate.unwrap());
        // |y - 1| = exp(-t) is within the tolerance from its logarithm on.
        assert!((time - -evidence.certificate.tolerance.ln()).abs() < 1e-2 * time, "{time}");
        assert!((rate - 1.0).abs() < 0.05, "{rate}");
        assert!(evidence.text().contains(match scope {
            Scope::Given => "Proven for the given input",
            Scope::Ranges => "Proven for every input in its range",
        }));
    }
}
