// Puts the charts into the page.

const details = DATA.details.map((detail) => ({ ...detail, edges: decode(detail.edges) }));
let chosen = 0;

function legendOfLayers(container, groups) {
  for (const [heading, keys] of groups) {
    const legend = html("div", "legend", container);
    if (heading) html("b", "", legend, heading);
    for (const key of keys) {
      const entry = html("span", "entry", legend);
      swatch(entry, key);
      entry.append(DATA.names[key] || key);
    }
  }
}

/** Draws into the place for a chart below a section, made when it is not there. */
function place(section, name) {
  const container = section.querySelector(`[data-chart="${name}"]`) || html("div", "plot", section);
  container.dataset.chart = name;
  return container;
}

function powerSection(section) {
  const stacks = details.map((detail) => ({
    edges: detail.edges, start: detail.start,
    layers: detail.layers.map((layer) => ({ key: layer.key, label: DATA.names[layer.key] || layer.key, values: decode(layer.w) })),
    arrivals: decode(detail.arrivals),
  }));
  const most = Math.max(...stacks.map((stack) => {
    const sums = coarse(stack.edges, stack.layers.map((layer) => layer.values), 0, stack.edges.length - 1, 720).means;
    let peak = 0;
    for (let i = 0; i < (sums[0] || []).length; ++i) peak = Math.max(peak, sums.reduce((sum, means) => sum + means[i], 0) / 1e3);
    return peak;
  }));
  legendOfLayers(section.querySelector(".legends"), DATA.groups);
  section.querySelectorAll("[data-chart^='arrivals-']").forEach((container) => {
    const stack = stacks[Number(container.dataset.chart.split("-")[1])];
    draw(container, () => stackChart(container, {
      edges: stack.edges, start: stack.start, scale: 1, unit: " /s", height: 64, times: false, total: "requests arriving",
      layers: [{ key: "arrivals", label: "requests", values: stack.arrivals }], description: "requests arriving per second",
    }));
  });
  stacks.forEach((stack, index) => {
    const container = section.querySelector(`[data-chart="power-${index}"]`);
    draw(container, () => stackChart(container, {
      ...stack, scale: 1e-3, unit: " kW", height: stacks.length === 1 ? 330 : 170, most: details.length > 1 ? most : 0,
      total: "power", description: `power over time of ${DATA.runs[details[index].run].name}`,
    }));
  });
}

function fleetSection(section) {
  const body = section.querySelector(".body");
  body.replaceChildren();
  const detail = details[chosen];
  for (let i = drawings.length - 1; i >= 0; --i) if (drawings[i].container.closest("#fleet")) drawings.splice(i, 1);
  detail.fleets.forEach((fleet, index) => {
    const edges = decode(fleet.edges);
    html("h3", "", body, `Requests in pool ${fleet.pool}`);
    legendOfLayers(html("div", "", body), [["", ["running", "waiting"]]]);
    const demand = html("div", "plot", body), replicas = document.createElement("div");
    demand.dataset.chart = `demand-${index}`;
    draw(demand, () => stackChart(demand, {
      edges, start: detail.start, scale: 1, unit: "", height: 110, total: "requests in the system", times: false, description: "requests running and waiting",
      layers: [{ key: "running", label: "running", values: decode(fleet.running) }, { key: "waiting", label: "waiting", values: decode(fleet.waiting) }],
    }));
    html("h3", "", body, `Replicas of pool ${fleet.pool}`);
    legendOfLayers(html("div", "", body), [["", fleet.replicas.map((one) => "r-" + one.state)]]);
    replicas.className = "plot";
    replicas.dataset.chart = `replicas-${index}`;
    body.append(replicas);
    draw(replicas, () => stackChart(replicas, {
      edges, start: detail.start, scale: 1, unit: "", height: 190, total: "replicas", description: "replicas by state",
      layers: fleet.replicas.map((one) => ({ key: "r-" + one.state, label: DATA.names["r-" + one.state], values: decode(one.count) })),
    }));
  });
  if (detail.fleets.length === 0) html("p", "note", body, "No pool had a replica or a request.");
}

function flowSection(section) {
  const container = place(section, "flow");
  const paint = () => {
    container.querySelectorAll("p").forEach((old) => old.remove());
    if (details[chosen].flows.length > 0) flowChart(container, { flows: details[chosen].flows, names: DATA.names });
    else html("p", "note", container, "The run used no energy.");
  };
  draw(container, paint);
}

