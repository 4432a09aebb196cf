//! Choosing a channel by its propensity: sums of eight in levels, the last one the total.

/// Values under one sum.
const FAN: usize = 8;

/// Propensities and their sums.
#[derive(Debug, Clone)]
pub(super) struct Propensities {
    /// The propensities, then sums of [`FAN`] of them, and so on; each level padded with zeros to whole fans.
    levels: Vec<Vec<f64>>,
    total: f64,
}

impl Propensities {
    /// For `count` channels, all at 0.
    pub fn new(count: usize) -> Self {
        let mut levels = Vec::new();
        let mut size = count;
        loop {
            let fans = size.div_ceil(FAN).max(1);
            levels.push(vec![0.0; fans * FAN]);
            if fans == 1 {
                return Self { levels, total: 0.0 };
            }
            size = fans;
        }
    }

    /// The sum of all.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// Sets one propensity; sums do not follow until [`Self::sum_up`].
    #[inline]
    pub fn set(&mut self, channel: usize, value: f64) {
        self.levels[0][channel] = value;
    }

    /// Which of the lowest sums a channel is in.
    #[inline]
    pub fn fan_of(channel: usize) -> usize {
        channel / FAN
    }

    /// Brings the sums above one of the lowest fans up to date, but for the total.
    #[inline]
    pub fn sum_up(&mut self, fan: usize) {
        let mut fan = fan;
        for level in 1..self.levels.len() {
            let value = sum(&self.levels[level - 1], fan);
            self.levels[level][fan] = value;
            fan /= FAN;
        }
    }

    /// Brings the total up to date.
    #[inline]
    pub fn finish(&mut self) {
        if let Some(top) = self.levels.last() {
            self.total = sum(top, 0);
        }
    }

    /// Brings everything up to date.
    pub fn sum_all(&mut self) {
        for fan in 0..self.levels[0].len() / FAN {
            self.sum_up(fan);
        }
        self.finish();
    }

    /// The channel at `share` of the total, for a share in [0, 1): a channel of propensity a has a length of a.
    #[inline]
    pub fn choose(&self, share: f64) -> usize {
        let mut rest = share * self.total;
        let mut place = 0;
        for level in self.levels.iter().rev() {
            let fan = fan(level, place);
            let mut chosen = 0;
            while chosen < FAN - 1 && rest >= fan[chosen] {
                rest -= fan[chosen];
                chosen += 1;
            }
            // Rounding may leave a rest behind the last one: it belongs to the last that can happen.
            while chosen > 0 && fan[chosen] <= 0.0 {
                chosen -= 1;
                rest = fan[chosen];
            }
            place = place * FAN + chosen;
        }
        place
    }
}

/// Values under one sum.
#[inline]
fn fan(level: &[f64], at: usize) -> &[f64; FAN] {
    match level[at * FAN..].first_chunk() {
        Some(fan) => fan,
        None => &[0.0; FAN],
    }
}

/// Their sum, in independent chains.
#[inline]
fn sum(level: &[f64], at: usize) -> f64 {
    let [a, b, c, d, e, f, g, h] = *fan(level, at);
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_has_its_length() {
        for count in [1, 15, 16, 17, 300, 5000] {
            let mut propensities = Propensities::new(count);
            let value = |channel: usize| (channel % 3) as f64;
            for channel in 0..count {
                propensities.set(channel, value(channel));
            }
            propensities.sum_all();
            let total: f64 = (0..count).map(value).sum();
            assert_eq!(propensities.total(), total);
            let mut before = 0.0;
            for channel in (0..count).filter(|channel| value(*channel) > 0.0) {
                assert_eq!(propensities.choose((before + 0.01) / total), channel);
                before += value(channel);
                assert_eq!(propensities.choose((before - 0.01) / total), channel);
            }
        }
    }

    #[test]
    fn rounding_never_chooses_what_cannot_happen() {
        let mut propensities = Propensities::new(40);
        propensities.set(3, 0.1);
        propensities.set(20, 0.2);
        propensities.sum_all();
        assert_eq!(propensities.choose(1.0), 20);
        assert_eq!(propensities.choose(0.0), 3);
    }
}
