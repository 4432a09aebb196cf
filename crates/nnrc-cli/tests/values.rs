//! Which input, weights and settings count.

mod common;

use common::{Folder, OR, Run, examples};

/// The value of a species in the output of `--steady`.
#[track_caller]
fn value(run: &Run, species: &str) -> f64 {
    let line = run.stdout.lines().find(|line| line.starts_with(&format!("{species},")));
    let text = line.and_then(|line| line.split(',').nth(1)).unwrap_or_else(|| panic!("{}", run.stdout));
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

#[track_caller]
fn inputs(folder: &Folder, arguments: &[&str]) -> (f64, f64) {
    let mut all = vec!["simulate", "m.nnr", "--steady"];
    all.extend(arguments);
    let run = folder.run(&all).exits(0);
    (value(&run, "x_1"), value(&run, "x_2"))
}

#[test]
fn the_precedence_of_input_values() {
    let folder = Folder::with(&format!("{OR}simulate {{ input = [1, 1]; }}\n"));
    let data = ["--data", "bits", "--row", "2"];
    assert_eq!(inputs(&folder, &[&data[..], &["--input", "0.5,0.25"]].concat()), (0.5, 0.25));
    assert_eq!(inputs(&folder, &data), (0.0, 1.0));
    assert_eq!(inputs(&folder, &["--row", "3"]), (1.0, 0.0));
    assert_eq!(inputs(&folder, &[]), (1.0, 1.0));
    assert_eq!(inputs(&folder, &["--set", "simulate.input=[0, 0.5]"]), (0.0, 0.5));
    // Without `simulate.input` the first row of the data.
    let folder = Folder::with(&OR.replace("{ x = [0, 0], t = [0] }", "{ x = [0.125, 1], t = [1] }"));
    assert_eq!(inputs(&folder, &[]), (0.125, 1.0));
}

#[test]
fn input_values_are_checked() {
    let folder = Folder::with(OR);
    folder.run(&["simulate", "m.nnr", "--input", "0,1,1"]).exits(1).reports("shape-mismatch");
    folder.run(&["simulate", "m.nnr", "--input=-1,0"]).exits(1).reports("input-out-of-range");
    let run = folder.run(&["simulate", "m.nnr", "--input", "0,1.5"]).exits(1).reports("input-out-of-range");
    assert!(run.stderr.contains("`x[2]`"), "{}", run.stderr);
    folder.run(&["simulate", "m.nnr", "--row", "4"]).exits(1).reports("out-of-range");
    let run = folder.run(&["simulate", "m.nnr", "--data", "bit"]).exits(1).reports("unknown-name");
    assert!(run.stderr.contains("did you mean `bits`?"), "{}", run.stderr);
    // Negative values are held by two rails.
    let signed = Folder::with(&OR.replace("in [0, 1]", "in [-1, 1]"));
    let run = signed.run(&["simulate", "m.nnr", "--steady", "--input", "-1,0.5"]).exits(0);
    assert_eq!((value(&run, "x_1_p"), value(&run, "x_1_m"), value(&run, "x_1")), (0.0, 1.0, -1.0));
}

#[test]
fn settings_change_the_file() {
    let folder = Folder::with(OR);
    let steady = |arguments: &[&str]| {
        let mut all = vec!["simulate", "m.nnr", "--steady", "--input", "1,1"];
        all.extend(arguments);
        value(&folder.run(&all).exits(0), "y_1")
    };
    let plain = steady(&[]);
    assert!((plain - 1.7557).abs() < 1e-4);
    assert!((steady(&["--set", "weights.y.b=[-1.25]"]) - 0.763_104).abs() < 1e-4);
    let run =
        folder.run(&["check", "m.nnr", "--set", "chemistry.max_oder=3"]).exits(1).reports("unknown-key");
    assert!(run.stderr.contains("max_order"), "{}", run.stderr);
    folder.run(&["check", "m.nnr", "--set", "chemistry.max_order=(3"]).exits(1).reports("syntax");
    folder.run(&["check", "m.nnr", "--set", "chemistry.max_order=7"]).exits(1).reports("out-of-range");
    // Weights from a file that is relative to the current folder, wherever the model is.
    folder.write("models/m.nnr", OR);
    folder.write("w.npz", npz());
    for model in ["m.nnr", "models/m.nnr"] {
        let run =
            folder.run(&["simulate", model, "--steady", "--input", "1,1", "--weights", "w.npz"]).exits(0);
        assert!((value(&run, "y_1") - 5.0).abs() < 0.01, "{}", run.stdout);
    }
}

#[test]
fn findings_about_settings_name_the_setting_and_no_place_of_the_file() {
    let folder = Folder::with(&format!("{OR}const rate = 1;\ntrain {{ data = bits; epochs = 3; }}\n"));
    let said = |setting: &str, words: &[&str]| {
        let arguments = ["check", "m.nnr", "--set", setting];
        let run = folder.run(&arguments).exits(1);
        for word in words {
            assert!(run.stderr.contains(word), "{setting}: no `{word}` in {}", run.stderr);
        }
        assert!(!run.stderr.contains("m.nnr:"), "{setting}: {}", run.stderr);
        let json = folder.run(&[&arguments[..], &["--message-format", "json"]].concat()).stderr;
        for line in json.lines().filter(|line| line.contains("--set")) {
            assert!(line.contains("\"line\":null"), "{setting}: {line}");
        }
        assert!(json.contains("--set"), "{setting}: {json}");
    };
    // Deep inside the value.
    said("train.feed=shuffle(seed = -1)", &["a whole number of at least 0, found -1", "`--set train.feed`"]);
    said("train.rule=gradient(adam(rate = 0 - 1))", &["`--set train.rule`"]);
    said("simulate.input=[0, {}]", &["`--set simulate.input`"]);
    said("weights.y.W=[[1, nothing]]", &["`--set weights.y.W`"]);
    // With the choices.
    said("train.loss=mse", &["`--set train.loss`", "`squared_error`", "`cross_entropy`"]);
    // What is not there at all.
    said("const.rat=2", &["did you mean `rate`?"]);
    said("const.number=2", &["declared are `rate`"]);
    said("dataset.bit.target=t", &["did you mean `bits`?"]);
    said("trian.rate=2", &["did you mean `train`?"]);
}

#[test]
fn the_end_of_a_time_course_may_have_a_unit() {
    let folder = Folder::with(OR);
    let end = |arguments: &[&str]| {
        let run = folder.run(&[&["simulate", "m.nnr"], arguments].concat()).exits(0);
        let last = run.stdout.lines().last().expect("rows").to_owned();
        last.split(',').next().expect("a time").parse::<f64>().expect("a number")
    };
    assert_eq!(end(&["--until", "20"]), 20.0);
    assert_eq!(end(&["--until", "20 s"]), 20.0);
    assert_eq!(end(&["--until", "2min"]), 120.0);
    // In units of the model, and before what the file and `--set` say.
    let minutes = ["--set", "chemistry.units=molar", "--set", "chemistry.unit_time=1 min"];
    assert_eq!(end(&[&minutes[..], &["--until", "30 s"]].concat()), 0.5);
    assert_eq!(end(&["--until", "3", "--set", "simulate.until=7"]), 3.0);
    folder.run(&["simulate", "m.nnr", "--until", "20 uM"]).exits(1).reports("wrong-unit");
    for text in ["soon", "20 sec", "[20]", "0 ", "nan", ""] {
        let run = folder.run(&["simulate", "m.nnr", "--until", text]).exits(2);
        assert!(run.stderr.contains("--until"), "{text}: {}", run.stderr);
    }
}

#[test]
fn what_changes_nothing_is_said() {
    let folder = Folder::with(OR);
    let run = folder.run(&["check", "m.nnr", "--seed", "7"]).exits(0).reports("unused-name");
    assert!(run.stderr.contains("`--seed 7` changes nothing"), "{}", run.stderr);
    folder.write("w.npz", npz());
    let random = ["check", "m.nnr", "--set", "weights.init=glorot_uniform(seed = 1)", "--seed", "7"];
    // The block still gives every weight; then it gives none.
    folder.run(&random).exits(0).reports("unused-name");
    folder.write("m.nnr", OR.replace("y.W = [[1, 1]];", ""));
    assert!(!folder.run(&random).exits(0).stderr.contains("unused-name"));
    let run = folder.run(&[&random[..], &["--weights", "w.npz"]].concat()).exits(0).reports("unused-name");
    assert!(run.stderr.contains("w.npz"), "{}", run.stderr);

    folder.write("m.nnr", OR);
    let both = ["simulate", "m.nnr", "--steady", "--input", "0,1", "--row", "1"];
    let run = folder.run(&both).exits(0);
    assert!(run.stderr.contains("--data and --row choose none"), "{}", run.stderr);
    assert!(!folder.run(&both[..5]).exits(0).stderr.contains("choose none"));
}

/// What says two things, or nothing at all, is not guessed at.
#[test]
fn options_that_contradict_are_refused() {
    let folder = Folder::with(OR);
    for (arguments, words) in [
        (&["compile", "m.nnr", "--target", "rust", "--sbml-level", "l3v2"][..], "--sbml-level is for"),
        (&["compile", "m.nnr", "--target", "crn", "--feed", "none"], "--feed is for"),
        (&["emit", "ast", "m.nnr", "--input", "0,1"], "does not depend"),
        (&["emit", "model", "m.nnr", "--row", "1"], "does not depend"),
        (&["fmt", "m.nnr", "--set", "chemistry.max_order=3"], "reads no model"),
        (&["emit", "ast", "m.nnr", "--seed", "3"], "reads no model"),
        (&["new", "other", "--weights", "w.npz"], "reads no model"),
    ] {
        let run = folder.run(arguments).exits(2);
        assert!(run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
    }
    assert_eq!(folder.names(), ["m.nnr"]);
    // A pot that learns is presented its samples, whatever is looked at.
    for (construction, rule) in [("one_pot", "gradient_flow(rate = 0.01)"), ("phased", "sgd(rate = 4)")] {
        let activation = if construction == "phased" { "sigmoid()" } else { "smooth_relu(h = 0.01)" };
        folder.write("m.nnr", learner(construction, rule).replace("smooth_relu(h = 0.01)", activation));
        for verb in [&["check"][..], &["emit", "crn"], &["emit", "reactions"], &["simulate"]] {
            let run = folder.run(&[verb, &["m.nnr", "--input", "0,1"]].concat()).exits(2);
            assert!(run.stderr.contains("this pot learns"), "{verb:?}: {}", run.stderr);
        }
    }
    folder.run(&["analyze", "m.nnr", "--row", "1"]).exits(2);
    folder.write("m.nnr", learner("one_pot", "gradient_flow(rate = 0.01)"));
    // Its network alone is what is analysed here.
    folder.run(&["analyze", "m.nnr", "--input", "0,1"]).exits(0);
}

#[test]
fn a_transposed_file_is_answered_by_what_can_be_written() {
    let text = "nnr 1;\nnetwork n {\n    input x[1];\n    layer y = dense(2);\n    output y;\n}\n";
    let folder = Folder::with(text);
    folder.write("w.npz", npz());
    let run = folder.run(&["check", "m.nnr", "--weights", "w.npz"]).exits(1).reports("shape-mismatch");
    assert!(run.stderr.contains("write `--set weights.layout=in_out`"), "{}", run.stderr);
    // What is left is the bias, and the matrix is no longer named.
    let run =
        folder.run(&["check", "m.nnr", "--weights", "w.npz", "--set", "weights.layout=in_out"]).exits(1);
    assert!(!run.stderr.contains("y.W") && run.stderr.contains("y.b"), "{}", run.stderr);
    folder.write("m.nnr", format!("{text}weights from \"w.npz\" {{ }}\n"));
    let run = folder.run(&["check", "m.nnr"]).exits(1).reports("shape-mismatch");
    assert!(run.stderr.contains("write `layout = in_out;`"), "{}", run.stderr);
}

#[test]
fn a_crate_that_cannot_be_is_answered_by_what_can() {
    let text = learner("phased", "sgd(rate = 4)").replace("smooth_relu(h = 0.01)", "sigmoid()");
    let folder = Folder::with(&text.replace("= phased;", "= phased; clock = external(phase = 20);"));
    let run = folder.run(&["compile", "m.nnr", "--target", "rust"]).exits(1).reports("not-served");
    assert!(run.stderr.contains("clock = may_leonard();"), "{}", run.stderr);
}

#[test]
fn a_pot_that_learns_chooses_its_samples() {
    let folder = Folder::with(&learner("one_pot", "gradient_flow(rate = 0.01)"));
    folder.write(
        "phased.nnr",
        learner("phased", "sgd(rate = 4)").replace("smooth_relu(h = 0.01)", "sigmoid()"),
    );
    for model in ["m.nnr", "phased.nnr"] {
        for option in [["--input", "0,1"], ["--row", "2"], ["--data", "bits"]] {
            let arguments = [&["simulate", model, "--until", "1"][..], &option].concat();
            let run = folder.run(&arguments).exits(2);
            assert!(run.stderr.contains(option[0]) && run.stderr.contains("--steady"), "{}", run.stderr);
            let arguments = [&["compile", model, "--target", "sbml", "-o", "-"][..], &option].concat();
            let run = folder.run(&arguments).exits(0);
            assert!(run.stderr.contains("changes nothing"), "{}", run.stderr);
            // And so it is.
            assert_eq!(run.stdout, folder.run(&arguments[..6]).exits(0).stdout, "{model} {option:?}");
        }
    }
    folder.run(&["simulate", "m.nnr", "--steady", "--input", "0,1"]).exits(0);
    let run = folder.run(&["simulate", "m.nnr", "--until", "50", "-o", "m.svg"]).exits(0);
    assert!(!folder.read("m.svg").contains("for input"), "{}", run.stderr);
    assert!(folder.read("m.svg").contains("3 presentations of 20 each"), "{}", run.stderr);
}

/// OR as something to learn.
fn learner(construction: &str, rule: &str) -> String {
    let block = format!(
        "chemistry {{ construction = {construction}; }}\ntrain {{ data = bits; rule = {rule}; feed = cycle(); }}\n"
    );
    format!("{OR}{block}")
}

/// y.W = [[2, 3]], y.b = [0].
fn npz() -> Vec<u8> {
    use nnrc_sim::io::{Array, npz};
    let tensor = |shape: Vec<usize>, values: Vec<f64>| Array { shape, values };
    let arrays = [("y.W", tensor(vec![1, 2], vec![2.0, 3.0])), ("y.b", tensor(vec![1], vec![0.0]))];
    let mut bytes = Vec::new();
    npz::write(&mut bytes, &arrays.map(|(name, array)| (name.to_owned(), array)).into()).expect("memory");
    bytes
}

#[test]
fn a_row_for_each_sample() {
    let folder = Folder::with(OR);
    let run = folder.run(&["simulate", "m.nnr", "--steady", "--data", "bits"]).exits(0);
    let lines: Vec<Vec<&str>> = run.stdout.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines[0], ["row", "y_1", "class", "class_true"]);
    let classes: Vec<(&str, &str)> = lines[1..].iter().map(|cells| (cells[0], cells[2])).collect();
    assert_eq!(classes, [("1", "0"), ("2", "1"), ("3", "1")]);

    let iris = examples().join("iris/iris.nnr");
    let iris = iris.to_str().expect("a path");
    let run = folder.run(&["simulate", iris, "--steady", "--data", "iris"]).exits(0);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 151);
    assert_eq!(lines[0], "row,y_1,y_2,y_3,class,class_true");
    assert!(lines[1].ends_with(",setosa,setosa") && lines[150].ends_with(",virginica,virginica"));
}

