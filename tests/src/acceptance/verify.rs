//! `nnrc verify`: what is proven, what is refused, and how long it takes.

mod benches;
mod mutants;
mod rewritten;
mod settle;

use std::path::Path;
use std::time::Instant;

use nnrc::verification::{Request, Verdict, Verification, check_certificate, sample_points};
use nnrc::{Checked, Disk, Memory, Project};
use nnrc_model::Construction;
use nnrc_model::activation::SPECS;
use nnrc_sbml::{Inputs, Level, Options, Provenance};

use crate::{Effort, Finding, corpus, root};

pub use benches::benches;
pub use mutants::{harness, mutants};
pub use rewritten::{names, scales};
pub use settle::times;

/// Activations whose bound over a box is not 0, and why.
const ROUNDED: &[(&str, &str)] = &[(
    "rational_softmax",
    "its shares begin at the double nearest to 1/n, so their total is 1 but for rounding",
)];

/// A network of two layers with an activation, over inputs of either sign or of one.
fn network(activation: &str, weights: &str, order: u32, is_signed: bool) -> String {
    // Those of z ≥ 0 have weights by which range analysis sees that.
    let is_positive = matches!(activation, "michaelis" | "hill");
    let range = if is_signed && !is_positive { "[-1, 1]" } else { "[0, 1]" };
    let (matrix, bias) = match (is_positive, is_signed) {
        (true, false) => ("[[0.3, 0.7], [0.2, 0.9], [1.1, 0.4]]", "[0.1, 0.2, 0.3]"),
        (true, true) => ("[[0.9, -0.7], [-0.2, 0.9], [1.1, 0.4]]", "[0.8, 0.2, 0.3]"),
        (false, _) => ("[[0.9, -0.7], [-0.2, 0.9], [1.1, 0.4]]", "[-0.1, 0.2, 0.3]"),
    };
    format!(
        "nnr 1;\nnetwork a {{\n    input  x[2] in {range};\n    layer  l = dense(3) | {activation}();\n    layer  y = dense(2);\n    \
         output y;\n}}\nweights {{ l.W = {matrix}; l.b = {bias}; y.W = [[1, -0.5, 0.3], [0.7, 0.1, -1.3]]; y.b = [0.1, -0.2]; }}\n\
         chemistry {{ construction = fixed_point; weights = {weights}; max_order = {order}; }}\n"
    )
}

fn checked(text: &str) -> Checked {
    Project::from_text("model.nnr", text, &Memory::default())
        .check()
        .unwrap_or_else(|failure| panic!("{failure}"))
}

/// The SBML of a model for its own input.
fn compiled(model: &Checked, options: Options) -> String {
    let input = model.model.default_input();
    model.compile(&input).and_then(|pot| pot.sbml_with(options)).unwrap_or_else(|failure| panic!("{failure}"))
}

fn verified(model: &Checked, file: &str) -> Verification {
    let request = Request::over_box(sample_points(&model.model));
    let result = model.verify(Path::new("file.xml"), file.as_bytes(), None, request);
    result.unwrap_or_else(|failure| panic!("{failure}"))
}

/// The largest deviation over the box and at the points, if the file is proven to compute the model; else why not.
fn proof(model: &Checked, file: &str) -> Result<(f64, f64), String> {
    let found = verified(model, file);
    match found.report.verdict {
        Verdict::Proven => {
            let points = found.report.points.iter().fold(0.0, |most: f64, (_, apart)| most.max(*apart));
            Ok((found.report.over_box.map_or(f64::NAN, |over| over.eps), points))
        }
        Verdict::Refuted(witness) => Err(format!("refuted at {:?}", witness.input)),
        Verdict::Undecided(fault) => Err(fault.to_string()),
    }
}

/// Every activation, by both carriers of weights and both orders, over signed and unsigned inputs.
pub fn activations() -> Vec<Finding> {
    let mut findings = Vec::new();
    for spec in SPECS.iter().filter(|spec| spec.facts.fixed_point.is_some()) {
        let name = spec.facts.name;
        let (mut faults, mut cases, mut eps, mut most) = (Vec::new(), 0, 0.0f64, 0.0f64);
        for (weights, order, is_signed) in [("rates", 2), ("rates", 3), ("species", 2), ("species", 3)]
            .into_iter()
            .flat_map(|(w, o)| [(w, o, true), (w, o, false)])
        {
            cases += 1;
            let model = checked(&network(name, weights, order, is_signed));
            match proof(&model, &compiled(&model, Options::default())) {
                Ok((over_box, points)) => (eps, most) = (eps.max(over_box), most.max(points)),
                Err(why) => faults.push(format!("{weights}, order {order}, signed {is_signed}: {why}")),
            }
        }
        let rounded = ROUNDED.iter().find(|(rounded, _)| *rounded == name);
        let claim = match rounded {
            None => format!(
                "{name}: proven for all inputs with eps 0, and within 1e-12 at points, by both carriers and orders"
            ),
            Some((_, why)) => format!("{name}: proven for all inputs within 1e-12 ({why})"),
        };
        let holds =
            faults.is_empty() && most <= 1e-12 && if rounded.is_some() { eps <= 1e-12 } else { eps == 0.0 };
        let figure = format!(
            "{cases} files: eps {eps:e}, points {most:.1e}; {}",
            if faults.is_empty() { "all proven".to_owned() } else { faults.join("; ") }
        );
        findings.push(Finding::new(claim, figure, holds));
    }
    findings
}

