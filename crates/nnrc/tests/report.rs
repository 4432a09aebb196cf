//! Pages about networks: what they say, how large they are, and that names stay names.

mod common;

use common::{checked, checked_text, example};
use nnrc::Checked;
use nnrc::report::Beside;
use nnrc::table::Table;
use serde_json::Value;

/// Bytes of a page that a browser opens at once.
const LARGEST: usize = 2_000_000;

fn page_of(checked: &Checked, beside: &Beside) -> String {
    checked.report(&checked.model.default_input(), None, beside, &mut ()).expect("a page")
}

fn charts(page: &str) -> Vec<Value> {
    let start = "<script type=\"application/json\" id=\"charts\">";
    let data = page.split(start).nth(1).and_then(|rest| rest.split("</script>").next()).expect("data");
    assert!(!data.contains('<'));
    serde_json::from_str(data).expect("JSON")
}

#[test]
fn pages_of_examples_are_small_whole_and_ask_for_nothing() {
    for name in ["iris", "onepot_xor", "phased_xor", "digits", "xor", "skip", "onepot_sine"] {
        let checked = checked(&example(name));
        let page = page_of(&checked, &Beside::default());
        assert!(page.len() < LARGEST, "{name}: {}", page.len());
        assert!(page.contains("content=\"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:\""));
        for section in
            ["size", "network", "chemistry", "course", "trace", "certificate", "source", "versions"]
        {
            assert!(page.contains(&format!("<section id=\"{section}\">")), "{name}: {section}");
        }
        // Without scripts every chart is there as a picture.
        let figures = page.matches("<figure class=\"chart\"").count();
        assert_eq!(figures, charts(&page).len(), "{name}");
        assert!(figures > 0 && page.matches("<polyline").count() >= figures, "{name}");
        for asking in
            ["src=", "url(", "@import", "<link", "<img", "<iframe", "fetch(", "XMLHttpRequest", "href=\"http"]
        {
            assert!(!page.contains(asking), "{name}: {asking}");
        }
        assert!(!page.contains(env!("CARGO_MANIFEST_DIR")), "{name}: a place of this machine");
    }
}

#[test]
fn the_same_network_gives_the_same_page() {
    let checked = checked(&example("iris"));
    assert_eq!(page_of(&checked, &Beside::default()), page_of(&checked, &Beside::default()));
}

#[test]
fn curves_end_where_the_network_says() {
    let checked = checked(&example("xor"));
    let page = checked.report(&[0.0, 1.0], None, &Beside::default(), &mut ()).expect("a page");
    let charts = charts(&page);
    let output = charts.iter().find(|chart| chart["title"] == "y (output)").expect("the output");
    let values = output["curves"][0]["values"].as_array().expect("values");
    // R_h(R_h(1) - 2 R_h(0)) with h = 1e-4.
    let relu = |z: f64| (z + (z * z + 4e-4_f64).sqrt()) / 2.0;
    let expected = relu(relu(1.0) - 2.0 * relu(0.0));
    let last = values.last().and_then(Value::as_f64).expect("a number");
    assert!((last - expected).abs() < 1e-5, "{last}, expected {expected}");
    assert_eq!(values.len(), output["times"].as_array().map_or(0, Vec::len));
}

#[test]
fn confusion_and_residuals_are_those_of_the_data() {
    let page = page_of(&checked(&example("iris")), &Beside::default());
    // As scikit-learn counts them for the network of the example: 147 of 150.
    assert!(page.contains("Accuracy 0.98: 147 of 150 are right."));
    assert!(page.contains("<th scope=\"row\">setosa</th><td>50</td><td>0</td><td>0</td>"));
    let page = page_of(
        &checked_text(
            "nnr 1;\ndataset d = rows([{ x = [1], t = [2] }, { x = [2], t = [4.5] }]);\nnetwork n {\n    input x[1] in [0, 4];\n    \
             layer y = dense(1) | identity();\n    output y as values();\n}\nweights { y.W = [[2]]; y.b = [0]; }\n",
        ),
        &Beside::default(),
    );
    // Residuals 0 and -0.5.
    assert!(page.contains("Mean squared error 0.125, mean absolute error 0.25"), "{page}");
    assert!(
        page.contains("<th scope=\"row\">2</th><td>y_1</td><td>4</td><td>4.5</td><td>-0.5</td>"),
        "{page}"
    );
}

