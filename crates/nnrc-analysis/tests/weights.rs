//! Weight files: how their matrices are stored, what takes the place of what, and what is never decoded.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of a test that fails is a test that fails")]

mod common;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use common::Memory;
use nnrc_analysis::{Analysis, Overrides};
use nnrc_model::{Arrays, Model, ResourceError, Resources, Table, TableLayout, Tensor};
use nnrc_model::{NodeKind, Operation};
use nnrc_syntax::{Diagnostic, codes};

fn analyse(text: &str, files: &dyn Resources, overrides: &Overrides) -> Analysis {
    let file = nnrc_syntax::parse(text).unwrap_or_else(|found| panic!("{found:?}\n{text}"));
    nnrc_analysis::analyse(&file, text, overrides, files)
}

fn tensor(shape: &[usize], values: &[f64]) -> Tensor {
    assert_eq!(shape.iter().product::<usize>(), values.len());
    Tensor { shape: shape.to_vec(), values: values.to_vec() }
}

fn file(arrays: &[(&str, Tensor)]) -> BTreeMap<String, Tensor> {
    arrays.iter().map(|(name, tensor)| ((*name).to_owned(), tensor.clone())).collect()
}

fn memory(files: &[(&str, &[(&str, Tensor)])]) -> Memory {
    let tensors = files.iter().map(|(path, arrays)| ((*path).to_owned(), file(arrays))).collect();
    Memory { tensors, ..Memory::default() }
}

/// Weights and bias of a layer.
fn dense(model: &Model, name: &str) -> (Tensor, Option<Tensor>) {
    let node = model.nodes.iter().find(|node| node.name == name).unwrap();
    let NodeKind::Layer { operation: Operation::Dense { weights, bias }, .. } = &node.kind else {
        panic!("{name} is not dense")
    };
    (weights.clone(), bias.clone())
}

// ------------------------------------------------------------------------------------- advice that is followed

const LAYERS: [&str; 3] = ["first", "second", "y"];

/// A network of three layers between widths.
struct Chain {
    widths: [usize; 4],
    /// Whether the file stores the matrix of each layer as [inputs, outputs].
    stored: [bool; 3],
}

impl Chain {
    /// The entry of a weight: no two are the same.
    fn weight(layer: usize, unit: usize, source: usize) -> f64 {
        0.5 + layer as f64 + 0.1 * unit as f64 + 0.01 * source as f64
    }

    fn is_square(&self, layer: usize) -> bool {
        self.widths[layer] == self.widths[layer + 1] && self.widths[layer] > 1
    }

    /// Whether some shape tells how it is stored.
    fn tells(&self) -> bool {
        (0..3).any(|layer| self.widths[layer] != self.widths[layer + 1])
    }

    fn file(&self) -> BTreeMap<String, Tensor> {
        let mut arrays = BTreeMap::new();
        for (layer, name) in LAYERS.iter().enumerate() {
            let (inputs, units) = (self.widths[layer], self.widths[layer + 1]);
            let (rows, columns) = if self.stored[layer] { (inputs, units) } else { (units, inputs) };
            let value = |row: usize, column: usize| {
                if self.stored[layer] {
                    Self::weight(layer, column, row)
                } else {
                    Self::weight(layer, row, column)
                }
            };
            let values = (0..rows * columns).map(|at| value(at / columns, at % columns)).collect();
            arrays.insert(format!("{name}.W"), Tensor { shape: vec![rows, columns], values });
        }
        arrays
    }

    /// The layers whose matrix came out wrong.
    fn wrong(&self, model: &Model) -> Vec<usize> {
        let right = |layer: usize| {
            let (inputs, units) = (self.widths[layer], self.widths[layer + 1]);
            let all =
                (0..units).flat_map(|unit| (0..inputs).map(move |source| Self::weight(layer, unit, source)));
            dense(model, LAYERS[layer]).0.values == all.collect::<Vec<_>>()
        };
        (0..3).filter(|layer| !right(*layer)).collect()
    }

