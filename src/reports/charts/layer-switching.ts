/** @file Switching energy of the layers before and after, each bar with its share of the network. */

import { formatEnergy, pJ } from "../../base/units.ts";
import { percentText } from "../format.ts";
import type { SelectionLayer } from "../weight-selection/schema.ts";
import { short } from "./bits.ts";
import { accent, baseline, ink, muted } from "./palette.ts";
import { axisStyle, type Picture } from "./svg.ts";

const sides = [
  { key: "before", name: "int8", color: baseline },
  { key: "after", name: "restricted", color: accent },
] as const;

export function layerSwitchingPicture(layers: readonly SelectionLayer[], id: string): Picture {
  const text = (value: number) => (value === 0 ? "0" : formatEnergy(pJ(value)));
  const words = layers.map(
    ({ name, pJ: energy, share }) =>
      `${name} ${text(energy.before)} (${percentText(share.before)}) to ${text(energy.after)} (${percentText(share.after)})`,
  );
  return {
    id,
    description: `Switching energy per layer and inference, before and after: ${words.join("; ")}.`,
    width: 900,
    height: 84 + 40 * layers.length,
    option: {
      legend: {
        top: 0,
        left: 0,
        itemWidth: 12,
        itemHeight: 12,
        itemGap: 18,
        textStyle: { color: ink, fontSize: 12 },
        data: [...sides.map(({ name }) => name), "all weights zero"],
      },
      grid: { left: 112, right: 150, top: 30, bottom: 44 },
      xAxis: {
        type: "value",
        name: "switching energy per inference; share of the network",
        nameLocation: "middle",
        nameGap: 26,
        splitNumber: 5,
        ...axisStyle,
        axisLabel: { ...axisStyle.axisLabel, formatter: text, showMaxLabel: false },
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: layers.map(({ name }) => short(name, 16)),
        ...axisStyle,
        axisLabel: { ...axisStyle.axisLabel, color: ink, interval: 0 },
      },
      series: [
        ...sides.map(({ key, name, color }) => ({
          name,
          type: "bar",
          barWidth: 13,
          barGap: "15%",
          data: layers.map((layer) => layer.pJ[key]),
          itemStyle: { color },
          label: {
            show: true,
            position: "right",
            color: muted,
            fontSize: 12,
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const layer = layers[dataIndex]!;
              return `${text(layer.pJ[key])}, ${percentText(layer.share[key])}`;
            },
          },
        })),
        {
          name: "all weights zero",
          type: "scatter",
          symbol: "rect",
          symbolSize: [2, 32],
          itemStyle: { color: ink, opacity: 1 },
          data: layers.map((layer, i) => [layer.pJ.allZero, i]),
          z: 6,
        },
      ],
    },
  };
}
