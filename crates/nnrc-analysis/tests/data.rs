//! What analysis makes of data sets: columns, classes, missing values, scaling of targets.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use std::collections::BTreeMap;

use common::{Memory, analyse_with};
use nnrc_analysis::Overrides;
use nnrc_model::{Dataset, Targets};
use nnrc_model::{Table, Tensor};

/// A table of lines with commas between cells; without a header row, if `header` says so.
fn table(header: bool, lines: &[&str]) -> Table {
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let mut table =
        if header { Table::named(cells(lines[0])) } else { Table::nameless(cells(lines[0]).len()) };
    for (at, line) in lines.iter().enumerate().skip(usize::from(header)) {
        table.push(at as u64 + 1, line.split(','));
    }
    table
}

fn files(table: Table) -> Memory {
    Memory { tables: BTreeMap::from([("t.csv".to_owned(), table)]), ..Memory::default() }
}

/// A table of one column.
fn column(cells: &[&str], recognised: Option<char>) -> Memory {
    let mut table = Table::named(vec!["n".to_owned()]);
    for (at, cell) in cells.iter().enumerate() {
        table.push(at as u64 + 2, [*cell]);
    }
    table.recognised = recognised;
    files(table)
}

/// The data set `d` of a source with its block, for `outputs` outputs; the rendered findings if there are errors.
fn read(files: &Memory, dataset: &str, inputs: usize, outputs: usize, more: &str) -> Result<Dataset, String> {
    let text = format!(
        "dataset d = {dataset}
network n {{ input x[{inputs}]; layer y = dense({outputs}); output y; }}
weights {{ init = glorot_uniform(seed = 1); }}
{more}"
    );
    let mut model = analyse_with(&text, files, &Overrides::default())?;
    Ok(model.datasets.remove("d").unwrap())
}

fn csv(header: bool, lines: &[&str], dataset: &str) -> Result<Dataset, String> {
    read(&files(table(header, lines)), dataset, 1, 1, "")
}

/// The names of the classes and the class of each row.
fn classes(data: &Dataset) -> (Vec<&str>, &[usize]) {
    let Targets::Classes { labels, names, .. } = &data.targets else { panic!("classes: {:?}", data.targets) };
    (names.iter().map(String::as_str).collect(), labels)
}

#[track_caller]
fn says(found: Result<Dataset, String>, words: &[&str]) {
    let found = found.err().unwrap_or_else(|| panic!("no error"));
    for word in words {
        assert!(found.contains(word), "no `{word}` in {found}");
    }
}

#[test]
fn numeric_labels_are_in_the_order_of_their_values() {
    // numpy.unique of each column, and its inverse.
    for (labels, names, rows) in [
        (&["10.0", "9.0", "1.0", "10.0"][..], &["1.0", "9.0", "10.0"][..], &[2usize, 1, 0, 2][..]),
        (&["-1", "-10", "2", "0"], &["-10", "-1", "0", "2"], &[1, 0, 3, 2]),
        (&["1e1", "2", "10", "2.0"], &["2", "1e1"], &[1, 0, 1, 0]),
        (&["0.0", "-0.0", "-0.5"], &["-0.5", "0.0"], &[1, 1, 0]),
        // One word among them, and all are words.
        (&["10", "9", "none"], &["10", "9", "none"], &[0, 1, 2]),
        (&["b", "B", "a"], &["B", "a", "b"], &[2, 0, 1]),
    ] {
        let mut lines = vec!["x,c".to_owned()];
        lines.extend(labels.iter().map(|label| format!("0,{label}")));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let data = csv(true, &lines, "csv(\"t.csv\") { target = onehot(c); }").unwrap();
        assert_eq!(classes(&data), (names.to_vec(), rows), "{labels:?}");
    }
}

