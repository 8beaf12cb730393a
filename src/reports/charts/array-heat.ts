/**
 * @file Maps of the array: the energy of every processing element, before and after on one scale of colours. Drawn here and not by
 * ECharts: elements of one colour are one path, so that 64 × 64 elements take some 40 KB and not a megabyte.
 */

import { formatEnergy, pJ } from "../../base/units.ts";
import { escapeHtml } from "../html/html.ts";
import { ink, muted, ramp } from "./palette.ts";
import { fontFamily } from "./svg.ts";

export interface ArrayHeat {
  readonly id: string;
  readonly rows: number;
  readonly columns: number;
  /** Row r, column c at index r·columns + c; picojoules. */
  readonly maps: readonly { readonly title: string; readonly values: readonly number[] }[];
}

/** Colours that the eye tells apart on one picture. */
const STEPS = 32;
const SIDE = 340;
const GAP = 64;
const LEFT = 52;
const TOP = 30;
const BAR = { width: 12, gap: 28 };

/**
 * Colour by energy, 0 … 1: in proportion, or by the square root where half of the elements have less than an eighth of the most, which
 * would all look alike.
 */
interface Scale {
  readonly most: number;
  readonly isRoot: boolean;
}

function scaleOf(maps: ArrayHeat["maps"]): Scale {
  const busy = maps.flatMap(({ values }) => values.filter((value) => value > 0)).sort((a, b) => a - b);
  const most = busy.at(-1) ?? 0;
  return { most, isRoot: (busy[Math.floor(busy.length / 2)] ?? 0) < most / 8 };
}

/** A stand-alone `<svg>`; elements that switch nothing are left empty. */
export function arrayHeatSvg({ id, rows, columns, maps }: ArrayHeat): string {
  const scale = scaleOf(maps);
  // Elements stay square; a long array is cut to the size of the place.
  const cell = SIDE / Math.max(rows, columns);
  const [wide, high] = [cell * columns, cell * rows];
  const barAt = LEFT + maps.length * wide + (maps.length - 1) * GAP + BAR.gap;
  const [width, height] = [barAt + BAR.width + 76, TOP + high + 46];
  const parts = maps.map(({ title, values }, i) => {
    const x = LEFT + i * (wide + GAP);
    return [
      label(x, TOP - 12, title, { anchor: "start", fill: ink, weight: 600 }),
      `<rect x="${num(x - 0.5)}" y="${num(TOP - 0.5)}" width="${num(wide + 1)}" height="${num(high + 1)}" style="fill:none;stroke:${muted};stroke-width:1"/>`,
      ...paths(values, columns, scale).map(
        ([step, d]) =>
          `<path shape-rendering="crispEdges" transform="translate(${num(x)} ${TOP}) scale(${num(cell)})" fill="${colourAt(step / (STEPS - 1))}" d="${d}"/>`,
      ),
      ...ticks(columns).map((at) => label(x + (at + 0.5) * cell, TOP + high + 17, `${at}`, { anchor: "middle" })),
      ...ticks(rows).map((at) => label(x - 7, TOP + (at + 0.5) * cell + 4, `${at}`, { anchor: "end" })),
      label(x + wide / 2, TOP + high + 36, "column (outputs)", { anchor: "middle", fill: ink }),
      ...(i === 0 ? [upright(14, TOP + high / 2, "row (inputs)")] : []),
    ].join("\n");
  });
  return [
    `<svg role="img" style="max-width:${Math.round(width)}px;min-width:${Math.round(0.62 * width)}px" viewBox="0 0 ${num(width)} ${num(height)}" xmlns="http://www.w3.org/2000/svg">`,
    `<title>${escapeHtml(describe({ id, rows, columns, maps }))}</title>`,
    ...parts,
    colourBar(id, barAt, high, scale),
    "</svg>",
  ].join("\n");
}

const num = (value: number): string => `${Number(value.toFixed(2))}`;