#[test]
fn legends_say_what_values_are() {
    let folder = Folder::new();
    let iris = examples().join("iris/iris.nnr");
    folder
        .run(&["simulate", iris.to_str().unwrap(), "--input", "5.1,3.5,1.4,0.2", "--raw", "-o", "iris.svg"])
        .exits(0);
    let picture = folder.read("iris.svg");
    for words in [">setosa (y_1)<", ">virginica (y_3)<", ">hidden_1<"] {
        assert!(picture.contains(words), "{words}");
    }
}

#[test]
fn no_array_takes_the_place_of_a_layer() {
    use nnrc_sim::io::npz;
    let model = |name: &str| {
        format!(
            "dataset d = rows([{{ x = [1], t = [0, 1] }}]);
            network n {{ input x[1] in [0, 1]; layer {name} = dense(2) | identity(); output {name}; }}
            weights {{ {name}.W = [[1], [2]]; {name}.b = [1, 0.5]; }}"
        )
    };
    let folder = Folder::new();
    for (name, words, other) in [
        ("time", &["--until", "5"][..], vec![201]),
        ("class", &["--steady", "--data", "d"], vec![1]),
        ("class_true", &["--steady", "--data", "d"], vec![1]),
    ] {
        folder.write("m.nnr", model(name));
        folder.run(&[&["simulate", "m.nnr", "-o", "out.npz"], words].concat()).exits(0);
        let arrays = npz::read(&std::fs::read(folder.path("out.npz")).unwrap()).unwrap();
        assert_eq!(arrays[name].shape.last(), Some(&2), "{name}");
        assert_eq!(arrays[&format!("{name}_")].shape, other, "{name}");
    }
}