#[test]
fn training_and_noise_are_taken_from_their_tables() {
    let table = |text: &str| Table::read(text).expect("a table");
    let beside = Beside {
        training: Some((
            "m.train.csv".to_owned(),
            table("epoch,train_loss,train_accuracy\n1,0.5,0.25\n2,0.25,1\n"),
        )),
        noise: Some((
            "m.noise.csv".to_owned(),
            table("network,noise,accuracy\nrelu,\"rates 0.1, <once>\",0.75\n"),
        )),
        files: vec![("w.npz".to_owned(), b"abc".to_vec())],
    };
    let page = page_of(&checked(&example("xor")), &beside);
    let charts = charts(&page);
    let find = |title: &str| charts.iter().find(|chart| chart["title"] == title).expect(title);
    assert_eq!(find("loss and errors")["curves"][0]["values"], serde_json::json!([0.5, 0.25]));
    assert_eq!(find("scores")["curves"][0]["values"], serde_json::json!([0.25, 1]));
    assert!(page.contains("<td>rates 0.1, &lt;once&gt;</td><td>0.75</td>"), "{page}");
    // The SHA-256 of `abc`, from FIPS 180-2.
    assert!(page.contains("SHA-256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

#[test]
fn names_are_names_whatever_stands_in_them() {
    let names = ["</script><script>alert(1)</script>", "<!--", "a & b", "]]>", "\\\"'"];
    let text = format!(
        "nnr 1;\n// </pre><b>\nnetwork n {{\n    input x[5] in [0, 1] as features([\"{}\"]);\n    \
         layer y = dense(2) | identity();\n    output y as classes([\"<i>\", \"&lt;\"]);\n}}\n\
         weights {{ y.W = [[1, -1, 0, 1, 1], [0.5, 0, 2, 0, 1]]; y.b = [0, 0]; }}\nsimulate {{ input = [1, 0, 0, 1, 1]; }}\n",
        names.join("\", \"")
    );
    let page = page_of(&checked_text(&text), &Beside::default());
    assert!(!page.contains("alert(1)</script>") && !page.contains("<b>") && !page.contains("<i>"));
    assert_eq!(page.matches("<script").count(), 2);
    let names: Vec<String> = charts(&page)
        .iter()
        .flat_map(|chart| chart["curves"].as_array().cloned().unwrap_or_default())
        .map(|curve| curve["name"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(names.iter().any(|name| name.contains("</script><script>alert(1)</script>")), "{names:?}");
}

#[test]
fn large_networks_have_pages_of_bounded_size() {
    let text = "nnr 1;\nnetwork n {\n    input x[330] in [0, 1];\n    layer hidden = dense(300) | smooth_relu(h = 0.1);\n    \
                layer y = dense(10) | identity();\n    output y;\n}\nweights { init = normal(0, 0.05, seed = 1); }\n";
    let checked = checked_text(text);
    let pot = checked.compile(&checked.model.default_input()).expect("its chemistry");
    assert!(pot.lowered.info.reaction_count() > 100_000);
    let page = page_of(&checked, &Beside::default());
    assert!(page.len() < LARGEST, "{}", page.len());
    let curves: usize =
        charts(&page).iter().map(|chart| chart["curves"].as_array().map_or(0, Vec::len)).sum();
    assert!(curves <= 64, "{curves}");
    // 10 outputs, 16 of 300 units, 16 of 330 inputs.
    assert!(page.contains("598 curves of wide layers are left out."), "{curves} curves");
}
