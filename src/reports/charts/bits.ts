/** @file Bit-widths of the layers over the epochs: lines where they can be told apart, a map of colours for deep networks. */

import { bitsText } from "../format.ts";
import type { BitHistory } from "../history.ts";
import { muted, paper, ramp, seriesColour, seriesDash } from "./palette.ts";
import { axisStyle, type Picture } from "./svg.ts";

/** More layers than this are drawn as a map. */
const readableLines = 8;

/** Bits between lines of equal width, so that each is seen. */
const apart = 0.07;

export function bitsPicture(history: BitHistory, side: "weight" | "input", id: string): Picture {
  const { layers } = history;
  const last = layers.map(({ name, ...layer }) => `${name} ${bitsText(layer[side].at(-1)!)}`);
  const description = `Bits of each layer's ${side}s over ${history.epochs.length} epochs, at the end: ${last.join(", ")}.`;
  const option = layers.length <= readableLines ? lines(history, side) : map(history, side);
  const height = layers.length <= readableLines ? 300 : 90 + 16 * layers.length;
  return { id, description, width: 470, height, option };
}

const epochAxis = {
  name: "epoch",
  nameLocation: "middle" as const,
  nameGap: 26,
};

function lines({ layers, epochs, fixedAt }: BitHistory, side: "weight" | "input"): Picture["option"] {
  return {
    grid: { left: 34, right: 92, top: 24, bottom: 42 },
    xAxis: { type: "value", min: epochs[0], max: epochs.at(-1), minInterval: 1, ...epochAxis, ...axisStyle },
    yAxis: {
      type: "value",
      min: 0,
      max: Math.ceil(Math.max(...layers.flatMap(({ weight, input }) => [...weight, ...input]))) + 0.5,
      minInterval: 1,
      name: "bits",
      ...axisStyle,
      axisLabel: { ...axisStyle.axisLabel, showMaxLabel: false },
    },
    series: layers.map((layer, i) => ({
      type: "line",
      name: layer.name,
      data: epochs.map((epoch, at) => [epoch, layer[side][at]! + apart * (i - (layers.length - 1) / 2)]),
      showSymbol: false,
      lineStyle: { color: seriesColour(i), width: 2, type: seriesDash(i) },
      itemStyle: { color: seriesColour(i) },
      endLabel: {
        show: true,
        formatter: `${short(layer.name)} ${bitsText(layer[side].at(-1)!)}`,
        color: seriesColour(i),
        fontSize: 12,
        fontWeight: 600,
        distance: 5,
      },
      labelLayout: { moveOverlap: "shiftY" },
      ...(i === 0 && fixedAt !== undefined && { markLine: fixedLine(fixedAt) }),
    })),
  };
}

const fixedLine = (epoch: number): object => ({
  silent: true,
  symbol: "none",
  lineStyle: { color: muted, type: "dotted" },
  data: [{ xAxis: epoch, label: { formatter: "fixed", color: muted, fontSize: 11, distance: 4 } }],
});

function map({ layers, epochs }: BitHistory, side: "weight" | "input"): Picture["option"] {
  const all = layers.flatMap((layer) => layer[side]);
  const cells = layers.flatMap((layer, y) => epochs.map((_, x) => [x, y, layer[side][x]]));
  return {
    grid: { left: 110, right: 40, top: 8, bottom: 78 },
    xAxis: { type: "category", data: epochs, ...epochAxis, ...axisStyle },
    yAxis: {
      type: "category",
      inverse: true,
      data: layers.map(({ name }) => short(name)),
      ...axisStyle,
      axisLabel: { ...axisStyle.axisLabel, interval: 0, fontSize: 11 },
    },
    visualMap: {
      min: Math.floor(Math.min(...all)),
      max: Math.ceil(Math.max(...all)),
      orient: "horizontal",
      left: "center",
      bottom: 0,
      itemWidth: 10,
      itemHeight: 140,
      calculable: false,
      inRange: { color: [...ramp] },
      text: [`${Math.ceil(Math.max(...all))} bits`, `${Math.floor(Math.min(...all))}`],
      textStyle: { color: muted },
    },
    series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: paper, borderWidth: 0.5 } }],
  };
}

/** The end of a long name says more than its beginning: `…stage2/block0/conv1` */
export const short = (name: string, most = 14): string => (name.length <= most ? name : `…${name.slice(1 - most)}`);
