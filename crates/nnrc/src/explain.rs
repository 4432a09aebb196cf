//! What errors of the solver mean for whoever wrote the network.

use nnrc_sim::Error;
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::compiled::Compiled;
use crate::numbers::{count, short};
use crate::runner::Runner;

/// What a solver's error means where a pot learns: its end is that of the presentations, and no other can be given.
pub fn explain_learning(pot: &Compiled, runner: &Runner<'_>, error: &Error, doing: &str) -> Diagnostic {
    let mut finding = explain(pot, runner, error, doing);
    if matches!(error, Error::TooManySteps { .. } | Error::OutOfReach { .. }) {
        finding.help = vec![STIFF.to_owned(), SLOWER.to_owned()];
    }
    finding
}

/// What a solver's error means for the user. `doing` completes "… while …".
pub fn explain(pot: &Compiled, runner: &Runner<'_>, error: &Error, doing: &str) -> Diagnostic {
    let units = pot.time_units();
    match error {
        Error::NotSettled { time, residual, slowest_rate } => {
            let mut finding = Diagnostic::global(
                Severity::Error,
                codes::NOT_SETTLED,
                format!("{doing}: the pot has not settled at time {}{units}", short(*time)),
            );
            if residual.is_finite() {
                finding = finding
                    .help(format!("it is still about {} of its values away from rest", short(*residual)));
            }
            if let Some(rate) = slowest_rate {
                finding = finding.help(format!("its slowest part approaches at a rate of {}", short(*rate)));
            }
            finding
        }
        Error::NonFinite { variable: Some(variable), time } => {
            let name = runner.state_id(*variable).unwrap_or_else(|| "a species".to_owned());
            solver_failed(format!(
                "{doing}: the concentration of `{name}` leaves the range of numbers at time {}{units}",
                short(*time)
            ))
            .help("larger concentrations than numbers can hold mean that the chemistry does not settle")
        }
        Error::TooManySteps { time, steps } => solver_failed(format!(
            "{doing}: the limit of {} steps was reached at time {}{units}",
            count(*steps),
            short(*time)
        ))
        .help(NEVER_RESTS),
        Error::OutOfReach { time, steps, end } => solver_failed(format!(
            "{doing}: {} steps reached time {}{units}; at that pace time {} is out of reach",
            count(*steps),
            short(*time),
            short(*end)
        ))
        .help(NEVER_RESTS),
        // Whoever ended it knows.
        Error::Cancelled { .. } => solver_failed(format!("{doing}: {error}")),
        other => solver_failed(format!("{doing}: {other}"))
            .help("try `simulate { method = rosenbrock(rtol = 1e-6, atol = 1e-9); }`"),
    }
}

/// Why steps come to no end.
const NEVER_RESTS: &str = "what never rests, such as a clock, takes its steps for ever: give an end that is nearer, as `simulate { until = 100; }`";

/// Why steps are short where a pot learns.
const STIFF: &str = "large errors drive the weights by fast reactions, which take short steps: scale the targets, as by `target_scale = minmax(0, 1);`";
const SLOWER: &str = "or let the weights change more slowly: a smaller `rate` in `rule`";

fn solver_failed(message: String) -> Diagnostic {
    Diagnostic::global(Severity::Error, codes::SOLVER_FAILED, message)
}