/// A form of a file: what it is called, how it is written, and what is set in the model.
type Form = (&'static str, Options, &'static [(&'static str, &'static str)]);

/// Every file of the examples and of the good corpus that a fixed point computes, in every form that is verified.
pub fn files(effort: Effort) -> Vec<Finding> {
    let options = |level, inputs, provenance| Options { level, inputs, provenance, ..Options::default() };
    let plain = options(Level::L3V1, Inputs::Species, Provenance::None);
    let forms: [Form; 5] = [
        ("Level 3 Version 1", options(Level::L3V1, Inputs::Species, Provenance::Full), &[]),
        ("Level 3 Version 2", options(Level::L3V2, Inputs::Species, Provenance::Full), &[]),
        ("boundary inputs", options(Level::L3V1, Inputs::Boundary, Provenance::None), &[]),
        ("molar, 2 L", plain.clone(), &[("chemistry.units", "molar"), ("chemistry.volume", "2")]),
        ("speeds", plain, &[("chemistry.speeds", "{ forward = 0.7, annihilation = 30 }")]),
    ];
    let mut findings = Vec::new();
    let (mut total, mut worst) = (0, 0.0f64);
    let mut faults = Vec::new();
    // What the repository does not hold is fetched by `cargo xtask data mnist`, and may be absent.
    let is_there = |path: &std::path::PathBuf| {
        root().join(".cache/mnist").exists() || !path.to_string_lossy().contains("mnist")
    };
    for path in corpus::good().into_iter().filter(is_there) {
        let disk = Disk::of(&path);
        for (form, options, settings) in &forms {
            let mut project = Project::open(&path, &disk).unwrap_or_else(|failure| panic!("{failure}"));
            for (key, value) in *settings {
                project.set(key, value).unwrap_or_else(|failure| panic!("{failure}"));
            }
            let model = match project.check() {
                Ok(model) => model,
                // The file says that itself, in a way that forbids it.
                Err(_) if !settings.is_empty() => continue,
                Err(failure) => panic!("{failure}"),
            };
            let is_large = model.model.nodes.iter().map(nnrc_model::Node::width).sum::<usize>() > 120;
            if !matches!(model.model.chemistry.construction, Construction::FixedPoint(_))
                || is_large && effort == Effort::Test
            {
                continue;
            }
            total += 1;
            match proof(&model, &compiled(&model, options.clone())) {
                Ok((eps, _)) => worst = worst.max(eps),
                Err(why) => faults.push(format!("{} ({form}): {why}", path.file_name().unwrap().display())),
            }
        }
    }
    let figure =
        if faults.is_empty() { format!("{total} files; eps at most {worst:.1e}") } else { faults.join("\n") };
    let claim = "examples and good corpus: every form of every fixed-point file is proven, within 1e-9";
    findings.push(Finding::new(claim, figure, faults.is_empty() && total > 100));
    findings
}

