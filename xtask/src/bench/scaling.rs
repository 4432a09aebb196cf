//! What more cores bring: times on 1, 2, 4, … of them, and whether the results are the same bytes.

use std::path::{Path, PathBuf};

use nnrc_sim::io::{Array, Arrays, npz};
use nnrc_tests::{peers, root};

use super::common::{Bench, Row, file, number, readable, text};
use super::training::image;

/// Something that is timed: what, the arguments of the command, and the file that it writes.
struct Work {
    what: String,
    args: Vec<String>,
    output: PathBuf,
    /// On two cores at least so many times as fast as on one.
    goal: Option<f64>,
}

/// Training in small and in large batches, a noise study, and many rows of a table.
pub fn rows(bench: &mut Bench) -> Vec<Row> {
    let folder = bench.folder.path().to_owned();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let counts: Vec<usize> =
        (0..).map(|power| 1 << power).take_while(|&count| count < cores).chain([cores]).collect();
    let works =
        [training(&folder, 32, None), training(&folder, 256, Some(1.8)), noise(&folder), table(&folder)];
    works.iter().map(|work| row(bench, work, &counts)).collect()
}

fn row(bench: &Bench, work: &Work, counts: &[usize]) -> Row {
    let measured: Vec<(f64, Vec<u8>)> = counts
        .iter()
        .map(|count| {
            let cores = count.to_string();
            let options = ["--repeat", "3", "--cores", &cores, "--", text(&bench.nnrc)];
            let args: Vec<&str> = options.into_iter().chain(work.args.iter().map(String::as_str)).collect();
            let seconds = number(&peers::run("measure.py", &args, None, &[])["wall_s"]);
            (seconds, std::fs::read(&work.output).unwrap())
        })
        .collect();
    let one = measured[0].0;
    let equal = measured.iter().all(|(_, bytes)| *bytes == measured[0].1);
    let gain = |count: usize| counts.iter().position(|&c| c == count).map(|at| one / measured[at].0);
    let fast = work.goal.is_none_or(|goal| gain(2).is_none_or(|gain| gain >= goal));
    let words = |values: Vec<String>| values.join(", ");
    Row {
        what: format!("{}, on {} cores", work.what, words(counts.iter().map(usize::to_string).collect())),
        ours: words(measured.iter().map(|(seconds, _)| readable(*seconds)).collect()),
        peer: if equal { "the same bytes".to_owned() } else { "bytes differ".to_owned() },
        ratio: words(measured.iter().map(|(seconds, _)| format!("{:.1}", one / seconds)).collect()),
        goal: match work.goal {
            Some(goal) => format!("the same bytes; on two cores at least {goal}"),
            None => "the same bytes".to_owned(),
        },
        met: equal && fast,
    }
}

/// Epochs of the shape of MNIST, with what reading the data takes.
fn training(folder: &Path, batch: usize, goal: Option<f64>) -> Work {
    let (data, output) = (folder.join("scaling.npz"), folder.join("scaling-weights.npz"));
    let count = 12_000;
    let inputs: Vec<f64> = (0..count).flat_map(|row| image(row, 784)).collect();
    let arrays = Arrays::from([
        ("x".to_owned(), Array { shape: vec![count, 784], values: inputs }),
        (
            "label".to_owned(),
            Array { shape: vec![count], values: (0..count).map(|row| (row % 10) as f64).collect() },
        ),
    ]);
    npz::write(std::fs::File::create(&data).unwrap(), &arrays).unwrap();
    let source = format!(
        "dataset rows = npz(\"{}\") {{ inputs = \"x\"; target = \"label\"; }}\n\
         network net {{ input x[784]; layer hidden = dense(128) | smooth_relu(h = 0.01); layer y = dense(10); output y; }}\n\
         weights {{ init = glorot_uniform(seed = 1); }}\n\
         train net {{ data = rows; loss = cross_entropy; rule = gradient(adam(rate = 0.001)); \
         schedule = constant(); feed = shuffle(seed = 1); batch = {batch}; epochs = 20; }}\n",
        data.display(),
    );
    let source = file(folder, &format!("scaling-{batch}.nnr"), &source);
    let args = ["train", text(&source), "-o", text(&output), "--quiet"].map(str::to_owned).to_vec();
    Work {
        what: format!("20 epochs of 12,000 samples of the shape of MNIST, batches of {batch}"),
        args,
        output,
        goal,
    }
}

/// The study of the example.
fn noise(folder: &Path) -> Work {
    let output = folder.join("scaling-noise.csv");
    let model = root().join("examples/noise_xor/noise_xor.nnr");
    let args = ["noise", text(&model), "-o", text(&output), "--quiet"].map(str::to_owned).to_vec();
    Work { what: "noise study of XOR".to_owned(), args, output, goal: None }
}

/// The classes of 10,000 rows by the steady state of the chemistry.
fn table(folder: &Path) -> Work {
    let (data, output) = (folder.join("scaling.csv"), folder.join("scaling-outputs.npz"));
    let examples = root().join("examples/iris");
    let flowers = std::fs::read_to_string(examples.join("iris.csv")).unwrap();
    let (header, flowers) = flowers.split_once('\n').unwrap();
    let rows: Vec<&str> = flowers.lines().cycle().take(10_000).collect();
    std::fs::write(&data, format!("{header}\n{}\n", rows.join("\n"))).unwrap();
    let source = std::fs::read_to_string(examples.join("iris.nnr")).unwrap();
    let weights = examples.join("iris.npz");
    let source = source.replace("iris.csv", text(&data)).replace("iris.npz", text(&weights));
    let source = file(folder, "scaling-table.nnr", &source);
    let args = ["simulate", text(&source), "--steady", "--data", "iris", "-o", text(&output), "--quiet"];
    let what = "10,000 rows through the chemistry of Iris".to_owned();
    Work { what, args: args.map(str::to_owned).to_vec(), output, goal: None }
}
