//! The matrix for people and for programs.

use std::fmt::Write;

use nnrc::numbers::short;
use serde_json::{Value, json};

use super::{Matrix, Outcome, Verdict};

impl Matrix {
    /// Whether no engine disagrees or fails; with `require`, whether none is absent either.
    pub fn holds(&self, require: bool) -> bool {
        let passes = |outcome: &Outcome| match outcome.verdict {
            Verdict::Agrees => true,
            Verdict::Absent(_) => !require,
            Verdict::Disagrees(_) | Verdict::Failed(_) => false,
        };
        self.outcomes.iter().all(passes)
    }

    /// A table, with a line for whatever is not as it should be.
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let against = self.reference.map_or("others", |engine| engine.name());
        let header = format!("course vs {against}");
        writeln!(out, "{:<12}{:<14}{:<13}{header:<22}verdict", "engine", "version", "end vs f(x)")?;
        let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.1e}"));
        for outcome in &self.outcomes {
            let version = outcome.version.as_deref().unwrap_or("-");
            let (end, course) = (number(outcome.end), number(outcome.course));
            let verdict = outcome.verdict.word();
            writeln!(out, "{:<12}{version:<14}{end:<13}{course:<22}{verdict}", outcome.engine.name())?;
        }
        for outcome in &self.outcomes {
            let name = outcome.engine.name();
            match &outcome.verdict {
                Verdict::Agrees => {}
                Verdict::Absent(why) | Verdict::Failed(why) => writeln!(out, "{name}: {why}")?,
                Verdict::Disagrees(place) => writeln!(
                    out,
                    "{name}: row {}, {} at time {}: {} instead of {} ({})",
                    place.row,
                    place.output,
                    short(place.time),
                    place.value,
                    place.expected,
                    place.against
                )?,
            }
        }
        if self.reference.is_none() {
            writeln!(out, "no engine has an answer: nothing was compared")?;
        }
        Ok(())
    }

    /// An object for each engine.
    pub fn json(&self) -> Vec<Value> {
        let of_outcome = |outcome: &Outcome| {
            let mut object = json!({
                "engine": outcome.engine.name(), "version": outcome.version, "verdict": outcome.verdict.word(),
                "end": outcome.end, "course": outcome.course, "seconds": outcome.seconds,
            });
            match &outcome.verdict {
                Verdict::Agrees => {}
                Verdict::Absent(why) | Verdict::Failed(why) => object["why"] = json!(why),
                Verdict::Disagrees(place) => {
                    object["disagreement"] = json!({
                        "row": place.row, "output": place.output, "time": place.time, "value": place.value,
                        "expected": place.expected, "against": place.against,
                    });
                }
            }
            object
        };
        self.outcomes.iter().map(of_outcome).collect()
    }
}

impl Verdict {
    fn word(&self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Disagrees(_) => "disagrees",
            Self::Absent(_) => "absent",
            Self::Failed(_) => "failed",
        }
    }
}
