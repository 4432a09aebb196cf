"use strict";
(function () {
  var root = document.documentElement;
  var charts = JSON.parse(document.getElementById("charts").textContent);
  var light = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#777777"];
  var dark = ["#56b4e9", "#f0863c", "#2fc79a", "#dc9cc0", "#f0c040", "#9ab8ff", "#b5b5b5"];
  var colours = matchMedia("(prefers-color-scheme: dark)").matches ? dark : light;
  var style = getComputedStyle(root);
  var ink = style.getPropertyValue("--ink").trim();
  var rule = style.getPropertyValue("--rule").trim();
  var drawn = [];
  charts.forEach(function (chart, at) {
    var place = document.getElementById("chart-" + at);
    if (!place || chart.times.length < 2) return;
    var series = [{ label: chart.horizontal }];
    chart.curves.forEach(function (curve, number) {
      series.push({
        label: curve.name,
        stroke: colours[number % colours.length],
        width: 1.5,
        dash: [[], [7, 3], [2, 3]][Math.floor(number / colours.length) % 3],
        value: function (plot, value) { return value == null ? "" : String(+value.toPrecision(5)); }
      });
    });
    var axis = { stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule, width: 1 } };
    var options = {
      title: chart.title,
      width: Math.max(320, place.clientWidth),
      height: 340,
      scales: { x: { time: false } },
      axes: [
        Object.assign({ label: chart.horizontal }, axis),
        Object.assign({ label: chart.vertical, size: 64 }, axis)
      ],
      series: series
    };
    var picture = place.firstElementChild;
    var data = [chart.times].concat(chart.curves.map(function (curve) { return curve.values; }));
    var plot = new uPlot(options, data, place);
    // The picture stays until there is something in its place.
    picture.hidden = true;
    picture.style.display = "none";
    drawn.push({ plot: plot, place: place });
  });
  addEventListener("resize", function () {
    drawn.forEach(function (one) {
      one.plot.setSize({ width: Math.max(320, one.place.clientWidth), height: 340 });
    });
  });
  root.setAttribute("data-charts", String(drawn.length));
})();