#[test]
fn words_in_arrays_are_labels() {
    use nnrc_sim::io::{Array, npz};
    let folder = Folder::new();
    let x = Array { shape: vec![3, 1], values: vec![0.0, 0.5, 1.0] };
    let labels = ["b", "a", "b"].map(str::to_owned).to_vec();
    let mut bytes = Vec::new();
    let texts = [("label".to_owned(), labels)].into();
    npz::write_with_texts(&mut bytes, &[("x".to_owned(), x)].into(), &texts).unwrap();
    folder.write("d.npz", bytes);
    let model = |target: &str| {
        format!(
            "dataset d = npz(\"d.npz\") {{ inputs = \"x\"; target = {target}; }}
            network n {{ input x[1] in [0, 1]; layer y = dense(2) | identity(); output y; }}
            weights {{ y.W = [[1], [2]]; y.b = [1, 0]; }}"
        )
    };
    // y = (1 + x, 2 x): the first is the larger one below x = 1, where both are.
    for (target, rows) in
        [("onehot(\"label\")", ["a,b", "a,a"]), ("onehot(\"label\", classes = [b, a])", ["b,b", "b,a"])]
    {
        folder.write("m.nnr", model(target));
        let table = folder.run(&["simulate", "m.nnr", "--steady", "--data", "d"]).exits(0).stdout;
        let ends = table.lines().skip(1).zip(rows).all(|(line, end)| line.ends_with(end));
        assert!(ends, "{target}: {table}");
    }
    folder.write("m.nnr", model("\"label\""));
    let run = folder.run(&["check", "m.nnr"]).exits(1).reports("wrong-type");
    assert!(run.stderr.contains("`target = onehot(\"label\");`"), "{}", run.stderr);
    folder.write("m.nnr", model("onehot(\"label\", classes = [b, c])"));
    let run = folder.run(&["check", "m.nnr"]).exits(1);
    assert!(run.stderr.contains("row 2 of \"label\" holds `a`"), "{}", run.stderr);
}

