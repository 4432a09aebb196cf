//! The training network as a file.

use nnrc_crn::{Role, namer};
use nnrc_engine::{Engine, Presentations};
use nnrc_sim::{Method, Tolerances};
use serde_json::json;

use super::functions::{initial_weights, xor};
use super::nnrc;
use crate::Finding;
use crate::acceptance::agreement::{clean, laws};
use crate::compiled::{analyse, lower};
use crate::peers::Simulator;

/// The training network as SBML: libSBML finds nothing, and both simulators follow the weights of the engine.
pub fn sbml() -> Vec<Finding> {
    let entries = initial_weights("one_pot");
    let entry = entries.iter().find(|e| e["layers"][1] == 4 && e["seed"] == 0).unwrap();
    let (epochs, hold) = (6, 20.0);
    let plain = xor(entry, epochs);
    let gated = plain
        .replace(
            "annihilation = 10, weight_annihilation = 1 };",
            "annihilation = 10 }; schedule = { settle = 8, learn = 8, flush = 4 };",
        )
        .replace("cycle(hold = 20)", "cycle()");
    let molar = plain.replace(
        "construction = one_pot;",
        "construction = one_pot; units = molar; unit_time = 2 s; unit_concentration = 10 nM;",
    );
    let mut findings = Vec::new();
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (name, text) in [("plain", &plain), ("gated", &gated), ("molar", &molar)] {
        let file = folder.path().join(format!("{name}.xml"));
        std::fs::write(folder.path().join(format!("{name}.nnr")), text).unwrap();
        let source = format!("{name}.nnr");
        nnrc(folder.path(), &["compile", &source, "--target", "sbml", "-o", file.to_str().unwrap()]).unwrap();
        let pot = lower(analyse(text).unwrap(), &[0.0, 0.0]);
        let feed = pot.crn.protocol.feed.as_ref().unwrap();
        let engine = Engine::new(&pot.crn, &pot.info);
        let tolerances = Tolerances::new(1e-9, 1e-12);
        let mut course = Presentations::new(engine, feed, Method::Explicit, tolerances);
        for _ in 0..feed.presentations() {
            course.present().unwrap();
        }
        let own = course.engine().full_state(&course.position().state);
        // The events of the end itself change inputs, not weights.
        let end = hold * feed.presentations() as f64;
        let job = json!([{ "sbml": file, "end": end, "rtol": 1e-9, "atol": 1e-13 }]);
        for simulator in Simulator::ALL {
            let answer = simulator.run(&job);
            let last = &answer[0]["runs"][0]["final"];
            let mut worst = 0.0f64;
            let mut count = 0;
            for (handle, family) in pot.crn.species.iter().filter(|(_, f)| f.role == Role::Parameter) {
                for (flat, species) in pot.info.species_range(handle).enumerate() {
                    let mut id = String::new();
                    namer::species_id(&pot.crn, family, flat, &mut id);
                    let found = last[&id].as_f64().unwrap_or(f64::NAN);
                    worst = worst.max((found - own[species]).abs());
                    count += usize::from(found.is_finite());
                }
            }
            findings.push(Finding::new(
                format!(
                    "training SBML ({name}): {} follows the weights of the engine within 1e-4",
                    simulator.name()
                ),
                format!(
                    "{} presentations, {count} rails of weights, largest deviation {worst:.1e}",
                    feed.presentations()
                ),
                worst <= 1e-4 && count == 34 && feed.presentations() >= 20,
            ));
        }
        files.push(file);
    }
    findings.extend(clean("training SBML", &files));
    findings.push(laws("training SBML", &files));
    findings
}
