//! ChaCha8 (Bernstein 2008), several blocks side by side, so that one instruction serves several of them.
//!
//! The generator is written out here, forty lines, and compiled for whatever registers its caller is compiled for.
#![allow(clippy::needless_range_loop, reason = "iterators are calls, which the optimiser may leave as such")]

/// Words of a block.
pub(crate) const BLOCK: usize = 16;

/// A word of each of `W` blocks.
pub(crate) type Row<const W: usize> = [u32; W];

/// Where the blocks of some streams begin: in lane l the block `counters[l]` of the stream `numbers[l]` under
/// `keys[_][l]`.
#[inline(always)]
pub(crate) fn start<const W: usize>(
    keys: &[Row<W>; 8],
    counters: &[u64; W],
    numbers: &[u64; W],
) -> [Row<W>; BLOCK] {
    let constants = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];
    let mut rows = [[0; W]; BLOCK];
    for (row, word) in rows.iter_mut().zip(constants) {
        *row = [word; W];
    }
    for (row, word) in rows[4..].iter_mut().zip(keys) {
        *row = *word;
    }
    for lane in 0..W {
        (rows[12][lane], rows[13][lane]) = (counters[lane] as u32, (counters[lane] >> 32) as u32);
        (rows[14][lane], rows[15][lane]) = (numbers[lane] as u32, (numbers[lane] >> 32) as u32);
    }
    rows
}

/// The words of the blocks that begin so.
#[inline(always)]
pub(crate) fn blocks<const W: usize>(start: &[Row<W>; BLOCK]) -> [Row<W>; BLOCK] {
    let mut rows = *start;
    for _ in 0..4 {
        quarter(&mut rows, 0, 4, 8, 12);
        quarter(&mut rows, 1, 5, 9, 13);
        quarter(&mut rows, 2, 6, 10, 14);
        quarter(&mut rows, 3, 7, 11, 15);
        quarter(&mut rows, 0, 5, 10, 15);
        quarter(&mut rows, 1, 6, 11, 12);
        quarter(&mut rows, 2, 7, 8, 13);
        quarter(&mut rows, 3, 4, 9, 14);
    }
    for word in 0..BLOCK {
        rows[word] = add(rows[word], start[word]);
    }
    rows
}

/// The quarter round on rows of all blocks.
#[inline(always)]
fn quarter<const W: usize>(rows: &mut [Row<W>; BLOCK], a: usize, b: usize, c: usize, d: usize) {
    half(rows, a, b, d, 16);
    half(rows, c, d, b, 12);
    half(rows, a, b, d, 8);
    half(rows, c, d, b, 7);
}

/// A sum, and what it is mixed into.
#[inline(always)]
fn half<const W: usize>(rows: &mut [Row<W>; BLOCK], a: usize, b: usize, c: usize, turn: u32) {
    rows[a] = add(rows[a], rows[b]);
    let (sum, mut mixed) = (rows[a], rows[c]);
    for lane in 0..W {
        mixed[lane] = (mixed[lane] ^ sum[lane]).rotate_left(turn);
    }
    rows[c] = mixed;
}

#[inline(always)]
fn add<const W: usize>(mut a: Row<W>, b: Row<W>) -> Row<W> {
    for lane in 0..W {
        a[lane] = a[lane].wrapping_add(b[lane]);
    }
    a
}
