//! How long other simulators have to follow a pot until its values are those at rest.

use nnrc_sim::Error;
use nnrc_sim::course::good_end;

use crate::compiled::Compiled;
use crate::explain::explain;
use crate::failure::Failure;
use crate::runner::Runner;

/// How often the settling time is doubled at most.
const MOST_DOUBLINGS: usize = 20;

impl Compiled {
    /// A time after which everything is within `near` · max(1, |x|) of its rest, for each of these inputs: the settling
    /// time where that is enough, else that doubled as often as needed. In time units of the file.
    ///
    /// # Errors
    ///
    /// Those of the solver, and a pot that does not come so near.
    pub fn time_to_rest(&self, inputs: &[Vec<f64>], near: f64) -> Result<f64, Failure> {
        let mut strict = self.clone();
        let simulation = &mut strict.model.simulation;
        simulation.relative = simulation.relative.min(near / 100.0);
        simulation.absolute = simulation.absolute.min(near / 100.0);
        let mut runner = strict.runner();
        let mut longest = 0.0f64;
        for input in inputs {
            match runner.time_to_rest(input, near) {
                Ok(time) => longest = longest.max(time),
                Err(error) => {
                    return Err(self.failed(explain(self, &runner, &error, "how long its course takes")));
                }
            }
        }
        Ok(longest)
    }
}

impl Runner<'_> {
    fn time_to_rest(&mut self, input: &[f64], near: f64) -> Result<f64, Error> {
        self.set_input(input)?;
        let start = self.initial_state();
        let mut rest = start.clone();
        let settled = self.settle(&mut rest)?;
        let mut time = match self.settling_time(&start, &rest, &settled) {
            Ok(time) => good_end(time),
            Err(Error::NotSettled { time, .. }) => time,
            Err(error) => return Err(error),
        };
        let (mut state, mut gone) = (start, 0.0);
        let mut away = f64::INFINITY;
        for _ in 0..MOST_DOUBLINGS {
            self.integrate(&mut state, time - gone, &[], |_, _| {})?;
            away = state
                .iter()
                .zip(&rest)
                .fold(0.0, |most: f64, (x, x0)| most.max((x - x0).abs() / x0.abs().max(1.0)));
            if away <= near {
                return Ok(time);
            }
            (gone, time) = (time, 2.0 * time);
        }
        Err(Error::NotSettled { time: gone, residual: away, slowest_rate: settled.slowest_rate })
    }
}
