//! The names, by where they stand.

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// After `|`.
    Activation,
    /// After `layer name =`.
    Layer,
    /// An argument of a call.
    Argument,
    /// A key of `train`.
    Training,
    /// A rule or an optimiser.
    Rule,
    /// A schedule of the learning rate.
    Schedule,
    /// A loss.
    Loss,
    /// What an expectation measures.
    Measure,
    /// What `init` draws from.
    Init,
    /// What a data set reads, and how it is scaled.
    Data,
    /// A key of a data set.
    DataKey,
    /// What makes targets of a column.
    Target,
    /// A value of `header`.
    Header,
    /// A value of `precision`.
    Precision,
}

use Kind::{
    Activation, Argument, Data, DataKey, Header, Init, Layer, Loss, Measure, Precision, Rule, Schedule,
    Target, Training,
};

/// Kind, names in lower case and without `_`, and a sentence.
pub type Row = (Kind, &'static [&'static str], &'static str);

/// Every name that a message explains.
pub const TABLE: &[Row] = &[
    (Activation, &["relu"], "the nearest is `smooth_relu(h = 1e-4)`: it deviates by sqrt(h)"),
    (
        Activation,
        &["relu6", "clippedrelu"],
        "the nearest is `smooth_relu(h = 1e-4)`, which has no bound at 6",
    ),
    (
        Activation,
        &["leakyrelu", "lrelu", "rrelu"],
        "the nearest is `smooth_leaky_relu(h = 1e-4, slope = 0.01)` with your slope: it deviates by (1 - slope) sqrt(h)",
    ),
    (
        Activation,
        &["prelu"],
        "the nearest is `smooth_leaky_relu(h = 1e-4, slope = 0.25)` with the learned slope, one for the whole layer",
    ),
    (
        Activation,
        &["linear", "none", "passthrough", "noactivation"],
        "did you mean `identity()`? No activation at all is the same",
    ),
    (Activation, &["elu"], "the nearest is `elu(h = 1e-4)`, which is another function: it deviates by 0.20"),
    (
        Activation,
        &[
            "selu",
            "celu",
            "exponential",
            "exp",
            "softshrink",
            "hardshrink",
            "tanhshrink",
            "logsigmoid",
            "glu",
        ],
        "nothing here comes near it: train the network anew with `smooth_relu(h = 0.1)` or `elu(h = 0.1)`",
    ),
    (
        Activation,
        &["softmax", "logsoftmax", "softmax2d"],
        "leave it out: the largest output is the class either way; the nearest, `rational_softmax(h = 0.1)`, is another \
         function",
    ),
    (
        Activation,
        &["heaviside", "step", "sign", "hardlim", "threshold"],
        "the nearest are `algebraic_sigmoid(h = 1e-4)`, from 0 to 1, and `algebraic_tanh(h = 1e-4)`, from -1 to 1",
    ),
    (
        Activation,
        &["softmin"],
        "it is the softmax of -z: take the weights before it with the other sign, and leave it out, since the largest \
         output is the class either way",
    ),
    (
        Activation,
        &["squareplus"],
        "did you mean `smooth_relu(h = 1)`? It is the same function, with h = b / 4 for another b than 4",
    ),
    (
        Activation,
        &["softsign"],
        "the nearest is `softsign(h = 1e-4)`: it deviates by 0.0002, with the default h = 0.1 by 0.06",
    ),
    (Activation, &["gaussian", "rbf"], "the nearest is `inverse_quadratic()`, 1 / (1 + z²)"),
    (
        Layer,
        &[
            "linear",
            "lazylinear",
            "fc",
            "fullyconnected",
            "affine",
            "innerproduct",
            "denselayer",
            "perceptron",
            "mlp",
        ],
        "did you mean `dense(8)`? It takes its units alone: the width of what it takes is known",
    ),
    (
        Layer,
        &[
            "conv",
            "conv1d",
            "conv2d",
            "conv3d",
            "convolution",
            "convolution2d",
            "separableconv2d",
            "depthwiseconv2d",
        ],
        "convolutions are not served: write one as a `dense` layer whose weights are mostly 0, since a weight of 0 makes \
         no reaction",
    ),
    (
        Layer,
        &[
            "maxpool",
            "maxpool1d",
            "maxpool2d",
            "maxpooling1d",
            "maxpooling2d",
            "avgpool",
            "avgpool1d",
            "avgpool2d",
            "averagepooling1d",
            "averagepooling2d",
            "globalaveragepooling2d",
            "adaptiveavgpool2d",
        ],
        "pooling is not served: an average is a `dense` layer of equal weights, and there is no maximum",
    ),
    (
        Layer,
        &["dropout", "dropout1d", "dropout2d", "alphadropout", "spatialdropout2d", "gaussiannoise"],
        "leave it out: it does nothing in a network that is trained",
    ),
    (
        Layer,
        &["batchnorm", "batchnorm1d", "batchnorm2d", "batchnormalization"],
        "fold it into the layer before it: multiply W and b by gamma / sqrt(variance + epsilon), after taking the mean \
         from b, and add beta",
    ),
    (
        Layer,
        &["layernorm", "layernormalization", "groupnorm", "instancenorm1d", "instancenorm2d", "rmsnorm"],
        "no reactions normalise a layer by its own values: train the network without it",
    ),
    (
        Layer,
        &["flatten", "reshape", "unflatten", "squeeze", "view"],
        "leave it out: an input with several sizes is taken row by row",
    ),
    (
        Layer,
        &[
            "lstm",
            "gru",
            "rnn",
            "simplernn",
            "lstmcell",
            "grucell",
            "attention",
            "multiheadattention",
            "transformer",
            "embedding",
        ],
        "not served: a network here is made of `dense`, `add` and `concat`, without feedback",
    ),
    (
        Layer,
        &["concatenate", "cat", "merge", "hstack"],
        "did you mean `concat()`? `layer y = concat() from a, b;`",
    ),
    (
        Layer,
        &["input", "inputlayer", "placeholder"],
        "inputs are declared by themselves: `input x[4] in [0, 1];`",
    ),
    (
        Layer,
        &["activation", "lambda"],
        "an activation stands behind a bar: `layer h = dense(8) | smooth_relu(h = 0.1);`",
    ),
    (Argument, &["activation"], "an activation stands behind a bar: `dense(8) | smooth_relu(h = 0.1)`"),
    (
        Argument,
        &["infeatures", "inputdim", "inputshape"],
        "leave it out: the width of what a layer takes is known",
    ),
    (Argument, &["outfeatures", "outputdim", "size", "width", "nodes", "neurons"], "did you mean `units`?"),
    (Argument, &["usebias"], "did you mean `bias`?"),
    (
        Argument,
        &["kernelinitializer", "biasinitializer"],
        "weights are begun by their own block: `weights { init = glorot_uniform(seed = 1); }`",
    ),
    (
        Argument,
        &["lr", "learningrate", "learningrateinit", "eta", "eta0", "stepsize"],
        "did you mean `rate`?",
    ),
    (
        Argument,
        &["weightdecay", "l2", "l2regularization", "regularization"],
        "that is a key of its own: `train { decay = 1e-3; }`",
    ),
    (Argument, &["betas"], "did you mean `beta1` and `beta2`?"),
    (Argument, &["eps"], "did you mean `epsilon`?"),
    (Argument, &["nesterov", "dampening", "amsgrad"], "there is no such variant: leave it out"),
    (
        Argument,
        &["alpha", "negativeslope", "leak"],
        "did you mean `slope`? Other parameters are `h`, `k` and `a`",
    ),
    (Argument, &["randomstate", "randomseed", "rng"], "did you mean `seed`?"),
    (
        Argument,
        &["testsize", "testshare", "testfraction"],
        "did you mean `test`? It is a share: `holdout(test = 0.3, seed = 1)`",
    ),
    (Argument, &["sep", "delimiter", "delim", "fieldsep"], "did you mean `separator`?"),
    (
        Argument,
        &["navalues", "navalue", "keepdefaultna", "dropna", "nan"],
        "did you mean `missing`? `missing = drop` leaves rows without a value out",
    ),
    (
        Argument,
        &["usecols", "indexcol", "skiprows", "columns"],
        "columns are chosen in the block: `{ inputs = [a, b]; target = c; }`",
    ),
    (Argument, &["featurerange"], "the ends are arguments: `minmax(0, 1)`"),
    (
        Training,
        &["lr", "learningrate", "learningrateinit", "eta", "eta0", "stepsize", "rate"],
        "the learning rate belongs to the rule: `rule = gradient(adam(rate = 0.01));`",
    ),
    (
        Training,
        &["optimizer", "optimiser", "solver", "algorithm", "method"],
        "did you mean `rule`? Write `rule = gradient(adam(rate = 0.01));` or `rule = gradient(sgd(rate = 0.1));`",
    ),
    (
        Training,
        &["momentum"],
        "momentum belongs to the rule: `rule = gradient(sgd(rate = 0.1, momentum = 0.9));`",
    ),
    (
        Training,
        &["weightdecay", "l2", "l2regularization", "regularization", "lambda", "alpha"],
        "did you mean `decay`? It is the λ of λ/2 Σ w², as `weight_decay` is in PyTorch's `SGD`",
    ),
    (
        Training,
        &["dtype", "floatx", "floattype", "mixedprecision"],
        "did you mean `precision`? Write `precision = f32;` or `precision = f64;`",
    ),
    (Precision, &["float32", "float", "single"], "did you mean `f32`?"),
    (Precision, &["float64", "double"], "did you mean `f64`?"),
    (
        Precision,
        &["f16", "bf16", "float16", "bfloat16", "half", "mixed", "tf32"],
        "write `precision = f32;`: training with shorter numbers is not served",
    ),
    (Training, &["batchsize", "minibatch", "batches"], "did you mean `batch`?"),
    (
        Training,
        &["numepochs", "nepochs", "nbepoch", "maxepochs", "maxiter", "niter", "iterations", "steps"],
        "did you mean `epochs`?",
    ),
    (Training, &["lossfn", "lossfunction", "criterion", "objective", "cost"], "did you mean `loss`?"),
    (
        Training,
        &["scheduler", "lrscheduler", "learningrateschedule", "lrschedule"],
        "did you mean `schedule`?",
    ),
    (
        Training,
        &["earlystopping", "niternochange"],
        "did you mean `patience`? It counts epochs: `patience = 20;`",
    ),
    (
        Training,
        &["validationsplit", "validationfraction", "valsplit", "validationdata", "validationset"],
        "did you mean `validation`? Write `validation = holdout(0.2, seed = 1);`",
    ),
    (
        Training,
        &["shuffle", "order"],
        "did you mean `feed`? Write `feed = shuffle(seed = 1);` or `feed = cycle();`",
    ),
    (
        Training,
        &["seed", "randomstate", "randomseed", "manualseed"],
        "each draw has its own seed: `feed = shuffle(seed = 1);`, `weights { init = glorot_uniform(seed = 1); }`",
    ),
    (Training, &["tol", "tolerance"], "an end by a metric is `stop when loss < 1e-3;`"),
    (Training, &["dataset", "traindata", "trainset", "trainingdata", "inputs", "x"], "did you mean `data`?"),
    (
        Training,
        &["metrics", "callbacks", "verbose", "device"],
        "leave it out: every metric of an epoch is written",
    ),
    (Rule, &["adamw"], "did you mean `adam`? Its weight decay is `train { decay = 1e-3; }`"),
    (
        Rule,
        &["rmsprop", "adagrad", "adadelta", "adamax", "nadam", "radam", "lion", "ftrl"],
        "the nearest is `adam(rate = 0.01)`",
    ),
    (
        Rule,
        &["lbfgs", "bfgs", "rprop", "newton"],
        "there is `adam(rate = 0.01)` and `sgd(rate = 0.1, momentum = 0.9)`",
    ),
    (Rule, &["adam"], "in silico, write `rule = gradient(adam(rate = 0.01));`"),
    (Rule, &["momentum", "nesterov"], "did you mean `sgd(rate = 0.1, momentum = 0.9)`?"),
    (
        Rule,
        &["backprop", "backpropagation", "gd", "gradientdescent"],
        "write `rule = gradient(sgd(rate = 0.1));`",
    ),
    (Schedule, &["cosineannealinglr", "cosineannealing", "cosinedecay"], "did you mean `cosine()`?"),
    (
        Schedule,
        &["steplr", "multisteplr", "piecewiseconstantdecay"],
        "did you mean `step(every = 50, factor = 0.1)`?",
    ),
    (Schedule, &["exponentiallr", "exponentialdecay"], "did you mean `exponential(factor = 0.95)`?"),
    (
        Schedule,
        &["reducelronplateau", "onecyclelr", "cycliclr", "linearlr", "polynomialdecay"],
        "the nearest is `cosine(floor = 0)`",
    ),
    (
        Loss,
        &["mse", "mseloss", "meansquarederror", "l2", "l2loss", "quadratic", "rmse", "leastsquares"],
        "did you mean `squared_error`? Of one output it is half the `mse`",
    ),
    (
        Loss,
        &["bce", "bceloss", "bcewithlogits", "bcewithlogitsloss", "binarycrossentropy", "logloss"],
        "the nearest is `cross_entropy` with an output for each of the two classes: `dense(2)` and `onehot(column)`",
    ),
    (
        Loss,
        &[
            "ce",
            "crossentropyloss",
            "categoricalcrossentropy",
            "sparsecategoricalcrossentropy",
            "softmaxcrossentropy",
            "nll",
            "nllloss",
            "negativeloglikelihood",
        ],
        "did you mean `cross_entropy`?",
    ),
    (
        Loss,
        &[
            "mae",
            "maeloss",
            "l1",
            "l1loss",
            "meanabsoluteerror",
            "huber",
            "huberloss",
            "smoothl1loss",
            "hinge",
        ],
        "not served: the nearest is `squared_error`",
    ),
    (Init, &["xavier", "xavieruniform", "glorot"], "did you mean `glorot_uniform(seed = 1)`?"),
    (
        Init,
        &["xaviernormal", "glorotnormal"],
        "write `normal(0, deviation, seed = 1)` with a deviation of sqrt(2 / (units + inputs))",
    ),
    (Init, &["kaiming", "kaimingnormal", "he"], "did you mean `he_normal(seed = 1)`?"),
    (
        Init,
        &["kaiminguniform", "heuniform"],
        "write `uniform(-a, a, seed = 1)` with a = sqrt(6 / inputs), or `he_normal(seed = 1)`",
    ),
    (
        Init,
        &["lecun", "lecunnormal", "lecununiform"],
        "write `normal(0, deviation, seed = 1)` with a deviation of sqrt(1 / inputs)",
    ),
    (
        Init,
        &["randn", "randomnormal", "gaussian", "truncatednormal"],
        "did you mean `normal(0, 0.1, seed = 1)`?",
    ),
    (Init, &["rand", "random", "randomuniform"], "did you mean `uniform(-1, 1, seed = 1)`?"),
    (
        Init,
        &["zeros", "zero", "ones", "constant", "orthogonal", "sparse"],
        "write the numbers as lists, or read them from a file: `weights from \"file.npz\" { }`",
    ),
    (
        Data,
        &[
            "readcsv",
            "loadcsv",
            "csvfile",
            "readtable",
            "genfromtxt",
            "loadtxt",
            "pandas",
            "dataframe",
            "table",
        ],
        "did you mean `csv(\"data.csv\")`?",
    ),
    (
        Data,
        &["npy", "load", "numpy", "loadnpz", "savez", "arrays", "hdf5", "h5", "mat", "parquet", "pickle"],
        "did you mean `npz(\"data.npz\")`? Save the arrays by `numpy.savez(\"data.npz\", x=x, t=t)`",
    ),
    (Data, &["mnist", "fashionmnist", "images"], "did you mean `idx(\"images\", \"labels\")`?"),
    (
        Data,
        &["list", "array", "data", "records", "inline"],
        "did you mean `rows([{ x = [0, 1], t = [1] }])`?",
    ),
    (Data, &["excel", "readexcel", "xlsx", "ods"], "save the sheet as CSV: `csv(\"data.csv\")`"),
    (
        Data,
        &[
            "standardscaler",
            "standardize",
            "standardise",
            "zscore",
            "standardization",
            "normalize",
            "normalise",
            "normalization",
        ],
        "did you mean `scale = standard();`? It makes mean 0 and deviation 1",
    ),
    (
        Data,
        &["minmaxscaler", "minmaxscale", "rescale", "rescaling", "range"],
        "did you mean `scale = minmax(0, 1);`?",
    ),
    (
        Data,
        &["maxabsscaler", "robustscaler", "quantiletransformer", "powertransformer"],
        "there is `scale = minmax(0, 1);`, `scale = standard();` and `scale = divide(16);`",
    ),
    (
        DataKey,
        &["x", "features", "columns", "featurecolumns", "featurenames", "input"],
        "did you mean `inputs`?",
    ),
    (
        DataKey,
        &["y", "t", "label", "labels", "class", "classes", "targets", "targetcolumn", "output", "outputs"],
        "did you mean `target`? Classes are `target = onehot(column);`",
    ),
    (
        DataKey,
        &[
            "normalize",
            "normalise",
            "scaler",
            "scaling",
            "standardize",
            "standardise",
            "transform",
            "preprocessing",
        ],
        "did you mean `scale`? Write `scale = minmax(0, 1);` or `scale = standard();`",
    ),
    (
        DataKey,
        &["traintestsplit", "testsize", "test", "holdout", "validationsplit", "trainsize"],
        "did you mean `split`? Write `split = holdout(test = 0.3, seed = 1);`",
    ),
    (
        DataKey,
        &[
            "onehot",
            "encoding",
            "onehotencode",
            "onehotencoder",
            "tocategorical",
            "labelencoder",
            "labelbinarizer",
            "ordinalencoder",
            "getdummies",
        ],
        "did you mean `target = onehot(column);`?",
    ),
    (
        Target,
        &[
            "onehot",
            "onehotencoder",
            "onehotencode",
            "tocategorical",
            "categorical",
            "labelencoder",
            "labelbinarizer",
            "ordinalencoder",
            "getdummies",
            "classes",
            "labels",
        ],
        "did you mean `target = onehot(column);`?",
    ),
    (Header, &["none", "false", "no"], "a table without a header row is said by `header = none`"),
    (Header, &["true", "yes", "infer"], "a first row that names the columns is the default"),
    (
        Measure,
        &["rmse", "rootmeansquarederror"],
        "did you mean `mse`? It is the square of the rmse: square the bound, too",
    ),
    (Measure, &["meansquarederror", "mseloss", "loss"], "did you mean `mse`?"),
    (Measure, &["meanabsoluteerror", "l1", "l1loss"], "did you mean `mae`?"),
    (Measure, &["r2score", "rsquared"], "did you mean `r2`?"),
    (Measure, &["acc", "accuracyscore"], "did you mean `accuracy`?"),
    (Measure, &["maxerr", "maximumerror"], "did you mean `max_error`?"),
];