#[test]
fn listed_classes_have_the_order_of_the_list() {
    let lines = ["x,c", "0,setosa", "1,virginica", "2,setosa"];
    let listed = |list: &str| {
        csv(true, &lines, &format!("csv(\"t.csv\") {{ target = onehot(c, classes = {list}); }}"))
    };
    let data = listed("[\"virginica\", versicolor, setosa]").unwrap();
    // A class without a row keeps its place.
    assert_eq!(classes(&data), (vec!["virginica", "versicolor", "setosa"], &[2usize, 0, 2][..]));
    says(
        listed("[setosa, virginca]"),
        &["line 3 of `t.csv`, column `c`, holds `virginica`", "where now `virginca` stands"],
    );
    says(listed("[setosa, virginica, setosa]"), &["the class `setosa` is listed twice"]);
    says(listed("[]"), &["wrong-type"]);
    // Numbers are found by their value, and what is listed is not missing.
    let lines = ["x,c", "0,2.0", "1,-1", "2,NA", "3,2"];
    let data =
        csv(true, &lines, "csv(\"t.csv\") { target = onehot(c, classes = [2, -1, \"NA\"]); }").unwrap();
    assert_eq!(classes(&data), (vec!["2", "-1", "NA"], &[0usize, 1, 2, 0][..]));
    says(
        csv(true, &lines, "csv(\"t.csv\") { target = onehot(c, classes = [2, -1, \"2.0\", \"NA\"]); }"),
        &["the class `2.0` is listed twice"],
    );
}

#[test]
fn columns_are_chosen_by_name_or_number() {
    let lines = ["5,1.5,a", "6,2.5,b"];
    let data =
        csv(false, &lines, "csv(\"t.csv\", header = none) { inputs = 2; target = onehot(3); }").unwrap();
    assert_eq!((&data.inputs[..], classes(&data).0), (&[1.5, 2.5][..], vec!["a", "b"]));
    assert!(data.input_names.is_empty() && data.target_names.is_empty());
    let data =
        csv(true, &["a/b,c d,e", "1,2,3"], "csv(\"t.csv\") { inputs = [\"a/b\"]; target = [3, \"c d\"]; }");
    // The target does not fit the one output, which nothing here asks for.
    let data = data.unwrap();
    assert_eq!(
        (&data.input_names[..], &data.target_names[..]),
        (&["a/b".to_owned()][..], &["e".to_owned(), "c d".to_owned()][..])
    );
    assert_eq!(data.target(0, 2), Some(vec![3.0, 2.0]));
    for (dataset, words) in [
        (
            "csv(\"t.csv\") { inputs = [a/b]; }",
            &["`a/b` without quotes is arithmetic", "write `\"a/b\"`"][..],
        ),
        ("csv(\"t.csv\") { inputs = [0]; }", &["columns are counted from 1"]),
        ("csv(\"t.csv\") { inputs = [4]; }", &["no column 4, but 3"]),
        ("csv(\"t.csv\") { inputs = [e]; missing = drop; }", &["`csv(\"data.csv\", missing = …)`"]),
        ("csv(\"t.csv\", missing = dorp) { inputs = [e]; }", &["`error` or `drop`", "did you mean `drop`"]),
        ("csv(\"t.csv\", decimal = \";\") { inputs = [e]; }", &["`decimal` must be `\".\"` or `\",\"`"]),
    ] {
        says(csv(true, &["a/b,c d,e", "1,2,3"], dataset), words);
    }
}

#[test]
fn a_first_row_of_data_is_no_header() {
    let all = "csv(\"t.csv\") { }";
    says(csv(true, &["0.5", "1"], all), &["missing-header", "`0.5`", "header = none"]);
    says(csv(true, &["5.1,red", "4,blue", "3,red"], all), &["missing-header", "`5.1`"]);
    // Wavelengths over a spectrum, and a word that no row holds.
    let data = csv(true, &["400,label", "1,red"], "csv(\"t.csv\") { target = onehot(label); }").unwrap();
    assert_eq!(data.input_names, ["400"]);
    let data = csv(true, &["400", "1"], "csv(\"t.csv\", header = first) { }").unwrap();
    assert_eq!((&data.input_names[..], &data.inputs[..]), (&["400".to_owned()][..], &[1.0][..]));
}

