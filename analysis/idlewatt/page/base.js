"use strict";
// What all charts share: the data, numbers and times as text, SVG elements, redrawing.

const DATA = JSON.parse(document.getElementById("data").textContent);
const SVG_NS = "http://www.w3.org/2000/svg";

/** Arrays as Python's encode() writes them: base64 of little-endian numbers, or the edges of equal bins. */
function decode(coded) {
  if (coded.bins !== undefined) {
    const edges = new Float64Array(coded.bins + 1);
    for (let i = 0; i < coded.bins; ++i) edges[i] = i * coded.step;
    edges[coded.bins] = coded.end;
    return edges;
  }
  const text = atob(coded.f8 || coded.u1);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  return coded.f8 !== undefined ? new Float64Array(bytes.buffer) : bytes;
}

// ---- text

/** Three digits and no exponent, as idlewatt/words.py has it. */
function number(value, like) {
  if (value === 0) return "0";
  if (value === null || !Number.isFinite(value)) return "–";
  const places = Math.min(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(like || value)))), 4);
  const least = 10 ** -places;
  return Math.abs(value) < least / 2 ? "<" + least.toFixed(places) : value.toFixed(places);
}

function percent(share) {
  if (share === null || !Number.isFinite(share)) return "–";
  if (share > 0 && share < 0.001) return "<0.1 %";
  if (share >= 0.9945 && share < 1) return share >= 0.9995 ? ">99.9 %" : (100 * share).toFixed(1) + " %";
  return share >= 0.0095 || share === 0 ? (100 * share).toFixed(0) + " %" : (100 * share).toFixed(1) + " %";
}

function duration(seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return "–";
  if (seconds < 0.9995) return number(1e3 * seconds) + " ms";
  return seconds < 120 ? number(seconds) + " s" : number(seconds / 60) + " min";
}

/** A value of a measure in its unit, as short as an axis or a hint wants it. */
function inUnit(value, unit, form) {
  if (form === "share") return percent(value);
  if (unit === "s") return duration(value);
  const text = Math.abs(value) >= 1e6 ? number(value / 1e6) + " million" : number(value);
  return unit === "1" ? text : text + " " + unit;
}

function clock(startUnix, seconds, precise) {
  const text = new Date((startUnix + seconds) * 1000).toISOString();
  return text.slice(11, precise ? 19 : 16);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
function date(startUnix, seconds) {
  const day = new Date((startUnix + seconds) * 1000);
  return day.getUTCDate() + " " + MONTHS[day.getUTCMonth()];
}

// ---- elements

function svg(name, attributes, parent) {
  const element = document.createElementNS(SVG_NS, name);
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
  if (parent) parent.appendChild(element);
  return element;
}

function html(name, className, parent, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  if (parent) parent.appendChild(element);
  return element;
}

function label(parent, x, y, text, attributes) {
  const element = svg("text", { x: x.toFixed(1), y: y.toFixed(1), ...attributes }, parent);
  element.textContent = text;
  return element;
}

/** An empty chart of the container's width; its label is what a screen reader says. */
function canvas(container, height, description) {
  const width = Math.max(260, Math.floor(container.clientWidth));
  container.querySelectorAll("svg.chart, canvas").forEach((old) => old.remove());
  const root = svg("svg", {
    class: "chart", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": description,
  }, container);
  return { root, width, height };
}

/** The fill of a layer or state: its colour, or its pattern. */
function fillOf(key) {
  return DATA.hatched.includes(key) ? `url(#p-${key})` : `var(--c-${key})`;
}

function swatch(parent, key) {
  const box = svg("svg", { width: 22, height: 12, class: "swatch", "aria-hidden": "true" }, parent);
  svg("rect", { width: 22, height: 12, style: `fill:${fillOf(key)}` }, box);
}

function lineStyle(index) {
  const line = DATA.lines[index % DATA.lines.length];
  return `fill:none;stroke:var(--l-${index % DATA.lines.length});stroke-width:1.6;stroke-dasharray:${line.join(" ")}`;
}

function legendOfRuns(container, indices) {
  const legend = html("div", "legend", container);
  for (const index of indices) {
    const entry = html("span", "entry", legend);
    const box = svg("svg", { width: 34, height: 12, class: "swatch", "aria-hidden": "true" }, entry);
    svg("line", { x1: 0, y1: 6, x2: 34, y2: 6, style: lineStyle(index) }, box);
    entry.append(DATA.runs[index].name);
  }
}

// ---- the hint beside the pointer

const hint = html("div", "hint", document.body);
hint.hidden = true;

/** Shows rows of [key or null, text, value] beside a point of the page. */
function showHint(x, y, title, rows) {
  hint.replaceChildren();
  html("div", "hint-title", hint, title);
  for (const [key, text, value] of rows) {
    const row = html("div", "hint-row", hint);
    if (key) swatch(row, key);
    html("span", "", row, text);
    html("b", "", row, value);
  }
  hint.hidden = false;
  const box = hint.getBoundingClientRect();
  const left = x + 14 + box.width > document.documentElement.clientWidth ? x - 14 - box.width : x + 14;
  hint.style.left = Math.max(4, left + window.scrollX) + "px";
  hint.style.top = Math.max(4, y - box.height - 10) + window.scrollY + "px";
}

function hideHint() {
  hint.hidden = true;
}

// ---- redrawing

const drawings = [];

/** Draws now, and again when the container's width changes. */
function draw(container, drawing) {
  if (!container) return;
  const entry = { container, drawing, width: 0 };
  drawings.push(entry);
  redraw(entry);
}

function redraw(entry) {
  entry.width = entry.container.clientWidth;
  entry.drawing(entry.container);
}

function redrawAll() {
  hideHint();
  drawings.forEach(redraw);
}

let waiting = 0;
window.addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => drawings.filter((entry) => entry.width !== entry.container.clientWidth).forEach(redraw), 120);
});

