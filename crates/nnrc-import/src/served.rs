//! What is said of ops that are not served.

/// Why an op is not served, and what would be.
pub(crate) fn reason(op: &str) -> String {
    let words = match op {
        "If" | "Loop" | "Scan" | "SequenceMap" => {
            "control flow with a subgraph in a branch; export the model without it: only one branch is run for an \
             input"
        }
        "LSTM" | "GRU" | "RNN" => "recurrent layers; served are layers that feed forward",
        "MaxPool" | "GlobalMaxPool" | "LpPool" | "MaxRoiPool" => {
            "a maximum of several values; served are AveragePool and GlobalAveragePool"
        }
        "QuantizeLinear"
        | "DequantizeLinear"
        | "DynamicQuantizeLinear"
        | "QLinearConv"
        | "QLinearMatMul"
        | "MatMulInteger"
        | "ConvInteger" => "a quantised network; export the one in floating point that it was made from",
        "InstanceNormalization"
        | "LayerNormalization"
        | "GroupNormalization"
        | "RMSNormalization"
        | "LpNormalization"
        | "LRN"
        | "MeanVarianceNormalization" => {
            "it divides by what it computes of each sample; served is BatchNormalization for inference"
        }
        "Softmax" | "LogSoftmax" => {
            "a softmax within the network, or over a part of the outputs (attention); served is one over all outputs \
             at the end"
        }
        "Hardmax" => "a choice of the largest value; served is a Softmax at the end",
        "ai.onnx.ml::Normalizer" => "a normalisation; served is norm L1 behind a softmax",
        "ai.onnx.ml::ZipMap" => "a map of names within the network; served at the end",
        "Attention" | "MultiHeadAttention" => "attention; served are products with constant matrices",
        "ConvTranspose" | "DeformConv" => "this convolution; served is Conv",
        "Resize" | "Upsample" => "a change of the image's size; served are AveragePool and Pad",
        "Einsum" => "Einsum; served are MatMul and Gemm with a constant matrix",
        "ai.onnx.ml::TreeEnsembleClassifier"
        | "ai.onnx.ml::TreeEnsembleRegressor"
        | "ai.onnx.ml::TreeEnsemble" => "decision trees; served are neural networks and linear models",
        "ai.onnx.ml::SVMClassifier" | "ai.onnx.ml::SVMRegressor" => {
            "support vectors; served are neural networks and linear models"
        }
        "ai.onnx.ml::Imputer" => "it fills gaps in the data; fill them before, and export without it",
        "ai.onnx.ml::OneHotEncoder"
        | "OneHot"
        | "ai.onnx.ml::LabelEncoder"
        | "ai.onnx.ml::CategoryMapper" => {
            "categories; encode them as columns of numbers before, and export without it"
        }
        _ => {
            "this op; served are Gemm, MatMul, Conv, AveragePool, BatchNormalization, Add, Mul, Concat and what \
             moves numbers, with Relu, LeakyRelu, Tanh, Sigmoid, Softsign, Softplus, SiLU, GELU or Elu between"
        }
    };
    words.to_owned()
}

/// What is said of an element-wise function that is none of the activations.
pub(crate) fn function(op: &str) -> String {
    let words = match op {
        "HardSigmoid" | "HardSwish" => "a function with two kinks; served are Sigmoid and SiLU",
        "Clip" | "Min" => "a limit from above; served is Clip with min = 0 and no max, which is Relu",
        "Elu" | "Selu" | "Celu" => "this slope below 0; served is Elu with alpha = 1",
        "LeakyRelu" | "PRelu" => "its slope; served is one slope for all, from 0 to below 1",
        "Mul" => "a product of two computed values; served are constant factors, z · sigmoid(z) and GELU",
        "Div" => "division by a computed value; served are a constant divisor, and z / (1 + |z|)",
        _ => {
            "its function of z; served are Relu, LeakyRelu, Tanh, Sigmoid, Softsign, Softplus, SiLU, GELU and Elu, \
             whole or as their parts"
        }
    };
    words.to_owned()
}
