use super::format;

/// What `source` is formatted to; that must not change when formatted again.
fn formatted(source: &str) -> String {
    let once = format(source).unwrap();
    assert_eq!(format(&once).unwrap(), once, "not idempotent");
    once
}

#[test]
fn a_squeezed_file_is_laid_out() {
    let source = "nnr 1;network n{input x[2]in[0,1];layer hid=dense( 2 )|smooth_relu(h=1e-4,);
layer y=dense(1)from x,hid;output y;}expect{for[0,1]:y~- 1 within .05e0*2;}"
        .replace(".05e0", "0.05e0");
    assert_eq!(
        formatted(&source),
        "nnr 1;
network n {
    input  x[2] in [0, 1];
    layer  hid = dense(2) | smooth_relu(h = 1e-4);
    layer  y   = dense(1) from x, hid;
    output y;
}
expect { for [0, 1]: y ~ -1 within 0.05e0 * 2; }
"
    );
}

#[test]
fn division_never_becomes_a_unit() {
    assert_eq!(
        formatted("const a = 1 / s;const b = 1/s;const c=2*(h)/h;"),
        "const a = 1 / s;\nconst b = 1 /s;\nconst c = 2 * (h) / h;\n"
    );
    assert_eq!(
        formatted("const a = b-1;const c = b.in- -1*-(d);"),
        "const a = b - 1;\nconst c = b.in - -1 * -(d);\n"
    );
}

#[test]
fn the_author_decides_about_columns() {
    let aligned = "weights {\n    hidden.W   = [1];\n    b          = 2;\n    longer_key = 3;\n}\n";
    assert_eq!(formatted(aligned), aligned);
    let wide = "weights {\n    W    = [1];\n    bb   = 2;\n}\n";
    assert_eq!(formatted(wide), "weights {\n    W  = [1];\n    bb = 2;\n}\n");
    let ragged = "weights {\n    W = [1];\n    bb  = 2;\n\n    c   = 2;\n}\n";
    assert_eq!(formatted(ragged), "weights {\n    W = [1];\n    bb = 2;\n\n    c = 2;\n}\n");
    let blocks = "chemistry { a = 1; }\nnoise     { a = 1; }\ntrain { b = 1; }\n";
    assert_eq!(formatted(blocks), blocks);
}

#[test]
fn comments_are_kept() {
    let source = "// first


// second
network n { // the net
    // inside
    layer h = dense(2) // two
        | relu() // one
    ; // end


    output y; // out
    // last
}
const a = [ // numbers
    1, // one
    // above
    2 // two
    // below
];
network b { input x[ // index
  2 ]; // bb
}
weights { }
// end";
    assert_eq!(
        formatted(source),
        "// first

// second
network n { // the net
    // inside
    // two
    // one
    layer  h = dense(2) | relu(); // end

    output y; // out
    // last
}
const a = [ // numbers
    1, // one
    // above
    2, // two
    // below
];
"
        .to_owned()
            + "network b {\n    // index\n    input  x[2]; // bb\n}\nweights {}\n// end\n"
    );
}

#[test]
fn long_lists_break_at_their_elements() {
    let number = "0.12345678, ".repeat(12);
    let flat = formatted(&format!("const a = [{number}];"));
    assert_eq!(flat.lines().count(), 14);
    let rows = formatted(&format!("weights {{ a = [[{number}], [{number}], [1]]; }}"));
    assert_eq!(rows.lines().map(|line| line.len()).collect::<Vec<_>>(), [9, 9, 153, 153, 12, 6, 1]);
    let calls = formatted(&format!("const a = f([{{ x = [{number}] }}, {{ x = [1] }}]);"));
    assert!(calls.starts_with("const a = f([\n    {\n        x = [\n            0.12345678,\n"), "{calls}");
    assert!(calls.ends_with("        ],\n    },\n    { x = [1] },\n]);\n"), "{calls}");
    let pipes =
        formatted(&format!("network n {{ layer y = dense(1) {}; }}", "| smooth_relu(h = 0.1)".repeat(5)));
    assert_eq!(pipes.lines().nth(2), Some("        | smooth_relu(h = 0.1)"));
    assert_eq!(pipes.lines().count(), 8);
}

#[test]
fn broken_lists_stay_broken() {
    let source = "const a = [\n    1,\n    { b = 2 },\n];\nconst c = f(\n    x,\n    y = [1, 2],\n);\n";
    assert_eq!(formatted(source), source);
    assert_eq!(formatted("const a = [\n];"), "const a = [];\n");
}

#[test]
fn the_brace_follows_a_broken_head() {
    let source = "dataset images = idx(
    \"images\",   // from elsewhere
    \"labels\",
) {
    scale = divide(255);
}
";
    assert_eq!(formatted(source), source);
}

#[test]
fn lines_end_as_the_first_one_does() {
    let source = "nnr 1;\nconst a = 1;   // one\n\n\nconst b=[1,2];\n";
    let expected = formatted(source);
    let windows = expected.replace('\n', "\r\n");
    assert_eq!(formatted(&source.replace('\n', "\r\n")), windows);
    assert_eq!(formatted(&windows), windows);
    // Of two kinds the first one counts.
    assert_eq!(formatted(&windows.replacen("1;\r\nconst", "1;\nconst", 1)), expected);
    assert_eq!(formatted(&expected.replacen('\n', "\r\n", 1)), windows);
    assert_eq!(formatted("nnr 1;"), "nnr 1;\n");
}

#[test]
fn faulty_files_are_refused_and_empty_ones_stay_empty() {
    assert!(format("network {").is_err());
    assert_eq!(formatted(""), "");
    assert_eq!(formatted(" \n\n"), "");
    assert_eq!(formatted("\u{feff}nnr 1;\nconst a = 1; // b\n"), "nnr 1;\nconst a = 1; // b\n");
}
