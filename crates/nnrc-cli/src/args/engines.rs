//! Other simulators on the command line.

use clap::Args;

use crate::agreement::Engine;

/// Which simulators are asked, and how close they have to be.
#[derive(Debug, Args)]
#[command(next_help_heading = "Other simulators")]
pub struct EngineArgs {
    /// Also simulate the file in these simulators, and compare them with each other and with the network: `roadrunner`,
    /// `copasi`, `amici`, `tellurium`, `gillespy2`, `sbmlsim`, `scipy`, or `all`. They run in the Python of $NNRC_PYTHON,
    /// of `.venv` in this folder or above, or of the path.
    #[arg(long, value_name = "LIST", value_parser = engines, conflicts_with = "certificate")]
    pub engines: Option<Engines>,
    /// An engine that is not installed is a failure (status 4).
    #[arg(long, requires = "engines")]
    pub require: bool,
    /// How far values may be apart, relative to max(1, |value|).
    #[arg(long, value_name = "E", default_value = "1e-6", value_parser = positive, requires = "engines")]
    pub engine_tolerance: f64,
}

/// A list of simulators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engines(pub Vec<Engine>);

fn engines(text: &str) -> Result<Engines, String> {
    Engine::list(text).map(Engines)
}

fn positive(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("expected a number above 0: `1e-6`".to_owned()),
    }
}
