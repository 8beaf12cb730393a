/** @file `femto twin` for people: per machine a table of layers, one of causes, and what to know before believing it. */

import { energyText, spiking } from "../../energy/index.ts";
import type { EnergyUnit } from "../../machines/index.ts";
import { countText } from "../../reports/format.ts";
import { alignColumns, type Output } from "../output.ts";
import type { MachineComparison, TwinDocument } from "./compare.ts";

export function twinText(found: TwinDocument, output: Output): string {
  const { model, steps, activationBits, weightBits, activity, machines } = found;
  const [first] = machines;
  return [
    output.bold(
      `${model}: spikes over T = ${steps} steps against activations of ${activationBits} bits, weights of ${weightBits.join(", ")} bits`,
    ),
    `spike rates  ${activity.kind}: ${activity.text}`,
    ...machines.flatMap((machine) => ["", ...machineText(machine, output)]),
    "",
    ...shortcutText(first!),
    "",
    "What decides is the interconnect: η, how much dearer an event is to send than a bit.",
    `assumed       ${
      Object.entries(found.assumed)
        .map(([name, value]) => `${name} = ${value}`)
        .join(", ") || "nothing"
    }`,
    `not modelled  ${found.notModelled.join("; ")}`,
    ...found.warnings.map((warning) => `warning       ${warning}`),
  ].join("\n");
}

function machineText(
  { machine, prices, eta, k, comparison, terms, variation, sweep }: MachineComparison,
  output: Output,
) {
  const unit = unitOf(prices);
  const { ratio, hybrid } = comparison;
  const { range, holds, samples } = variation;
  const winner = ratio < 1 ? "spikes need less" : ratio > 1 ? "bits need less" : "both need the same";
  const spread =
    number(range.lo) === number(range.hi)
      ? ""
      : ` (${number(range.lo)} to ${number(range.hi)} over the ranges of the prices)`;
  const order = samples === 0 ? "" : `, in ${(100 * holds).toFixed(0)} % of drawn prices`;
  return [
    output.bold(
      `${prices.name === machine ? machine : prices.name}   η = E_S/E_D = ${number(eta)}   k = E_MAC/E_ACC = ${number(k)}`,
    ),
    ...reconstructed(prices),
    layerTable(comparison, unit),
    "",
    termTable(terms, comparison, unit),
    "",
    `spiking / quantised = ${number(ratio)}${spread}: ${winner}${order}`,
    `cheaper side of each layer: ${number(hybrid.ratio)} of the quantised network, spikes in ${hybrid.spikingLayers.join(", ") || "no layer"}`,
    ...(sweep === undefined ? [] : ["", sweepTable(sweep, unit)]),
  ];
}

/** Constants of movement that the machine does not state as such, with what stands in for them. */
const reconstructed = ({ prices }: spiking.SpikingPrices): string[] =>
  [prices.denseBit, prices.sparseEvent].flatMap(({ source, energy, unit }) =>
    source.startsWith("reconstructed") ? [`${number(energy.mid)} ${unit}, ${source}`] : [],
  );

function layerTable({ layers }: spiking.NetworkComparison, unit: EnergyUnit): string {
  const head = [
    "layer",
    "MAC",
    "N",
    "R_w",
    "sr",
    "a",
    "spiking",
    "quantised",
    "ratio",
    "break-even sr",
    "moves",
    "cheaper",
  ];
  const rows = layers.map(({ layer, macs, parameters, isAnalogue, energy, ratio, breakEven, branches, choice }) => [
    layer,
    countText(macs),
    number(parameters.fanIn),
    number(parameters.weightReuse),
    isAnalogue ? "–" : number(parameters.spikeRate),
    isAnalogue ? "–" : number(parameters.active),
    energyText(energy.snn, unit),
    energyText(energy.qnn, unit),
    number(ratio),
    breakEven === undefined ? "numbers in" : number(breakEven.spikeRate),
    `${ways[branches.snn]}/${ways[branches.qnn]}`,
    choice,
  ]);
  return alignColumns([head, ...rows], [0, 10, 11]);
}

const ways = { sparse: "events", dense: "bits" } as const;

function termTable(
  { snn, qnn }: MachineComparison["terms"],
  total: { snn: number; qnn: number },
  unit: EnergyUnit,
): string {
  const side = (name: string, terms: spiking.TermTotals, sum: number) => [
    name,
    ...spiking.spikingCauses.map((cause) => (terms[cause] === 0 ? "0" : energyText(terms[cause], unit))),
    energyText(sum, unit),
  ];
  return alignColumns([
    ["", ...spiking.spikingCauses, "total"],
    side("spiking", snn, total.snn),
    side("quantised", qnn, total.qnn),
  ]);
}

function sweepTable({ axis, points }: NonNullable<MachineComparison["sweep"]>, unit: EnergyUnit): string {
  const head = [axis, "spiking", "quantised", "ratio", "hybrid", "spiking layers"];
  const rows = points.map(({ value, snn, qnn, ratio, hybrid, spikingLayers }) => [
    number(value),
    energyText(snn, unit),
    energyText(qnn, unit),
    number(ratio),
    number(hybrid),
    `${spikingLayers}`,
  ]);
  return alignColumns([head, ...rows], []);
}

function shortcutText({ comparison, machine }: MachineComparison): string[] {
  const { snn, ann, ratio, label } = comparison.shortcut;
  const text = (value: number) => energyText(value, { kind: "picojoules", label: "pJ" });
  return [
    `what papers print: ${text(snn)} / ${text(ann)} = ${number(ratio)}, where the whole bill on ${machine} says ${number(comparison.ratio)}`,
    `  ${label}`,
  ];
}

const unitOf = ({ unit }: spiking.SpikingPrices): EnergyUnit =>
  unit === "pJ" ? { kind: "picojoules", label: "pJ" } : { kind: "relative", label: unit };

/** Four digits that mean something. */
const number = (value: number): string =>
  value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e6)
    ? String(Number(value.toPrecision(4)))
    : value.toExponential(2);
