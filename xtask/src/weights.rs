//! `cargo xtask weights`: the weights that examples ship, trained by nnrc itself.

use nnrc_sim::io::Arrays;
use nnrc_tests::training::{digits, example, iris};
use safetensors::tensor::{Dtype, TensorView};

/// Trains and writes them.
pub fn write() {
    let path = example("iris").with_file_name("iris.npz");
    std::fs::copy(iris().folder.path().join("weights.npz"), &path).unwrap();
    println!("{}", path.display());
    let path = example("digits").with_file_name("digits.safetensors");
    std::fs::write(&path, single_precision(&digits())).unwrap();
    println!("{}", path.display());
}

/// A safetensors file in single precision, as PyTorch would write it; nnrc itself writes double precision.
fn single_precision(arrays: &Arrays) -> Vec<u8> {
    let data: Vec<Vec<u8>> = arrays
        .values()
        .map(|array| array.values.iter().flat_map(|value| (*value as f32).to_le_bytes()).collect())
        .collect();
    let views = arrays.iter().zip(&data).map(|((name, array), data)| {
        (name.as_str(), TensorView::new(Dtype::F32, array.shape.clone(), data).unwrap())
    });
    safetensors::serialize(views.collect::<Vec<_>>(), None).unwrap()
}
