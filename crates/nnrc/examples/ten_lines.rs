//! A network becomes SBML, and its reactions come to rest: `cargo run -p nnrc --example ten_lines`.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use nnrc::{Failure, Memory, Project};

fn main() -> Result<(), Failure> {
    let text = include_str!("../../../examples/xor/xor.nnr");
    let memory = Memory::default();
    let checked = Project::from_text("xor.nnr", text, &memory).check()?;
    for input in [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]] {
        let compiled = checked.compile(&input)?;
        let (sbml, rest) = (compiled.sbml()?, compiled.settle()?);
        println!("{input:?}: y = {:.3}, {} bytes of SBML", rest.values[compiled.model.output][0], sbml.len());
    }
    Ok(())
}
