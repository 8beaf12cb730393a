/** @file The course of training: one column of the histories (loss, accuracy) over the epochs, one line a row. */

import type { Course } from "../history.ts";
import { ink, seriesColour, seriesDash } from "./palette.ts";
import { axisStyle, type Picture } from "./svg.ts";

export interface TrainingPictureOptions {
  readonly id: string;
  readonly title: string;
  /** Multiplies the values: 100 turns shares into percent. */
  readonly scale?: number;
}

export function trainingPicture(courses: readonly Course[], options: TrainingPictureOptions): Picture {
  const { id, title, scale = 1 } = options;
  const ends = courses.map(({ row, points }) => `${row} ${(scale * points.at(-1)![1]).toFixed(3)}`);
  return {
    id,
    description: `${title} over the epochs, at the end: ${ends.join(", ")}.`,
    width: 470,
    height: 280 + 22 * Math.ceil(courses.length / 3),
    option: {
      legend: {
        bottom: 0,
        left: 0,
        itemWidth: 22,
        textStyle: { color: ink, fontSize: 12 },
        icon: "path://M0 4h22v3H0z",
      },
      grid: { left: 52, right: 16, top: 28, bottom: 44 + 22 * Math.ceil(courses.length / 3) },
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
        lineStyle: { color: seriesColour(i), width: 2, type: seriesDash(i) },
        itemStyle: { color: seriesColour(i) },
      })),
    },
  };
}
