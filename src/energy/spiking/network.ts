/**
 * @file A whole network against its twin: layer by layer from counted work, summed, with the layers in which spikes win.
 * A layer's energy is that of a synapse times its multiply-accumulates, each of which is one synapse used once.
 */

import { fail } from "../../base/errors.ts";
import type { LayerCost } from "../node-cost.ts";
import { type BreakEven, breakEven } from "./break-even.ts";
import { ratioOfTotals, twinWarnings } from "./compare-twin.ts";
import { type TwinOptions, type TwinParameters, twinParameters } from "./parameters.ts";
import { pointOf, type SpikingPrices } from "./prices.ts";
import { type Shortcut, shortcut } from "./shortcut.ts";
import { analogueLayer, type Branch, eventsOf, qnnEnergy, type SideEnergy, snnEnergy } from "./terms.ts";
import type { PointIn } from "./vary.ts";

/** One layer where it differs from the rest. */
export interface LayerTwin extends Partial<TwinOptions> {
  /** Its input is no spikes but numbers of so many bits: a layer of multiply-accumulates on both sides. */
  readonly analogueBits?: number;
  /** Share of the numbers of an analogue input that are not zero; 1 where nobody measured it. */
  readonly analogueActive?: number;
}

export interface NetworkTwin {
  /** What holds for every layer. Fan-in and weight reuse follow from each layer's shape unless they are stated. */
  readonly options: TwinOptions;
  /** By name of the layer. */
  readonly layers?: Readonly<Record<string, LayerTwin>>;
}

export interface LayerComparison {
  readonly layer: string;
  readonly macs: number;
  readonly parameters: TwinParameters;
  readonly isAnalogue: boolean;
  /** Per synapse. */
  readonly snn: SideEnergy;
  readonly qnn: SideEnergy;
  /** Of the whole layer. */
  readonly energy: { readonly snn: number; readonly qnn: number };
  readonly ratio: number;
  /** None for a layer without spikes at its input. */
  readonly breakEven: BreakEven | undefined;
  /** What a network that may choose per layer would take. */
  readonly choice: "spiking" | "quantised";
  /** How each side moves activations. */
  readonly branches: { readonly snn: Branch; readonly qnn: Branch };
}

export interface NetworkComparison {
  readonly layers: readonly LayerComparison[];
  /** In the unit of the prices, per inference. */
  readonly snn: number;
  readonly qnn: number;
  readonly ratio: number;
  /** Spikes only in layers where they win. Converters between the two kinds of layers are not charged. */
  readonly hybrid: { readonly energy: number; readonly ratio: number; readonly spikingLayers: readonly string[] };
  readonly shortcut: Shortcut;
  readonly warnings: readonly string[];
}

/** The prices of a layer with such parameters; machines price a multiplication by its widths. */
export type PricesOf = (parameters: TwinParameters) => SpikingPrices;

/**
 * `compareNetwork(countWork(model).layers, { options: { steps: 5, spikeRate: 0.05, weightBits: 4 } }, () => prices)`
 * @throws FemtoError `energy.none` without a layer, `energy.spiking` for a layer that there is not or that cannot be
 */
export function compareNetwork(
  costs: readonly LayerCost[],
  { options, layers = {} }: NetworkTwin,
  pricesOf: PricesOf,
  at: PointIn = pointOf,
): NetworkComparison {
  if (costs.length === 0) fail({ code: "energy.none", message: "the model has no layer with weights to compare" });
  const stranger = Object.keys(layers).find((name) => !costs.some((cost) => cost.name === name));
  if (stranger !== undefined) {
    fail({
      code: "energy.spiking",
      where: `layer ${stranger}`,
      message: "the model has no such layer with weights",
      expected: costs.map(({ name }) => name).join(", "),
    });
  }
  const compared = costs.map((cost) => compareLayer(cost, options, layers[cost.name] ?? {}, pricesOf, at));
  const total = (side: (layer: LayerComparison) => number) => compared.reduce((sum, layer) => sum + side(layer), 0);
  const snn = total(({ energy }) => energy.snn);
  const qnn = total(({ energy }) => energy.qnn);
  const hybrid = total(({ energy }) => Math.min(energy.snn, energy.qnn));
  return {
    layers: compared,
    snn,
    qnn,
    ratio: ratioOfTotals({ total: snn }, { total: qnn }),
    hybrid: {
      energy: hybrid,
      ratio: ratioOfTotals({ total: hybrid }, { total: qnn }),
      spikingLayers: compared.filter(({ choice }) => choice === "spiking").map(({ layer }) => layer),
    },
    shortcut: shortcut(
      compared.map(({ macs, parameters, isAnalogue }) => ({ macs, events: eventsOf(parameters), isAnalogue })),
    ),
    warnings: warningsOf(compared),
  };
}

function compareLayer(
  { name, macs, nW, nY }: LayerCost,
  options: TwinOptions,
  { analogueBits, analogueActive = 1, ...own }: LayerTwin,
  pricesOf: PricesOf,
  at: PointIn,
): LayerComparison {
  const shape = { fanIn: Math.max(1, macs / nY), weightReuse: Math.max(1, macs / nW) };
  const parameters = twinParameters({ ...shape, ...defined(options), ...defined(own) } as TwinOptions);
  const isAnalogue = analogueBits !== undefined;
  // A price of a multiplication belongs to the widths that are multiplied.
  const priced = isAnalogue ? { ...parameters, activationBits: analogueBits } : parameters;
  const prices = at(pricesOf(priced));
  const { snn, qnn } = isAnalogue
    ? analogueLayer({ ...priced, active: analogueActive }, prices)
    : { snn: snnEnergy(parameters, prices), qnn: qnnEnergy(parameters, prices) };
  const ratio = ratioOfTotals(snn, qnn);
  return {
    layer: name,
    macs,
    parameters,
    isAnalogue,
    snn,
    qnn,
    energy: { snn: snn.total * macs, qnn: qnn.total * macs },
    ratio,
    breakEven: isAnalogue ? undefined : breakEven(parameters, prices),
    choice: ratio < 1 ? "spiking" : "quantised",
    branches: { snn: snn.branch, qnn: qnn.branch },
  };
}

const defined = (options: object): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Each warning once, with the layers that it is about. */
function warningsOf(layers: readonly LayerComparison[]): string[] {
  const about = new Map<string, string[]>();
  for (const { layer, parameters, isAnalogue } of layers) {
    if (isAnalogue) continue;
    for (const warning of twinWarnings(parameters)) about.set(warning, [...(about.get(warning) ?? []), layer]);
  }
  return [...about].map(([warning, names]) => `${names.join(", ")}: ${warning}`);
}