#[test]
fn numbers_over_columns_of_numbers_are_no_names() {
    // Beside numbers, words of their own in each row: days, keys, a label that comes once; and a value that is missing.
    for (lines, dataset) in [
        (&["7 May,0.5,3", "8 May,0.75,4", "9 May,1,9"][..], "csv(\"t.csv\") { inputs = 2; target = 3; }"),
        (&["k1,0.5,3", "k2,0.75,4"], "csv(\"t.csv\") { inputs = [2]; }"),
        (&["0.5,once", "0.75,often", "1,often"], "csv(\"t.csv\") { inputs = 1; target = onehot(2); }"),
        (&["k1,0.5", "k2,0.75"], "csv(\"t.csv\") { target = onehot(1); }"),
        (&["?,0.5,k1", "2,0.75,k2"], "csv(\"t.csv\", missing = drop) { inputs = [1]; }"),
        (&["word,,0.5", "text,1,0.75"], "csv(\"t.csv\", missing = drop) { inputs = 2; target = onehot(1); }"),
        // Numbers that columns are chosen by: the row is not taken for their names.
        (&["2,k1,1", "3,k2,5"], "csv(\"t.csv\") { inputs = 1; target = 3; }"),
    ] {
        let found = csv(true, lines, dataset);
        says(found, &["missing-header", "the first row of `t.csv`", "header = none", "header = first"]);
    }
    // A column that is chosen by its name has one.
    for (lines, dataset) in [
        (&["country,2019,2020", "a,1,2"][..], "csv(\"t.csv\") { inputs = [\"2019\"]; target = \"2020\"; }"),
        (&["id,2019,NA", "a,1,2"], "csv(\"t.csv\") { inputs = 2; target = \"NA\"; }"),
        (&["id,2019,label", "a,1,2"], "csv(\"t.csv\", header = first) { inputs = 2; target = onehot(3); }"),
        // What is no number, and a column of words.
        (&["id,2019,label", "a,x,2"], "csv(\"t.csv\") { inputs = 3; target = onehot(2); }"),
        (&["Na,NA", "1,2"], "csv(\"t.csv\") { inputs = 2; target = 1; }"),
    ] {
        let found = csv(true, lines, dataset);
        assert!(found.as_ref().is_ok_and(|data| data.rows() == 1), "{lines:?}: {found:?}");
    }
}

#[test]
fn rows_without_a_value_are_refused_or_dropped() {
    let lines = ["a,b,c", "1,x,u", ",y,u", "3,,v", "NaN,y,v", "5,y,?", "6,y,u"];
    let read = |dataset: &str| csv(true, &lines, dataset);
    says(
        read("csv(\"t.csv\") { inputs = a; target = onehot(c); }"),
        &[
            "missing-value",
            "line 3 of `t.csv`, column `a`, holds nothing",
            "missing = drop",
            "name other columns",
        ],
    );
    let data = read("csv(\"t.csv\", missing = drop) { inputs = a; target = onehot(c); }").unwrap();
    // The column that is not used may have gaps.
    assert_eq!(
        (&data.inputs[..], classes(&data)),
        (&[1.0, 3.0, 6.0][..], (vec!["u", "v"], &[0usize, 1, 0][..]))
    );
    assert_eq!(data.train, [0, 1, 2]);
    let gone = csv(true, &["a", "?"], "csv(\"t.csv\", missing = drop) { }");
    says(gone, &["empty-dataset"]);
}

fn npz(
    shape: &[usize],
    targets: &[f64],
    dataset: &str,
    outputs: usize,
    more: &str,
) -> Result<Dataset, String> {
    let rows = shape[0];
    let x = Tensor { shape: vec![rows, 1], values: (0..rows).map(|row| row as f64).collect() };
    let t = Tensor { shape: shape.to_vec(), values: targets.to_vec() };
    let arrays = BTreeMap::from([("x".to_owned(), x), ("t".to_owned(), t)]);
    let files = Memory { tensors: BTreeMap::from([("d.npz".to_owned(), arrays)]), ..Memory::default() };
    read(&files, dataset, 1, outputs, more)
}

