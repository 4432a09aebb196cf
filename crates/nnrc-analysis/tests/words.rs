//! Names of other frameworks, and what is said where a name chooses more than it seems to.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of a test that fails is a test that fails")]

mod common;

use std::collections::BTreeMap;

use common::Memory;
use nnrc_analysis::{Analysis, Overrides};
use nnrc_model::Table;
use nnrc_syntax::{Severity, codes};

fn analyse(text: &str) -> Analysis {
    let file = nnrc_syntax::parse(text).unwrap_or_else(|found| panic!("{found:?}\n{text}"));
    nnrc_analysis::analyse(&file, text, &Overrides::default(), &Memory::default())
}

/// All advice of the errors.
fn help(text: &str) -> String {
    let analysis = analyse(text);
    assert!(analysis.model.is_none(), "{text}");
    analysis.diagnostics.iter().flat_map(|finding| finding.help.clone()).collect::<Vec<_>>().join("\n")
}

const WEIGHTS: &str = "weights { init = glorot_uniform(seed = 1); }\n";
const DATA: &str = "dataset d = rows([{ x = [0, 1], t = [1] }, { x = [1, 0], t = [0] }]);\n";

fn network(layer: &str) -> String {
    format!("network n {{ input x[2]; layer y = {layer}; output y; }}\n")
}

#[test]
fn activations_of_frameworks_name_what_does_that_here() {
    for (name, here) in [
        ("SELU", "train the network anew"),
        ("leaky_relu", "`smooth_leaky_relu(h = 1e-4, slope = 0.01)`"),
        ("logistic", "`algebraic_sigmoid(h = 0.7294)`: it deviates by 0.022"),
        ("GELU", "`swish(h = 0.1676)`: it deviates by 0.049"),
        ("hardtanh", "`algebraic_tanh(h = 0.0938)`"),
        ("Softmax", "leave it out"),
        ("ELU", "another function: it deviates by 0.20"),
        ("squareplus", "`smooth_relu(h = 1)`"),
        ("SoftSign", "`softsign(h = 1e-4)`: it deviates by 0.0002"),
        ("Softmin", "softmax of -z"),
    ] {
        let found = help(&format!("{}{WEIGHTS}", network(&format!("dense(1) | {name}()"))));
        assert!(found.contains(here), "{name}: {found}");
        assert!(!found.contains("did you mean `elu`"), "{name}: {found}");
    }
    // Slips of the fingers are still slips.
    let found = help(&format!("{}{WEIGHTS}", network("dense(1) | smoth_relu()")));
    assert_eq!(found, "did you mean `smooth_relu`?");
}

#[test]
fn functions_of_the_clock_name_their_substitute_with_its_deviation() {
    for (name, here) in [
        ("tanh", "`algebraic_tanh(h = 0.1824)`: it deviates by 0.044"),
        ("sigmoid", "`algebraic_sigmoid(h = 0.7294)`: it deviates by 0.022"),
        ("softplus", "`smooth_relu(h = 0.381)`: it deviates by 0.076"),
        ("softmax", "`rational_softmax(h = 0.1)`, another function"),
    ] {
        let found = help(&format!("{}{WEIGHTS}", network(&format!("dense(2) | {name}()"))));
        assert!(found.contains(here), "{name}: {found}");
        assert!(found.contains("construction = phased"), "{name}: {found}");
    }
    // Under the clock they are there, in small letters.
    let phased = format!("{}{WEIGHTS}chemistry {{ construction = phased; }}\n", network("dense(1) | Tanh()"));
    assert_eq!(help(&phased), "did you mean `tanh`?");
}

