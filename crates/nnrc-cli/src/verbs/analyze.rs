//! `nnrc analyze`: what is proven of a chemistry, and what was measured.

use nnrc::certificate::Scope;
use nnrc::phases::Report;

use crate::args::AnalyzeArgs;
use crate::session::Session;
use crate::terminal::Stop;

/// Runs the verb.
pub fn run(session: &Session, args: &AnalyzeArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let mut loaded = session.load(&args.file.file)?;
    if loaded.model.chemistry.construction.is_one_pot() {
        terminal.note(super::simulate::ALONE);
        loaded.model = loaded.model.inference();
    }
    // The phases of a clock do not depend on what is computed.
    session.refuse_input(&loaded, &args.values, "leave it out")?;
    let input = session.input(&loaded, &args.values)?;
    let pot = loaded.compile(&input)?;
    if let Some(report) = Report::new(&pot) {
        return if terminal.is_json() {
            terminal.print_json(&report.json())
        } else {
            terminal.print(&report.text())
        };
    }
    let scope = if args.values.given().is_some() { Scope::Given } else { Scope::Ranges };
    let evidence = pot.evidence(&input, scope)?;
    if terminal.is_json() {
        return terminal.print_json(&evidence.json());
    }
    terminal.print(&evidence.text())
}
