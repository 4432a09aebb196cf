//! Networks that cannot be written.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::io::{self, Write};

use std::sync::Arc;

use nnrc_crn::{Channel, Crn, Feed, Order, Part, Table};
use nnrc_sbml::{Error, MOST_ASSIGNMENTS, Options};
use support::{info, molar, odd, small, try_text};

#[test]
fn more_settings_than_events_can_carry() {
    let mut crn = small();
    let x = crn.species.iter().next().map(|(handle, _)| handle).unwrap();
    let table = Table { columns: 2, values: Arc::new(vec![1.0; 2]) };
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
    let none = Options { feed: nnrc_sbml::Feed::None, ..Options::default() };
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
}

#[test]
fn values_that_leave_the_range_of_numbers() {
    let crn = molar(odd(), 1e-200, 1.0, 1.0);
    let error = try_text(&crn, &Options::default()).unwrap_err();
    assert!(matches!(&error, Error::OutOfRange { id, .. } if id == "k_bind"), "{error}");
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
