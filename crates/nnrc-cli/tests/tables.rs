//! Tables as people have them: read right, or refused with what to write.

mod common;

use common::{Folder, Run};

/// y = 100 a + b, so that each output tells its row.
fn model(dataset: &str) -> String {
    format!(
        "network n {{ input x[2] in [0, 100]; layer y = dense(1) | identity(); output y; }}
weights {{ y.W = [[100, 1]]; y.b = [0]; }}
dataset d = {dataset}
"
    )
}

fn run(file: &str, contents: impl AsRef<[u8]>, dataset: &str) -> Run {
    let folder = Folder::with(&model(dataset));
    folder.write(file, contents);
    folder.run(&["simulate", "m.nnr", "--steady", "--data", "d"])
}

/// The outputs of all rows.
#[track_caller]
fn outputs(run: &Run) -> Vec<f64> {
    let rows = run.stdout.lines().skip(1);
    rows.map(|line| line.split(',').nth(1).and_then(|cell| cell.parse().ok()).unwrap_or(f64::NAN)).collect()
}

#[track_caller]
fn gives(run: &Run, expected: &[f64]) {
    let found = outputs(run);
    let near = |(found, expected): (&f64, &f64)| (found - expected).abs() < 1e-6 * expected.abs().max(1.0);
    assert!(
        run.exit == 0 && found.len() == expected.len() && found.iter().zip(expected).all(near),
        "{found:?} for {expected:?}\n{}",
        run.stderr
    );
}

#[test]
fn separators_are_recognised_and_said() {
    for (file, contents, words) in [
        ("d.csv", "a,b\n1,2\n3,4\n", ""),
        ("d.csv", "a;b\n1;2\n3;4\n", "semicolons"),
        ("d.csv", "a\tb\n1\t2\n3\t4\n", "tabs"),
        ("d.txt", "a|b\r\n1|2\r\n3|4\r\n", "bars"),
        ("d.tsv", "a\tb\n1\t2\n3\t4\n", ""),
        ("d.csv", "sep=;\r\na;b;\r\n1;2;\r\n3;4;\r\n;;\r\n", "semicolons"),
        ("d.csv", "\u{feff}\"a\" , \"b\"\r\n\"1\",2\r\n\r\n3, 4\r\n\r\n", ""),
    ] {
        let found = run(file, contents, &format!("csv(\"{file}\");"));
        gives(&found, &[102.0, 304.0]);
        assert_eq!(found.stderr.contains("note[table-layout]"), !words.is_empty(), "{}", found.stderr);
        assert!(found.stderr.contains(words), "{words}: {}", found.stderr);
    }
    // What is written is taken, and nothing is said.
    let found = run("d.csv", "a;b\n1,5;2\n3;4,25\n", "csv(\"d.csv\", separator = \";\", decimal = \",\");");
    gives(&found, &[152.0, 304.25]);
    assert!(!found.stderr.contains("table-layout"), "{}", found.stderr);
    let found = run("d.csv", "a;b\n1,5;2\n", "csv(\"d.csv\", separator = \";\");").exits(3);
    assert!(found.stderr.contains("`decimal = \",\"`"), "{}", found.stderr);
}

#[test]
fn a_table_without_a_header_keeps_its_first_row() {
    let contents = "1,2,0\n3,4,1\n";
    let found = run("d.csv", contents, "csv(\"d.csv\") { }").exits(1).reports("missing-header");
    assert!(found.stderr.contains("header = none"), "{}", found.stderr);
    let dataset = "csv(\"d.csv\", header = none) { inputs = [2, 1]; target = 3; }";
    gives(&run("d.csv", contents, dataset), &[201.0, 403.0]);
    // One column, decimal commas: nothing but numbers.
    let dataset = "csv(\"d.csv\", header = none, decimal = \",\") { inputs = [1, 2]; }";
    gives(&run("d.csv", "1,5;2\n3;4\n", dataset), &[152.0, 304.0]);
}

/// A gzip file of stored blocks, written by hand from RFC 1951 and 1952.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut crc = 0xffff_ffffu32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let blocks: Vec<&[u8]> = bytes.chunks(0xffff).collect();
    for (at, block) in blocks.iter().enumerate() {
        file.push(u8::from(at + 1 == blocks.len()));
        let length = block.len() as u16;
        file.extend(length.to_le_bytes());
        file.extend((!length).to_le_bytes());
        file.extend(*block);
    }
    file.extend((!crc).to_le_bytes());
    file.extend((bytes.len() as u32).to_le_bytes());
    file
}

