//! What can be written where: blocks with their keys, and calls with their parameters. Analysis, completion and hover
//! read these tables; a test compares them with the reference of the language and with what analysis accepts.

/// A block of settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Its word.
    pub name: &'static str,
    /// What it says, in one sentence.
    pub says: &'static str,
    /// Its keys, as far as they do not depend on the network.
    pub keys: &'static [Key],
}

/// A key of a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it says, in one sentence.
    pub says: &'static str,
    /// Words and calls that can be its value, as they are written.
    pub values: &'static [&'static str],
    /// Names of the file that can be its value.
    pub names: Names,
}

/// Names of a file that can stand somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// None but those of constants.
    Constants,
    /// Data sets and their parts.
    Data,
    /// Inputs and layers.
    Nodes,
}

/// Something that is written with parentheses, apart from activations, which `nnrc_model` lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Callable {
    /// Its name.
    pub name: &'static str,
    /// Where it stands: a key, as in `train.rule`, or what it is.
    pub place: &'static str,
    /// Its parameters, in the order in which they can be given without names.
    pub parameters: &'static [&'static str],
    /// What it is, in one sentence.
    pub says: &'static str,
}

impl Block {
    /// The key with this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// Names of the keys.
    pub fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

const fn key(name: &'static str, values: &'static [&'static str], says: &'static str) -> Key {
    Key { name, says, values, names: Names::Constants }
}

const fn naming(
    names: Names,
    name: &'static str,
    values: &'static [&'static str],
    says: &'static str,
) -> Key {
    Key { name, says, values, names }
}

/// `weights`; the tensors of the layers are keys as well, and `layout.NAME`.
pub const WEIGHTS: Block = Block {
    name: "weights",
    says: "The weights: numbers, a file, or random numbers.",
    keys: &[
        key(
            "init",
            &[
                "glorot_uniform(seed = 1)",
                "he_normal(seed = 1)",
                "uniform(-1, 1, seed = 1)",
                "normal(0, 0.1, seed = 1)",
            ],
            "Random numbers for every tensor that is not given.",
        ),
        key("layout", &["out_in", "in_out"], "How the matrices of a file are stored."),
        key("prune", &[], "Weights of smaller magnitude become 0; biases stay."),
    ],
};

/// `dataset`
pub const DATASET: Block = Block {
    name: "dataset",
    says: "Samples: inputs, and targets where there are any.",
    keys: &[
        key("inputs", &[], "Columns that are inputs, or the array that holds them."),
        key("target", &["onehot("], "The column or columns of targets; `onehot` makes classes."),
        key(
            "scale",
            &["minmax(0, 1)", "standard()", "divide(by = 255)", "like("],
            "How inputs are scaled, column by column, fitted on the training rows.",
        ),
        key(
            "target_scale",
            &["minmax(0, 1)", "standard()", "divide(by = 100)", "like("],
            "How targets that are values are scaled.",
        ),
        key("split", &["holdout(test = 0.3, seed = 1)"], "Which rows are kept for the test."),
    ],
};

/// `chemistry`
pub const CHEMISTRY: Block = Block {
    name: "chemistry",
    says: "How the network is computed: the construction, its speeds and its units.",
    keys: &[
        key(
            "construction",
            &["fixed_point", "one_pot", "phased"],
            "What the chemistry does: come to rest at the values of the network, learn in the pot, or go by a clock.",
        ),
        key("weights", &["rates", "species"], "Whether weights are rate constants or concentrations."),
        key("signs", &["auto", "dual_rail"], "Which values have two rails."),
        key("max_order", &["2", "3"], "The most reactant molecules in a reaction."),
        key(
            "units",
            &["dimensionless", "molar"],
            "Whether concentrations and times have units in the output.",
        ),
        key("unit_concentration", &["1 uM"], "The concentration that the number 1 means."),
        key("unit_time", &["1 s"], "The time that the number 1 means."),
        key("volume", &["1 L"], "The size of the pot."),
        key("speeds", &["{ forward = 1, annihilation = 100 }"], "Factors of the rate constants of a kind."),
        key("preset", &["robust"], "Settings for a pot that learns under noise."),
        key(
            "schedule",
            &["{ settle = 5, learn = 5, flush = 4 }"],
            "The parts of a presentation of `one_pot`.",
        ),
        key(
            "clock",
            &[
                "may_leonard(epsilon = 1e-12, rate = 1 /s)",
                "ring(delta = 1e-6, rate = 1 /s)",
                "external(phase = 20 s)",
            ],
            "The clock of `phased`.",
        ),
        key("fold_scale", &["true", "false"], "Whether the pot takes raw measurements."),
    ],
};

/// `train`
pub const TRAIN: Block = Block {
    name: "train",
    says: "How the weights are found: data, loss, rule, and when to end.",
    keys: &[
        naming(Names::Data, "data", &[], "The data set or the part of one to learn from."),
        naming(Names::Data, "validation", &["holdout(0.2, seed = 1)"], "Data that only judges."),
        key("loss", &["squared_error", "cross_entropy"], "What is made small."),
        key(
            "rule",
            &[
                "gradient(adam(rate = 0.01))",
                "gradient(sgd(rate = 0.1))",
                "gradient_flow(rate = 0.01)",
                "sgd(rate = 4)",
            ],
            "How weights move; each construction has its own.",
        ),
        key("feed", &["cycle()", "shuffle(seed = 1)"], "The order in which samples are shown."),
        key("epochs", &[], "How often all samples are shown."),
        key("batch", &[], "Samples of one step."),
        key("precision", &["f64", "f32"], "The numbers that training computes with."),
        key("decay", &[], "The λ of the penalty λ/2 Σ w² over all weights and biases."),
        key(
            "schedule",
            &[
                "constant()",
                "cosine(floor = 0)",
                "step(every = 50, factor = 0.1)",
                "exponential(factor = 0.95)",
            ],
            "A factor on the learning rate of each epoch.",
        ),
        key("patience", &[], "Epochs without a better loss after which training ends."),
    ],
};

/// `simulate`
pub const SIMULATE: Block = Block {
    name: "simulate",
    says: "The time course: how long, what is written, and from where.",
    keys: &[
        key("until", &[], "The end time."),
        naming(Names::Nodes, "record", &[], "Layers and inputs to write."),
        key("every", &[], "The time between two rows."),
        key("points", &[], "The number of rows."),
        key("input", &[], "One number for each input value."),
        key(
            "method",
            &["auto", "explicit", "plain", "rosenbrock", "multirate"],
            "The integrator, perhaps with its tolerances.",
        ),
        key("start", &["settled"], "Start at the fixed point."),
    ],
};

/// `noise`
pub const NOISE: Block = Block {
    name: "noise",
    says: "What `nnrc noise` disturbs, how often, and what is compared.",
    keys: &[
        key("rates", &["relative(0.1)"], "Noise of rate constants."),
        key(
            "concentrations",
            &["relative(0.1)", "langevin(volume = 1000)", "ssa(volume = 1000)"],
            "Noise of concentrations.",
        ),
        key("combine", &["product", "separate"], "Whether noises act together."),
        key("replicates", &[], "Draws of each noise."),
        key("seed", &[], "The seed of all draws."),
        key(
            "compare",
            &["relu(h = 1e-4)", "smooth_relu(h = 0.1)", "smooth_leaky_relu(h = 0.1, slope = 0.1)"],
            "What replaces every smooth rectifier of the network.",
        ),
        key("times", &[], "Running times."),
        naming(Names::Data, "data", &[], "The data set or the part of one that is classified."),
    ],
};

/// `sweep`
pub const SWEEP: Block = Block {
    name: "sweep",
    says: "Many settings of one file.",
    keys: &[
        key("over", &["{ noise.seed = range(1, 100) }"], "Axes that are combined with each other."),
        key("zip", &["{ noise.seed = [1, 2] }"], "Axes of one length, which go together."),
        key("verb", &["noise", "simulate", "train", "test"], "The verb that runs at each point."),
        key("shards", &[], "The number of parts."),
        key("replicates", &[], "Replicates of a study of noise that one point has at most."),
    ],
};

/// Every block of settings.
pub const BLOCKS: &[Block] = &[DATASET, WEIGHTS, CHEMISTRY, TRAIN, SIMULATE, NOISE, SWEEP];

/// The block with this word.
pub fn block(name: &str) -> Option<&'static Block> {
    BLOCKS.iter().find(|block| block.name == name)
}

