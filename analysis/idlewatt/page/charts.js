// The other charts: latencies, energy flow, idle waste by server, one measure against another.

/** Share of requests that took at least so long, both axes logarithmic, with the limits. lines: [{index, seconds, share}]. */
function latencyChart(container, spec) {
  const height = 210, chart = canvas(container, height, spec.label);
  const left = MARGIN.left, right = chart.width - 12, top = 8, bottom = height - MARGIN.bottom;
  const positive = spec.lines.flatMap((line) => line.seconds.filter((value, i) => value > 0 && line.share[i] > 0));
  const low = Math.log10(Math.min(...positive, ...spec.limits) * 0.9), high = Math.log10(Math.max(...positive, ...spec.limits) * 1.1);
  const least = -4;  // one request in ten thousand
  const x = (seconds) => left + (right - left) * (Math.log10(seconds) - low) / (high - low);
  const y = (share) => top + (bottom - top) * Math.min(Math.log10(share) / least, 1);
  leftAxis(chart, left, right, [1, 0.1, 0.01, 0.001, 0.0001], y, (share) => +(100 * share).toPrecision(1) + " %");
  const room = (right - left) / (high - low);
  for (let power = Math.floor(low); power <= high; ++power) {
    for (const digit of room > 190 ? [1, 2, 5] : [1]) {
      const tick = digit * 10 ** power, place = x(tick);
      if (place < left || place > right || (room < 46 && power % 2 !== 0)) continue;
      svg("line", { class: "axis", x1: place, x2: place, y1: bottom, y2: bottom + 4 }, chart.root);
      const [factor, unit] = tick < 0.0009 ? [1e6, " µs"] : tick < 0.9 ? [1e3, " ms"] : [1, " s"];
      label(chart.root, Math.min(place, chart.width - 18), bottom + 16, +(tick * factor).toPrecision(2) + unit, { class: "tick", "text-anchor": "middle" });
    }
  }
  for (const limit of spec.limits) {
    svg("line", { class: "limit", x1: x(limit), x2: x(limit), y1: top, y2: bottom }, chart.root);
    const nearRight = x(limit) > (left + right) / 2;
    label(chart.root, x(limit) + (nearRight ? -4 : 4), bottom - 6, "limit " + duration(limit).replace(/\.0+(?= )/, ""), { class: "note", "text-anchor": nearRight ? "end" : "start" });
  }
  for (const line of spec.lines) {
    let path = "";
    for (let i = 0; i < line.seconds.length; ++i) {
      if (line.seconds[i] > 0 && line.share[i] >= 10 ** least) path += `${path ? "L" : "M"}${x(line.seconds[i]).toFixed(1)},${y(line.share[i]).toFixed(1)}`;
    }
    svg("path", { d: path, class: "line", style: lineStyle(line.index) }, chart.root);
  }
  svg("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }, chart.root);
  chart.root.addEventListener("pointermove", (event) => {
    const box = chart.root.getBoundingClientRect();
    const at = 10 ** (low + (high - low) * ((event.clientX - box.left) * chart.width / box.width - left) / (right - left));
    const rows = spec.lines.map((line) => {
      let i = 0;
      while (i < line.seconds.length - 1 && line.seconds[i] < at) ++i;
      return [null, DATA.runs[line.index].name, line.seconds[i] < at ? "0 %" : percent(line.share[i])];
    });
    showHint(event.clientX, event.clientY, duration(at) + " or longer", rows);
  });
  chart.root.addEventListener("pointerleave", hideHint);
}

/** Bands from the meter to what the energy did; names of places come with the data. */
function flowChart(container, spec) {
  const flows = spec.flows, hubs = [...new Set(flows.map((flow) => flow.source))].filter((name) => name !== "meter");
  const ends = flows.filter((flow) => !hubs.includes(flow.target));
  const total = flows.filter((flow) => flow.source === "meter").reduce((sum, flow) => sum + flow.kwh, 0);
  const narrow = container.clientWidth < 620;
  const line = narrow ? 30 : 18, gap = 6;
  const perKwh = (narrow ? 260 : 230) / total;
  const heightOf = (kwh) => kwh * perKwh;
  const endsHeight = ends.reduce((sum, flow) => sum + Math.max(heightOf(flow.kwh), line) + gap, 0);
  const height = Math.max(endsHeight, heightOf(total) + 50, narrow ? (endsHeight + heightOf(total)) / 2 + 30 : 0) + 26;
  const chart = canvas(container, Math.ceil(height), "energy from the meter to what it did");
  const longest = Math.max(...ends.map((flow) => spec.names[flow.target].length));
  const textWidth = narrow ? Math.min(0.47 * chart.width, 6.6 * longest + 22) : 6.4 * (longest + 18) + 22;
  const xOf = { meter: 0 };
  const endX = chart.width - textWidth, hubX = endX * (narrow ? 0.62 : 0.5);
  const top = {};
  let at = 22;
  for (const flow of ends) {
    const room = Math.max(heightOf(flow.kwh), line);
    top[flow.target] = at + (room - heightOf(flow.kwh)) / 2;
    xOf[flow.target] = endX;
    at += room + gap;
  }
  top.meter = 22 + Math.max(0, (endsHeight - heightOf(total)) / 2);
  at = Math.max(22, top.meter + (narrow ? 8 : -10));
  for (const hub of hubs) {
    xOf[hub] = hubX;
    top[hub] = at;
    at += heightOf(flows.filter((flow) => flow.source === hub).reduce((sum, flow) => sum + flow.kwh, 0)) + 24;
  }
  const out = { ...top }, into = { ...top };
  for (const flow of flows) {
    const x0 = xOf[flow.source] + 8, x1 = xOf[flow.target], middle = (x0 + x1) / 2, thick = heightOf(flow.kwh);
    const y0 = out[flow.source], y1 = into[flow.target];
    out[flow.source] += thick;
    into[flow.target] += thick;
    const band = svg("path", {
      d: `M${x0},${y0}C${middle},${y0} ${middle},${y1} ${x1},${y1}V${y1 + thick}C${middle},${y1 + thick} ${middle},${y0 + thick} ${x0},${y0 + thick}Z`,
      class: "band", style: `fill:${hubs.includes(flow.target) ? "var(--band)" : fillOf(flow.target)}`,
    }, chart.root);
    band.addEventListener("pointermove", (event) => showHint(event.clientX, event.clientY,
      spec.names[flow.source] + " to " + spec.names[flow.target], [[null, number(flow.kwh, total / 10) + " kWh", percent(flow.kwh / total)]]));
    band.addEventListener("pointerleave", hideHint);
  }
  for (const name of Object.keys(top)) {
    const kwh = name === "meter" ? total : flows.filter((flow) => flow.target === name).reduce((sum, flow) => sum + flow.kwh, 0);
    svg("rect", { class: "place", x: xOf[name], y: top[name], width: 8, height: Math.max(0.5, heightOf(kwh)) }, chart.root);
    const amount = `${number(kwh, total / 10)} kWh, ${percent(kwh / total)}`, middle = top[name] + heightOf(kwh) / 2;
    if (name === "meter" && narrow) {
      label(chart.root, 0, top[name] + heightOf(kwh) + 15, spec.names[name], { class: "note strong" });
      label(chart.root, 0, top[name] + heightOf(kwh) + 29, number(kwh) + " kWh", { class: "note" });
    } else if (name === "meter") {
      label(chart.root, 0, top[name] - 7, `${spec.names[name]}  ${amount}`, { class: "note strong" });
    } else if (xOf[name] === endX) {
      if (narrow) {
        label(chart.root, endX + 13, middle - 2, spec.names[name], { class: "note" });
        label(chart.root, endX + 13, middle + 11, amount, { class: "note" });
      } else {
        label(chart.root, endX + 14, middle + 4, `${spec.names[name]}  ${amount}`, { class: "note" });
      }
    } else {
      label(chart.root, xOf[name] - 6, middle - (narrow ? 2 : 3), spec.names[name], { class: "note strong", "text-anchor": "end" });
      label(chart.root, xOf[name] - 6, middle + 12, narrow ? percent(kwh / total) : amount, { class: "note", "text-anchor": "end" });
    }
  }
  container.dataset.total = String(total);
}

const LIGHT_RAMP = [[255, 255, 255], [245, 201, 122], [230, 159, 0], [179, 71, 0], [77, 32, 0]];
const DARK_RAMP = [[26, 26, 26], [112, 66, 0], [200, 110, 0], [245, 180, 60], [255, 240, 200]];
const darkScreen = window.matchMedia("screen and (prefers-color-scheme: dark)");
let printing = false;

function ramp(level) {
  const colours = darkScreen.matches && !printing ? DARK_RAMP : LIGHT_RAMP;
  const at = level * (colours.length - 1), lower = Math.min(Math.floor(at), colours.length - 2);
  return colours[lower].map((value, i) => Math.round(value + (colours[lower + 1][i] - value) * (at - lower)));
}

/** Rows of servers over time, as a picture below an SVG with the axes. spec: {edges, start, names, levels, most}. */
function mapChart(container, spec) {
  const rows = spec.names.length, bins = spec.edges.length - 1;
  const rowHeight = Math.min(22, Math.max(2, Math.floor(420 / rows)));
  const height = rows * rowHeight + 8 + MARGIN.bottom;
  const chart = canvas(container, height, "idle power by server and time");
  const narrow = chart.width < 620;
  const left = narrow ? 78 : 150, right = chart.width - 10, bottom = 8 + rows * rowHeight;
  const [from, to] = windowOf(spec.edges[bins]);
  const picture = document.createElement("canvas");
  const first = binAt(spec.edges, from), last = to >= spec.edges[bins] ? bins : binAt(spec.edges, to) + 1;
  picture.width = last - first;
  picture.height = rows;
  const paint = picture.getContext("2d"), pixels = paint.createImageData(last - first, rows);
  for (let row = 0; row < rows; ++row) {
    for (let bin = first; bin < last; ++bin) {
      const [red, green, blue] = ramp(spec.levels[row * bins + bin] / 255);
      pixels.data.set([red, green, blue, 255], 4 * (row * (last - first) + bin - first));
    }
  }
  paint.putImageData(pixels, 0, 0);
  const x = (seconds) => left + (right - left) * (seconds - from) / (to - from);
  const start = x(spec.edges[first]), end = x(spec.edges[last]);
  const clip = svg("clipPath", { id: "map-clip" }, chart.root);
  svg("rect", { x: left, y: 8, width: right - left, height: rows * rowHeight }, clip);
  svg("image", { href: picture.toDataURL(), x: start, y: 8, width: end - start, height: rows * rowHeight,
                 preserveAspectRatio: "none", style: "image-rendering:pixelated", "clip-path": "url(#map-clip)", class: "map" }, chart.root);
  svg("rect", { class: "frame", x: left, y: 8, width: right - left, height: rows * rowHeight }, chart.root);
  const every = Math.ceil(13 / rowHeight);
  spec.names.forEach((name, row) => {
    if (row % every === 0) {
      const short = name.length > (narrow ? 12 : 24) ? "…" + name.slice(narrow ? -11 : -23) : name;
      label(chart.root, left - 6, 8 + (row + 0.5) * rowHeight + 4, short, { class: "tick", "text-anchor": "end" });
    }
  });
  timeAxis(chart, spec.start, from, to, x, bottom);
  chart.root.addEventListener("pointermove", (event) => {
    const box = chart.root.getBoundingClientRect(), scale = chart.width / box.width;
    const px = (event.clientX - box.left) * scale, row = Math.floor(((event.clientY - box.top) * scale - 8) / rowHeight);
    if (px < left || px > right || row < 0 || row >= rows) return hideHint();
    const bin = binAt(spec.edges, from + (to - from) * (px - left) / (right - left));
    showHint(event.clientX, event.clientY, spec.names[row], [[null, clock(spec.start, spec.edges[bin]), number(spec.levels[row * bins + bin] / 255 * spec.most, spec.most) + " W idle"]]);
  });
  chart.root.addEventListener("pointerleave", hideHint);
}

/** The colours of a map, from 0 to `most` W. */
function mapKey(container, most) {
  container.replaceChildren();
  html("span", "", container, "0");
  const box = svg("svg", { width: 120, height: 12, "aria-hidden": "true" }, container);
  for (let i = 0; i < 40; ++i) svg("rect", { x: 3 * i, width: 3.2, height: 12, style: `fill:rgb(${ramp(i / 39).join(",")})` }, box);
  html("span", "", container, number(most) + " W idle, of a server");
}

/** All runs by two measures, and the line of those that no other beats in both. */
function paretoChart(container, xName, yName) {
  const xMeasure = DATA.measures.find((one) => one.name === xName), yMeasure = DATA.measures.find((one) => one.name === yName);
  const points = DATA.runs.map((run, index) => ({ index, x: run.summary[xName], y: run.summary[yName], fair: run.fair }))
    .filter((point) => point.x !== null && point.y !== null);
  const height = 330, chart = canvas(container, height, `${xMeasure.label} against ${yMeasure.label}`);
  const left = 70, right = chart.width - 14, top = 12, bottom = height - 44;
  if (points.length === 0) {
    label(chart.root, left, 40, "No run has both.", { class: "note" });
    return;
  }
  const axis = (values, from, to) => {
    const most = Math.max(...values), positive = values.filter((value) => value > 0), least = Math.min(...positive);
    if (positive.length === values.length && most > 20 * least) {
      const low = Math.floor(Math.log10(least) * 2) / 2, high = Math.ceil(Math.log10(most) * 2) / 2, ticks = [];
      for (let power = Math.ceil(low); power <= high; ++power) ticks.push(10 ** power);
      return { place: (value) => from + (to - from) * (Math.log10(value) - low) / (high - low), ticks };
    }
    const end = most > 0 ? most * 1.08 : 1;
    return { place: (value) => from + (to - from) * value / end, ticks: roundTicks(end, Math.abs(to - from) / 80) };
  };
  const x = axis(points.map((point) => point.x), left, right), y = axis(points.map((point) => point.y), bottom, top);
  leftAxis(chart, left, right, y.ticks, y.place, (tick) => inUnit(tick, yMeasure.unit, yMeasure.form).replace(/\.0+(?= |$)/, ""));
  for (const tick of x.ticks) {
    svg("line", { class: "axis", x1: x.place(tick), x2: x.place(tick), y1: bottom, y2: bottom + 4 }, chart.root);
    label(chart.root, x.place(tick), bottom + 16, tickText(tick, Math.max(...x.ticks)), { class: "tick", "text-anchor": "middle" });
  }
  const unit = xMeasure.form === "share" ? "share of 1" : xMeasure.unit === "1" ? "" : xMeasure.unit;
  label(chart.root, (left + right) / 2, height - 8, xMeasure.label + (unit ? ` (${unit})` : ""), { class: "note", "text-anchor": "middle" });
  svg("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }, chart.root);
  const xSign = xMeasure.better === "higher" ? -1 : 1, ySign = yMeasure.better === "higher" ? -1 : 1;
  const beats = (a, b) => xSign * a.x <= xSign * b.x && ySign * a.y <= ySign * b.y && (a.x !== b.x || a.y !== b.y);
  const front = points.filter((point) => point.fair && !points.some((other) => other.fair && beats(other, point))).sort((a, b) => xSign * (a.x - b.x));
  let path = "";
  for (const point of front) path += path ? `H${x.place(point.x).toFixed(1)}V${y.place(point.y).toFixed(1)}` : `M${x.place(point.x).toFixed(1)},${y.place(point.y).toFixed(1)}`;
  svg("path", { d: path, class: "front" }, chart.root);
  const taken = [];
  for (const point of points) {
    const px = x.place(point.x), py = y.place(point.y), line = point.index % DATA.lines.length;
    const dot = svg("circle", { class: "point", cx: px, cy: py, r: 5.5, style: `stroke:var(--l-${line});fill:${point.fair ? `var(--l-${line})` : "none"}` }, chart.root);
    const name = DATA.runs[point.index].name;
    dot.addEventListener("pointermove", (event) => showHint(event.clientX, event.clientY, name, [
      [null, xMeasure.label, inUnit(point.x, xMeasure.unit, xMeasure.form)], [null, yMeasure.label, inUnit(point.y, yMeasure.unit, yMeasure.form)]]));
    dot.addEventListener("pointerleave", hideHint);
    if (points.length > 30) continue;
    const short = name.length > 28 ? name.slice(0, 27) + "…" : name;
    const toLeft = px + 10 + 6.6 * short.length > right;
    let ty = py + 4;
    while (taken.some((other) => Math.abs(other.y - ty) < 13 && Math.abs(other.x - px) < 7 * Math.max(short.length, other.width))) ty -= 13;
    taken.push({ x: px, y: ty, width: short.length });
    label(chart.root, toLeft ? px - 10 : px + 10, ty, short, { class: "note", "text-anchor": toLeft ? "end" : "start" });
  }
}
