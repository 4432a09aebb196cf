//! The presentation of samples: what the validator refuses, what a row sets, how it is printed.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use std::sync::Arc;

use nnrc_crn::{Channel, Crn, CrnError, Feed, FeedTable, Gate, Order, Part, text, validate};

/// A network with two rails of two inputs each, and their presentation.
fn fed() -> Crn {
    let mut crn = Crn::default();
    let two = common::axis(&mut crn, "two", &[2]);
    let x = common::species(&mut crn, "x", &[two], 0.0);
    let channel = |column, part| Channel { species: x, table: 0, column, part };
    crn.protocol.feed = Some(Feed {
        tables: vec![FeedTable { columns: 3, values: Arc::new(vec![9.0, 1.0, -2.0, 9.0, -3.0, 4.0]) }],
        channels: vec![channel(1, Part::Positive), channel(1, Part::Negative)],
        rows: vec![0, 1],
        order: Order::Cycle,
        hold: 5.0,
        gate: None,
        epochs: 3,
    });
    crn
}

#[test]
fn a_row_sets_the_parts_of_its_values() {
    let crn = fed();
    let feed = crn.protocol.feed.as_ref().unwrap();
    let mut values = [0.0; 2];
    feed.fill(&feed.channels[0], 0, &mut values);
    assert_eq!(values, [1.0, 0.0]);
    feed.fill(&feed.channels[1], 0, &mut values);
    assert_eq!(values, [0.0, 2.0]);
    assert_eq!(feed.presentations(), 6);
    assert!(validate(&crn).is_ok());
}

#[test]
fn it_is_printed() {
    let crn = fed();
    let printed = text::print(&crn, &validate(&crn).unwrap());
    assert!(printed.contains("set x := table 1 [2..3]+\nset x := table 1 [2..3]-\n"), "{printed}");
    assert!(printed.ends_with("feed cycle of 2 rows, 5 each, 3 times\n"), "{printed}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |change: &dyn Fn(&mut Feed)| {
        let mut crn = fed();
        change(crn.protocol.feed.as_mut().unwrap());
        validate(&crn).unwrap_err()
    };
    assert!(matches!(refused(&|f| f.hold = 0.0), CrnError::BadValue { .. }));
    assert!(matches!(refused(&|f| f.channels[0].part = Part::Whole), CrnError::BadValue { .. }));
    assert!(matches!(refused(&|f| f.rows = vec![2]), CrnError::Malformed { .. }));
    assert!(matches!(refused(&|f| f.rows.clear()), CrnError::Malformed { .. }));
    assert!(matches!(refused(&|f| f.channels[0].column = 2), CrnError::Malformed { .. }));
    assert!(matches!(refused(&|f| f.channels[0].table = 1), CrnError::Malformed { .. }));
    assert!(matches!(refused(&|f| f.tables[0].columns = 4), CrnError::Malformed { .. }));
    let species = fed().protocol.feed.unwrap().channels[0].species;
    assert!(matches!(
        refused(&|f| f.gate = Some(Gate { species, open: 0.0, close: 1.0 })),
        CrnError::Malformed { .. }
    ));
}
