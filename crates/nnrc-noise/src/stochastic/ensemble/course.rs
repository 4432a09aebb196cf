//! What happens, event by event, in all lanes.
#![allow(clippy::needless_range_loop, reason = "iterators are calls, which the optimiser may leave as such")]

use nnrc_dispatch::dispatched;

use super::draft::Shape;
use super::draws::{Draws, EVENTS};
use super::lanes::{LANES, Lanes, ROOM, Rows, add, below, choose, divide, multiply, not_above, subtract};
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
    let mut walk =
        Walk { coefficients, reads: &plan.reads, rows, sums, sum: [0.0; LANES], at: 0, channel: 0 };
    let mut groups = plan.groups.as_slice();
    for strip in &plan.strips {
        match strip.shape {
            Shape::One(0) => walk.one::<2>(strip.channels),
            Shape::One(1) => walk.one::<3>(strip.channels),
            Shape::One(2) => walk.one::<4>(strip.channels),
            Shape::One(3) => walk.one::<5>(strip.channels),
            Shape::One(4) => walk.one::<6>(strip.channels),
            Shape::One(linear) => {
                for _ in 0..strip.channels {
                    walk.several(&[1 + linear as u32]);
                }
            }
            Shape::Several => {
                for _ in 0..strip.channels {
                    let (own, others) = groups[1..].split_at(groups[0] as usize);
                    walk.several(own);
                    groups = others;
                }
            }
        }
    }
    walk.sum
}

/// A walk over the channels.
struct Walk<'a> {
    coefficients: &'a [Lanes],
    reads: &'a [u8],
    rows: &'a [Lanes; ROOM],
    sums: &'a mut [Lanes; ROOM],
    sum: Lanes,
    /// The next coefficient.
    at: usize,
    channel: usize,
}

impl Walk<'_> {
    /// Channels of one group, of so many coefficients in all.
    #[inline(always)]
    fn one<const COUNT: usize>(&mut self, channels: usize) {
        let (mut sum, mut at, mut channel) = (self.sum, self.at, self.channel);
        for _ in 0..channels {
            let coefficients = &self.coefficients[at..at + COUNT];
            let reads = &self.reads[at..at + COUNT];
            let mut linear = coefficients[1];
            for term in 2..COUNT {
                linear = add(linear, multiply(coefficients[term], self.rows[usize::from(reads[term])]));
            }
            let pivot = self.rows[usize::from(reads[1])];
            sum = add(sum, add(coefficients[0], multiply(pivot, linear)));
            channel += 1;
            self.sums[channel] = sum;
            at += COUNT;
        }
        (self.sum, self.at, self.channel) = (sum, at, channel);
    }

    /// A channel of groups of these numbers of coefficients.
    #[inline(always)]
    fn several(&mut self, groups: &[u32]) {
        let mut propensity = self.coefficients[self.at];
        self.at += 1;
        for &count in groups {
            let end = self.at + count as usize;
            let (coefficients, reads) = (&self.coefficients[self.at..end], &self.reads[self.at..end]);
            let mut linear = coefficients[0];
            for at in 1..reads.len() {
                linear = add(linear, multiply(coefficients[at], self.rows[usize::from(reads[at])]));
            }
            propensity = add(propensity, multiply(self.rows[usize::from(reads[0])], linear));
            self.at = end;
        }
        self.sum = add(self.sum, propensity);
        self.channel += 1;
        self.sums[self.channel] = self.sum;
    }
}

/// Changes up to which each is looked at for all lanes, rather than the lanes one by one: the numbers are the same.
const FEW_CHANGES: usize = 12;

/// Lets the channel happen whose share of the total holds the mark.
#[inline(always)]
fn fire(plan: &Plan, course: &mut Course, mark: Lanes) {
    if plan.changes.len() <= FEW_CHANGES {
        fire_masked(plan, course, mark);
    } else {
        fire_one_by_one(plan, course, mark);
    }
}

/// By going over the lanes.
#[inline(always)]
pub(super) fn fire_one_by_one(plan: &Plan, course: &mut Course, mark: Lanes) {
    // The low bits of the sum of 2⁵² and a small number are that number.
    let mut places = [(1u64 << 52) as f64; LANES];
    let channels = plan.events.len() / plan.width - 1;
    for channel in 0..channels {
        places = add(places, not_above(course.sums[channel + 1], mark));
    }
    for lane in 0..LANES {
        let first = usize::from(places[lane].to_bits() as u8) * plan.width;
        let events = &plan.events[first..first + plan.width];
        for at in 0..events.len() {
            course.rows[usize::from(events[at].row)][lane] += events[at].by;
        }
    }
}

/// By going over the changes.
#[inline(always)]
pub(super) fn fire_masked(plan: &Plan, course: &mut Course, mark: Lanes) {
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