// ---- axes

/** Round numbers from 0 to `most`, about `wanted` of them. */
function roundTicks(most, wanted) {
  const raw = most / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= raw * 0.999);
  const ticks = [];
  for (let i = 0; i * step <= most * 1.0001; ++i) ticks.push(i * step);
  return ticks;
}

function tickText(value, most) {
  if (value === 0) return "0";
  if (most >= 1e6) return +(value / 1e6).toPrecision(3) + "M";
  return most >= 1e4 ? +(value / 1e3).toPrecision(3) + "k" : String(+value.toPrecision(3));
}

/** Lines and numbers of a linear axis on the left; y(value) gives the place. */
function leftAxis(chart, left, right, ticks, y, textOf) {
  for (const tick of ticks) {
    svg("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }, chart.root);
    label(chart.root, left - 6, y(tick) + 4, textOf(tick), { class: "tick", "text-anchor": "end" });
  }
}

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400,
  172800, 604800, 1209600, 2419200, 7862400, 31449600];

/** Times of the clock (UTC) between two times of the run. */
function timeTicks(startUnix, from, to, wanted) {
  const span = to - from;
  const step = TIME_STEPS.find((one) => span / one <= wanted) || Math.ceil(span / wanted / 86400) * 86400;
  const midnight = Math.floor(startUnix / 86400) * 86400;
  const ticks = [];
  for (let at = Math.ceil((startUnix + from - midnight) / step - 1e-9) * step; ; at += step) {
    const seconds = at + midnight - startUnix;
    if (seconds > to + 1e-6 * span) return ticks;
    const isDate = step >= 86400 || (span > 1.01 * 86400 && at % 86400 === 0);
    const text = isDate ? date(startUnix, seconds)
      : at === 86400 && seconds === to ? "24:00" : clock(startUnix, seconds, step < 60);
    ticks.push([seconds, text]);
  }
}

function timeAxis(chart, startUnix, from, to, x, bottom) {
  for (const [seconds, text] of timeTicks(startUnix, from, to, Math.max(3, chart.width / 75))) {
    svg("line", { class: "axis", x1: x(seconds), x2: x(seconds), y1: bottom, y2: bottom + 4 }, chart.root);
    const place = Math.min(Math.max(x(seconds), 18), chart.width - 18);
    label(chart.root, place, bottom + 16, text, { class: "tick", "text-anchor": "middle" });
  }
}
