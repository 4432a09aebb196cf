//! Settings and figures of an integration.

/// Which error of a step is accepted: each component's estimated error stays below
/// absolute + relative · |x|. The largest component decides, so species that stand still dilute nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Tolerances {
    /// Relative tolerance, positive or zero.
    pub relative: f64,
    /// Absolute tolerance, positive, in concentration units.
    pub absolute: Absolute,
}

/// Absolute tolerance: one number, or one for each variable.
#[derive(Debug, Clone, PartialEq)]
pub enum Absolute {
    /// The same for all variables.
    Uniform(f64),
    /// One for each variable.
    Each(Vec<f64>),
}

impl Tolerances {
    /// The same absolute tolerance for all variables.
    pub fn new(relative: f64, absolute: f64) -> Self {
        Tolerances { relative, absolute: Absolute::Uniform(absolute) }
    }
}

impl Default for Tolerances {
    /// Relative 1e-7, absolute 1e-10.
    fn default() -> Self {
        Tolerances::new(1e-7, 1e-10)
    }
}

/// How to step through time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Starts explicit and changes to the Rosenbrock method where stability, not accuracy, limits the
    /// step and enough of the time course is left for the change to pay; and back.
    #[default]
    Auto,
    /// Tsit5, for systems that are not stiff.
    Explicit,
    /// Rodas4, for stiff systems.
    Rosenbrock,
    /// ROS34PW2, of order 3 whatever the [`Layered`](crate::system::Layered) solves leave out of the Jacobian; of use where what is stiff can be
    /// solved for cheaply.
    RosenbrockW,
}

/// What an integration cost, and how far below zero it went.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Statistics {
    /// Accepted steps of both methods.
    pub steps: usize,
    /// Steps thrown away, for their error or for going below zero.
    pub rejected: usize,
    /// Evaluations of the derivative.
    pub evaluations: usize,
    /// Linearisations.
    pub linearisations: usize,
    /// Solves with the shifted Jacobian.
    pub solves: usize,
    /// Accepted steps of the Rosenbrock method.
    pub rosenbrock_steps: usize,
    /// Changes between the two methods.
    pub switches: usize,
    /// How far an accepted state went below zero, in a variable that started at zero or above (for one
    /// that started below: how far below its start). In concentration units; 0 if never.
    pub undershoot: f64,
}
