// Draws the figures from the page's own data; loads nothing.
(function () {
  "use strict";
  const page = JSON.parse(document.getElementById("page-data").textContent);
  const views = {};

  const round = (x) => Number(x.toPrecision(4));

  function barRows(figure, block, limit, narrow, parts) {
    const rows = block.i.map((sector, k) => {
      const values = block.v.map((part) => part[k]);
      const sum = values.reduce((a, b) => a + b, 0);
      const [low, high] = block.w ? block.w.map((side) => side[k]) : [null, null];
      const total = block.t ? block.t[k] : sum;
      const right = values.reduce((a, b) => a + Math.max(b, 0), 0);  // negative parts go left
      return { sector, values, total, low, high, end: Math.max(right, high === null ? 0 : high, 0) };
    });
    rows.sort((a, b) => figure.points ? a.total - b.total : b.total - a.total);
    return rows.slice(0, limit || rows.length).flatMap((row) => row.values.map((value, order) => ({
      label: page.sectors[row.sector][narrow ? 3 : 2],
      sector: page.sectors[row.sector][1],
      part: parts[order], order, value, total: row.total,
      low: row.low, high: row.high, end: row.end,
      interval: row.low === null ? "–" : round(row.low) + " to " + round(row.high),
    })));
  }

  function lineRows(figure, block, limit) {
    return block.v.slice(0, limit || block.v.length).flatMap((values, place) =>
      values.map((value, k) => ({
        label: figure.labels[block.i[place]], sector: page.sectors[block.i[place]][1],
        place, year: block.x[k], value,
      })));
  }

  function heatRows(block) {
    return block.cells.flatMap(([places, values], i) => values.map((value, k) => {
      const row = page.sectors[block.r[i]];
      const column = page.sectors[block.c[places ? places[k] : k]];
      return { r: row[0], c: column[0], receiver: row[1], source: column[1], value };
    })).filter((cell) => cell.value !== 0);
  }

  // Links first, two ends each, wide at the source; then the sectors with their partners.
  function networkRows(figure, block) {
    const most = Math.max(...block.v, 0), largest = Math.max(...block.s, 0), place = figure.places;
    const code = (sector) => page.sectors[sector][0], small = (sector) => page.sectors[sector][1].toLowerCase();
    const first = block.d ? new Set(block.d) : null, names = new Set(block.n);
    const partners = (mine, theirs) => {  // the strongest first
      const links = {};
      for (let k = block.v.length - 1; k >= 0; k--) {
        (links[block[mine][k]] = links[block[mine][k]] || []).push([block[theirs][k], block.v[k]]);
      }
      return (sector) => links[sector] || [];
    };
    const from = partners("r", "c"), to = partners("c", "r");
    const strongest = (list) => list.slice(0, 3).map(([sector, value]) => code(sector) + " " + value).join(", ") || "–";
    const links = block.v.flatMap((value, k) => [block.c[k], block.r[k]].map((sector, end) => ({
      kind: "link", id: k, end, x: place[sector][0], y: place[sector][1],
      wide: end ? 0 : Math.sqrt(value / most), value, first: !first || first.has(k),
      receiver: code(block.r[k]), source: code(block.c[k]), ends: small(block.c[k]) + "\n" + small(block.r[k]),
    })));
    return links.concat(block.i.map((sector, k) => {
      const near = from(sector).concat(to(sector)).map(([other]) => other);
      return {
        kind: "sector", code: code(sector), sector: page.sectors[sector][1],
        x: place[sector][0], y: place[sector][1], size: block.s[k],
        root: largest ? block.s[k] / largest : 0, tone: figure.tones[block.t ? block.t[k] : 0], group: block.g ? block.g[k] : "–",
        name: names.has(sector), from: strongest(from(sector)), to: strongest(to(sector)),
        partners: near.map(code), around: [sector, ...near].map(small).join("\n"),
      };
    }));
  }

  // Whole pixels a cell keep the grid even; where they are few, quarters must do.
  function cellSize(figure, room) {
    const step = Math.min(room / figure.shape[1], 18);
    return step > 4 ? Math.floor(step) : Math.max(Math.floor(step * 4) / 4, 0.5);
  }

  // Names beside the rows where the cells stay large enough, codes elsewhere.
  function heatSpec(figure, width) {
    const [codes, names] = figure.letters;
    const named = cellSize(figure, width - 55 - 5.2 * names);
    const step = named >= 11 ? named : cellSize(figure, width - 40 - 6 * codes);
    const spec = structuredClone(named >= 11 ? figure.wide : figure.narrow);
    spec.width = step * figure.shape[1];
    spec.height = step * figure.shape[0];
    for (const axis of [spec.encoding.x.axis, spec.encoding.y.axis]) {
      axis.labelFontSize = Math.min(Math.max(step - 1, 7), 10);
      axis.labelOverlap = step < 8 ? "parity" : false;
    }
    return spec;
  }

  function barSpec(figure, width, narrow, block, rows, set) {
    const spec = structuredClone(narrow ? figure.narrow : figure.wide);
    spec.width = width;
    spec.height = spec.height.step * rows.length / block.v.length;
    for (const param of spec.params) param.value = block[param.name];
    if (set) {
      const scale = spec.layer.find((layer) => layer.encoding.color).encoding.color.scale;
      [scale.domain, scale.range] = [set.parts, set.colours];
    }
    return spec;
  }

  // As many small charts side by side as have room for their names.
  function lineSpec(figure, width, block) {
    const spec = structuredClone(figure.chart), years = block.x, room = width - 48;
    spec.columns = Math.max(1, Math.floor((room + spec.spacing) / 150));
    spec.spec.width = Math.floor((room + spec.spacing) / spec.columns) - spec.spacing;
    const { x, y } = spec.spec.encoding;
    x.scale.domain = x.axis.values = [years[0], years[years.length - 1]];
    y.scale.domain = block.domain;
    return spec;
  }

  function networkSpec(figure, width, block) {
    const spec = structuredClone(figure.chart);
    const faint = spec.params.find((param) => param.name === "faint");
    faint.value = Math.min(faint.value, figure.ink / Math.sqrt((block.d || block.v).length));
    spec.width = width - 12;
    spec.height = Math.max(320, Math.min(720, 0.66 * width));
    return spec;
  }

  function siteRows(block) {
    const rings = (block.outline || []).flatMap(([xs, ys], ring) =>
      xs.map((x, at) => ({ ring, at, x, y: ys[at] })));
    return rings.concat(block.groups.flatMap((group, rank) =>
      block.x[rank].map((x, i) => ({ group, rank, x, y: block.y[rank][i] }))));
  }

  // A kilometre is as long to the east as to the north.
  function siteSpec(figure, width, narrow, block) {
    const spec = structuredClone(figure.chart), [x, y] = block.ends;
    const { color, shape } = spec.layer[1].encoding;
    const step = Math.min((width - 66) / (x[1] - x[0]), 560 / (y[1] - y[0]));
    spec.width = step * (x[1] - x[0]);
    spec.height = step * (y[1] - y[0]);
    spec.encoding.x.scale.domain = x;
    spec.encoding.y.scale.domain = y;
    for (const { scale } of [color, shape]) {
      scale.domain = block.groups;
      scale.range = scale.range.slice(0, block.groups.length);
    }
    if (narrow) color.legend.columns = shape.legend.columns = 1;
    return spec;
  }

  function choices(host) {
    const selects = Array.from(host.closest("figure").querySelectorAll("select"));
    const limit = selects.find((select) => select.dataset.role === "limit");
    const keys = selects.filter((select) => select.dataset.role === "key").map((s) => s.value);
    return { keys, limit: limit ? Number(limit.value) : 0 };
  }

  async function draw(host) {
    const figure = page.figures[host.id];
    const { keys, limit } = choices(host);
    const block = figure.blocks[keys.join("|")];
    host.closest("figure").querySelector("[data-role=note]").textContent = (block && block.note) || "";
    if (views[host.id]) { views[host.id].finalize(); delete views[host.id]; }
    if (!block) { host.textContent = "No data for this choice."; return; }
    const width = host.clientWidth, narrow = width < 720, kind = figure.kind;
    const set = (figure.sets || {})[keys[0]], parts = set ? set.parts : figure.parts;
    const makers = {
      bars: () => barRows(figure, block, limit, narrow, parts),
      heat: () => heatRows(block),
      lines: () => lineRows(figure, block, limit),
      network: () => networkRows(figure, block),
      sites: () => siteRows(block),
    };
    const rows = makers[kind]();
    const spec = {
      bars: () => barSpec(figure, width, narrow, block, rows, set),
      heat: () => heatSpec(figure, width),
      lines: () => lineSpec(figure, width, block),
      network: () => networkSpec(figure, width, block),
      sites: () => siteSpec(figure, width, narrow, block),
    }[kind]();
    const chosen = keys.join(", ");
    spec.datasets = { rows };
    spec.title.text = narrow ? [figure.title, chosen] : figure.title + ", " + chosen;
    if (block.title) spec.title.text = narrow ? block.title : block.title.join(": ");
    views[host.id] = await window.vegaEmbed(host, spec, {
      mode: "vega-lite", ast: true, renderer: kind === "heat" ? "canvas" : "svg",
      actions: { export: true, source: false, compiled: false, editor: false },
      downloadFileName: (host.id + "-" + keys.join("-")).replace(/[^\w.-]+/g, "-"), scaleFactor: { png: 3 },
    });
    host.dataset.drawn = rows.length;
  }

  function drawSafely(host) {
    return draw(host).catch(function (error) {
      host.textContent = "This figure could not be drawn: " + error.message;
      console.error(error);
    });
  }

  const hosts = Array.from(document.querySelectorAll(".draw"));
  hosts.forEach(function (host) {
    host.closest("figure").querySelectorAll("select").forEach(function (select) {
      select.addEventListener("change", () => drawSafely(host));
    });
  });
  let width = window.innerWidth, timer = 0;
  window.addEventListener("resize", function () {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    clearTimeout(timer);
    timer = setTimeout(() => hosts.forEach(drawSafely), 200);
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach((one) => { one.open = true; });
  });
  hosts.reduce((before, host) => before.then(() => drawSafely(host)), Promise.resolve());
})();
