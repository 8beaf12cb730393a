/** @file The front: energy relative to 8 bits against accuracy. Uniform rows form a curve, the method's rows stand out. */

import { isLoss, percentText, ratioText } from "../format.ts";
import { wilson } from "../interval.ts";
import type { Report, ReportRow } from "../schema.ts";
import { methodRows, uniformRows } from "../uniform-curve.ts";
import { accent, baseline, ink, muted } from "./palette.ts";
import { axisStyle, type Picture } from "./svg.ts";

const point = (row: ReportRow): [number, number] => [row.energy.relative, 100 * row.accuracy.value];

/** `undefined` where there is nothing but float rows, whose energy lies off any such axis. */
export function frontPicture(report: Report): Picture | undefined {
  // Losses have no place on an axis of accuracies.
  if (report.rows.some(({ accuracy }) => isLoss(accuracy))) return undefined;
  const floats = report.rows.filter(({ kind }) => kind === "float");
  const own = methodRows(report);
  const seeds = [...new Set(report.rows.filter(({ kind }) => kind === "uniform").map(({ seed }) => seed))];
  const curves = seeds.map((seed) => uniformRows(report).filter((row) => row.seed === seed));
  const placed = [...own, ...curves.flat()];
  if (placed.length === 0) return undefined;
  const { low, high } = accuracySpan([...placed, ...floats]);
  const whiskers = placed.map((row) => whisker(row, own.includes(row) ? accent : baseline));
  return {
    id: "front",
    description: `Accuracy against energy. ${placed.map(words).join("; ")}.`,
    width: 900,
    height: 420,
    option: {
      grid: { left: 44, right: 60, top: 30, bottom: 48 },
      xAxis: {
        type: "value",
        name: "energy relative to uniform 8 bits (modelled)",
        nameLocation: "middle",
        nameGap: 30,
        min: 0,
        max: Math.ceil(10 * Math.max(1, ...placed.map(({ energy }) => energy.relative)) + 0.5) / 10,
        ...axisStyle,
        axisLabel: { ...axisStyle.axisLabel, showMaxLabel: false },
      },
      yAxis: {
        type: "value",
        name: "accuracy, %",
        nameLocation: "end",
        min: low,
        max: high,
        ...axisStyle,
        nameTextStyle: { ...axisStyle.nameTextStyle, align: "left", padding: [0, 0, 0, -38] },
      },
      series: [
        ...whiskers,
        ...curves.map((rows) => ({
          name: "uniform bits",
          type: "line",
          data: rows.map((row) => ({ value: point(row), label: { formatter: row.name } })),
          symbol: "rect",
          symbolSize: 9,
          lineStyle: { color: baseline, width: 2, type: "dashed" },
          itemStyle: { color: baseline },
          label: {
            show: seeds.length === 1,
            position: "right",
            distance: 9,
            offset: [0, 9],
            color: muted,
            fontSize: 12,
          },
        })),
        {
          name: report.method.id,
          type: "scatter",
          data: own.map((row) => ({ value: point(row), label: { formatter: row.name } })),
          symbol: "diamond",
          symbolSize: 17,
          z: 5,
          itemStyle: { color: accent, opacity: 1 },
          label: { show: true, position: "left", distance: 9, color: ink, fontSize: 13, fontWeight: "bold" },
          ...(floats.length > 0 && { markLine: floatLines(floats) }),
        },
      ],
    },
  };
}

const words = (row: ReportRow): string =>
  `${row.name}: ${percentText(row.accuracy.value)} at ${ratioText(row.energy.relative)}`;

/** The interval that the number of test examples leaves open, as a thin upright line. */
function whisker(row: ReportRow, color: string): object {
  const { lo, hi } = wilson(row.accuracy.value, row.accuracy.examples);
  const x = row.energy.relative;
  const data = [lo, hi].map((share) => [x, 100 * share]);
  return {
    type: "line",
    data,
    showSymbol: true,
    symbol: "rect",
    symbolSize: [9, 1.5],
    lineStyle: { color, width: 1.2, opacity: 0.6 },
    itemStyle: { color, opacity: 0.6 },
  };
}

function floatLines(floats: readonly ReportRow[]): object {
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: muted, type: "dotted", width: 1.5 },
    data: floats.map((row) => ({
      yAxis: 100 * row.accuracy.value,
      label: { formatter: `${row.name} ${percentText(row.accuracy.value)}`, position: "insideStartTop", color: muted },
    })),
  };
}

/** All intervals and float lines, with air, on round numbers. */
function accuracySpan(rows: readonly ReportRow[]): { low: number; high: number } {
  const spans = rows.map(({ accuracy }) => wilson(accuracy.value, accuracy.examples));
  const [least, most] = [Math.min(...spans.map(({ lo }) => lo)), Math.max(...spans.map(({ hi }) => hi))];
  const step = most - least > 0.2 ? 10 : most - least > 0.05 ? 2 : 0.5;
  return {
    low: Math.max(0, Math.floor((100 * least) / step) * step),
    high: Math.min(100, Math.ceil((100 * most) / step) * step),
  };
}
