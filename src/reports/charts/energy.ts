/** @file Energy by cause, as stacked bars: of whole rows, and of the layers of one row. */

import { energyText } from "../format.ts";
import type { EnergyUnit, ReportLayer, ReportRow } from "../schema.ts";
import { short } from "./bits.ts";
import { ink, muted, paper, seriesColour } from "./palette.ts";
import { axisStyle, type Picture } from "./svg.ts";

/** Causes in the order in which the rows first name them, without those that are nowhere more than zero. */
export function causesOf(rows: readonly Pick<ReportRow, "energy">[]): string[] {
  const names = [...new Set(rows.flatMap(({ energy }) => Object.keys(energy.byCause)))];
  return names.filter((name) => rows.some(({ energy }) => (energy.byCause[name] ?? 0) > 0));
}

interface Bar {
  readonly name: string;
  readonly total: number;
  readonly byCause: Readonly<Record<string, number>>;
}

/** One bar a row. Float rows are many times longer than the others and are left to the table. */
export function rowEnergyPicture(rows: readonly ReportRow[], unit: EnergyUnit): Picture {
  const bars = rows.map(({ name, energy }) => ({ name, total: energy.pJ, byCause: energy.byCause }));
  return {
    id: "energy-rows",
    description: `Energy per inference by cause. ${bars.map((bar) => inWords(bar, unit)).join("; ")}.`,
    width: 960,
    height: 80 + 30 * bars.length,
    option: stacked(bars, causesOf(rows), unit, undefined),
  };
}

/** One bar a layer, all rows on one scale (`most`, of the longest bar). */
export function layerEnergyPicture(
  row: { readonly name: string; readonly layers: readonly Pick<ReportLayer, "name" | "pJ" | "byCause">[] },
  causes: readonly string[],
  most: number,
  unit: EnergyUnit,
  id: string,
  width = 470,
): Picture {
  const bars = row.layers.map(({ name, pJ, byCause }) => ({ name, total: pJ, byCause }));
  return {
    id,
    description: `Energy per layer by cause, ${row.name}. ${bars.map((bar) => inWords(bar, unit)).join("; ")}.`,
    width,
    height: 84 + 22 * bars.length,
    option: stacked(bars, causes, unit, most),
  };
}

const inWords = ({ name, total }: Bar, unit: EnergyUnit): string => `${name} ${energyText(total, unit)}`;

function stacked(
  bars: readonly Bar[],
  causes: readonly string[],
  unit: EnergyUnit,
  most: number | undefined,
): Picture["option"] {
  return {
    legend: {
      top: 0,
      left: 0,
      itemWidth: 12,
      itemHeight: 12,
      itemGap: 14,
      textStyle: { color: ink, fontSize: 12 },
      data: [...causes],
    },
    grid: { left: 112, right: 74, top: 30, bottom: 28 },
    xAxis: {
      type: "value",
      ...(most !== undefined && { max: most }),
      splitNumber: 4,
      ...axisStyle,
      axisLabel: {
        ...axisStyle.axisLabel,
        formatter: (value: number) => (value === 0 ? "0" : energyText(value, unit)),
        showMaxLabel: false,
      },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: bars.map(({ name }) => short(name, 16)),
      ...axisStyle,
      axisLabel: { ...axisStyle.axisLabel, color: ink, interval: 0 },
    },
    series: [
      ...causes.map((cause, i) => ({
        name: cause,
        type: "bar",
        stack: "energy",
        barWidth: "62%",
        data: bars.map(({ byCause }) => byCause[cause] ?? 0),
        itemStyle: { color: seriesColour(i), borderColor: paper, borderWidth: 0.5 },
        ...(i === causes.length - 1 && {
          label: {
            show: true,
            position: "right",
            color: muted,
            fontSize: 12,
            formatter: ({ dataIndex }: { dataIndex: number }) => energyText(bars[dataIndex]!.total, unit),
          },
        }),
      })),
    ],
  };
}
