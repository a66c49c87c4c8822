// Charts over time: stacked areas of bins, lines of sums. All share one window of time.

const view = { from: null, to: null };

function windowOf(length) {
  return view.from === null ? [0, length] : [view.from, Math.min(view.to, length)];
}

function zoomTo(from, to) {
  view.from = from;
  view.to = to;
  for (const button of document.querySelectorAll("button.whole")) button.hidden = from === null;
  redrawAll();
}

/** The index of the bin that holds a time. */
function binAt(edges, seconds) {
  let low = 0, high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (edges[middle] <= seconds) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Bins [first, last) in at most `most` groups: their edges, and for each series its means, whose integral is the same. */
function coarse(edges, series, first, last, most) {
  const size = Math.max(1, Math.ceil((last - first) / most));
  const starts = [];
  for (let i = first; i < last; i += size) starts.push(i);
  const ends = starts.map((start) => Math.min(start + size, last));
  const means = series.map((values) => starts.map((start, group) => {
    if (size === 1) return values[start];
    let sum = 0;
    for (let i = start; i < ends[group]; ++i) sum += values[i] * (edges[i + 1] - edges[i]);
    return sum / (edges[ends[group]] - edges[start]);
  }));
  return { edges: [...starts.map((start) => edges[start]), edges[last]], means };
}

/** The outline of an area between two staircases. */
function stairs(xs, tops, bases) {
  let path = "", level = null;
  for (let i = 0; i < tops.length; ++i) {
    if (tops[i] !== level) path += `${path ? "V" : `M${xs[i]},`}${tops[i]}`;
    level = tops[i];
    path += `H${xs[i + 1]}`;
  }
  level = null;
  for (let i = bases.length - 1; i >= 0; --i) {
    if (bases[i] !== level) path += `V${bases[i]}`;
    level = bases[i];
    path += `H${xs[i]}`;
  }
  return path + "Z";
}

const MARGIN = { left: 52, right: 10, top: 8, bottom: 24 };

/**
 * Stacked areas. chart: {edges, start, layers: [{key, label, values}], scale, unit, most, height, description, total}.
 * `scale` turns values into the axis' numbers. Puts into data-integral the integral of what is drawn, value x s.
 */
function stackChart(container, spec) {
  const edges = spec.edges, length = edges[edges.length - 1];
  const [from, to] = windowOf(length);
  if (to <= from) return;
  const first = binAt(edges, from);
  const last = to >= length ? edges.length - 1 : binAt(edges, to) + 1;
  const chart = canvas(container, spec.height, spec.description);
  const left = MARGIN.left, right = chart.width - MARGIN.right, bottom = spec.height - (spec.times === false ? 6 : MARGIN.bottom);
  const found = coarse(edges, spec.layers.map((layer) => layer.values), first, last, Math.max(200, right - left));
  const bins = found.edges.length - 1;
  let most = spec.most || 0;
  if (!most) for (let i = 0; i < bins; ++i) most = Math.max(most, found.means.reduce((sum, means) => sum + means[i], 0) * spec.scale);
  most = most > 0 ? most : 1;
  const x = (seconds) => left + (right - left) * Math.min(Math.max((seconds - from) / (to - from), 0), 1);
  const y = (value) => bottom - (bottom - MARGIN.top) * value / (most * 1.04);
  leftAxis(chart, left, right, roundTicks(most, Math.max(2, spec.height / 45)), y, (tick) => tickText(tick, most));
  const xs = found.edges.map((edge) => +x(edge).toFixed(1));
  let base = new Array(bins).fill(0), integral = 0;
  spec.layers.forEach((layer, index) => {
    const top = base.map((value, bin) => value + found.means[index][bin]);
    if (found.means[index].some((value) => value !== 0)) {
      const place = (values) => values.map((value) => +y(value * spec.scale).toFixed(1));
      svg("path", { d: stairs(xs, place(top), place(base)), class: "area", "data-key": layer.key,
                    style: `fill:${fillOf(layer.key)}` }, chart.root);
    }
    found.means[index].forEach((value, bin) => { integral += value * (found.edges[bin + 1] - found.edges[bin]); });
    base = top;
  });
  svg("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }, chart.root);
  if (spec.times !== false) timeAxis(chart, spec.start, from, to, x, bottom);
  container.dataset.integral = String(integral);
  const rows = (bin) => {
    const shown = spec.layers.map((layer, index) => [layer.key, layer.label, found.means[index][bin] * spec.scale]);
    const sum = shown.reduce((all, row) => all + row[2], 0);
    const listed = shown.filter((row) => row[2] > 0.0005 * sum).reverse().map(([key, text, value]) => [key, text, number(value, sum) + spec.unit]);
    return [[null, spec.total, number(sum) + spec.unit], ...listed];
  };
  watch(chart, spec, found.edges, x, [from, to], rows);
}

/** Lines of values at edges. spec: {start, height, lines: [{index, edges, values}], unit, description}. */
function lineChart(container, spec) {
  const length = Math.max(...spec.lines.map((line) => line.edges[line.edges.length - 1]));
  const [from, to] = windowOf(length);
  const chart = canvas(container, spec.height, spec.description);
  const left = MARGIN.left, right = chart.width - MARGIN.right, bottom = spec.height - MARGIN.bottom;
  const most = Math.max(...spec.lines.map((line) => line.values[Math.min(binAt(line.edges, to) + 1, line.values.length - 1)])) || 1;
  const x = (seconds) => left + (right - left) * (seconds - from) / (to - from);
  const y = (value) => bottom - (bottom - MARGIN.top) * value / (most * 1.04);
  leftAxis(chart, left, right, roundTicks(most, 4), y, (tick) => tickText(tick, most));
  for (const line of spec.lines) {
    let path = "";
    for (let i = 0; i < line.edges.length; ++i) {
      if (line.edges[i] >= from && line.edges[i] <= to) path += `${path ? "L" : "M"}${x(line.edges[i]).toFixed(1)},${y(line.values[i]).toFixed(1)}`;
    }
    svg("path", { d: path, class: "line", style: lineStyle(line.index) }, chart.root);
  }
  svg("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }, chart.root);
  timeAxis(chart, spec.start, from, to, x, bottom);
  const rows = (bin) => spec.lines.map((line) => [null, DATA.runs[line.index].name,
    number(line.values[Math.min(bin + 1, line.values.length - 1)], most) + " " + spec.unit]);
  watch(chart, spec, spec.lines[0].edges, x, [from, to], rows);
}

/** Pointer and keys: a hint for the bin below the cursor; dragging chooses a window, a double click all. */
function watch(chart, spec, edges, x, [from, to], rows) {
  const root = chart.root, left = x(from), right = x(to);
  const cursor = svg("line", { class: "cursor", y1: 4, y2: spec.height - 6, visibility: "hidden" }, root);
  const choice = svg("rect", { class: "choice", y: 4, height: spec.height - 10, visibility: "hidden" }, root);
  let bin = null, pressed = null;
  const show = (index, top) => {
    bin = Math.min(Math.max(index, 0), edges.length - 2);
    const middle = x((Math.max(edges[bin], from) + Math.min(edges[bin + 1], to)) / 2);
    cursor.setAttribute("x1", middle);
    cursor.setAttribute("x2", middle);
    cursor.setAttribute("visibility", "visible");
    const box = root.getBoundingClientRect();
    const many = to - from > 86400 ? date(spec.start, edges[bin]) + " " : "";
    const step = edges[bin + 1] - edges[bin];
    const title = `${many}${clock(spec.start, edges[bin], step < 60)} to ${clock(spec.start, edges[bin + 1], step < 60)}`;
    showHint(box.left + middle * box.width / chart.width, top === undefined ? box.top + 20 : top, title, rows(bin));
  };
  const place = (event) => {
    const box = root.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - box.left) * chart.width / box.width, left), right);
  };
  const timeAt = (px) => from + (to - from) * (px - left) / (right - left);
  root.setAttribute("tabindex", "0");
  root.addEventListener("pointermove", (event) => {
    const at = place(event);
    if (pressed !== null && event.pointerType === "mouse" && Math.abs(at - pressed) > 4) {
      choice.setAttribute("x", Math.min(at, pressed));
      choice.setAttribute("width", Math.abs(at - pressed));
      choice.setAttribute("visibility", "visible");
    }
    show(binAt(edges, timeAt(at)), event.clientY);
  });
  root.addEventListener("pointerdown", (event) => { pressed = place(event); show(binAt(edges, timeAt(pressed)), event.clientY); });
  root.addEventListener("pointerup", (event) => {
    const at = place(event), start = pressed;
    pressed = null;
    if (event.pointerType === "mouse" && start !== null && Math.abs(at - start) > 8) zoomTo(timeAt(Math.min(at, start)), timeAt(Math.max(at, start)));
  });
  root.addEventListener("pointerleave", () => { cursor.setAttribute("visibility", "hidden"); choice.setAttribute("visibility", "hidden"); pressed = null; hideHint(); });
  root.addEventListener("dblclick", () => zoomTo(null, null));
  root.addEventListener("blur", hideHint);
  root.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20 };
    if (event.key === "Escape") hideHint();
    if (!(event.key in steps)) return;
    event.preventDefault();
    show((bin === null ? 0 : bin) + steps[event.key]);
  });
}
