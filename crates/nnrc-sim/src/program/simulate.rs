//! The verb `simulate`.

use std::io::{self, Write};
use std::path::Path;

use super::arguments::{Arguments, Format};
use super::{Network, Quantity, Role, Tensors, input_width};
use crate::io::{Array, Arrays, npz, table, write_atomically};
use crate::{Method, Settle, Tolerances, integrate, settle};

/// Rows of values under their names.
struct Results {
    time: Option<Vec<f64>>,
    quantities: Vec<Quantity>,
    rows: Vec<Vec<f64>>,
}

/// Simulates and writes.
pub(crate) fn run<N: Network>(arguments: &Arguments) -> Result<(), String> {
    let format = arguments.format()?;
    let mut network = N::load(&mut Tensors::read(&arguments.model)?)?;
    let result = match &arguments.data {
        Some(path) => many(&mut network, arguments, &rows::<N>(path)?)?,
        None => {
            if let Some(input) = &arguments.input {
                check_input::<N>(input).map_err(|message| format!("--input: {message}"))?;
                network.set_inputs(input);
            }
            if arguments.steady { steady(&mut network, arguments)? } else { course(&mut network, arguments)? }
        }
    };
    write(&result, format, arguments.output.as_deref())
}

/// Checks the number and the signs of the values of the inputs.
fn check_input<N: Network>(values: &[f64]) -> Result<(), String> {
    let width = input_width::<N>();
    if values.len() != width {
        return Err(format!("{} values for {width} inputs", values.len()));
    }
    let mut rest = values;
    for quantity in N::quantities().iter().filter(|quantity| quantity.role.is_input()) {
        let (own, others) = rest.split_at(quantity.width);
        rest = others;
        let is_bad = |value: &f64| *value < 0.0 && quantity.role == Role::Input;
        if let Some(at) = own.iter().position(is_bad) {
            let Quantity { name, .. } = quantity;
            return Err(format!("{name}_{} is {}, but a concentration is never negative", at + 1, own[at]));
        }
    }
    Ok(())
}

/// The inputs in a file, one in each row.
fn rows<N: Network>(path: &Path) -> Result<Vec<Vec<f64>>, String> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read `{name}`: {error}"))?;
    let width = input_width::<N>();
    let extension = path.extension().and_then(|extension| extension.to_str());
    let rows: Vec<Vec<f64>> = if matches!(extension, Some("npz" | "npy")) {
        let mut arrays = npz::read(&bytes).map_err(|error| format!("`{name}`: {error}"))?;
        let array = arrays
            .remove("x")
            .or_else(|| arrays.remove(npz::SINGLE))
            .ok_or_else(|| format!("`{name}` has no array `x`"))?;
        if array.values.len() % width.max(1) != 0 || array.shape.iter().skip(1).product::<usize>() != width {
            return Err(format!(
                "`{name}`: `x` has shape {:?}, expected rows of {width} values",
                array.shape
            ));
        }
        array.values.chunks_exact(width.max(1)).map(<[f64]>::to_vec).collect()
    } else {
        let table = table::read(&bytes, table::Separator::of(extension, &bytes));
        let table = table.map_err(|error| format!("`{name}`: {error}"))?;
        let number = |line: u64, cell: &String| {
            let number = cell.parse().ok().filter(|number: &f64| number.is_finite());
            number.ok_or_else(|| format!("`{name}`, line {line}: `{cell}` is not a finite number"))
        };
        let row = |row: &table::Row| row.cells.iter().map(|cell| number(row.line, cell)).collect();
        table.rows.iter().map(row).collect::<Result<_, String>>()?
    };
    for (at, row) in rows.iter().enumerate() {
        check_input::<N>(row).map_err(|message| format!("`{name}`, row {}: {message}", at + 1))?;
    }
    Ok(rows)
}

fn tolerances(arguments: &Arguments) -> Tolerances {
    Tolerances::new(arguments.relative, arguments.absolute)
}

/// The settled state.
fn settled<N: Network>(network: &mut N, arguments: &Arguments) -> Result<(Vec<f64>, f64), crate::Error> {
    let mut state = network.start();
    let settled = settle(network, &mut state, &tolerances(arguments), &Settle::default())?;
    Ok((state, settled.time))
}

