//! Cargo, and the Python environment of the peer simulators.

use std::process::Command;

use nnrc_tests::root;

/// Runs cargo in the root of the repository.
pub fn cargo(args: &[&str]) -> bool {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo).args(args).current_dir(root()).status().is_ok_and(|status| status.success())
}

/// Makes `.venv` with the pinned peers, once for each version of `tests/peers/requirements.txt`.
pub fn peers() {
    let folder = root().join(".venv");
    let wanted = std::fs::read(root().join("tests/peers/requirements.txt")).unwrap();
    let stamp = folder.join("requirements.stamp");
    if std::fs::read(&stamp).is_ok_and(|found| found == wanted) {
        return;
    }
    println!("making {} with the peer simulators", folder.display());
    let python = if cfg!(windows) { "python" } else { "python3" };
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&folder));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    run(Command::new(folder.join("bin/python")).args(pip).arg(root().join("tests/peers/requirements.txt")));
    std::fs::write(stamp, wanted).unwrap();
}

fn run(command: &mut Command) {
    let status = command.status();
    assert!(status.as_ref().is_ok_and(|status| status.success()), "{command:?} failed: {status:?}");
}
