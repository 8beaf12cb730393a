/**
 * @file What each weight value costs in a layer, with the values that the layer may have marked, and below it how many weights
 * had and have each value: three panels over one axis.
 */

import type { SelectionLayer } from "../weight-selection/schema.ts";
import { accent, baseline, ink, muted } from "./palette.ts";
import { axisStyle, type Picture } from "./svg.ts";

const panels = [
  { top: 30, height: 190 },
  { top: 266, height: 80 },
  { top: 382, height: 80 },
] as const;

export function weightEnergyPicture(layer: SelectionLayer, id: string): Picture {
  const { weightFj, set, histogram } = layer;
  const half = weightFj.length / 2;
  const points = weightFj.map((energy, i) => [i - half, energy] as const);
  const chosen = set ?? [];
  const named = numbered(chosen, weightFj);
  const marks = chosen.map((value) => ({ value: points[value + half]!, label: { show: named.has(value) } }));
  const bars = (counts: readonly number[]) => counts.flatMap((count, i) => (count === 0 ? [] : [[i - half, count]]));
  return {
    id,
    description: describe(layer, chosen),
    width: 900,
    height: 506,
    option: {
      grid: panels.map(({ top, height }) => ({ left: 58, right: 20, top, height })),
      xAxis: panels.map((_, i) => ({
        type: "value",
        gridIndex: i,
        min: -half,
        max: half,
        interval: half / 4,
        ...axisStyle,
        axisLabel: { ...axisStyle.axisLabel, show: i === panels.length - 1, formatter: signed },
        splitLine: { show: false },
        ...(i === panels.length - 1 && { name: "weight value", nameLocation: "middle", nameGap: 26 }),
      })),
      yAxis: [
        panel(0, "energy of a transition, fJ", {}),
        panel(1, "weights, int8", { splitNumber: 2 }),
        panel(2, set === null ? "weights, now" : "weights, chosen values", { splitNumber: 2 }),
      ],
      series: [
        {
          type: "line",
          data: points,
          showSymbol: false,
          lineStyle: { color: muted, width: 1.2 },
          itemStyle: { color: muted },
        },
        {
          type: "scatter",
          data: marks,
          symbol: "circle",
          symbolSize: 7,
          itemStyle: { color: accent, opacity: 1 },
          label: {
            formatter: ({ value }: { value: readonly number[] }) => signed(value[0]!),
            position: "bottom",
            distance: 4,
            color: ink,
            fontSize: 11,
          },
          z: 5,
        },
        histogramSeries(1, bars(histogram.before), baseline),
        histogramSeries(2, bars(histogram.after), accent),
      ],
    },
  };
}

const signed = (value: number): string => `${value}`.replace("-", "−");

/** A number is written under a mark where none of a cheaper value stands in the way: 8 values and an eighth of the height apart. */
function numbered(chosen: readonly number[], weightFj: readonly number[]): Set<number> {
  const half = weightFj.length / 2;
  const energy = (value: number) => weightFj[value + half]!;
  const [far, high] = [weightFj.length / 26, Math.max(...weightFj) / 10];
  const kept: number[] = [];
  for (const value of [...chosen].sort((a, b) => energy(a) - energy(b))) {
    // At the edges a number would run into the axis.
    if (Math.abs(value) > half - 0.8 * far) continue;
    const isFree = kept.every(
      (other) => Math.abs(other - value) > far || Math.abs(energy(other) - energy(value)) > high,
    );
    if (isFree) kept.push(value);
  }
  return new Set(kept);
}

const panel = (index: number, name: string, more: object): object => ({
  type: "value",
  gridIndex: index,
  name,
  nameLocation: "end",
  nameGap: 8,
  min: 0,
  ...axisStyle,
  axisLine: { ...axisStyle.axisLine, onZero: false },
  nameTextStyle: { ...axisStyle.nameTextStyle, align: "left", padding: [0, 0, 0, -50] },
  ...more,
});

const BAR_WIDTH = 2.6;

/** What ECharts hands to a series that is drawn by hand. */
interface DrawnItem {
  value(dimension: number): number;
  coord(point: readonly number[]): [number, number];
}

/** Drawn by hand: a bar series widens its own axis for the bars at the ends, and the panels would no longer share one. */
const histogramSeries = (index: number, data: readonly (readonly number[])[], fill: string): object => ({
  type: "custom",
  xAxisIndex: index,
  yAxisIndex: index,
  data,
  renderItem: (_: unknown, item: DrawnItem) => {
    const [x, y] = item.coord([item.value(0), item.value(1)]);
    const height = item.coord([item.value(0), 0])[1] - y;
    return { type: "rect", shape: { x: x - BAR_WIDTH / 2, y, width: BAR_WIDTH, height }, style: { fill } };
  },
});

function describe({ name, weightFj, histogram }: SelectionLayer, chosen: readonly number[]): string {
  const half = weightFj.length / 2;
  const [least, most] = [Math.min(...weightFj), Math.max(...weightFj)];
  const at = (energy: number) => `${weightFj.indexOf(energy) - half}`;
  const count = (counts: readonly number[]) => counts.filter((n) => n > 0).length;
  const values =
    chosen.length === 0 ? "All values may be used" : `${chosen.length} values may be used: ${chosen.join(", ")}`;
  return `Energy of a transition by weight value, ${name}: from ${least.toFixed(1)} fJ at ${at(least)} to ${most.toFixed(1)} fJ at ${at(most)}. ${values}. Different values in use: ${count(histogram.before)} before, ${count(histogram.after)} after.`;
}
