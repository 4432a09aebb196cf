//! Linear ops: each turns a node into a [`Step`](crate::step::Step), by the standard's shapes.

mod arithmetic;
mod batch_normalization;
mod classical;
mod conv;
mod gemm;
mod matmul;
mod pad;
mod pool;
mod reduce;
mod reshape;
mod select;
mod window;

pub(crate) use matmul::BOTH;
pub(crate) use reshape::target;

use crate::op::{Op, Steps};

/// The function of a linear op; none where the op is none.
pub(crate) fn linear(op: &str) -> Option<fn(&Op<'_>) -> Steps> {
    Some(match op {
        "Add" | "Sub" | "Sum" | "Mean" => arithmetic::add,
        "Mul" => arithmetic::multiply,
        "Div" => arithmetic::divide,
        "Neg" => arithmetic::negate,
        "Identity" | "Dropout" | "Cast" | "CastLike" => reshape::keep,
        "Reshape" => reshape::reshape,
        "Flatten" => reshape::flatten,
        "Squeeze" => reshape::squeeze,
        "Unsqueeze" => reshape::unsqueeze,
        "Transpose" => reshape::transpose,
        "Expand" => reshape::expand,
        "Slice" => select::slice,
        "Split" => select::split,
        "Gather" => select::gather,
        "ai.onnx.ml::ArrayFeatureExtractor" => select::columns,
        "Concat" | "ai.onnx.ml::FeatureVectorizer" => select::concat,
        "Tile" => select::tile,
        "Pad" => pad::pad,
        "Gemm" => gemm::gemm,
        "MatMul" => matmul::matmul,
        "Conv" => conv::conv,
        "AveragePool" => pool::average,
        "GlobalAveragePool" => pool::global_average,
        "ReduceMean" | "ReduceSum" => reduce::reduce,
        "BatchNormalization" => batch_normalization::normalize,
        "ai.onnx.ml::Scaler" => classical::scale,
        "ai.onnx.ml::LinearRegressor" => classical::regress,
        "ai.onnx.ml::LinearClassifier" => classical::classify,
        _ => return None,
    })
}
