//! Mutants for people and for programs, and what to add to `expect`.

use std::fmt::Write;

use nnrc_sim::io::table::number;
use serde_json::{Value, json};

use super::{Difference, Fate, KINDS, Mutant, Mutants};
use crate::numbers::{self, plural, short};

/// A line for `expect`, and which survivors it would notice.
#[derive(Debug, Clone, PartialEq)]
pub struct Addition {
    /// `for [0, 1]: y ~ 0.98 within 0.004;`
    pub line: String,
    /// Places in the list of mutants.
    pub notices: Vec<usize>,
}

impl Mutants<'_> {
    /// How many were noticed, survived, are equivalent.
    pub fn counts(&self) -> [usize; 3] {
        count(self.all.iter())
    }

    /// Lines for `expect` that notice every survivor: one for each input and output at which survivors differ most.
    pub fn additions(&self) -> Vec<Addition> {
        let mut places: Vec<(&Difference, f64, Vec<usize>)> = Vec::new();
        for (at, mutant) in self.all.iter().enumerate() {
            let Fate::Survived(difference) = &mutant.fate else { continue };
            let same = |(other, ..): &&mut (&Difference, f64, Vec<usize>)| {
                (&other.input, other.output) == (&difference.input, difference.output)
            };
            let near = tolerance(difference);
            match places.iter_mut().find(same) {
                Some((_, least, notices)) => {
                    *least = least.min(near);
                    notices.push(at);
                }
                None => places.push((difference, near, vec![at])),
            }
        }
        let addition = |(difference, near, notices): (&Difference, f64, Vec<usize>)| {
            let place = self.place(difference.output);
            // Two digits more than the tolerance has.
            let digits = (2.0 - near.log10().floor()).clamp(0.0, 17.0) as usize;
            let value: f64 =
                format!("{:.digits$}", difference.original).parse().unwrap_or(difference.original);
            let input = input(&difference.input);
            let line = format!("for {input}: {place} ~ {} within {};", number(value), number(near));
            Addition { line, notices }
        };
        places.into_iter().map(addition).collect()
    }

    /// `y[2]`, or `y` of an output of one value.
    fn place(&self, output: usize) -> String {
        let node = &self.pot.model.nodes[self.pot.model.output];
        if node.width() == 1 { node.name.clone() } else { format!("{}[{}]", node.name, output + 1) }
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let [noticed, survived, equivalent] = self.counts();
        let (mutants, inputs) = (plural(self.all.len(), "mutant"), plural(self.inputs, "input"));
        writeln!(
            out,
            "\n{mutants} (seed {}): {noticed} noticed, {survived} survived, {equivalent} equivalent at {inputs}\n",
            self.seed
        )?;
        writeln!(
            out,
            "{:<24}{:>8}{:>9}{:>10}{:>12}",
            "fault", "mutants", "noticed", "survived", "equivalent"
        )?;
        for kind in KINDS {
            let of_kind = || self.all.iter().filter(|mutant| mutant.mutation.kind == kind);
            let [noticed, survived, equivalent] = count(of_kind());
            let all = of_kind().count();
            writeln!(out, "{:<24}{all:>8}{noticed:>9}{survived:>10}{equivalent:>12}", kind.words())?;
        }
        if survived == 0 {
            return Ok(());
        }
        writeln!(out, "\nSurvivors:")?;
        for mutant in &self.all {
            let Fate::Survived(difference) = &mutant.fate else { continue };
            writeln!(out, "  {}", mutant.mutation.words)?;
            let (place, at) = (self.place(difference.output), input(&difference.input));
            let original = short(difference.original);
            match difference.mutated {
                Some(mutated) => {
                    writeln!(out, "      {place} is {} instead of {original} for {at}", short(mutated))?
                }
                None => writeln!(out, "      it does not come to rest for {at}")?,
            }
        }
        writeln!(out, "\nTo notice them, add to `expect`:")?;
        for addition in self.additions() {
            writeln!(out, "    {:<60} // {}", addition.line, plural(addition.notices.len(), "survivor"))?;
        }
        Ok(())
    }

    /// For programs: an object for each mutant, and one that sums up.
    pub fn json(&self) -> Vec<Value> {
        let file = &self.pot.source.name;
        let additions = self.additions();
        let of_mutant = |(at, mutant): (usize, &Mutant)| {
            let mut object = json!({
                "file": file, "mutant": at + 1, "kind": mutant.mutation.kind.words(), "mutation": mutant.mutation.words,
            });
            match &mutant.fate {
                Fate::Noticed(expectation) => {
                    let span = self.pot.model.expectations[*expectation].span;
                    object["fate"] = json!("noticed");
                    object["line"] = json!(self.pot.source.line_column(span.start as usize).0);
                }
                Fate::Equivalent => object["fate"] = json!("equivalent"),
                Fate::Survived(difference) => {
                    object["fate"] = json!("survived");
                    object["input"] = json!(difference.input);
                    object["output"] = json!(self.place(difference.output));
                    object["original"] = numbers::json(difference.original);
                    object["mutated"] = difference.mutated.map_or(Value::Null, numbers::json);
                    let line = additions.iter().find(|addition| addition.notices.contains(&at));
                    object["add"] = json!(line.map(|addition| &addition.line));
                }
            }
            object
        };
        let mut objects: Vec<Value> = self.all.iter().enumerate().map(of_mutant).collect();
        let [noticed, survived, equivalent] = self.counts();
        objects.push(json!({
            "file": file,
            "summary": {
                "mutants": self.all.len(), "seed": self.seed, "inputs": self.inputs,
                "noticed": noticed, "survived": survived, "equivalent": equivalent,
                "add": additions.iter().map(|addition| &addition.line).collect::<Vec<_>>(),
            },
        }));
        objects
    }
}

fn count<'a>(mutants: impl Iterator<Item = &'a Mutant>) -> [usize; 3] {
    let mut counts = [0; 3];
    for mutant in mutants {
        counts[match mutant.fate {
            Fate::Noticed(_) => 0,
            Fate::Survived(_) => 1,
            Fate::Equivalent => 2,
        }] += 1;
    }
    counts
}

/// Less than half of the difference, with one digit: as far from the mutant as from the network.
fn tolerance(difference: &Difference) -> f64 {
    let apart = match difference.mutated {
        Some(mutated) => (mutated - difference.original).abs() / 2.0,
        None => 0.01 * difference.original.abs().max(1.0),
    };
    let power = apart.log10().floor();
    let digit = (apart / 10f64.powf(power)).floor().clamp(1.0, 9.0);
    format!("{digit}e{power}").parse().unwrap_or(apart)
}

/// `[0, 0.5]`
fn input(values: &[f64]) -> String {
    let values: Vec<String> = values.iter().map(|value| number(*value)).collect();
    format!("[{}]", values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tolerance_has_one_digit_and_parts_both_values() {
        let of = |original: f64, mutated| {
            tolerance(&Difference { input: Vec::new(), output: 0, original, mutated })
        };
        assert_eq!(of(0.5, Some(0.5094)), 0.004);
        assert_eq!(of(-1.0, Some(1.0)), 1.0);
        assert_eq!(of(3.0, None), 0.03);
        assert_eq!(of(0.0, Some(2.2e-6)), 1e-6);
    }
}
