/** @file The comparison of `femto twin` on each machine, as one document for text and JSON. */

import { type Activity, type Counts, type LayerCost, type NodeCost, spiking } from "../../energy/index.ts";
import type { Machine } from "../../machines/index.ts";
import type { AskedSweep } from "./asked.ts";

export interface TwinSubject {
  readonly name: string;
  readonly layers: readonly (LayerCost | NodeCost)[];
  /** Widths of the weights of each layer, where the file states them. */
  readonly weightBits: Readonly<Record<string, number>>;
  readonly activity: Activity | undefined;
  /** Nodes without weights, `MaxPool 2`: neither side pays for them. */
  readonly others: readonly string[];
}

/** Nodes of a model that the comparison leaves out, by kind. Rectifiers are the neurons themselves. */
export function othersIn({ nodes, unmodelled }: Counts): string[] {
  const kinds = new Map<string, number>();
  const left = [...nodes.filter(({ kind }) => kind !== "layer"), ...unmodelled];
  for (const { operator } of left) if (operator !== "Relu") kinds.set(operator, (kinds.get(operator) ?? 0) + 1);
  return [...kinds].map(([operator, count]) => `${operator} ${count}`);
}

export interface TwinAsked {
  readonly options: spiking.TwinOptions;
  /** The first layer takes numbers of so many bits; `undefined` where it takes spikes. */
  readonly analogueBits: number | undefined;
  readonly movement: spiking.MovementPreset;
  readonly isBitSerial: boolean;
  readonly sweep: AskedSweep | undefined;
  /** Constants beside a machine. */
  stated(machine: Machine): Parameters<typeof spiking.spikingPrices>[2];
}

export interface MachineComparison {
  readonly machine: string;
  readonly prices: spiking.SpikingPrices;
  readonly eta: number;
  readonly k: number;
  readonly comparison: spiking.NetworkComparison;
  readonly terms: ReturnType<typeof spiking.termTotals>;
  readonly variation: spiking.Variation;
  readonly sweep: { readonly axis: string; readonly points: readonly spiking.NetworkPoint[] } | undefined;
}

export interface TwinDocument {
  readonly schema: "femto.twin/1";
  readonly model: string;
  readonly steps: number;
  readonly activationBits: number;
  readonly weightBits: readonly number[];
  /** Where the spike rates come from. */
  readonly activity: { readonly kind: "measured" | "assumed"; readonly text: string };
  /** Parameters that nobody stated, with what stands in for them. */
  readonly assumed: Readonly<Record<string, number | string>>;
  readonly machines: readonly MachineComparison[];
  readonly notModelled: readonly string[];
  readonly warnings: readonly string[];
}

/** @throws FemtoError `machine.*`, `energy.*` */
export function compareOn(machines: readonly Machine[], subject: TwinSubject, asked: TwinAsked): TwinDocument {
  const twin = networkTwin(subject, asked);
  const compared = machines.map((machine) => onMachine(machine, subject, twin, asked));
  const { steps } = asked.options;
  const found = compared[0]!.comparison.layers;
  return {
    schema: "femto.twin/1",
    model: subject.name,
    steps,
    activationBits: spiking.twinBits(steps),
    weightBits: [...new Set(found.map(({ parameters }) => parameters.weightBits))],
    activity: subject.activity?.source ?? assumedRates(asked.options),
    assumed: assumedOf(twin, subject),
    machines: compared,
    notModelled: [
      ...spiking.notModelled,
      "converters between spiking and quantised layers (hybrid)",
      ...(subject.others.length === 0 ? [] : [`nodes without weights: ${subject.others.join(", ")}`]),
    ],
    warnings: compared[0]!.comparison.warnings,
  };
}