#[test]
fn words_of_training_and_data_name_those_of_here() {
    let train = |block: &str| help(&format!("{DATA}{}{WEIGHTS}train {{ {block} }}\n", network("dense(1)")));
    for (block, here) in [
        ("learning_rate = 0.1;", "rule = gradient(adam(rate = 0.01));"),
        ("optimizer = adam;", "`rule = gradient(adam(rate = 0.01));`"),
        ("batch_size = 4;", "did you mean `batch`?"),
        ("num_epochs = 4;", "did you mean `epochs`?"),
        ("weight_decay = 1e-4;", "did you mean `decay`?"),
        ("loss = CrossEntropyLoss;", "did you mean `cross_entropy`?"),
        ("loss = bce;", "an output for each of the two classes"),
        ("rule = adam(rate = 0.1);", "rule = gradient(adam(rate = 0.01));"),
        ("rule = gradient(RMSprop(rate = 0.1));", "`adam(rate = 0.01)`"),
        ("rule = gradient(sgd(learning_rate = 0.1));", "did you mean `rate`?"),
        ("schedule = CosineAnnealingLR();", "did you mean `cosine()`?"),
    ] {
        let found = train(block);
        assert!(found.contains(here), "{block}: {found}");
    }
    let given = "weights { y.W = [[1, 1]]; y.b = [0]; }\n";
    for (source, here) in [
        ("read_csv(\"d.csv\")", "csv(\"data.csv\")"),
        ("rows([{ x = [0, 1] }]) { scale = StandardScaler(); }", "scale = standard();"),
        ("rows([{ x = [0, 1] }]) { normalize = standard(); }", "did you mean `scale`?"),
    ] {
        let end = if source.ends_with('}') { "" } else { ";" };
        let found = help(&format!("dataset d = {source}{end}\n{}{given}", network("dense(1)")));
        assert!(found.contains(here), "{source}: {found}");
    }
    for (source, here) in [
        ("csv(\"d.csv\", sep = \";\")", "did you mean `separator`?"),
        ("csv(\"d.csv\", delimiter = \";\")", "did you mean `separator`?"),
        ("csv(\"d.csv\", header = None)", "`header = none`"),
        ("csv(\"d.csv\", na_values = 0)", "did you mean `missing`?"),
        ("csv(\"d.csv\") { target = LabelEncoder(c); }", "`target = onehot(column);`"),
        ("csv(\"d.csv\") { target = to_categorical(c); }", "`target = onehot(column);`"),
        ("csv(\"d.csv\") { OneHotEncoder = c; }", "`target = onehot(column);`"),
        (
            "rows([{ x = [0, 1] }]) { split = train_test_split(test_size = 0.2); }",
            "`holdout(test = 0.3, seed = 1)`",
        ),
    ] {
        let end = if source.ends_with('}') { "" } else { ";" };
        let tables =
            BTreeMap::from([("d.csv".to_owned(), Table::named(vec!["c".to_owned(), "x".to_owned()]))]);
        let files = Memory { tables, ..Memory::default() };
        let text = format!("dataset d = {source}{end}\n{}{given}", network("dense(1)"));
        let found = common::analyse_with(&text, &files, &Overrides::default()).unwrap_err();
        assert!(found.contains(here), "{source}: {found}");
    }
    let measured = |measure: &str| {
        help(&format!("{DATA}{}{given}expect {{ {measure}(n) on d <= 0.5; }}\n", network("dense(1)")))
    };
    assert!(measured("RMSE").contains("square the bound"), "{}", measured("RMSE"));
    assert!(measured("r2_score").contains("did you mean `r2`?"), "{}", measured("r2_score"));
    // An argument that this call does not take either is not proposed.
    let found = help(&format!("{}weights {{ init = normal(0, 1, lr = 1); }}\n", network("dense(1)")));
    assert!(!found.contains("rate"), "{found}");
}

#[test]
fn a_rule_that_chooses_the_clock_says_so() {
    let text = |rule: &str, chemistry: &str| {
        format!(
            "{DATA}{}{WEIGHTS}{chemistry}train {{ rule = {rule}; }}\n",
            network("dense(1) | smooth_relu(h = 0.1)")
        )
    };
    let warnings = |text: &str| {
        let found = analyse(text).diagnostics.into_iter();
        found
            .filter(|finding| finding.code == codes::RULE_MISMATCH && finding.severity == Severity::Warning)
            .collect::<Vec<_>>()
    };
    let found = warnings(&text("sgd(rate = 4)", ""));
    assert_eq!(found.len(), 1);
    assert!(found[0].help[0].contains("gradient(sgd(rate = 0.1))"), "{:?}", found[0].help);
    assert_eq!(warnings(&text("sgd(rate = 4)", "chemistry { construction = phased; }\n")).len(), 0);
    assert_eq!(warnings(&text("gradient(sgd(rate = 0.1))", "")).len(), 0);
    assert_eq!(warnings(&text("gradient_flow(rate = 0.01)", "")).len(), 0);
}

#[test]
fn an_input_that_nobody_takes_is_taken_beside_the_other() {
    let text = "network n { input a[2]; input b[1]; layer h = dense(1); layer y = dense(1); output y; }
weights { h.W = [[1]]; h.b = [0]; y.W = [[1]]; y.b = [0]; }\n";
    let analysis = analyse(text);
    let unused: Vec<_> =
        analysis.diagnostics.into_iter().filter(|finding| finding.code == codes::UNUSED_NAME).collect();
    assert_eq!(unused.len(), 1);
    assert_eq!(unused[0].help, ["let `h` take it too, by `from a, b`, or leave it out"]);
    // Whoever does so is at peace with the file.
    let text =
        text.replace("h = dense(1);", "h = dense(1) from a, b;").replace("h.W = [[1]]", "h.W = [[1, 2, 3]]");
    let analysis = analyse(&text);
    assert!(analysis.model.is_some() && analysis.diagnostics.is_empty(), "{:?}", analysis.diagnostics);
}

#[test]
fn a_unit_of_less_than_one_molecule_is_a_warning() {
    for (chemistry, is_odd) in [
        ("units = molar; unit_concentration = 2e-27;", true),
        ("units = molar; unit_concentration = 1 pM; volume = 1 fL;", true),
        ("units = molar; unit_concentration = 1 uM; volume = 1 fL;", false),
        ("units = molar; unit_concentration = 1 pM;", false),
        ("units = molar;", false),
    ] {
        let text = format!("{}{WEIGHTS}chemistry {{ {chemistry} }}\n", network("dense(1)"));
        let found = analyse(&text).diagnostics;
        let warned = found.iter().any(|finding| finding.code == codes::FEW_MOLECULES);
        assert_eq!(warned, is_odd, "{chemistry}: {found:?}");
    }
}
