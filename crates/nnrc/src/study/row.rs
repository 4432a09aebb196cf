//! One line of a study: the replicates of one network under one noise.

use serde_json::{Value, json};

use super::case::Case;
use super::figures::Figures;
use super::mean_and_worst::MeanAndWorst;

/// The replicates of one network under one noise at one running time.
#[derive(Debug, Clone)]
pub struct Row {
    /// What the network is called.
    pub network: String,
    /// What disturbs it.
    pub case: Case,
    /// The running time.
    pub time: f64,
    /// What came out.
    pub figures: Figures,
}

impl Row {
    /// For programs.
    pub fn json(&self) -> Value {
        let both = |of: MeanAndWorst| json!({ "mean": of.mean, "worst": of.worst });
        let noise =
            |noise: Option<(String, f64)>| noise.map(|(kind, size)| json!({ "kind": kind, "size": size }));
        let figures = &self.figures;
        let mut object = json!({
            "network": self.network,
            "rates": noise(self.case.rate_kind()),
            "concentrations": noise(self.case.concentration_kind()),
            "time": self.time,
            "replicates": figures.replicates,
            "failed": figures.failed,
            "loss": both(figures.loss),
            "loss_change": figures.loss_change,
            "mse": both(figures.mse),
            "mae": both(figures.mae),
            "deviation": both(figures.deviation),
        });
        let name = figures.merit.name();
        object[name] = both(figures.score);
        object[format!("{name}_change")] = json!(figures.score_change);
        if let Some(halts) = figures.halts {
            object["halts"] = json!({
                "halted": halts.halted,
                "false": halts.falsely,
                "cycles": both(halts.cycles),
                "error": both(halts.error),
            });
        }
        object
    }
}
