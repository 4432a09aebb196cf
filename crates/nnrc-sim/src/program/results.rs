//! Rows of values under their names, as CSV or NumPy arrays.

use std::io::{self, Write};
use std::path::Path;

use super::arguments::Format;
use super::failure::Failure;
use super::file_error::FileError;
use crate::io::{Array, Arrays, insert_beside, npz, table, write_atomically};
use crate::network::Quantity;

/// Rows of values under their names.
pub(crate) struct Results {
    /// The time of each row.
    pub time: Option<Vec<f64>>,
    /// When the pot has settled, where that was worked out for a program that reads the result.
    pub settling_time: Option<f64>,
    /// Names and widths of what stands side by side in each row.
    columns: Vec<(String, usize)>,
    rows: Vec<Vec<f64>>,
}

impl Results {
    /// Rows over columns of these names and widths.
    pub fn new(columns: Vec<(String, usize)>, rows: Vec<Vec<f64>>) -> Self {
        Self { time: None, settling_time: None, columns, rows }
    }

    /// Rows over quantities.
    pub fn of(quantities: &[Quantity], rows: Vec<Vec<f64>>) -> Self {
        let columns = quantities.iter().map(|quantity| (quantity.name.to_owned(), quantity.width)).collect();
        Self::new(columns, rows)
    }

    /// Writes to a file, or to standard output.
    ///
    /// # Errors
    ///
    /// The file that cannot be written.
    pub fn write(&self, format: Format, output: Option<&Path>) -> Result<(), Failure> {
        let Some(path) = output else {
            return match self.write_csv(io::stdout().lock()) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    Err(format!("cannot write to standard output: {error}").into())
                }
                _ => Ok(()),
            };
        };
        let written = write_atomically(path, |file| match format {
            Format::Csv => self.write_csv(file),
            Format::Npz => npz::write(file, &self.arrays()),
        });
        Ok(written.map_err(|error| FileError::unwritable(path, &error))?)
    }

    fn write_csv(&self, mut out: impl Write) -> io::Result<()> {
        let mut header: Vec<String> = Vec::new();
        header.extend(self.time.is_some().then(|| "time".to_owned()));
        for (name, width) in &self.columns {
            header.extend((1..=*width).map(|at| format!("{name}_{at}")));
        }
        let rows = self.rows.iter().enumerate().map(|(at, row)| {
            let time = self.time.as_ref().map(|times| times[at]);
            time.into_iter().chain(row.iter().copied()).collect::<Vec<f64>>()
        });
        table::write(&mut out, &header, rows)?;
        out.flush()
    }

    fn arrays(&self) -> Arrays {
        let mut arrays = Arrays::new();
        let mut start = 0;
        for (name, width) in &self.columns {
            let columns = start..start + width;
            start = columns.end;
            let values: Vec<f64> = self.rows.iter().flat_map(|row| &row[columns.clone()]).copied().collect();
            let shape = vec![self.rows.len(), *width];
            arrays.insert(name.clone(), Array { shape, values });
        }
        if let Some(times) = &self.time {
            let times = Array { shape: vec![times.len()], values: times.clone() };
            insert_beside(&mut arrays, "time", times);
        }
        if let Some(time) = self.settling_time {
            insert_beside(&mut arrays, "settling_time", Array { shape: Vec::new(), values: vec![time] });
        }
        arrays
    }
}