    /// Writes what the messages say, word for word, until there is no error.
    fn follow(&self, by_option: bool) -> (Model, Vec<Diagnostic>, Vec<(String, String)>) {
        let files =
            Memory { tensors: BTreeMap::from([("w.npz".to_owned(), self.file())]), ..Memory::default() };
        let [x, first, second, y] = self.widths;
        let network = format!(
            "network n {{ input x[{x}]; layer first = dense({first}, bias = false);
 layer second = dense({second}, bias = false); layer y = dense({y}, bias = false); output y; }}\n"
        );
        let mut advice: Vec<(String, String)> = Vec::new();
        for _ in 0..5 {
            let mut overrides = Overrides::default();
            let block = if by_option {
                overrides.weights = Some("w.npz".to_owned());
                for (key, value) in &advice {
                    overrides.settings.push((key.clone(), nnrc_syntax::parse_expression(value).unwrap()));
                }
                String::new()
            } else {
                let lines: String = advice.iter().map(|(key, value)| format!("{key} = {value}; ")).collect();
                format!("weights from \"w.npz\" {{ {lines} }}\n")
            };
            let Analysis { model, diagnostics } = analyse(&format!("{network}{block}"), &files, &overrides);
            if let Some(model) = model {
                return (model, diagnostics, advice);
            }
            for finding in diagnostics.iter().filter(|finding| finding.is_error()) {
                let line =
                    finding.help.iter().find_map(|help| help.split_once(" write `")?.1.split('`').next());
                let line = line.unwrap_or_else(|| panic!("no advice: {finding:?}"));
                let setting = line.trim_end_matches(';');
                // A block is named where the setting stands outside of it.
                assert_eq!(line.starts_with("weights."), by_option, "{line}");
                let (key, value) = setting.split_once('=').unwrap();
                let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
                advice.retain(|(known, _)| *known != key);
                advice.push((key, value));
            }
        }
        panic!("no end: {advice:?}");
    }
}

#[test]
fn whoever_follows_the_advice_gets_the_right_matrices_or_a_warning() {
    let mut warned = 0;
    for code in 0..3usize.pow(4) * 8 {
        let width = |place: u32| 1 + code / 8 / 3usize.pow(place) % 3;
        let chain = Chain {
            widths: [width(0), width(1), width(2), width(3)],
            stored: [code & 1 != 0, code & 2 != 0, code & 4 != 0],
        };
        if !chain.tells() {
            continue;
        }
        for by_option in [false, true] {
            let (model, diagnostics, advice) = chain.follow(by_option);
            let wrong = chain.wrong(&model);
            let context = format!("{:?} {:?} {advice:?}", chain.widths, chain.stored);
            // A matrix of one weight is the same either way.
            let mut told = (0..3).filter(|layer| chain.widths[*layer] * chain.widths[*layer + 1] > 1);
            let first = told.next().unwrap();
            if told.all(|layer| chain.stored[layer] == chain.stored[first]) {
                // One layout in the whole file: right, and nothing to say.
                assert_eq!(wrong, [0usize; 0], "{context}");
                assert!(
                    !diagnostics.iter().any(|finding| finding.code == codes::AMBIGUOUS_LAYOUT),
                    "{context}"
                );
                continue;
            }
            for layer in wrong {
                assert!(chain.is_square(layer), "{context}: {}", LAYERS[layer]);
                let name = format!("`{}.W`", LAYERS[layer]);
                let names_it = |finding: &Diagnostic| {
                    finding.code == codes::AMBIGUOUS_LAYOUT && finding.message.starts_with(&name)
                };
                // Without a shape that contradicts the other there is no mixture to be seen.
                let shapes: Vec<bool> = (0..3)
                    .filter(|at| chain.widths[*at] != chain.widths[*at + 1])
                    .map(|at| chain.stored[at])
                    .collect();
                let is_seen = shapes.iter().any(|stored| *stored != shapes[0]);
                if is_seen {
                    assert!(diagnostics.iter().any(names_it), "{context}: {name} {diagnostics:?}");
                    warned += 1;
                }
            }
        }
    }
    assert!(warned > 50, "{warned}");
}