#[test]
fn labels_in_arrays() {
    let plain = "npz(\"d.npz\");";
    let onehot = "npz(\"d.npz\") { target = onehot(t); }";
    let train = "train { data = d; }";
    // Numbers of classes begin at 0, whether a row has it or not.
    let data = npz(&[3], &[2.0, 1.0, 1.0], plain, 3, train).unwrap();
    assert_eq!(classes(&data), (vec!["0", "1", "2"], &[2usize, 1, 1][..]));
    for shape in [&[4][..], &[4, 1], &[4, 1, 1]] {
        let data = npz(shape, &[3.0, 1.0, 2.0, 1.0], onehot, 3, train).unwrap();
        assert_eq!(classes(&data), (vec!["1", "2", "3"], &[2usize, 0, 1, 0][..]), "{shape:?}");
        let data = npz(shape, &[0.5, -1.0, 10.0, -1.0], onehot, 3, train).unwrap();
        assert_eq!(classes(&data), (vec!["-1", "0.5", "10"], &[1usize, 0, 2, 0][..]), "{shape:?}");
    }
    let listed = "npz(\"d.npz\") { target = onehot(\"t\", classes = [3, 2, 1, 0]); }";
    assert_eq!(classes(&npz(&[2, 1], &[0.0, 2.0], listed, 4, train).unwrap()).1, [3, 1]);
    says(npz(&[1], &[7.0], listed, 4, train), &["row 1 of \"t\" holds `7`, which is none of the classes"]);
    // What to write is said.
    let from_1 = npz(&[3], &[1.0, 2.0, 3.0], plain, 3, train);
    says(
        from_1,
        &["has 4 classes, the network 3 outputs", "class numbers begin at 0", "target = onehot(\"t\");"],
    );
    says(npz(&[3], &[1.0, 2.0, 1.0], plain, 1, train), &["class numbers begin at 0", "[rows, 1]"]);
    says(
        npz(&[3], &[4.0, 0.0, 17.0], plain, 1, train),
        &["has 18 classes, the network 1 output", "[rows, 1]"],
    );
    says(
        npz(&[3, 1], &[1.0, 2.0, 3.0], plain, 3, train),
        &["has 1 target in each row", "target = onehot(\"t\");"],
    );
    says(npz(&[2, 2], &[0.0, 1.0, 1.0, 0.0], onehot, 2, train), &["the shape [2, 2]", "`target = \"t\";`"]);
    let judged = "expect { accuracy() on d >= 0.5; }";
    says(npz(&[3], &[1.0, 2.0, 3.0], plain, 3, judged), &["class numbers begin at 0"]);
    // No memory is taken for a class of each number.
    let counts = npz(&[2], &[9e8, 1.0], plain, 1, train).unwrap();
    assert_eq!(counts.targets, Targets::Values { width: 1, values: vec![9e8, 1.0] });
}

#[test]
fn targets_are_scaled_on_the_training_rows() {
    let lines = ["x,t", "0,10", "1,20", "2,40", "3,80"];
    let data = csv(true, &lines, "csv(\"t.csv\") { target = t; target_scale = minmax(-1, 1); }").unwrap();
    let expected: Vec<f64> = [10.0, 20.0, 40.0, 80.0].iter().map(|t| (t - 10.0) / 70.0 * 2.0 - 1.0).collect();
    let Targets::Values { values, .. } = &data.targets else { panic!("values") };
    assert!(values.iter().zip(&expected).all(|(found, expected)| (found - expected).abs() < 1e-15));
    let scale = data.target_scale.unwrap();
    assert!(data.scale.is_none());
    let back = scale.undo(values);
    assert!(
        back.iter().zip([10.0, 20.0, 40.0, 80.0]).all(|(found, raw)| (found - raw).abs() < 1e-13),
        "{back:?}"
    );
    says(
        csv(true, &lines, "csv(\"t.csv\") { target = onehot(t); target_scale = standard(); }"),
        &["these targets are classes"],
    );
    says(csv(true, &lines, "csv(\"t.csv\") { inputs = x; target_scale = standard(); }"), &["has no targets"]);
}