/** What is stated for all layers, and what the file and the measurement say of each. */
function networkTwin({ layers, weightBits, activity }: TwinSubject, asked: TwinAsked): spiking.NetworkTwin {
  const { options, analogueBits, isBitSerial } = asked;
  const rates = activity === undefined ? {} : spiking.layerRates(activity, layers, options.steps);
  const own = layers.map(({ name }, i): [string, spiking.LayerTwin] => {
    const bits = weightBits[name];
    const { onesPerActivation, ...rate } = rates[name] ?? {};
    const isAnalogue = i === 0 && analogueBits !== undefined;
    return [
      name,
      {
        ...(bits !== undefined && { weightBits: bits }),
        ...(isAnalogue
          ? { analogueBits, ...(rate.active !== undefined && { analogueActive: rate.active }) }
          : { ...rate, ...(isBitSerial && serial(onesPerActivation, rate.active ?? options.active, options.steps)) }),
      },
    ];
  });
  return { options, layers: Object.fromEntries(own) };
}

/** Without measured codes an active code is taken to have half of its bits set. */
const serial = (ones: number | undefined, active: number | undefined, steps: number): spiking.LayerTwin => ({
  multiplier: "bit-serial",
  onesPerActivation: ones ?? ((active ?? spiking.twinDefaults.active) * (spiking.twinBits(steps) + 1)) / 2,
});

function onMachine(
  machine: Machine,
  subject: TwinSubject,
  twin: spiking.NetworkTwin,
  asked: TwinAsked,
): MachineComparison {
  const known = new Map<string, spiking.SpikingPrices>();
  const stated = asked.stated(machine);
  const pricesOf: spiking.PricesOf = ({ weightBits, activationBits }) => {
    const key = `${weightBits} × ${activationBits}`;
    const list =
      known.get(key) ??
      spiking.withMovement(spiking.spikingPrices(machine, { weightBits, activationBits }, stated), asked.movement);
    known.set(key, list);
    return list;
  };
  const comparison = spiking.compareNetwork(subject.layers, twin, pricesOf);
  const { weightBits, activationBits } = comparison.layers.at(-1)!.parameters;
  const prices = pricesOf({ weightBits, activationBits } as spiking.TwinParameters);
  const point = spiking.pointOf(prices);
  const variation = spiking.varyPrices(
    [...known.values()],
    (at) => spiking.compareNetwork(subject.layers, twin, pricesOf, at).ratio,
    { samples: 200 },
  );
  const { sweep } = asked;
  return {
    machine: machine.name,
    prices,
    eta: spiking.etaOf(point),
    k: spiking.kOf(point),
    comparison,
    terms: spiking.termTotals(comparison.layers),
    variation,
    sweep: sweep && {
      axis: sweep.axis,
      points: spiking.sweepNetwork(subject.layers, twin, pricesOf, sweep.axis, sweep.values),
    },
  };
}

function assumedRates({
  spikeRate,
  active = spiking.twinDefaults.active,
}: spiking.TwinOptions): TwinDocument["activity"] {
  const rate = typeof spikeRate === "number" ? `sr = ${spikeRate}` : `the ${spikeRate} case of theorem 2`;
  return { kind: "assumed", text: `${rate} in every layer, a = ${active} of the activations not zero` };
}

function assumedOf(
  { options, layers }: spiking.NetworkTwin,
  { activity }: TwinSubject,
): Record<string, number | string> {
  const isMeasured = (name: string) => name === "active" && activity !== undefined;
  const fromShape = ["fanIn", "weightReuse"];
  const chosen = ["code", "multiplier", "twinFetch"];
  const open = Object.entries(spiking.twinDefaults).filter(
    ([name]) =>
      ![...fromShape, ...chosen].includes(name) &&
      options[name as keyof spiking.TwinOptions] === undefined &&
      !isMeasured(name),
  );
  const analogue = Object.values(layers ?? {}).some(
    (layer) => layer.analogueBits !== undefined && layer.analogueActive === undefined,
  );
  return { ...Object.fromEntries(open), ...(analogue && { "active (first layer)": 1 }) };
}
