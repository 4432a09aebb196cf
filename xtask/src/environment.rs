//! Cargo, and Python: the package, and the environments of it and of the peer simulators.

use std::path::{Path, PathBuf};
use std::process::Command;

use nnrc_tests::root;

/// Runs cargo in the root of the repository.
pub fn cargo(args: &[&str]) -> bool {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo).args(args).current_dir(root()).status().is_ok_and(|status| status.success())
}

/// Builds the Python package as a wheel: the only one in `folder`.
pub fn wheel(profile: &str, folder: &Path) -> PathBuf {
    let python = python();
    for old in wheels(folder) {
        std::fs::remove_file(old).unwrap();
    }
    let build =
        ["-m", "maturin", "build", "--quiet", "--locked", "--interpreter", "python3", "--profile", profile];
    run(Command::new(&python).args(build).arg("--out").arg(folder).current_dir(root()));
    let [wheel] = wheels(folder).try_into().unwrap();
    wheel
}

fn wheels(folder: &Path) -> Vec<PathBuf> {
    let is_wheel = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("nnrc-") && name.ends_with(".whl")
    };
    let files = std::fs::read_dir(folder).into_iter().flatten();
    files.map(|file| file.unwrap().path()).filter(is_wheel).collect()
}

/// Puts a wheel into the environment of a Python.
pub fn install(python: &Path, wheel: &Path) {
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--force-reinstall"];
    run(Command::new(python).args(pip).arg(wheel));
}

/// Tests the Python package: its own tests, the examples of its documentation, its types.
pub fn test_python() -> bool {
    let python = python();
    // What the Rust tests have built already serves here.
    let wheel = wheel("dev", &root().join("target/wheels"));
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--force-reinstall"];
    run(Command::new(&python).args(pip).arg(wheel));
    let checks: [&[&str]; 4] = [
        &["pytest", "--quiet", "python/tests"],
        &["pytest", "--quiet", "--doctest-modules", "--pyargs", "nnrc"],
        &["pytest", "--quiet", "--doctest-glob=*.md", "docs/src/python.md"],
        &["mypy"],
    ];
    let passes = |check: &&[&str]| {
        let status = Command::new(&python).arg("-m").args(*check).current_dir(root()).status();
        status.is_ok_and(|status| status.success())
    };
    // All of them, also after one that fails.
    checks.iter().filter(|check| !passes(check)).count() == 0
}

/// Makes `.venv-python`, in which the Python package is built and tested; its Python.
fn python() -> PathBuf {
    make_from(".venv-python", &root().join("python/tests/requirements.txt"))
}

/// Makes `.venv-accept`, with what the acceptance list of the Python package runs; its Python.
pub fn accept_python() -> PathBuf {
    make_from(".venv-accept", &root().join("python/acceptance/requirements.txt"))
}

/// Makes `.venv` with the pinned peers, once for each version of `tests/peers/requirements.txt`.
pub fn peers() {
    make(".venv", "requirements.txt");
}

/// Makes `.venv-bench` with the peers that only the benchmarks need; its Python.
pub fn bench_peers() -> PathBuf {
    make(".venv-bench", "requirements-bench.txt")
}

/// Makes `.venv-publishing` with the linters of what is published; its Python.
pub fn linters() -> PathBuf {
    make(".venv-publishing", "requirements-publishing.txt")
}

/// Makes `.venv-amici`; none where AMICI cannot be built.
pub fn amici() -> Option<PathBuf> {
    std::panic::catch_unwind(|| make(".venv-amici", "requirements-amici.txt")).ok()
}

fn make(name: &str, requirements: &str) -> PathBuf {
    make_from(name, &root().join("tests/peers").join(requirements))
}

/// Makes a virtual environment with the packages of a list, unless it is there already; its Python.
fn make_from(name: &str, list: &Path) -> PathBuf {
    let folder = root().join(name);
    let wanted = std::fs::read(list).unwrap();
    let stamp = folder.join("requirements.stamp");
    let own = folder.join("bin/python");
    if std::fs::read(&stamp).is_ok_and(|found| found == wanted) {
        return own;
    }
    println!("making {} from {}", folder.display(), list.strip_prefix(root()).unwrap_or(list).display());
    let python = if cfg!(windows) { "python" } else { "python3" };
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&folder));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    run(Command::new(&own).args(pip).arg(list));
    std::fs::write(stamp, wanted).unwrap();
    own
}

fn run(command: &mut Command) {
    let status = command.status();
    assert!(status.as_ref().is_ok_and(|status| status.success()), "{command:?} failed: {status:?}");
}
