/** @file Saving against accuracy, all methods on one basis, with the ceiling drawn. */

import { frontOf } from "../../base/front.ts";
import { percentText } from "../format.ts";
import { wilson } from "../interval.ts";
import { pointsOf } from "../weight-selection/equal-accuracy.ts";
import type { SelectionMethod, SelectionRow } from "../weight-selection/schema.ts";
import { methodNames, type SelectionGroup } from "../weight-selection/table.ts";
import { ink, muted, series } from "./palette.ts";
import { axisStyle, type Picture } from "./svg.ts";

/** Labels stand at the ends of the intervals, above or below, so that methods do not write over each other. */
interface Look {
  readonly color: string;
  readonly symbol: string;
  readonly size: number;
  readonly side: "above" | "below";
}

const looks: Readonly<Record<SelectionMethod, Look>> = {
  int8: { color: muted, symbol: "circle", size: 10, side: "above" },
  lws: { color: series[0]!, symbol: "diamond", size: 15, side: "above" },
  powerpruning: { color: series[1]!, symbol: "rect", size: 10, side: "below" },
  magnitude: { color: series[2]!, symbol: "triangle", size: 12, side: "below" },
  "energy-only": { color: series[4]!, symbol: "circle", size: 10, side: "below" },
  "loss-only": { color: series[5]!, symbol: "circle", size: 10, side: "below" },
};

/** Rows that lost more are named in words: drawn, they would press all others together. */
const DEEPEST = 0.1;

/** Rows too far below to be drawn. */
export const fallenRows = ({ rows }: SelectionGroup): SelectionRow[] =>
  rows.filter(({ accuracy }) => accuracy.value < accuracy.baseline - DEEPEST);

export function savingPicture(group: SelectionGroup, id: string): Picture {
  const { rows, title } = group;
  const fallen = new Set(fallenRows(group));
  const drawn = rows.filter((row) => !fallen.has(row));
  const methods = [...new Set(drawn.map(({ method }) => method))];
  const ceilings = [...new Set(rows.map(({ ceiling }) => ceiling))];
  const spans = drawn.map(({ accuracy }) => wilson(accuracy.value, accuracy.examples));
  const [least, most] = [Math.min(...spans.map(({ lo }) => lo)), Math.max(...spans.map(({ hi }) => hi))];
  // Air for what is written at the ends of the intervals.
  const air = 0.08 * (most - least);
  const [low, high] = [least - air, most + air];
  const step = [0.5, 1, 2].find((size) => (100 * (high - low)) / size < 8) ?? 5;
  const x = (row: SelectionRow) => (row.method === "int8" ? 0 : 100 * row.saving);
  const words = rows.map((row) => `${row.name}: ${percentText(row.accuracy.value)} at ${x(row).toFixed(1)} % saved`);
  return {
    id,
    description: `Accuracy against saving of switching, ${title}. ${words.join("; ")}. Ceiling ${ceilings.map(percentText).join(", ")}.`,
    width: 900,
    height: 430,
    option: {
      legend: {
        top: 0,
        left: 0,
        itemWidth: 13,
        itemHeight: 11,
        itemGap: 18,
        textStyle: { color: ink, fontSize: 12 },
        data: methods.map((method) => methodNames[method]),
      },
      grid: { left: 44, right: 30, top: 58, bottom: 48 },
      xAxis: {
        type: "value",
        name: `switching saved, % (modelled; ${title})`,
        nameLocation: "middle",
        nameGap: 30,
        min: Math.min(0, 10 * Math.floor(Math.min(...drawn.map(x)) / 10)),
        max: 10 * Math.ceil((100 * Math.max(...ceilings, ...drawn.map(({ saving }) => saving)) + 4) / 10),
        ...axisStyle,
      },
      yAxis: {
        type: "value",
        name: "accuracy, %",
        nameLocation: "end",
        min: Math.max(0, step * Math.floor((100 * low) / step)),
        max: Math.min(100, step * Math.ceil((100 * high) / step)),
        interval: step,
        ...axisStyle,
        nameTextStyle: { ...axisStyle.nameTextStyle, align: "left", padding: [0, 0, 0, -38] },
      },
      series: [
        ...methods.flatMap((method) => curves(rows, method)),
        ...drawn.map((row) => whisker(row, x(row))),
        ...methods.map((method, i) => ({
          name: methodNames[method],
          type: "scatter",
          data: drawn.filter((row) => row.method === method).map((row) => [x(row), 100 * row.accuracy.value]),
          symbol: looks[method].symbol,
          symbolSize: looks[method].size,
          itemStyle: { color: looks[method].color, opacity: 1 },
          z: 5,
          ...(i === 0 && { markLine: ceilingLines(ceilings) }),
        })),
      ],
    },
  };
}

/** The front of the networks that a method went through, thin, a line for each seed. */
function curves(rows: readonly SelectionRow[], method: SelectionMethod): object[] {
  const own = rows.filter((row) => row.method === method && row.curve !== undefined);
  return [...new Set(own.map(({ seed }) => seed))].map((seed) => ({
    type: "line",
    data: frontOf(pointsOf(rows, method, seed)).map(({ saving, accuracy }) => [100 * saving, 100 * accuracy]),
    symbol: "circle",
    symbolSize: 3,
    silent: true,
    lineStyle: { color: looks[method].color, width: 1, opacity: 0.6 },
    itemStyle: { color: looks[method].color, opacity: 0.6 },
    z: 2,
  }));
}

const ceilingLines = (ceilings: readonly number[]): object => ({
  silent: true,
  symbol: "none",
  lineStyle: { color: ink, type: "dashed", width: 1.5 },
  data: ceilings.map((ceiling, i) => ({
    xAxis: 100 * ceiling,
    label: { show: i === 0, formatter: `ceiling ${percentText(ceiling)}`, position: "end", color: ink, fontSize: 12 },
  })),
});

/** Nearer to the axis a name would run across it. */
const NEAR_AXIS = 6;

/** The interval that the number of test examples leaves open, as a thin upright line, with the name of the row. */
function whisker({ method, accuracy, name }: SelectionRow, x: number): object {
  const { lo, hi } = wilson(accuracy.value, accuracy.examples);
  const { color, side } = looks[method];
  const labelled = method === "int8" ? undefined : side === "above" ? hi : lo;
  const label = {
    show: true,
    position: side === "above" ? "top" : "bottom",
    distance: 3,
    color,
    fontSize: 11,
    ...(x < NEAR_AXIS && { align: "left" }),
    formatter: name,
  };
  return {
    type: "line",
    data: [lo, hi].map((share) => ({ value: [x, 100 * share], ...(share === labelled && { label }) })),
    showSymbol: true,
    symbol: "rect",
    symbolSize: [7, 1.5],
    lineStyle: { color, width: 1.1, opacity: 0.5 },
    itemStyle: { color, opacity: 1 },
    labelLayout: { hideOverlap: true },
  };
}