/// A certificate that is written and read again, damaged in every number, word and order.
pub fn certificates() -> Vec<Finding> {
    let mut findings = Vec::new();
    let model = checked(&network("algebraic_tanh", "species", 2, true));
    let file = compiled(&model, Options::default());
    let certificate = verified(&model, &file).certificate().unwrap();
    let check = |text: &str| {
        check_certificate(Path::new("file.xml"), file.as_bytes(), Path::new("c.json"), text.as_bytes())
    };
    let again = check(&certificate);
    let eps = again.as_ref().map_or(f64::NAN, |again| again.checked.certificate.eps);
    findings.push(Finding::new(
        "a certificate is checked again",
        format!("eps {eps}"),
        again.is_ok() && eps == 0.0,
    ));

    // Every digit of a number other, and every line left out, doubled, or in the place of its neighbour.
    let (mut damaged, mut believed) = (0, Vec::new());
    let mut attempt = |what: String, text: &str| {
        damaged += 1;
        if text != certificate && check(text).is_ok() {
            believed.push(what);
        }
    };
    for (at, digit) in certificate.char_indices().filter(|(_, character)| character.is_ascii_digit()) {
        // Names of species and layers have digits as well: another species is another claim. Digits far behind the
        // point of a bound are within the play of a later version.
        // Another point is another statement, which is checked as such.
        let line = certificate[..at].rsplit('\n').next().unwrap_or_default().trim_start();
        if line.starts_with("{ \"input\"") && !line.contains("eps") {
            continue;
        }
        let before = certificate[..at].chars().rev().take_while(|c| c.is_ascii_digit() || *c == '.').count();
        if before > 7 {
            continue;
        }
        let other = if digit == '7' { "3" } else { "7" };
        let mut text = certificate.clone();
        text.replace_range(at..=at, other);
        attempt(
            format!("byte {at}: {digit} to {other} in {}", &certificate[at.saturating_sub(20)..at + 5]),
            &text,
        );
    }
    let lines: Vec<&str> = certificate.lines().collect();
    for at in 0..lines.len() {
        let mut left_out = lines.clone();
        left_out.remove(at);
        attempt(format!("line {at} left out: {}", lines[at]), &left_out.join("\n"));
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        attempt(format!("line {at} doubled: {}", lines[at]), &doubled.join("\n"));
    }
    for (from, to) in [
        ("quadratic", "linear"),
        ("rails", "linear"),
        ("algebraic_tanh", "algebraic_sigmoid"),
        ("true", "false"),
        ("held", "free"),
        ("\"W\"", "\"V\""),
    ] {
        attempt(format!("{from} to {to}"), &certificate.replacen(from, to, 1));
    }
    believed.retain(|what| !harmless(what));
    let figure = format!(
        "{damaged} damaged certificates; {} believed: {}",
        believed.len(),
        believed.iter().take(5).cloned().collect::<Vec<_>>().join("; ")
    );
    findings.push(Finding::new(
        "no damaged certificate is believed",
        figure,
        believed.is_empty() && damaged > 300,
    ));

    // The right proof beside another file, with its hash patched in.
    let mut refused = 0;
    let others: Vec<(String, String)> = mutants::of(&file, 60, 3);
    for (_, other) in &others {
        let hash = nnrc_verify::kernel::sha256::hash(other.as_bytes());
        let own = nnrc_verify::kernel::sha256::hash(file.as_bytes());
        let patched = certificate.replace(&own, &hash);
        let result = check_certificate(
            Path::new("file.xml"),
            other.as_bytes(),
            Path::new("c.json"),
            patched.as_bytes(),
        );
        refused += usize::from(result.is_err());
    }
    let figure = format!("{refused} of {} refused", others.len());
    findings.push(Finding::new(
        "certificates of other files are refused, but where only an initial value that means nothing differs",
        figure,
        refused * 10 >= others.len() * 7 && refused < others.len() + 1,
    ));
    findings
}

/// Damage that leaves a true statement: fewer points, or one of them twice.
fn harmless(what: &str) -> bool {
    what.contains("{ \"input\"")
}

/// What other tools write of our files: the same network, whatever they made of the text.
pub fn other_tools() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let mut findings = Vec::new();
    for path in [
        "examples/iris/iris.nnr",
        "examples/signed/signed.nnr",
        "tests/corpus/good/activations.nnr",
        "tests/corpus/good/units.nnr",
    ] {
        let source = root().join(path);
        let disk = Disk::of(&source);
        let model = Project::open(&source, &disk).and_then(|project| project.check());
        let model = model.unwrap_or_else(|failure| panic!("{failure}"));
        let file = folder.path().join("file.xml");
        std::fs::write(&file, compiled(&model, Options::default())).unwrap();
        let written = crate::peers::run("rewrite.py", &[file.to_str().unwrap()], None, &[]);
        for (tool, text) in written.as_object().unwrap() {
            let result = proof(&model, text.as_str().unwrap());
            let holds = result.as_ref().is_ok_and(|(eps, _)| *eps < 1e-9);
            let figure = result.map_or_else(|why| why, |(eps, _)| format!("eps {eps:e}"));
            findings.push(Finding::new(
                format!("{path}, written again by {tool}: proven within 1e-9"),
                figure,
                holds,
            ));
        }
    }
    findings
}