#[test]
fn rows_beyond_the_training_rows_are_clipped_or_told_how_to_fit() {
    let lines = ["x,t", "0,0", "1,0", "2,0", "10,0", "-1,0", "4,0"];
    let read = |scale: &str, range: &str| {
        let text = format!(
            "dataset d = csv(\"t.csv\") {{ target = t; scale = {scale}; split = holdout(test = 0.5, seed = 1); }}
network n {{ input x[1] in {range}; layer y = dense(1); output y; }}
weights {{ init = glorot_uniform(seed = 1); }}
"
        );
        analyse_with(&text, &files(table(true, &lines)), &Overrides::default())
            .map(|mut model| model.datasets.remove("d").unwrap())
    };
    // Where the training rows end is known from a range that holds everything.
    let open = read("minmax(0, 1)", "[-100, 100]").unwrap();
    let raw: Vec<f64> =
        lines[1..].iter().map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    let low = open.train.iter().map(|&row| raw[row]).fold(f64::INFINITY, f64::min);
    let high = open.train.iter().map(|&row| raw[row]).fold(f64::NEG_INFINITY, f64::max);
    let scaled: Vec<f64> = raw.iter().map(|x| (x - low) / (high - low)).collect();
    assert!(scaled.iter().any(|x| *x < 0.0 || *x > 1.0), "the split leaves an end to the test");
    let clipped = read("minmax(0, 1, clip = true)", "[0, 1]").unwrap();
    for (row, scaled) in scaled.iter().enumerate() {
        assert!((open.input(row)[0] - scaled).abs() < 1e-15);
        assert!((clipped.input(row)[0] - scaled.clamp(0.0, 1.0)).abs() < 1e-15);
    }
    let found = read("minmax(0, 1)", "[0, 1]");
    says(
        found,
        &["after scaling", "scale = minmax(0, 1, clip = true)", "declare a range that holds all rows"],
    );
    let wide = read("standard()", "[-0.1, 0.1]").unwrap_err();
    assert!(!wide.contains("clip") && !wide.contains("scale the data"), "{wide}");
    // The range that is advised holds.
    let advice = wide.split("holds all rows").last().unwrap();
    let range = advice.split("in [").nth(1).unwrap().split(']').next().unwrap();
    assert!(read("standard()", &format!("[{range}]")).is_ok(), "{range}");
}

#[test]
fn names_of_values_in_another_order_than_the_columns_are_refused() {
    let lines = ["depth,mass,age,t", "1,2,3,0", "4,5,6,1"];
    let read = |features: &str, dataset: &str| {
        let text = format!(
            "dataset d = {dataset}
network n {{ input a[2] as features([{features}]); input b[1]; layer y = dense(1) from a, b; output y; }}
weights {{ init = glorot_uniform(seed = 1); }}"
        );
        analyse_with(&text, &files(table(true, &lines)), &Overrides::default())
            .map(|mut model| model.datasets.remove("d").unwrap())
    };
    let all = "csv(\"t.csv\") { target = t; }";
    says(
        read("mass, depth", all),
        &[
            "missing-column",
            "are called `mass`, `depth`",
            "the columns `depth`, `mass` of `d`",
            "inputs = [\"mass\", \"depth\", \"age\"];",
            "features([\"depth\", \"mass\"])",
        ],
    );
    // One that belongs to another input, and the same columns in another order.
    says(read("depth, age", all), &["missing-column"]);
    says(read("depth, mass", "csv(\"t.csv\") { inputs = [age, depth, mass]; }"), &["missing-column"]);
    // In their order, and names that are none of the columns'.
    for (features, dataset) in [
        ("depth, mass", all),
        ("mass, depth", "csv(\"t.csv\") { inputs = [mass, depth, age]; }"),
        ("depth, \"mass in g\"", all),
        ("one, two", all),
        // The target is no input.
        ("t, mass", all),
    ] {
        let found = read(features, dataset);
        assert!(found.is_ok(), "{features}: {}", found.unwrap_err());
    }
}

#[test]
fn signs_between_thousands_are_no_decimals() {
    let plain = "csv(\"t.csv\") { inputs = n; }";
    let comma = "csv(\"t.csv\", decimal = \",\") { inputs = n; }";
    for (cells, recognised, dataset, thousands, decimals) in [
        (&["7", "2,500", "12,000"][..], None, plain, true, false),
        (&["1,234,567.5", "999"], None, plain, true, false),
        // One that stands for no thousands: the others do not, either.
        (&["2,500", "2,5"], None, plain, false, true),
        (&["0,125", "2,500"], None, plain, false, true),
        // Beside semicolons a comma may be either.
        (&["2,500", "3,125"], Some(';'), plain, true, true),
        (&["1,234,567", "3,125"], Some(';'), plain, true, false),
        (&["2.500", "3,125"], Some(';'), comma, true, false),
        (&["2.500", "3.125"], Some(';'), comma, true, true),
        (&["2.5", "3.125"], Some(';'), comma, false, true),
    ] {
        let found = read(&column(cells, recognised), dataset, 1, 1, "").unwrap_err();
        assert!(found.contains("text-in-number-column"), "{found}");
        assert_eq!(found.contains("between thousands, take them out"), thousands, "{cells:?}: {found}");
        assert_eq!(found.contains("`decimal = \",\"`"), decimals, "{cells:?}: {found}");
    }
}
