//! What a sweep will take, judged by one point.

use std::time::Instant;

use nnrc::disk::Disk;
use nnrc::numbers::{plural, short, size};
use nnrc::sweep::{Manifest, run_point};
use nnrc_syntax::Source;
use serde_json::json;

use crate::session::Session;
use crate::terminal::Stop;

/// How long a shard should take, in seconds: short ones cost the scheduler more than they do, and long ones lose much
/// when they are killed.
const SHARD: f64 = 1800.0;

/// Runs the first point on one thread, and says what all of them will take.
pub fn run(session: &Session, manifest: &Manifest, (source, disk): (&Source, &Disk)) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let Some(point) = manifest.points().first() else { return Ok(()) };
    let start = Instant::now();
    run_point(manifest, point, (source, disk), 1, &mut ())?;
    let seconds = start.elapsed().as_secs_f64();
    let points = manifest.points().len();
    let all = seconds * points as f64;
    let shards = ((all / SHARD).ceil() as usize).clamp(1, points);
    let memory = peak_memory();
    if terminal.is_json() {
        return terminal.print_json(&json!({
            "points": points, "seconds": seconds, "cpu_hours": all / 3600.0, "memory": memory, "shards": shards,
        }));
    }
    let memory = memory.map_or_else(|| "not known here".to_owned(), size);
    terminal.print(&format!(
        "points          {points}\n\
         a point         {} s on one core (the first one: {})\n\
         all of them     {} CPU hours\n\
         memory          {memory}\n\
         shards          {}, for half an hour each\n",
        short(seconds),
        point.words(),
        short(all / 3600.0),
        plural(shards, "shard"),
    ))
}

/// The most memory that this process has had, in bytes, where the system says so.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
