//! Slips of the pen: each snapshot shows the source and what the compiler says to it.

use nnrc_syntax::{Source, parse_recovering, render};

macro_rules! slips {
    ($($name:ident: $source:expr;)*) => {$(
        #[test]
        fn $name() {
            let source = Source::new("slip.nnr", $source);
            let (_, diagnostics) = parse_recovering(&source.text);
            let rendered = render(&source, &diagnostics, false);
            insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(concat!("slip_", stringify!($name)), format!("{}\n────\n{rendered}", source.text));
            });
        }
    )*};
}

slips! {
    missing_semicolon: "network n {\n    input x[2];\n    layer y = dense(1)\n    output y;\n}";
    missing_semicolon_before_brace: "simulate { until = 400; record = [hidden, y] }";
    missing_semicolon_of_item: "nnr 1\nconst a = 2\nnetwork n {\n    output y;\n}";
    misspelt_item: "netwrok xor {\n    input x[2];\n}\nweigths { a = 1; }";
    misspelt_member: "network n {\n    inptu x[2];\n    layr y = dense(1);\n    output y;\n}";
    misspelt_within: "expect {\n    for [0, 1]: y ~ 1 withn 0.05;\n}";
    misspelt_stop: "train { stp when loss < 0.1; stop whn loss < 0.1; }";
    misspelt_from: "network n {\n    layer y = dense(1) form x;\n}";
    unclosed_brace: "network n {\n    output y;\n\nweights {\n    init = uniform(-1, 1);\n}\n";
    unclosed_brace_at_end: "chemistry {\n    construction = one_pot;\n";
    unclosed_bracket: "weights {\n    hidden.W = [[1, 1], [1, 1];\n    hidden.b = [0, 1];\n}";
    unclosed_paren: "network n {\n    layer y = dense(2 | identity();\n    output y;\n}";
    wrong_closer: "weights { init = uniform(-1, 1]; }";
    stray_brace: "weights { a = 1; }\n}\n";
    unclosed_string: "dataset d = csv(\"iris.csv) { inputs = [a]; }\nweights from \"w.npz { a = 1; }";
    unknown_unit: "chemistry { clock = ring(rate = 1 /s); a = 5 sec; b = 3 µM; c = 2 parsec; }";
    division_by_an_unknown_unit_is_no_slip: "chemistry { a = 1 /sec; }";
    unit_behind_a_bracket: "chemistry { a = (1 + 2) s; }";
    reserved_names: "const report = 1;\nnetwork import { }\nnetwork n { input layer[2]; output within; layer y = dense(1) from input; }\nfragment f { }";
    columns_called_as_keywords: "dataset d = csv(\"d.csv\") { inputs = [a, within, sweep]; }\ndataset e = csv(\"d.csv\") { target = onehot(layer); }\ndataset f = csv(\"d.csv\") { inputs = network; }";
    version_two: "nnr 2;\nnetwork n { output y; }";
    version_late: "const a = 1;\nnnr 1;";
    version_with_point: "nnr 1.0;";
    too_large_number: "weights { y.W = [[1, 1e999]]; a = -1e400 s; }";
    single_equals: "expect { accuracy() = 1; }";
    colon_for_equals: "chemistry { construction: fixed_point; }";
    block_in_block: "chemistry { speeds { forward = 5; } }";
    block_with_equals: "weights = { init = uniform(-1, 1); }";
    comma_for_semicolon: "simulate { until = 4, record = [y]; }";
    semicolons_in_record: "chemistry { speeds = { forward = 5 /s; backward = 5 /s; }; }";
    hash_comment: "# XOR\nnetwork n { output y; }";
    block_comment: "/* XOR */\nnetwork n { output y; }";
    single_quotes: "weights from 'w.npz' { }";
    typographic_signs: "weights { b = [−1]; c = “w”; d\u{a0}= 1; größe = 1; }";
    point_without_digits: "const a = .5;\nconst b = 1.;";
    plus_sign: "const a = +1;\nconst b = 2 ^ 3;\nconst c = 1 - - 2;\nconst d = 1 -;";
    member_outside: "input x[2];\nfor [0]: y ~ 1;\nconstruction = one_pot;";
    entry_in_network: "network n {\n    y = dense(1);\n    hidden.W = [[1]];\n}";
    layer_without_call: "network n {\n    layer y = 5;\n    layer z = dense(1) | from y;\n    layer = dense(2);\n    input x;\n}";
    expectation_without_for: "expect {\n    y ~ 1 within 0.05;\n    for 0, 1: y ~ 1;\n    for [0, 1] y ~ 1;\n}";
    nothing_behind_equals: "chemistry {\n    construction = ;\n    units =\n    weights = rates;\n}";
    stray_semicolons: "weights { a = 1;; };\n;";
    bad_escape: "weights from \"C:\\data\\w.npz\" { }";
    long_sum: format!("const a = 1{};", " + 1".repeat(300));
    deep_nesting: format!("const a = {}1{};", "(".repeat(65), ")".repeat(65));
    several_errors: "nnr 1;\nnetwork n {\n    input x[2]\n    layr h = dense(2);\n    layer y = dense(1) | identity(;\n    output y;\n}\nchemistry { units = molar, }\nexpekt { accuracy() >= 0.9; }";
}
