//! What happens, event by event, in all lanes.
#![allow(clippy::needless_range_loop, reason = "iterators are calls, which the optimiser may leave as such")]

use nnrc_dispatch::dispatched;

use super::draws::{Draws, EVENTS};
use super::lanes::{LANES, Lanes, Rows, add, below, choose, divide, multiply, not_above, subtract};
use super::plan::Plan;

/// Where the lanes are.
#[derive(Debug, Clone)]
pub(super) struct Course {
    /// Ones, numbers of molecules, and what is made of them.
    pub rows: Rows,
    /// 0 and the running sums of propensities.
    pub sums: Rows,
    /// The coefficients of the plan.
    pub coefficients: Vec<Lanes>,
    pub time: Lanes,
    pub events: Lanes,
}

dispatched! {
    /// Lets things happen in lanes until `end`, or until each of them has had `limit` further events.
    pub(super) fn run(plan: &Plan, course: &mut Course, draws: &mut Draws, end: f64, limit: f64, filled: usize) =
        run_lanes(plan, course, draws, end, limit, filled);
}

/// An end that has been reached: no time comes before it.
const REACHED: f64 = f64::NEG_INFINITY;

#[inline(always)]
fn run_lanes(plan: &Plan, course: &mut Course, draws: &mut Draws, end: f64, limit: f64, filled: usize) {
    let (mut time, mut events) = (course.time, course.events);
    // Where lanes stand still at last.
    let (mut until, mut halt) = ([REACHED; LANES], time);
    for lane in 0..filled {
        (until[lane], halt[lane]) = (end, time[lane].max(end));
    }
    let last = add(events, [limit; LANES]);
    loop {
        let alive = below([REACHED; LANES], until);
        if alive.iter().sum::<f64>() == 0.0 {
            break;
        }
        draws.refill(alive);
        for event in 0..EVENTS {
            let (wait, share) = (draws.waits[event], draws.shares[event]);
            let total = add_up(plan, course);
            let next = add(time, divide(wait, total));
            let (inside, room) = (not_above(next, until), below(events, last));
            let fires = multiply(inside, room);
            // Nothing has a sum above infinity.
            let mark = choose(fires, multiply(share, total), [f64::INFINITY; LANES]);
            halt = choose(subtract(inside, fires), time, halt);
            until = choose(fires, until, [REACHED; LANES]);
            time = choose(fires, next, halt);
            events = add(events, fires);
            fire(plan, course, mark);
        }
    }
    (course.time, course.events) = (time, events);
}

/// Computes all propensities and their running sums; the last is the total.
#[inline(always)]
pub(super) fn add_up(plan: &Plan, course: &mut Course) -> Lanes {
    let Course { rows, sums, coefficients, .. } = course;
    for &[row, a, b] in &plan.products {
        let (a, b) = (rows[usize::from(a)], rows[usize::from(b)]);
        rows[usize::from(row)] = multiply(a, b);
    }
    let mut sum = [0.0; LANES];
    let mut group = 0;
    for (channel, place) in plan.channels.iter().enumerate() {
        let mut propensity = coefficients[place.constant as usize];
        for place in &plan.groups[group..place.groups as usize] {
            let (first, last) = (place.first as usize, place.last as usize);
            let (coefficients, reads) = (&coefficients[first..last], &plan.reads[first..last]);
            let mut linear = coefficients[0];
            for at in 1..reads.len() {
                linear = add(linear, multiply(coefficients[at], rows[usize::from(reads[at])]));
            }
            propensity = add(propensity, multiply(rows[usize::from(reads[0])], linear));
        }
        group = place.groups as usize;
        sum = add(sum, propensity);
        sums[channel + 1] = sum;
    }
    sum
}

/// Lets the channel happen whose share of the total holds the mark.
#[inline(always)]
fn fire(plan: &Plan, course: &mut Course, mark: Lanes) {
    let Course { rows, sums, .. } = course;
    let (mut change, mut less) = (0, 0);
    for place in &plan.changing {
        let row = &mut rows[usize::from(place.row)];
        let mut number = *row;
        for change in &plan.changes[change..place.changes as usize] {
            let (low, high) = (sums[usize::from(change.channel)], sums[usize::from(change.channel) + 1]);
            let is_it = subtract(not_above(low, mark), not_above(high, mark));
            number = add(number, multiply([change.by; LANES], is_it));
        }
        *row = number;
        for &(row, taken) in &plan.less[less..place.less as usize] {
            rows[usize::from(row)] = subtract(number, [taken; LANES]);
        }
        (change, less) = (place.changes as usize, place.less as usize);
    }
}