const energy = (value: number): string => (value === 0 ? "0" : formatEnergy(pJ(value)));

function describe({ rows, columns, maps }: ArrayHeat): string {
  const each = maps.map(({ title, values }) => {
    const busy = values.filter((value) => value > 0);
    const total = values.reduce((sum, value) => sum + value, 0);
    return `${title}: ${energy(total)} in all, ${energy(Math.max(...values))} at most, ${energy(Math.min(...busy))} at least, ${values.length - busy.length} elements idle`;
  });
  return `Energy of each element of an array of ${rows} × ${columns}. ${each.join("; ")}.`;
}

/** First and last number, and some between. */
function ticks(count: number): number[] {
  const step = [1, 2, 4, 8, 16, 32, 64, 128].find((size) => count / size <= 4.5) ?? Math.ceil(count / 4);
  const inner = Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
  return [...inner.filter((at) => count - 1 - at > 0.6 * step), count - 1];
}

/** One path for each colour that occurs, runs of one colour within a row as one stroke; unit squares. */
function paths(values: readonly number[], columns: number, { most, isRoot }: Scale): [number, string][] {
  const drawn = new Map<number, string>();
  const place = (value: number) => (isRoot ? Math.sqrt(value / most) : value / most);
  const stepOf = (value: number) => (value === 0 ? -1 : Math.min(STEPS - 1, Math.floor(STEPS * place(value))));
  for (let at = 0; at < values.length; ) {
    const step = stepOf(values[at]!);
    const [x, y] = [at % columns, Math.floor(at / columns)];
    let run = 1;
    while (x + run < columns && stepOf(values[at + run]!) === step) run++;
    if (step >= 0) drawn.set(step, `${drawn.get(step) ?? ""}M${x} ${y}h${run}v1h-${run}z`);
    at += run;
  }
  return [...drawn].sort(([a], [b]) => a - b);
}

/** Between the colours of the ramp, in equal steps. */
export function colourAt(share: number): string {
  const place = share * (ramp.length - 1);
  const low = Math.min(ramp.length - 2, Math.floor(place));
  const channels = [1, 3, 5].map((from) => {
    const [a, b] = [ramp[low]!, ramp[low + 1]!].map((colour) => Number.parseInt(colour.slice(from, from + 2), 16)) as [
      number,
      number,
    ];
    return Math.round(a + (b - a) * (place - low));
  });
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

function colourBar(id: string, x: number, high: number, { most, isRoot }: Scale): string {
  const stops = ramp.map((colour, i) => `<stop offset="${num(i / (ramp.length - 1))}" stop-color="${colour}"/>`);
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    label(x + BAR.width + 7, TOP + high * (1 - share) + 4, energy((isRoot ? share ** 2 : share) * most), {
      anchor: "start",
    }),
  );
  return [
    `<defs><linearGradient id="${id}-ramp" x1="0" y1="1" x2="0" y2="0">${stops.join("")}</linearGradient></defs>`,
    `<rect x="${num(x)}" y="${TOP}" width="${BAR.width}" height="${num(high)}" fill="url(#${id}-ramp)"/>`,
    ...marks,
    ...(isRoot ? [label(x, TOP + high + 17, "by square root", { anchor: "start" })] : []),
  ].join("\n");
}

function label(
  x: number,
  y: number,
  text: string,
  { anchor, fill = muted, weight = 400 }: { anchor: "start" | "middle" | "end"; fill?: string; weight?: number },
): string {
  return `<text x="${num(x)}" y="${num(y)}" text-anchor="${anchor}" style="font-size:12px;font-weight:${weight};font-family:${fontFamily};fill:${fill}">${escapeHtml(text)}</text>`;
}

const upright = (x: number, y: number, text: string): string =>
  `<text transform="translate(${num(x)} ${num(y)}) rotate(-90)" text-anchor="middle" style="font-size:12px;font-family:${fontFamily};fill:${ink}">${escapeHtml(text)}</text>`;
