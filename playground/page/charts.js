// data_visualization → SVG: bars, lines and areas on one pair of axes; a pie as its slices.
import { h } from "./dom.js";

const WIDTH = 640;
const TOP = 16;
const FLOOR = 210;
const LEFT = 40;

export function chart({ title, chart: spec }) {
  const pie = spec.type === "pie";
  const named = pie ? spec.segments.map(({ label }) => label) : spec.series.map(({ name }) => name);
  const said = pie
    ? [read("", spec.segments)]
    : spec.series.map(({ name, data }) => read(`${name}: `, data));
  return h(
    "figure.chart",
    null,
    h("figcaption", null, title),
    svg(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${pie ? 200 : FLOOR + 46}`, role: "img", "aria-label": `${title}. ${said.join("; ")}` },
      pie ? slices(spec.segments) : plot(spec),
    ),
    h("ul", null, named.map((name, at) => h(`li.series-${at}`, null, h("span", null, name)))),
  );
}

const read = (name, points) => name + points.map(({ label, value }) => `${label} ${value}`).join(", ");

function plot({ type, series, axis_config: axes }) {
  const categories = axes.categories;
  const values = series.flatMap(({ data }) => data.map(({ value }) => value));
  const marks = ticks(Math.min(0, ...values), Math.max(0, ...values));
  const [low, high] = [marks[0], marks.at(-1)];
  const y = (value) => FLOOR - ((value - low) / (high - low)) * (FLOOR - TOP);
  const room = (WIDTH - LEFT) / categories.length;
  const x = (at) => LEFT + room * (at + 0.5);
  const draw = type === "bar" ? bars : lines;
  return [
    marks.map((mark) => [
      svg("line", { class: "rule", x1: LEFT, x2: WIDTH, y1: y(mark), y2: y(mark) }),
      svg("text", { class: "tick", x: LEFT - 6, y: y(mark) + 4 }, String(mark)),
    ]),
    axes.y_label && svg("text", { class: "tick", x: WIDTH, y: 10 }, axes.y_label),
    categories.map((label, at) =>
      folded(label).map((part, row) => svg("text", { x: x(at), y: FLOOR + 14 + 13 * row }, part)),
    ),
    axes.x_label && svg("text", { x: LEFT + (WIDTH - LEFT) / 2, y: FLOOR + 42 }, axes.x_label),
    series.map(({ data }, nth) => {
      const found = new Map(data.map(({ label, value }) => [label, value]));
      const points = categories.map((label, at) => ({ at: x(at), value: found.get(label) ?? 0 }));
      return svg("g", { class: `series-${nth}` }, draw(points, { nth, of: series.length, room, y, type }));
    }),
  ];
}

function bars(points, { nth, of, room, y }) {
  const width = Math.min(56, (room * 0.7) / of);
  return points.map(({ at, value }) => {
    const left = at + width * (nth - of / 2);
    const [top, height] = [Math.min(y(value), y(0)), Math.abs(y(value) - y(0))];
    return [
      svg("rect", { x: left, y: top, width: width - 2, height, rx: 2 }),
      svg("text", { class: "value", x: left + width / 2 - 1, y: top - 4 }, String(value)),
    ];
  });
}

function lines(points, { y, type }) {
  const along = points.map(({ at, value }) => `${at} ${y(value)}`).join(" L ");
  const under = `M ${points[0].at} ${y(0)} L ${along} L ${points.at(-1).at} ${y(0)} Z`;
  return [
    type === "area" && svg("path", { class: "area", d: under }),
    svg("path", { class: "line", d: `M ${along}` }),
  ];
}

function slices(segments) {
  const total = segments.reduce((sum, { value }) => sum + value, 0);
  if (segments.length === 1) return [svg("g", { class: "series-0" }, svg("rect", { x: 230, y: 10, width: 180, height: 180, rx: 90 }))];
  let turned = 0;
  const rim = () => `${320 + 90 * Math.sin(2 * Math.PI * turned)} ${100 - 90 * Math.cos(2 * Math.PI * turned)}`;
  return segments.map(({ value }, at) => {
    const from = rim();
    turned += value / total;
    const d = `M 320 100 L ${from} A 90 90 0 ${value * 2 > total ? 1 : 0} 1 ${rim()} Z`;
    return svg("g", { class: `series-${at}` }, svg("path", { class: "slice", d }));
  });
}

/** Round numbers from at most `low` to at least `high`, no more than seven. */
function ticks(low, high) {
  const rough = (high - low || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(6)));
}

/** A label on two lines where it has several words. */
function folded(label) {
  const cut = label.lastIndexOf(" ");
  return cut > 0 ? [label.slice(0, cut), label.slice(cut + 1)] : [label];
}

function svg(tag, props, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, value);
  node.append(...children.flat(Infinity).filter(Boolean));
  return node;
}