/// Keras-like matrices, one of them square: the second reads [2, 2].
fn square_and_wide() -> Vec<(&'static str, Tensor)> {
    vec![
        ("first.W", tensor(&[3, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])),
        ("second.W", tensor(&[2, 2], &[1.0, 2.0, 3.0, 4.0])),
        ("y.W", tensor(&[2, 1], &[7.0, 8.0])),
    ]
}

const SQUARE: &str = "network n { input x[3]; layer first = dense(2, bias = false);
 layer second = dense(2, bias = false); layer y = dense(1, bias = false); output y; }\n";

#[test]
fn layers_that_are_set_one_by_one_leave_no_square_in_silence() {
    let files = memory(&[("w.npz", &square_and_wide())]);
    let warnings = |lines: &str| {
        let analysis =
            analyse(&format!("{SQUARE}weights from \"w.npz\" {{ {lines} }}"), &files, &Overrides::default());
        let second = dense(&analysis.model.unwrap(), "second").0.values;
        let open = analysis.diagnostics.into_iter().filter(|finding| finding.code == codes::AMBIGUOUS_LAYOUT);
        (second, open.collect::<Vec<_>>())
    };
    let (straight, transposed) = (vec![1.0, 2.0, 3.0, 4.0], vec![1.0, 3.0, 2.0, 4.0]);
    let (second, open) = warnings("layout.first = in_out; layout.y = in_out;");
    assert_eq!(second, straight);
    assert_eq!(open.len(), 1);
    assert!(open[0].message.contains("`second.W`"), "{}", open[0].message);
    assert!(open[0].help[0].contains("`layout = in_out;`"), "{:?}", open[0].help);
    assert!(
        open[0].help[1].contains("`layout.second = out_in;` or `layout.second = in_out;`"),
        "{:?}",
        open[0].help
    );
    for (lines, expected) in [
        ("layout.first = in_out; layout.y = in_out; layout.second = out_in;", &straight),
        ("layout.first = in_out; layout.y = in_out; layout.second = in_out;", &transposed),
        ("layout = in_out;", &transposed),
    ] {
        let (second, open) = warnings(lines);
        assert_eq!((&second, open.len()), (expected, 0), "{lines}");
    }
}

// --------------------------------------------------------------------------------------------- `--weights`

const BLOCK: &str = "network n { input x[2]; layer y = dense(2); output y; }
weights from \"old.safetensors\" { y.W = \"fc.kernel\"; y.b = \"fc.bias\"; layout = in_out; prune = 0.5; }\n";

/// The matrix and the bias that the option brings.
fn replaced(text: &str, arrays: &[(&str, Tensor)]) -> Result<(Vec<f64>, Vec<f64>), Vec<Diagnostic>> {
    // There is no old file: nothing of it is looked at.
    let files = memory(&[("new.npz", arrays)]);
    let overrides = Overrides { weights: Some("new.npz".to_owned()), ..Overrides::default() };
    let analysis = analyse(text, &files, &overrides);
    let Some(model) = analysis.model else { return Err(analysis.diagnostics) };
    let (w, b) = dense(&model, "y");
    Ok((w.values, b.unwrap().values))
}