function mapSection(section) {
  const container = place(section, "map"), key = section.querySelector(".key");
  draw(container, () => {
    const map = details[chosen].map;
    container.querySelectorAll("p").forEach((old) => old.remove());
    if (!map) {
      canvas(container, 1, "nothing");
      key.replaceChildren();
      html("p", "note", container, "The file does not have power by server.");
      return;
    }
    mapChart(container, { ...map, edges: decode(map.edges), levels: decode(map.levels), start: details[chosen].start });
    mapKey(key, map.most);
  });
}

function latencySection(section) {
  legendOfRuns(section.querySelector(".legends"), details.map((detail) => detail.run));
  section.querySelectorAll("[data-latency]").forEach((container) => {
    const name = container.dataset.latency, lines = [], limits = new Set();
    for (const detail of details) {
      for (const latency of detail.latencies.filter((one) => one.name === name)) {
        lines.push({ index: detail.run, seconds: [...decode(latency.seconds)], share: [...decode(latency.share)] });
        latency.limits.forEach((limit) => limits.add(limit));
      }
    }
    draw(container, () => latencyChart(container, { label: container.dataset.label, lines, limits: [...limits] }));
  });
}

function billSection(section) {
  legendOfRuns(section.querySelector(".legends"), details.map((detail) => detail.run));
  const currency = [...new Set(details.map((detail) => detail.bill.currency))].join(" and ");
  for (const [name, unit, title] of [["cost", currency, "cost so far"], ["carbon", "kg", "carbon so far"]]) {
    const lines = details.map((detail) => ({ index: detail.run, edges: decode(detail.bill.edges), values: decode(detail.bill[name]) }));
    const container = place(section, name);
    draw(container, () => lineChart(container, { start: details[0].start, height: 210, lines, unit, description: title }));
  }
}

function paretoSection(section) {
  const container = place(section, "pareto"), [x, y] = section.querySelectorAll("select");
  const paint = () => paretoChart(container, x.value, y.value);
  x.addEventListener("change", paint);
  y.addEventListener("change", paint);
  draw(container, paint);
}

/** A click on a measure sorts the runs by it; again, the other way round. Runs are rows or columns. */
function tableSection(section) {
  const table = section.querySelector("table.compare");
  const byRows = table.classList.contains("runs-are-rows");
  for (const button of table.querySelectorAll("button.sort")) {
    button.addEventListener("click", () => {
      const header = button.closest("th"), up = header.getAttribute("aria-sort") !== "ascending";
      table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", up ? "ascending" : "descending");
      const order = (a, b) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : up ? a - b : b - a);
      const valueOf = (cell) => (cell.dataset.v === "" ? null : Number(cell.dataset.v));
      if (byRows) {
        const column = [...header.parentNode.children].indexOf(header), body = table.tBodies[0];
        [...body.rows].sort((a, b) => order(valueOf(a.cells[column]), valueOf(b.cells[column]))).forEach((row) => body.append(row));
        return;
      }
      const cells = [...header.parentNode.cells].slice(2);
      const wanted = cells.map((cell, place) => [valueOf(cell), place]).sort((a, b) => order(a[0], b[0])).map((pair) => pair[1]);
      for (const row of table.rows) {
        const old = [...row.cells].slice(2);
        if (old.length === wanted.length) wanted.forEach((from) => row.append(old[from]));
      }
    });
  }
  const all = section.querySelector("input.all");
  if (all) all.addEventListener("change", () => table.classList.toggle("all", all.checked));
}

function choose(index) {
  chosen = index;
  document.querySelectorAll("select.pick").forEach((select) => { select.value = String(index); });
  document.querySelectorAll(".chosen").forEach((element) => { element.textContent = DATA.runs[details[index].run].name; });
  fleetSection(document.getElementById("fleet"));
  redrawAll();
}

function start() {
  const sections = { power: powerSection, fleet: fleetSection, flow: flowSection, latency: latencySection, map: mapSection,
                     bill: billSection, table: tableSection, pareto: paretoSection };
  for (const [name, build] of Object.entries(sections)) {
    const section = document.getElementById(name);
    if (section) build(section);
  }
  document.querySelectorAll("select.pick").forEach((select) => select.addEventListener("change", () => choose(Number(select.value))));
  document.querySelectorAll("button.whole").forEach((button) => button.addEventListener("click", () => zoomTo(null, null)));
  darkScreen.addEventListener("change", redrawAll);
  window.addEventListener("beforeprint", () => { printing = true; redrawAll(); });
  window.addEventListener("afterprint", () => { printing = false; redrawAll(); });
  document.documentElement.dataset.drawn = "yes";
}

start();