fn steady<N: Network>(network: &mut N, arguments: &Arguments) -> Result<Results, String> {
    let (state, _) = settled(network, arguments).map_err(|error| error.to_string())?;
    let mut row = Vec::new();
    network.observe(&state, &mut row);
    Ok(Results { time: None, quantities: N::quantities().to_vec(), rows: vec![row] })
}

/// The settled outputs of many inputs.
fn many<N: Network>(network: &mut N, arguments: &Arguments, inputs: &[Vec<f64>]) -> Result<Results, String> {
    let mut rows = Vec::with_capacity(inputs.len());
    let mut values = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        network.set_inputs(input);
        let (state, _) = settled(network, arguments).map_err(|error| format!("row {}: {error}", at + 1))?;
        values.clear();
        network.observe(&state, &mut values);
        let mut rest = values.as_slice();
        let mut row = Vec::new();
        for quantity in N::quantities() {
            let (own, others) = rest.split_at(quantity.width);
            rest = others;
            if quantity.role == Role::Output {
                row.extend_from_slice(own);
            }
        }
        rows.push(row);
    }
    let quantities =
        N::quantities().iter().filter(|quantity| quantity.role == Role::Output).copied().collect();
    Ok(Results { time: None, quantities, rows })
}

fn course<N: Network>(network: &mut N, arguments: &Arguments) -> Result<Results, String> {
    let until = match arguments.until {
        Some(until) => until,
        None => settled(network, arguments)
            .map_err(|error| format!("no end of the time course is given (`--until`), and {error}"))?
            .1
            .max(f64::MIN_POSITIVE),
    };
    let last = arguments.points - 1;
    let times: Vec<f64> = (0..=last)
        .map(|point| if point == last { until } else { until * point as f64 / last as f64 })
        .collect();
    let mut state = network.start();
    let mut states = Vec::with_capacity(times.len());
    let observe = |_, state: &[f64]| states.push(state.to_vec());
    integrate(network, Method::Auto, &tolerances(arguments), &mut state, 0.0..until, &times, observe)
        .map_err(|error| error.to_string())?;
    let row = |state: &Vec<f64>| {
        let mut row = Vec::new();
        network.observe(state, &mut row);
        row
    };
    let rows = states.iter().map(row).collect();
    Ok(Results { time: Some(times), quantities: N::quantities().to_vec(), rows })
}

fn write(result: &Results, format: Format, output: Option<&Path>) -> Result<(), String> {
    let Some(path) = output else {
        return match write_csv(result, io::stdout().lock()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(format!("cannot write to standard output: {error}"))
            }
            _ => Ok(()),
        };
    };
    let written = write_atomically(path, |file| match format {
        Format::Csv => write_csv(result, file),
        Format::Npz => npz::write(file, &arrays(result)),
    });
    written.map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

fn write_csv(result: &Results, mut out: impl Write) -> io::Result<()> {
    let mut header: Vec<String> = Vec::new();
    header.extend(result.time.is_some().then(|| "time".to_owned()));
    for quantity in &result.quantities {
        header.extend((1..=quantity.width).map(|at| format!("{}_{at}", quantity.name)));
    }
    let rows = result.rows.iter().enumerate().map(|(at, row)| {
        let time = result.time.as_ref().map(|times| times[at]);
        time.into_iter().chain(row.iter().copied()).collect::<Vec<f64>>()
    });
    table::write(&mut out, &header, rows)?;
    out.flush()
}

fn arrays(result: &Results) -> Arrays {
    let mut arrays = Arrays::new();
    let mut start = 0;
    for quantity in &result.quantities {
        let columns = start..start + quantity.width;
        start = columns.end;
        let values: Vec<f64> = result.rows.iter().flat_map(|row| &row[columns.clone()]).copied().collect();
        let shape = vec![result.rows.len(), quantity.width];
        arrays.insert(quantity.name.to_owned(), Array { shape, values });
    }
    if let Some(times) = &result.time {
        arrays.insert("time".to_owned(), Array { shape: vec![times.len()], values: times.clone() });
    }
    arrays
}
