//! The page: head, policy, sections, charts, script.

use serde_json::Value;

use super::chart::Chart;
use super::escape::{escape, json};

/// The plotting library that a page carries.
pub const UPLOT_VERSION: &str = "1.6.32";

const UPLOT: &str = include_str!("uplot/uPlot.iife.min.js");
const UPLOT_STYLE: &str = include_str!("uplot/uPlot.min.css");
const UPLOT_LICENSE: &str = include_str!("uplot/LICENSE");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Nothing is fetched from anywhere.
const POLICY: &str =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

/// A page under way.
pub struct Page {
    title: String,
    lead: String,
    sections: Vec<(String, String, String)>,
    charts: Vec<Value>,
}

impl Page {
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), lead: String::new(), sections: Vec::new(), charts: Vec::new() }
    }

    /// What stands under the title, as HTML.
    pub fn lead(&mut self, html: &str) {
        html.clone_into(&mut self.lead);
    }

    /// A section with its HTML.
    pub fn section(&mut self, id: &str, title: &str, html: &str) {
        self.sections.push((id.to_owned(), title.to_owned(), html.to_owned()));
    }

    /// A section of charts with words before them.
    pub fn charts(&mut self, id: &str, title: &str, charts: &[Chart], words: &str) {
        let mut html = String::new();
        if !words.is_empty() {
            html.push_str(&format!("<p class=\"out\">{}</p>", escape(words)));
        }
        for chart in charts {
            let number = self.charts.len();
            html.push_str(&format!(
                "<figure class=\"chart\" id=\"chart-{number}\" aria-label=\"{}\">{}</figure>\n",
                escape(&chart.title),
                chart.svg()
            ));
            self.charts.push(chart.json());
        }
        self.section(id, title, &html);
    }

    /// The whole document.
    pub fn finish(self) -> String {
        let title = escape(&self.title);
        let links: String = self
            .sections
            .iter()
            .map(|(id, title, _)| format!("<a href=\"#{id}\">{}</a> ", escape(title)))
            .collect();
        let sections: String = self
            .sections
            .iter()
            .map(|(id, title, html)| {
                format!("<section id=\"{id}\">\n<h2>{}</h2>\n{html}\n</section>\n", escape(title))
            })
            .collect();
        let data = json(&Value::Array(self.charts));
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <style>{UPLOT_STYLE}\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n<p>{}</p>\n\
             <nav>{links}</nav>\n</header>\n<main>\n{sections}</main>\n\
             <script type=\"application/json\" id=\"charts\">{data}</script>\n\
             <script>\n/* uPlot {UPLOT_VERSION}\n{UPLOT_LICENSE}*/\n{UPLOT}\n{SCRIPT}</script>\n</body>\n</html>\n",
            self.lead
        )
    }
}

/// A table of text cells; without a header where there are no names.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = "<div class=\"wide\"><table>\n".to_owned();
    if !header.is_empty() {
        let cells: String =
            header.iter().map(|name| format!("<th scope=\"col\">{}</th>", escape(name))).collect();
        out.push_str(&format!("<thead><tr>{cells}</tr></thead>\n"));
    }
    out.push_str("<tbody>\n");
    for row in rows {
        let cells: String = row
            .iter()
            .enumerate()
            .map(|(at, cell)| {
                let cell = escape(cell);
                if at == 0 { format!("<th scope=\"row\">{cell}</th>") } else { format!("<td>{cell}</td>") }
            })
            .collect();
        out.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    out.push_str("</tbody>\n</table></div>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::digest;

    #[test]
    fn the_library_is_the_one_that_was_released() {
        // SHA-256 of the files of the package uplot 1.6.32.
        let files = [
            (UPLOT, "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f"),
            (UPLOT_STYLE, "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04"),
            (UPLOT_LICENSE, "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd"),
        ];
        for (text, expected) in files {
            assert_eq!(digest(text.as_bytes()), expected);
        }
        assert!(!UPLOT.contains("</script") && !SCRIPT.contains("</script"));
        assert!(!UPLOT_LICENSE.contains("*/"));
    }
}
