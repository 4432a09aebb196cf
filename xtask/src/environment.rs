//! Cargo, and the Python environment of the peer simulators.

use std::path::PathBuf;
use std::process::Command;

use nnrc_tests::root;

/// Runs cargo in the root of the repository.
pub fn cargo(args: &[&str]) -> bool {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo).args(args).current_dir(root()).status().is_ok_and(|status| status.success())
}

/// Makes `.venv` with the pinned peers, once for each version of `tests/peers/requirements.txt`.
pub fn peers() {
    make(".venv", "requirements.txt");
}

/// Makes `.venv-bench` with the peers that only the benchmarks need; its Python.
pub fn bench_peers() -> PathBuf {
    make(".venv-bench", "requirements-bench.txt")
}

/// Makes `.venv-amici`; none where AMICI cannot be built.
pub fn amici() -> Option<PathBuf> {
    std::panic::catch_unwind(|| make(".venv-amici", "requirements-amici.txt")).ok()
}

/// Makes a virtual environment with the packages of a list, unless it is there already; its Python.
fn make(name: &str, requirements: &str) -> PathBuf {
    let folder = root().join(name);
    let list = root().join("tests/peers").join(requirements);
    let wanted = std::fs::read(&list).unwrap();
    let stamp = folder.join("requirements.stamp");
    let own = folder.join("bin/python");
    if std::fs::read(&stamp).is_ok_and(|found| found == wanted) {
        return own;
    }
    println!("making {} from tests/peers/{requirements}", folder.display());
    let python = if cfg!(windows) { "python" } else { "python3" };
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&folder));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    run(Command::new(&own).args(pip).arg(&list));
    std::fs::write(stamp, wanted).unwrap();
    own
}

fn run(command: &mut Command) {
    let status = command.status();
    assert!(status.as_ref().is_ok_and(|status| status.success()), "{command:?} failed: {status:?}");
}