#[test]
fn a_settled_start_is_the_fixed_point_in_sbml() {
    let folder = Folder::with(OR);
    let arguments = ["compile", "m.nnr", "--target", "sbml", "--input", "1,1", "-o"];
    folder.run(&[&arguments[..], &["plain.xml"]].concat()).exits(0);
    folder.run(&[&arguments[..], &["settled.xml", "--set", "simulate.start=settled"]].concat()).exits(0);
    let initial = |name: &str| -> f64 {
        let text = folder.read(name);
        let from = text.find("<species id=\"y_1\"").expect("the species");
        let rest = &text[from..];
        let from = rest.find("initialConcentration=\"").expect("a value") + 22;
        rest[from..].split('"').next().unwrap_or_default().parse().expect("a number")
    };
    assert_eq!(initial("plain.xml"), 0.1);
    assert!((initial("settled.xml") - 1.755_696).abs() < 1e-4);
}

/// Two columns whose scaled values are known by hand: 3 and 25 lie a quarter and half of the way.
const MEASURED: &str = "\
dataset d = csv(\"d.csv\") {
    inputs = [length, \"mass / g\"];
    target = t;
    scale  = minmax(0, 1);
}
network n {
    input  x[2];
    layer  y = dense(1) | identity();
    output y as values();
}
weights {
    y.W = [[1, 10]];
    y.b = [0];
}
";

