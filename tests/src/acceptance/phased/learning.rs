//! Learning by the clock against online gradient descent.

/// The text of a learner of a table: rows of inputs and targets, weights of two layers with the bias last.
pub fn learner(
    rows: &[(&[f64], f64)],
    weights: &[Vec<Vec<f64>>],
    rate: f64,
    rest: &str,
    chemistry: &str,
) -> String {
    let data: Vec<String> = rows.iter().map(|(x, t)| format!("    {{ x = {x:?}, t = [{t}] }},\n")).collect();
    let split = |layer: &[Vec<f64>]| -> (Vec<Vec<f64>>, Vec<f64>) {
        layer.iter().map(|row| (row[..row.len() - 1].to_vec(), row[row.len() - 1])).unzip()
    };
    let ((w1, b1), (w2, b2)) = (split(&weights[0]), split(&weights[1]));
    format!(
        "dataset gate = rows([\n{}]);\nnetwork learner {{\n    input x[{}];\n    layer hidden = dense({}) | sigmoid();\n    \
         layer y = dense({}) | sigmoid();\n    output y;\n}}\nweights {{\n    hidden.W = {w1:?};\n    hidden.b = {b1:?};\n    \
         y.W = {w2:?};\n    y.b = {b2:?};\n}}\nchemistry {{ construction = phased; {chemistry} }}\n\
         train learner {{ data = gate; rule = sgd(rate = {rate}); feed = cycle(); {rest} }}\n",
        data.concat(),
        rows[0].0.len(),
        w1.len(),
        w2.len(),
    )
}
