//! `nnrc emit`: what a stage of the compiler makes of a file.

use crate::args::{EmitArgs, Stage};
use crate::files::Destination;
use crate::pot::Pot;
use crate::report::write_reactions;
use crate::session::Session;
use crate::terminal::Stop;

/// Runs the verb.
pub fn run(session: &Session, args: &EmitArgs) -> Result<(), Stop> {
    let out = Destination::Stdout;
    if let (Stage::Ast | Stage::Model, Some(option)) = (args.stage, args.values.given()) {
        return session
            .terminal
            .usage(&format!("{option}: this stage does not depend on the values of inputs"));
    }
    if args.stage == Stage::Ast {
        let (_, file) = session.parse(&args.file.file)?;
        return out.write(&session.terminal, |out| writeln!(out, "{file:#?}"));
    }
    let loaded = session.load(&args.file.file)?;
    if args.stage == Stage::Model {
        return out.write(&session.terminal, |out| writeln!(out, "{:#?}", loaded.model));
    }
    session.refuse_input(&loaded, &args.values, "leave it out")?;
    let input = session.input(&loaded, &args.values)?;
    let pot = Pot::new(session, &loaded, &input)?;
    if args.stage == Stage::Crn {
        return session.terminal.print(&nnrc_crn::text::print(&pot.crn, &pot.info));
    }
    out.write(&session.terminal, |out| write_reactions(&pot, out))
}
