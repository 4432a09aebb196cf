//! `nnrc train`: weights by gradient descent through the fixed point, or by learning in the pot.

use nnrc_sim::train::{Metric, Metrics};
use serde_json::{Value, json};

use crate::args::TrainArgs;
use crate::destination::Destination;
use crate::interrupt::Training;
use crate::records;
use crate::session::Session;
use crate::terminal::Stop;
use crate::training::{self, Files};
use nnrc::numbers::enumeration;

/// Runs the verb.
pub fn run(session: &Session, args: &TrainArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let loaded = session.load(&args.file.file)?;
    let loaded = session.unfolded(&args.file.file, &loaded)?.unwrap_or(loaded);
    let files = Files::new(session, &args.file.file, &loaded.model.name, args.output.as_deref())?;
    let construction = loaded.model.chemistry.construction;
    let others: Vec<Destination> = std::iter::once(files.checkpoint())
        .chain(files.of_course(construction))
        .map(Destination::File)
        .collect();
    session.require_places(&std::iter::once(files.weights()).chain(&others).collect::<Vec<_>>())?;
    let going_on = Training::begin(*terminal, files.checkpoint(), args.resume);
    let trained = training::run(session, &loaded, Some(&files), (args.resume, args.engine))?;
    files.write_weights(terminal, &loaded.model, &trained)?;
    drop(going_on);
    terminal.note(&trained.summary());
    if let Destination::File(path) = files.weights() {
        let others = files.of_course(construction);
        // Without an epoch nothing is drawn.
        let others = others.iter().filter(|file| file.exists());
        let names = std::iter::once(path).chain(others).map(|file| file.display().to_string());
        terminal.note(&format!("wrote {}", enumeration(&names.collect::<Vec<_>>())));
        if terminal.is_json() {
            let metrics = |metrics: &Metrics| -> Value {
                let named =
                    |quantity: Metric| (quantity.name().to_owned(), records::number(metrics.get(quantity)));
                Value::Object(Metric::ALL.into_iter().map(named).collect())
            };
            terminal.print_json(&json!({
                "weights": path.display().to_string(),
                "epochs": trained.epochs,
                "ending": trained.ending,
                "train": metrics(&trained.train),
                "validation": trained.validation.as_ref().map(metrics),
            }))?;
        }
    }
    // Weights may have moved to where an activation is not defined, or beyond all numbers.
    session.with_weights(&args.file.file, &loaded, trained.weights).map(drop)
}
