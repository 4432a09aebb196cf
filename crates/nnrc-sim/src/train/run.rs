//! Epoch after epoch.

use super::batches::Batches;
use super::metrics::{Metrics, Totals};
use super::optimiser::Step;

use super::state::{Best, Record, Rows, Settings, State, Stop};
use crate::divergence::is_exploded;

/// Why training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All epochs are done.
    Epochs,
    /// One of the `stops` holds, by position.
    Stopped(usize),
    /// Nothing improved for too long.
    Patience,
}

/// Why training failed.
#[derive(Debug)]
pub enum Failure<E> {
    /// The loss grew beyond bounds. The state is that before the epoch.
    Diverged {
        /// In this epoch, from 1.
        epoch: usize,
        /// Its loss so far.
        loss: f64,
    },
    /// The observer failed.
    Observer(E),
}

/// Trains on from a state, which stays that of the last good epoch. `observe` sees each epoch.
///
/// # Errors
///
/// [`Failure::Diverged`] leaves the state of the last good epoch; otherwise what `observe` fails with.
pub fn train<E>(
    batches: &mut dyn Batches,
    rows: Rows<'_>,
    settings: &Settings,
    state: &mut State,
    observe: &mut dyn FnMut(&State, &Record) -> Result<(), E>,
) -> Result<Ending, Failure<E>> {
    // Without patience the last parameters count, whatever was kept before; with it the best from here on, where
    // nothing was kept.
    if settings.patience.is_none() {
        state.best = None;
    }
    batches.load(&state.variables);
    let spreads = [rows.train, rows.validation].map(|rows| batches.spread(rows));
    let (mut moved, mut order) = (state.variables.clone(), Vec::new());
    loop {
        // Before anything else: a run may be taken up after its end.
        if let Some(ending) = ending(settings, state) {
            return Ok(ending);
        }
        let diverged = |loss: f64| Failure::Diverged { epoch: state.epoch + 1, loss };
        settings.order.arrange_into(state.epoch, rows.train, &mut order);
        let factor = settings.schedule.factor(state.epoch, settings.epochs);
        let (totals, steps) = epoch(batches, &order, settings, factor, state.step).map_err(diverged)?;
        let validation =
            (!rows.validation.is_empty()).then(|| batches.judge(rows.validation).metrics(spreads[1]));
        let rate = factor * settings.optimiser.rate();
        let record = Record { epoch: state.epoch + 1, rate, train: totals.metrics(spreads[0]), validation };
        let judged = validation.unwrap_or(record.train).loss;
        let is_finite = |metrics: &Metrics| metrics.loss.is_finite() && metrics.mse.is_finite();
        let finite = is_finite(&record.train) && validation.as_ref().is_none_or(is_finite);
        let first = state.history.first().map_or(record.train.loss, |first| first.train.loss);
        let exploded = is_exploded(record.train.loss, first);
        batches.store(&mut moved);
        if exploded || !finite || !moved.parameters.iter().all(|w| w.is_finite()) {
            return Err(diverged(judged));
        }
        std::mem::swap(&mut state.variables, &mut moved);
        state.step = steps;
        state.epoch += 1;
        state.history.push(record);
        if settings.patience.is_some() && state.best.as_ref().is_none_or(|best| judged < best.loss) {
            // The loss of training belongs to the parameters during the epoch; those after it are near.
            let parameters = state.variables.parameters.clone();
            state.best = Some(Best { epoch: state.epoch, loss: judged, parameters });
        }
        observe(state, &record).map_err(Failure::Observer)?;
    }
}

fn ending(settings: &Settings, state: &State) -> Option<Ending> {
    if let Some(last) = state.history.last() {
        let holds = |stop: &Stop| {
            let metrics = if stop.validation { last.validation } else { Some(last.train) };
            metrics.is_some_and(|metrics| stop.comparison.holds(metrics.get(stop.metric), stop.bound))
        };
        if let Some(at) = settings.stops.iter().position(holds) {
            return Some(Ending::Stopped(at));
        }
    }
    if let (Some(patience), Some(best)) = (settings.patience, &state.best)
        && state.epoch - best.epoch.min(state.epoch) >= patience
    {
        return Some(Ending::Patience);
    }
    (state.epoch >= settings.epochs).then_some(Ending::Epochs)
}

/// One epoch: its totals and the number of the last step, or the loss with which it diverges.
fn epoch(
    batches: &mut dyn Batches,
    rows: &[usize],
    settings: &Settings,
    factor: f64,
    mut number: u64,
) -> Result<(Totals, u64), f64> {
    let mut totals = Totals::default();
    for batch in rows.chunks(settings.batch.max(1)) {
        number += 1;
        let step = Step { factor, number, decay: settings.decay, scale: 1.0 / batch.len() as f64 };
        let part = batches.step(batch, settings.optimiser, step);
        let loss = part.metrics(0.0).loss;
        if !loss.is_finite() {
            return Err(loss);
        }
        totals.add(&part);
    }
    Ok((totals, number))
}