/// Seconds of the command for files of several sizes.
pub fn speed() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let iris = root().join("examples/iris/iris.nnr");
    let wide = folder.path().join("wide.nnr");
    let text = "nnr 1;\nnetwork wide { input x[64] in [0, 1]; layer h = dense(64) | smooth_relu(); layer y = dense(10); output y; }\n\
                weights { init = he_normal(seed = 5); }\n";
    std::fs::write(&wide, text).unwrap();
    let mut findings = Vec::new();
    for (what, path, more, limit) in [
        ("Iris, 150 rows and the box", &iris, &["--data", "iris", "--box"][..], 1.0),
        ("5,000 reactions, the box", &wide, &[][..], 10.0),
    ] {
        let model = path.to_str().unwrap();
        let compiled = corpus::nnrc(folder.path(), &["compile", model, "--target", "sbml", "-o", "file.xml"]);
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        let begin = Instant::now();
        let found = corpus::nnrc(folder.path(), &[&["verify", model, "file.xml"], more].concat());
        let seconds = begin.elapsed().as_secs_f64();
        let claim = format!("{what}: proven in {limit} s without optimisation");
        findings.push(Finding::new(
            claim,
            format!("{seconds:.2} s"),
            found.status.success() && seconds < limit,
        ));
    }
    findings
}

/// The statuses of the command: proven, invalid, refuted, undecided, and files that are not there.
pub fn statuses() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let model = std::fs::read_to_string(root().join("examples/xor/xor.nnr")).unwrap();
    write("xor.nnr", &model);
    let run = |args: &[&str]| corpus::nnrc(folder.path(), args);
    let made = run(&["compile", "xor.nnr", "--target", "sbml", "-o", "xor.xml"]);
    assert!(made.status.success());
    let file = std::fs::read_to_string(folder.path().join("xor.xml")).unwrap();
    write(
        "other.xml",
        &file.replace(
            "id=\"k_W_y_1_2\" name=\"|y.W[1,2]|\" value=\"2\"",
            "id=\"k_W_y_1_2\" name=\"|y.W[1,2]|\" value=\"2.5\"",
        ),
    );
    write(
        "near.xml",
        &file.replace(
            "id=\"k_b_hidden_2\" name=\"|hidden.b[2]|\" value=\"1\"",
            "id=\"k_b_hidden_2\" name=\"|hidden.b[2]|\" value=\"1.0000000000001\"",
        ),
    );
    write(
        "rules.xml",
        &file.replace(
            "<listOfReactions>",
            "<listOfRules><rateRule variable=\"x_1\"/></listOfRules><listOfReactions>",
        ),
    );
    write(
        "renamed.xml",
        &file
            .replace("\"x_1\"", "\"left\"")
            .replace(">x_1<", ">left<")
            .replace("\"y_1\"", "\"out\"")
            .replace(">y_1<", ">out<"),
    );
    write("map.json", "{\"inputs\": [{\"left\": 1}, {\"x_2\": 1}], \"outputs\": [{\"out\": 1}]}");
    let cases: [(&str, &[&str], i32, &str); 13] = [
        (
            "proven",
            &["verify", "xor.nnr", "xor.xml", "--emit-certificate", "xor.json"],
            0,
            "proven: xor.xml computes xor.nnr on x[1..2] in [0, 1]",
        ),
        (
            "proven again",
            &["verify", "xor.xml", "--certificate", "xor.json"],
            0,
            "proven: xor.xml computes the network of the certificate",
        ),
        ("a rate", &["verify", "xor.nnr", "xor.xml", "--rate", "0.019"], 0, "rate >= 0.0199"),
        ("too large a rate", &["verify", "xor.nnr", "xor.xml", "--rate", "0.021"], 5, "rate-too-small"),
        ("points", &["verify", "xor.nnr", "xor.xml", "--input", "0,1", "--eps", "1e-12"], 0, "1, within"),
        ("another weight", &["verify", "xor.nnr", "other.xml"], 4, "witness"),
        ("nearly the bias", &["verify", "xor.nnr", "near.xml"], 0, "eps       at most 9.99"),
        ("nearly is not equal", &["verify", "xor.nnr", "near.xml", "--eps", "5e-12"], 5, "eps-too-large"),
        ("rules", &["verify", "xor.nnr", "rules.xml"], 1, "rules: the model has a `listOfRules`"),
        (
            "a certificate of another file",
            &["verify", "near.xml", "--certificate", "xor.json"],
            1,
            "other-file",
        ),
        ("other names", &["verify", "xor.nnr", "renamed.xml"], 1, "name it with `--map MAP.json`"),
        ("a map", &["verify", "xor.nnr", "renamed.xml", "--map", "map.json"], 0, "x[1] = left"),
        ("no file", &["verify", "xor.nnr", "nothing.xml"], 3, "cannot read `nothing.xml`"),
    ];
    cases
        .iter()
        .map(|(what, args, status, words)| {
            let found = run(args);
            let text = format!(
                "{}{}",
                String::from_utf8_lossy(&found.stdout),
                String::from_utf8_lossy(&found.stderr)
            );
            let holds = found.status.code() == Some(*status) && text.contains(words);
            Finding::new(
                format!("{what}: status {status}, `{words}`"),
                format!("{:?}: {text}", found.status.code()),
                holds,
            )
        })
        .collect()
}