#[test]
fn a_file_of_the_command_line_is_read_as_the_block_says() {
    let w = tensor(&[2, 2], &[1.0, 2.0, 0.1, 4.0]);
    let b = tensor(&[2], &[0.25, 0.5]);
    // Names and layout of the block, and weights below 0.5 become 0.
    let found = replaced(BLOCK, &[("fc.kernel", w.clone()), ("fc.bias", b.clone())]).unwrap();
    assert_eq!(found, (vec![1.0, 0.0, 2.0, 4.0], vec![0.25, 0.5]));
    // Keys instead of names, as in files that somebody wrote by hand: the layout is that of the block.
    let found = replaced(BLOCK, &[("y.W", w.clone()), ("y.b", b.clone())]).unwrap();
    assert_eq!(found.0, [1.0, 0.0, 2.0, 4.0]);
    // What nnrc wrote is [outputs, inputs], whatever the block says of another file: trained weights, checkpoints.
    for own in ["nnrc.version", "training.fingerprint"] {
        let own = (own, tensor(&[3], &[0.0, 1.0, 0.0]));
        let found = replaced(BLOCK, &[("y.W", w.clone()), ("y.b", b.clone()), own.clone()]).unwrap();
        assert_eq!(found.0, [1.0, 2.0, 0.0, 4.0]);
        // There the keys are meant, even where an array has the name that the block gives.
        let other = ("fc.kernel", tensor(&[2, 2], &[9.0; 4]));
        let found = replaced(BLOCK, &[("y.W", w.clone()), ("y.b", b.clone()), own, other]).unwrap();
        assert_eq!(found.0, [1.0, 2.0, 0.0, 4.0]);
    }
    // Nothing under either name.
    let findings = replaced(BLOCK, &[("weight", w), ("fc.bias", b)]).unwrap_err();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, codes::MISSING_TENSOR);
    let help = findings[0].help.join("\n");
    assert!(help.contains("`weights.y.W = \"name\"`"), "{help}");
}

#[test]
fn literals_stay_where_they_stand_beside_a_file() {
    let w = tensor(&[2, 2], &[1.0, 2.0, 3.0, 4.0]);
    let beside = "network n { input x[2]; layer y = dense(2); output y; }
weights from \"old.npz\" { y.W = \"fc.weight\"; y.b = [0.5, -0.5]; }\n";
    let found = replaced(beside, &[("fc.weight", w.clone())]).unwrap();
    assert_eq!(found, (vec![1.0, 2.0, 3.0, 4.0], vec![0.5, -0.5]));
    // A file that has them, as every file of `nnrc train`, brings its own.
    let found = replaced(beside, &[("fc.weight", w.clone()), ("y.b", tensor(&[2], &[7.0, 8.0]))]).unwrap();
    assert_eq!(found.1, [7.0, 8.0]);
    // Numbers of a block without a file give way as a whole.
    let alone = "network n { input x[2]; layer y = dense(2); output y; }
weights { y.W = [[1, 0], [0, 1]]; y.b = [0.5, -0.5]; }\n";
    let found = replaced(alone, &[("y.W", w.clone()), ("y.b", tensor(&[2], &[7.0, 8.0]))]).unwrap();
    assert_eq!(found, (w.values.clone(), vec![7.0, 8.0]));
    let findings = replaced(alone, &[("y.W", w)]).unwrap_err();
    assert_eq!(findings[0].code, codes::MISSING_TENSOR);
}