#[test]
fn compressed_files_are_unpacked() {
    let file = gzip(b"a,b\n1,2\n3,4\n");
    gives(&run("d.csv.gz", &file, "csv(\"d.csv.gz\");"), &[102.0, 304.0]);
    // Whatever it is called.
    gives(&run("d.csv", &file, "csv(\"d.csv\");"), &[102.0, 304.0]);
    let tabs = gzip(b"a\tb\n1\t2\n");
    let found = run("d.TSV.GZ", &tabs, "csv(\"d.TSV.GZ\");");
    gives(&found, &[102.0]);
    assert!(!found.stderr.contains("table-layout"), "{}", found.stderr);
    let long: String = (0..20_000).map(|row| format!("{},{}\n", row % 7, row % 5)).collect();
    let found =
        run("d.csv.gz", gzip(format!("a,b\n{long}").as_bytes()), "csv(\"d.csv.gz\") { inputs = [a, b]; }");
    assert_eq!(outputs(&found).len(), 20_000, "{}", found.stderr);
    let cut =
        run("d.csv.gz", &file[..file.len() - 3], "csv(\"d.csv.gz\");").exits(3).reports("malformed-file");
    assert!(cut.stderr.contains("cut off"), "{}", cut.stderr);
    // Images are judged by their header.
    let folder = Folder::with(&model("idx(\"i.gz\", \"l.gz\");"));
    folder.write("i.gz", gzip(&[0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4]));
    folder.write("l.gz", gzip(&[0, 0, 8, 1, 0, 0, 0, 2, 0, 1]));
    gives(&folder.run(&["simulate", "m.nnr", "--steady", "--data", "d"]), &[102.0, 304.0]);
}

#[test]
fn rows_without_a_value() {
    let contents = "a,b,c\n1,2,x\nNA,3,\n3,4,\n5,,y\n";
    let found =
        run("d.csv", contents, "csv(\"d.csv\") { inputs = [a, b]; }").exits(3).reports("missing-value");
    for words in ["line 3 of `d.csv`, column `a`, holds `NA`", "missing = drop", "inputs = [a, b]"] {
        assert!(found.stderr.contains(words), "{words}: {}", found.stderr);
    }
    let found = run("d.csv", contents, "csv(\"d.csv\", missing = drop) { inputs = [a, b]; }");
    gives(&found, &[102.0, 304.0]);
    assert!(found.stderr.contains("2 of 4 rows of `d.csv` are left out"), "{}", found.stderr);
}

#[test]
fn names_that_do_not_say_which_column() {
    let twice = "a,b,a\n1,2,3\n";
    run("d.csv", twice, "csv(\"d.csv\") { inputs = [a, b]; }").exits(1).reports("duplicate-name");
    run("d.csv", twice, "csv(\"d.csv\") { target = b; }").exits(1).reports("duplicate-name");
    gives(&run("d.csv", twice, "csv(\"d.csv\") { inputs = [3, b]; }"), &[302.0]);
    // The numbers of rows that pandas writes are no input unless they are asked for.
    let index = ",a,b\n0,1,2\n1,3,4\n";
    let found = run("d.csv", index, "csv(\"d.csv\") { target = b; }").exits(1).reports("missing-column");
    assert!(found.stderr.contains("index = False"), "{}", found.stderr);
    gives(&run("d.csv", index, "csv(\"d.csv\") { inputs = [a, b]; }"), &[102.0, 304.0]);
}

#[test]
fn what_is_no_table_is_said() {
    for (contents, words) in [
        (&b"PK\x03\x04"[..], "a workbook of Excel"),
        (b"\xff\xfea\0,\0b\0", "UTF-16"),
        (b"a,b\n1,\xe4\n", "line 2 is not valid UTF-8"),
        (&[0; 64], "no text"),
    ] {
        let found = run("d.csv", contents, "csv(\"d.csv\");").exits(3);
        assert!(found.stderr.contains(words), "{words}: {}", found.stderr);
    }
    // Paths of Windows, in which `\t` and `\n` are escapes.
    for path in ["data\\table.csv", "data\\new.csv", "data\\\\old.csv"] {
        let found = run("e.csv", "", &format!("csv(\"{path}\");")).exits(3).reports("unreadable-file");
        let plain = path.replace("\\\\", "\\").replace('\\', "/");
        assert!(found.stderr.contains(&format!("written with `/`: `{plain}`")), "{}", found.stderr);
    }
    // A file where a data set is expected.
    let folder = Folder::with(&model("rows([{ x = [1, 2] }]);"));
    for name in ["good.csv", "runs/good.npz", "good.tsv.gz"] {
        let found = folder.run(&["simulate", "m.nnr", "--steady", "--data", name]).exits(1);
        assert!(
            found.stderr.contains("is a file") && found.stderr.contains("dataset d = "),
            "{}",
            found.stderr
        );
    }
}

#[test]
fn long_cells_and_many_columns_cost_what_they_hold() {
    let long = format!("a,b\n1,{}\n", "x".repeat(5_000_000));
    let found = run("d.csv", long, "csv(\"d.csv\");").exits(3).reports("text-in-number-column");
    assert!(found.stderr.len() < 2000, "{} bytes of words", found.stderr.len());
    let name = format!("{},b\n1,2\n", "n".repeat(5_000_000));
    let found = run("d.csv", name, "csv(\"d.csv\") { inputs = [a, b]; }").exits(1).reports("missing-column");
    assert!(found.stderr.len() < 2000, "{} bytes of words", found.stderr.len());
    // A search for each of the names among all others would take minutes.
    let many: Vec<String> = (0..200_000).map(|at| format!("c{at}")).collect();
    let wide = format!("{}\n{}\n", many.join(","), vec!["1"; many.len()].join(","));
    let start = std::time::Instant::now();
    let found = run("d.csv", &wide, "csv(\"d.csv\") { target = c7; }").exits(1).reports("shape-mismatch");
    assert!(found.stderr.contains("199999 inputs"), "{}", found.stderr);
    gives(&run("d.csv", &wide, "csv(\"d.csv\") { inputs = [c199999, c0]; }"), &[101.0]);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
