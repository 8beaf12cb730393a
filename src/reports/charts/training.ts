/** @file The course of training: one column of the histories (loss, accuracy) over the epochs, one line a row. */

import type { Course } from "../history.ts";
import type { ReportRow } from "../schema.ts";
import { dashes, ink, muted, series, seriesColour } from "./palette.ts";
import { axisStyle, type Picture } from "./svg.ts";

export interface TrainingPictureOptions {
  readonly id: string;
  readonly title: string;
  /** Multiplies the values: 100 turns shares into percent. */
  readonly scale?: number;
}

export function trainingPicture(
  courses: readonly Course[],
  rows: readonly ReportRow[],
  options: TrainingPictureOptions,
): Picture {
  const { id, title, scale = 1 } = options;
  const looks = courses.map(({ row }) => look(row, rows));
  const below = LEGEND_LINE * legendLines(courses.map(({ row }) => row)) - 9;
  const ends = courses.map(({ row, points }) => `${row} ${(scale * points.at(-1)![1]).toFixed(3)}`);
  return {
    id,
    description: `${title} over the epochs, at the end: ${ends.join(", ")}.`,
    width: 470,
    height: 290 + below,
    option: {
      legend: {
        bottom: 0,
        left: 0,
        itemWidth: 22,
        itemGap: 20,
        textStyle: { color: ink, fontSize: 12 },
        // Of each line its colour and pattern, without the mark of a point.
        itemStyle: { opacity: 0 },
      },
      grid: { left: 52, right: 16, top: 28, bottom: 48 + below },
      xAxis: {
        type: "value",
        name: "epoch",
        nameLocation: "middle",
        nameGap: 26,
        minInterval: 1,
        min: 1,
        ...axisStyle,
      },
      yAxis: {
        type: "value",
        name: title,
        scale: true,
        ...axisStyle,
        nameTextStyle: { ...axisStyle.nameTextStyle, align: "left", padding: [0, 0, 0, -46] },
      },
      series: courses.map(({ row, points }, i) => ({
        name: row,
        type: "line",
        data: points.map(([epoch, value]) => [epoch, scale * value]),
        showSymbol: points.length === 1,
        lineStyle: { width: 2, ...looks[i]! },
        itemStyle: { color: looks[i]!.color },
      })),
    },
  };
}

/** Height of a line of the legend, the gap to the next included, which is the one between its entries. */
const LEGEND_LINE = 32;

/** Lines that the legend breaks into: a sign, a gap and about seven pixels a letter. */
function legendLines(names: readonly string[]): number {
  let [lines, at] = [1, 0];
  for (const name of names) {
    const width = 47 + 7 * name.length;
    if (at + width > 470) {
      lines++;
      at = 0;
    }
    at += width;
  }
  return lines;
}

/** Float dotted and grey, the method's rows in its colour, from the fourth on in those that uniform rows take last. */
function look(name: string, rows: readonly ReportRow[]): { color: string; type: "solid" | "dashed" | "dotted" } {
  const kind = rows.find((row) => row.name === name)?.kind;
  const at = rows.filter((row) => row.kind === kind).findIndex((row) => row.name === name);
  if (kind === "float") return { color: muted, type: "dotted" };
  const pattern = dashes[Math.floor(at / 7) % dashes.length]!;
  if (kind === "uniform") return { color: seriesColour(1 + (at % 7)), type: pattern };
  return { color: seriesColour(series.length - Math.floor(at / dashes.length)), type: dashes[at % dashes.length]! };
}
