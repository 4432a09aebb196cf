//! `nnrc draw`: the network as a picture.

use nnrc::draw::Values;

use crate::args::DrawArgs;
use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;

/// Runs the verb.
pub fn run(session: &Session, args: &DrawArgs) -> Result<(), Stop> {
    let loaded = session.load(&args.file.file)?;
    let default = || Destination::named_after(&args.file.file, &loaded.model.name, ".net.svg");
    let destination = args.output.as_deref().map_or_else(default, Destination::new);
    session.require_places(&[&destination])?;
    let input = session.input(&loaded, &args.values)?;
    let pot = loaded.compile(&input)?;
    let values = args.values.given().map(|_| Values::of(&pot)).transpose()?;
    let picture = pot.drawing(values.as_ref());
    destination.write(&session.terminal, |out| out.write_all(picture.as_bytes()))?;
    if let Destination::File(path) = &destination {
        session.terminal.note(&format!("wrote {}", path.display()));
    }
    Ok(())
}
