/** @file Where the energy flows: kind of node → cause → component that is paid, as a Sankey diagram. */

import type { EnergySubject } from "../energy/schema.ts";
import { runText } from "../energy/text.ts";
import { energyText } from "../format.ts";
import { ink, muted, seriesColour } from "./palette.ts";
import type { Picture } from "./svg.ts";

interface Flow {
  readonly source: string;
  readonly target: string;
  value: number;
}

/** Flows under half a percent of the total are drawn together. */
const LEAST_SHARE = 0.005;

/** Names of the three columns must differ, or the diagram would have cycles. */
const operatorName = (name: string): string => `${name} `;
const componentName = (name: string): string => `${name}\u200B`;

export function sankeyFlows({ rows, total }: Pick<EnergySubject, "rows" | "total">): Flow[] {
  const flows = new Map<string, Flow>();
  const least = LEAST_SHARE * total.mid;
  const byOperator = new Map<string, number>();
  for (const { operator, energy } of rows) byOperator.set(operator, (byOperator.get(operator) ?? 0) + energy.mid);
  const add = (source: string, target: string, value: number) => {
    const key = `${source}→${target}`;
    const flow = flows.get(key) ?? { source, target, value: 0 };
    flow.value += value;
    flows.set(key, flow);
  };
  for (const { operator, terms } of rows) {
    const name = byOperator.get(operator)! < least ? "other nodes" : operator;
    for (const { cause, energy, price } of terms) {
      if (energy.mid === 0) continue;
      add(operatorName(name), cause, energy.mid);
      add(cause, componentName(price.split(".")[0]!), energy.mid);
    }
  }
  return [...flows.values()];
}

/** Causes have the colours of the bars beside it, which take them in the same order. */
export function sankeyPicture(subject: EnergySubject, id: string): Picture {
  const flows = sankeyFlows(subject);
  const causes = Object.keys(subject.byCause);
  const colourOf = (name: string) => (causes.includes(name) ? seriesColour(causes.indexOf(name)) : muted);
  const { unit } = subject.machine;
  const names = [...new Set(flows.flatMap(({ source, target }) => [source, target]))];
  const sumOf = (name: string) =>
    Math.max(
      flows.filter(({ source }) => source === name).reduce((sum, { value }) => sum + value, 0),
      flows.filter(({ target }) => target === name).reduce((sum, { value }) => sum + value, 0),
    );
  return {
    id,
    description: `Energy of ${runText(subject.model)} by kind of node, cause and component. ${flows
      .map(
        ({ source, target, value }) => `${source.trim()} to ${target.replace("\u200B", "")} ${energyText(value, unit)}`,
      )
      .join("; ")}.`,
    width: 960,
    height: Math.max(240, 46 * Math.max(...columnsOf(names, flows))),
    option: {
      series: [
        {
          type: "sankey",
          left: 4,
          right: 190,
          top: 8,
          bottom: 8,
          nodeWidth: 14,
          nodeGap: 14,
          nodeAlign: "justify",
          draggable: false,
          emphasis: { disabled: true },
          layoutIterations: 32,
          label: {
            color: ink,
            fontSize: 12,
            formatter: ({ name }: { name: string }) =>
              `${name.trim().replace("\u200B", "")}  ${energyText(sumOf(name), unit)}`,
          },
          lineStyle: { opacity: 0.35, curveness: 0.5 },
          data: names.map((name) => ({ name, itemStyle: { color: colourOf(name) } })),
          links: flows.map((flow) => ({
            ...flow,
            lineStyle: { color: colourOf(causes.includes(flow.source) ? flow.source : flow.target) },
          })),
        },
      ],
    },
  };
}

/** How many nodes each column has. */
function columnsOf(names: readonly string[], flows: readonly Flow[]): number[] {
  const isSource = (name: string) => flows.some(({ source }) => source === name);
  const isTarget = (name: string) => flows.some(({ target }) => target === name);
  return [
    names.filter((name) => isSource(name) && !isTarget(name)).length,
    names.filter((name) => isSource(name) && isTarget(name)).length,
    names.filter((name) => !isSource(name)).length,
  ];
}
