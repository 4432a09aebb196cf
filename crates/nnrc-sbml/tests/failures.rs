//! Networks that cannot be written.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::io::{self, Write};

use std::sync::Arc;

use nnrc_crn::{Channel, Crn, Feed, FeedTable, Order, Part, Role};
use nnrc_sbml::{Error, MOST_ASSIGNMENTS, Observables, Options};
use support::{info, molar, small, try_text};

#[test]
fn more_settings_than_events_can_carry() {
    let mut crn = small();
    let x = crn.species.iter().next().map(|(handle, _)| handle).unwrap();
    let table = FeedTable { columns: 2, values: Arc::new(vec![1.0; 2]) };
    crn.protocol.feed = Some(Feed {
        tables: vec![table],
        channels: vec![Channel { species: x, table: 0, column: 0, part: Part::Whole }],
        rows: vec![0; MOST_ASSIGNMENTS / 2 + 1],
        order: Order::Cycle,
        hold: 1.0,
        gate: None,
        epochs: 1,
    });
    let many = MOST_ASSIGNMENTS + 2;
    assert!(
        matches!(try_text(&crn, &Options::default()), Err(Error::TooManySettings { assignments, .. }) if assignments == many)
    );
    let none = Options { feed: nnrc_sbml::TimedSettings::None, ..Options::default() };
    assert!(!try_text(&crn, &none).unwrap().contains("listOfEvents"));
    crn.protocol.feed.as_mut().unwrap().rows = vec![0; 3];
    assert_eq!(try_text(&crn, &Options::default()).unwrap().matches("<event ").count(), 3);
}

#[test]
fn names_that_are_no_identifiers() {
    let crn = Crn { name: "2-4-1".to_owned(), ..small() };
    assert!(matches!(try_text(&crn, &Options::default()), Err(Error::BadName(name)) if name == "2-4-1"));
}

#[test]
fn units_that_are_no_positive_numbers() {
    let crn = molar(small(), 1e-6, 1.0, 0.0);
    assert!(matches!(try_text(&crn, &Options::default()), Err(Error::BadUnit { what: "volume", .. })));
    let crn = molar(small(), 1e-200, 1.0, 1.0);
    let error = try_text(&crn, &Options::default()).unwrap_err();
    assert!(matches!(error, Error::BadUnit { what: "unit concentration", .. }), "{error}");
}

#[test]
fn values_of_two_rails_whose_identifier_is_taken() {
    let rules = Options { observables: Observables::Rules, ..Options::default() };
    let mut crn = small();
    support::species(&mut crn, "y_1", ("", ""), &[], Role::Internal, 0.0);
    let error = try_text(&crn, &rules).unwrap_err();
    assert!(matches!(&error, Error::IdCollision { id, .. } if id == "y_1"), "{error}");
    assert!(try_text(&crn, &Options::default()).is_ok());
    let mut crn = small();
    support::constant(&mut crn, "y_1", "y", &[], vec![1.0]);
    let error = try_text(&crn, &rules).unwrap_err();
    assert_eq!(error.to_string(), "`y_1` would be both a value of two rails and a rate constant");
}

/// Takes some bytes, then none.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk() {
    let crn = support::feed_forward(&[20, 20, 3]);
    for room in [0, 70_000, 150_000] {
        let error = nnrc_sbml::write(&crn, &info(&crn), &Options::default(), &mut Full(room)).unwrap_err();
        assert!(matches!(&error, Error::Io(e) if e.kind() == io::ErrorKind::StorageFull), "{error}");
    }
}