/// The range that a message advises for `x[2]`.
fn advised(run: &Run) -> String {
    let range = run.stderr.split("`input x[2] in [").nth(1).and_then(|rest| rest.split(']').next());
    range.unwrap_or_else(|| panic!("no range in {}", run.stderr)).to_owned()
}

#[test]
fn ranges_that_are_advised_beside_a_folded_scale_are_those_of_scaled_values() {
    let folder = Folder::new();
    folder.write("d.csv", "a,b,t\n2,0.3,0\n6,0.1,1\n4,0.2,1\n");
    let write = |range: &str, scale: &str| {
        folder.write(
            "m.nnr",
            format!(
                "network n {{ input x[2] in [{range}]; layer y = dense(1); output y as values(); }}
weights {{ y.W = [[1, 1]]; y.b = [0]; }}
dataset d = csv(\"d.csv\") {{ target = t; scale = {scale}; }}
chemistry {{ fold_scale = true; }}
"
            ),
        );
    };
    for (scale, range, input, expected) in [
        ("minmax(0, 1)", "0, 1", "8,0.2", Some("0, 1.5")),
        ("minmax(0, 1)", "0, 1", "4,0", Some("-0.5, 1")),
        ("minmax(-1, 1)", "-1, 1", "1,0.2", Some("-1.5, 1")),
        ("divide(-2)", "-3, 0", "10,0.2", Some("-5, 0")),
        ("standard()", "-1.5, 1.25", "6.2,0.2", None),
    ] {
        write(range, scale);
        let input = format!("--input={input}");
        let steady = ["simulate", "m.nnr", "--steady", &input];
        let outside = folder.run(&steady).exits(1).reports("input-out-of-range");
        let advice = advised(&outside);
        assert!(expected.is_none_or(|expected| advice == expected), "{advice}: {}", outside.stderr);
        assert!(!outside.stderr.contains("clip"), "{}", outside.stderr);
        // Whoever writes it is served.
        write(&advice, scale);
        folder.run(&steady).exits(0);
    }
}

#[test]
fn measurements_are_scaled_where_they_are_said_to_be_raw() {
    let folder = Folder::with(MEASURED);
    folder.write("d.csv", "length,mass / g,t\n2,20,0\n6,30,1\n4,20,1\n");
    let steady = |arguments: &[&str]| {
        let mut all = vec!["simulate", "m.nnr", "--steady"];
        all.extend(arguments);
        folder.run(&all)
    };
    let near =
        |run: &Run, expected: f64| assert!((value(run, "y_1") - expected).abs() < 1e-9, "{}", run.stdout);
    // A quarter of 1 and half of 10.
    let raw = steady(&["--input", "3,25", "--raw"]).exits(0);
    near(&raw, 5.25);
    assert_eq!(raw.stderr, "", "{}", raw.stderr);
    let scaled = steady(&["--input", "0.25,0.5"]).exits(0);
    near(&scaled, 5.25);
    assert!(scaled.stderr.contains("`scale` of the data set `d`"), "{}", scaled.stderr);
    let outside = steady(&["--input", "7,25", "--raw"]).exits(1).reports("input-out-of-range");
    assert!(
        outside.stderr.contains("`length` the measurement 7, outside its range [2, 6]"),
        "{}",
        outside.stderr
    );
    let short = steady(&["--input", "7", "--raw"]).exits(1).reports("shape-mismatch");
    assert!(short.stderr.contains("length, mass / g"), "{}", short.stderr);
    steady(&["--raw"]).exits(2);
    // A pot that holds the scale itself.
    let fold = ["--set", "chemistry.fold_scale=true"];
    near(&steady(&[&["--input", "3,25"], &fold[..]].concat()).exits(0), 5.25);
    near(&steady(&[&["--row", "3"], &fold[..]].concat()).exits(0), 0.5);
}

#[test]
fn ends_out_of_reach_are_said_soon() {
    for (construction, rule, words) in [
        ("one_pot", "gradient_flow(rate = 0.01)", "time 1e300 is out of reach"),
        ("phased", "sgd(rate = 4)", "at most 100,000 are followed"),
    ] {
        let activation = if construction == "phased" { "sigmoid()" } else { "smooth_relu(h = 0.01)" };
        let folder = Folder::with(&learner(construction, rule).replace("smooth_relu(h = 0.01)", activation));
        let run = folder.run(&["simulate", "m.nnr", "--until", "1e300"]).exits(5);
        assert!(run.stderr.contains(words) && run.stderr.contains("until = "), "{}", run.stderr);
    }
}