const fn call(
    place: &'static str,
    name: &'static str,
    parameters: &'static [&'static str],
    says: &'static str,
) -> Callable {
    Callable { name, place, parameters, says }
}

/// Every call that is no activation.
pub const CALLABLES: &[Callable] = &[
    call("layer", "dense", &["units", "bias"], "z = W a + b, where a is all sources one after another."),
    call("layer", "add", &[], "The sum of the sources, which have one width."),
    call("layer", "concat", &[], "The sources one after another."),
    call("input", "features", &["names"], "A name for each value of the input."),
    call("output", "classes", &["names"], "A value for each class; the largest one wins."),
    call("output", "binary", &["threshold", "names"], "One value on either side of a border."),
    call("output", "values", &[], "Numbers, and no classes."),
    call("source", "rows", &["rows"], "Samples in the text: a list of records."),
    call(
        "source",
        "csv",
        &["path", "header", "separator", "decimal", "missing"],
        "A table of text with a header row.",
    ),
    call("source", "npz", &["path"], "Arrays of NumPy, a row for each sample."),
    call("source", "idx", &["images", "labels"], "The format of MNIST."),
    call("dataset.target", "onehot", &["column", "classes"], "Classes made of the labels of a column."),
    call(
        "dataset.scale",
        "minmax",
        &["low", "high", "clip"],
        "From the smallest and largest value of a column.",
    ),
    call("dataset.scale", "standard", &[], "Mean 0 and deviation 1."),
    call("dataset.scale", "divide", &["by"], "Divided by one number."),
    call("dataset.scale", "like", &["data"], "As a data set above."),
    call("dataset.split", "holdout", &["test", "seed"], "A share of the rows of each class for the test."),
    call("weights.init", "uniform", &["low", "high", "seed"], "Uniform in [low, high)."),
    call("weights.init", "normal", &["mean", "deviation", "seed"], "Normal."),
    call("weights.init", "glorot_uniform", &["seed"], "Uniform in ± sqrt(6 / (units + inputs)), biases 0."),
    call("weights.init", "he_normal", &["seed"], "Normal, deviation sqrt(2 / inputs), biases 0."),
    call("chemistry.clock", "may_leonard", &["epsilon", "rate", "gamma", "species"], "An attracting cycle."),
    call("chemistry.clock", "ring", &["delta", "rate"], "A neutral cycle."),
    call("chemistry.clock", "external", &["phase"], "Phases that are set from outside."),
    call("train.validation", "holdout", &["share", "seed"], "A share of the training data, stratified."),
    call("train.rule", "gradient", &["optimiser"], "The gradient through the fixed point of the chemistry."),
    call("train.rule", "gradient_flow", &["rate"], "The pot learns by its own reactions."),
    call("train.rule", "sgd", &["rate"], "The pot learns step by step, by its clock."),
    call("optimiser", "adam", &["rate", "beta1", "beta2", "epsilon"], "Adam."),
    call("optimiser", "sgd", &["rate", "momentum"], "Stochastic gradient descent."),
    call("train.feed", "cycle", &["hold"], "Samples in the order of the data."),
    call("train.feed", "shuffle", &["hold", "seed"], "Samples in a new order in each epoch."),
    call("train.schedule", "constant", &[], "The learning rate as it is."),
    call("train.schedule", "cosine", &["floor"], "Half a wave of the cosine, down to `floor`."),
    call("train.schedule", "step", &["every", "factor"], "A factor after so many epochs."),
    call("train.schedule", "exponential", &["factor"], "A factor after each epoch."),
    call(
        "simulate.method",
        "auto",
        &["rtol", "atol"],
        "Explicit steps, implicit ones where the pot is stiff.",
    ),
    call("simulate.method", "explicit", &["rtol", "atol"], "Explicit steps alone."),
    call("simulate.method", "plain", &["rtol", "atol"], "Explicit steps alone."),
    call("simulate.method", "rosenbrock", &["rtol", "atol"], "Implicit steps alone."),
    call("simulate.method", "multirate", &["rtol", "atol"], "Weights that learn have steps of their own."),
    call("noise.rates", "relative", &["size", "redraw", "distribution"], "Log-normal or uniform factors."),
    call("noise.redraw", "ou", &["tau", "step"], "Factors that wander."),
    call(
        "noise.concentrations",
        "relative",
        &["size", "every"],
        "Factors of all concentrations, now and then.",
    ),
    call("noise.concentrations", "langevin", &["volume", "step"], "The chemical Langevin equation."),
    call("noise.concentrations", "ssa", &["volume"], "Exact simulation of numbers of molecules."),
    call("noise.compare", "relu", &["h"], "The smooth rectifier with a small h."),
    call("sweep.over", "range", &["first", "last"], "Whole numbers from `first` to `last`."),
    call("measure", "accuracy", &["network"], "The share of rows whose class is right."),
    call("measure", "mse", &["network"], "The mean of (y − t)²."),
    call("measure", "mae", &["network"], "The mean of |y − t|."),
    call("measure", "r2", &["network"], "1 − Σ (y − t)² / Σ (t − t̄)²."),
    call("measure", "max_error", &["network", "path"], "The largest deviation from the array `y` of a file."),
];

/// What is called by this name, at this place if there is one of it.
pub fn callable(place: &str, name: &str) -> Option<&'static Callable> {
    let mut named = CALLABLES.iter().filter(|callable| callable.name == name);
    named.clone().find(|callable| callable.place == place).or_else(|| named.next())
}