#[test]
fn names_and_layout_can_be_set_beside_the_option() {
    let text = "network n { input x[3]; layer y = dense(2); output y; }\n";
    let files = memory(&[(
        "keras.npz",
        &[
            ("dense/kernel", tensor(&[3, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])),
            ("y.b", tensor(&[1, 2, 1], &[0.25, 0.5])),
        ],
    )]);
    let set = |key: &str, value: &str| (key.to_owned(), nnrc_syntax::parse_expression(value).unwrap());
    let overrides = Overrides {
        weights: Some("keras.npz".to_owned()),
        settings: vec![set("weights.y.W", "\"dense/kernel\""), set("weights.layout", "in_out")],
        ..Overrides::default()
    };
    let (w, b) = dense(&analyse(text, &files, &overrides).model.unwrap(), "y");
    assert_eq!(w.values, [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
    assert_eq!(b.unwrap().values, [0.25, 0.5]);
}

#[test]
fn a_layout_said_of_a_file_of_nnrc_is_a_warning() {
    let arrays =
        [("y.W", tensor(&[2, 2], &[1.0, 2.0, 3.0, 4.0])), ("nnrc.version", tensor(&[3], &[0.0, 1.0, 0.0]))];
    let text = "network n { input x[2]; layer y = dense(2, bias = false); output y; }
weights from \"m.trained.npz\" { layout = in_out; }\n";
    let analysis = analyse(text, &memory(&[("m.trained.npz", &arrays)]), &Overrides::default());
    // It means what it says, and is said to be odd.
    assert_eq!(dense(&analysis.model.unwrap(), "y").0.values, [1.0, 3.0, 2.0, 4.0]);
    assert!(analysis.diagnostics.iter().any(|finding| finding.code == codes::AMBIGUOUS_LAYOUT));
}

#[test]
fn a_layout_is_said_of_files_alone() {
    let network =
        "network n { input x[2]; layer h = dense(2, bias = false); layer y = dense(2); output y; }\n";
    let square = tensor(&[2, 2], &[1.0, 2.0, 3.0, 4.0]);
    let files = memory(&[("w.npz", &[("h.W", square.clone())])]);
    let numbers = "h.W = [[1, 2], [3, 4]]; y.W = [[1, 2], [3, 4]]; y.b = [0, 0];";
    for (block, key) in [
        (format!("weights {{ {numbers} layout = in_out; }}"), "layout"),
        (format!("weights {{ {numbers} layout.h = in_out; }}"), "layout.h"),
        ("weights { init = glorot_uniform(seed = 1); layout = out_in; }".to_owned(), "layout"),
        (
            "weights from \"w.npz\" { y.W = [[1, 2], [3, 4]]; y.b = [0, 0]; layout.y = in_out; }".to_owned(),
            "layout.y",
        ),
    ] {
        let analysis = analyse(&format!("{network}{block}"), &files, &Overrides::default());
        assert!(analysis.model.is_none(), "{block}");
        let [finding] = &analysis.diagnostics[..] else { panic!("{:?}", analysis.diagnostics) };
        assert!(finding.message.starts_with(&format!("`{key}` is said of files")), "{}", finding.message);
        assert!(finding.help[0].contains("[outputs, inputs]"), "{:?}", finding.help);
    }
    // Of what is read from a file, and for a file that takes the place of the numbers.
    let from = "weights from \"w.npz\" { y.W = [[1, 2], [3, 4]]; y.b = [0, 0]; layout = in_out; }";
    let read = analyse(&format!("{network}{from}"), &files, &Overrides::default()).model.unwrap();
    assert_eq!(dense(&read, "h").0.values, [1.0, 3.0, 2.0, 4.0]);
    assert_eq!(dense(&read, "y").0, square);
    let (y, b) = (("y.W", square.clone()), ("y.b", tensor(&[2], &[0.0, 0.0])));
    let files = memory(&[("w.npz", &[("h.W", square), y, b])]);
    let overrides = Overrides { weights: Some("w.npz".to_owned()), ..Overrides::default() };
    let block = format!("weights {{ {numbers} layout.h = in_out; }}");
    let read = analyse(&format!("{network}{block}"), &files, &overrides).model.unwrap();
    assert_eq!(dense(&read, "h").0.values, [1.0, 3.0, 2.0, 4.0]);
}

#[test]
fn the_keys_of_a_single_layer_are_listed_once() {
    let text = "network n { input x[2]; layer out = dense(1); output out; }
weights { completely_other = [[1, 2]]; }\n";
    let analysis = analyse(text, &Memory::default(), &Overrides::default());
    let help = analysis.diagnostics[0].help.join("\n");
    assert_eq!(help.matches("`layout.out`").count(), 1, "{help}");
}

// ------------------------------------------------------------------------------------ what is never decoded

/// A file whose arrays say when they are decoded.
#[derive(Clone)]
struct Watched {
    shapes: BTreeMap<&'static str, Vec<usize>>,
    read: Rc<RefCell<Vec<String>>>,
}

impl Arrays for Watched {
    fn names(&self) -> Vec<&str> {
        self.shapes.keys().copied().collect()
    }
    fn holds(&self, name: &str) -> bool {
        self.shapes.contains_key(name)
    }
    fn shape(&self, name: &str) -> Result<Vec<usize>, ResourceError> {
        self.shapes.get(name).cloned().ok_or_else(|| ResourceError::missing_array(name))
    }
    fn read(&self, name: &str) -> Result<Tensor, ResourceError> {
        self.read.borrow_mut().push(name.to_owned());
        let shape = self.shape(name)?;
        let count = shape.iter().product();
        Ok(Tensor { shape, values: vec![0.5; count] })
    }
}

impl Resources for Watched {
    fn tensors(&self, _: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        Ok(Box::new(self.clone()))
    }
    fn table(&self, path: &str, _: TableLayout) -> Result<Table, ResourceError> {
        Err(ResourceError::missing_array(path))
    }
    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        Err(ResourceError::missing_array(path))
    }
}

/// The codes of the errors, and what was decoded.
fn watched(text: &str, shapes: &[(&'static str, &[usize])]) -> (Vec<&'static str>, Vec<String>) {
    let shapes = shapes.iter().map(|(name, shape)| (*name, shape.to_vec())).collect();
    let files = Watched { shapes, read: Rc::default() };
    let analysis = analyse(text, &files, &Overrides::default());
    let errors = analysis.diagnostics.iter().filter(|finding| finding.is_error());
    (errors.map(|finding| finding.code.name).collect(), files.read.take())
}

#[test]
fn only_what_is_needed_and_fits_is_decoded() {
    let weights = "network n { input x[2]; layer y = dense(1); output y; }\nweights from \"w.npz\" { }\n";
    let huge: &[usize] = &[200_000_000];
    let (errors, read) = watched(weights, &[("y.W", &[1, 2]), ("y.b", &[1]), ("mask", huge)]);
    assert_eq!((errors.len(), read), (0, vec!["y.W".to_owned(), "y.b".to_owned()]));
    // One array that does not fit, and none is decoded.
    let (errors, read) = watched(weights, &[("y.W", &[1, 2]), ("y.b", huge)]);
    assert_eq!((errors, read.len()), (vec!["shape-mismatch"], 0));

    let given = "network n { input x[3]; layer y = dense(1); output y; }\nweights { y.W = [[1, 1, 1]]; y.b = [0]; }\n";
    let data = format!("{given}dataset d = npz(\"d.npz\") {{ }}\n");
    let (errors, read) = watched(&data, &[("x", huge), ("t", huge)]);
    assert_eq!((errors, read.len()), (vec!["shape-mismatch"], 0));
    let (errors, read) = watched(&data, &[("x", &[2, 3]), ("t", huge)]);
    assert_eq!((errors, read.len()), (vec!["shape-mismatch"], 0));
    let (errors, read) = watched(&data, &[("x", &[2, 3]), ("t", &[2]), ("feature_names", &[3])]);
    assert_eq!((errors.len(), read.len()), (0, 2));

    let reference = format!("{given}expect {{ max_error(n, \"r.npz\") <= 1; }}\n");
    let (errors, read) = watched(&reference, &[("x", huge), ("y", huge)]);
    assert_eq!((errors, read.len()), (vec!["shape-mismatch"], 0));
}

#[test]
fn a_single_sample_may_be_a_vector() {
    let given = "network n { input x[3]; layer y = dense(2); output y; }
weights { y.W = [[1, 1, 1], [0, 1, 2]]; y.b = [0, 0]; }\n";
    let data =
        format!("{given}dataset d = npz(\"d.npz\") {{ }}\nexpect {{ max_error(n, \"d.npz\") <= 1; }}\n");
    let (x, y) = ([0.1, 0.2, 0.3], [0.6, 0.8]);
    for (inputs, outputs) in [(&[3][..], &[2][..]), (&[1, 3], &[1, 2]), (&[1, 3, 1], &[1, 2, 1])] {
        let arrays = [("x", tensor(inputs, &x)), ("t", tensor(outputs, &y)), ("y", tensor(outputs, &y))];
        let analysis = analyse(&data, &memory(&[("d.npz", &arrays)]), &Overrides::default());
        let model = analysis.model.unwrap_or_else(|| panic!("{inputs:?}: {:?}", analysis.diagnostics));
        let dataset = &model.datasets["d"];
        assert_eq!((dataset.rows(), dataset.input(0)), (1, &x[..]), "{inputs:?}");
    }
}
