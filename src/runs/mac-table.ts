/**
 * @file A multiply-accumulate unit characterised once for a machine file: the energy of each weight value, by transitions of a
 * network's own layers on real data, or by uniform random ones.
 */

import { rowsOf } from "../base/tensor.ts";
import {
  Characteriser,
  collectStatistics,
  type Draws,
  drawTransitions,
  drawUniform,
  inPicojoules,
  type LayerShape,
  type LayerStatistics,
  mergeStatistics,
  type SystolicArray,
  type WeightTable,
} from "../circuits/characterise/index.ts";
import { calibrate, type DelayModel, type PublishedEnergy } from "../circuits/gates/index.ts";
import { buildMac, type Multiplier } from "../circuits/netlist/index.ts";
import type { Dataset } from "../data/index.ts";
import { readQuantised } from "../export/index.ts";
import type { Model } from "../graph/model.ts";
import type { Machine, MacTable } from "../machines/index.ts";
import { globalTable, traceNetwork } from "../methods/index.ts";
import { withNormalisation } from "../training/index.ts";

export interface MacTableOptions {
  readonly array: SystolicArray;
  readonly multiplier: Multiplier;
  readonly isFused: boolean;
  readonly isZeroGated: boolean;
  readonly delay: DelayModel;
  readonly published: PublishedEnergy;
  /** Transitions for each weight. */
  readonly draws: number;
  readonly seed: number;
}

/** A network whose layers' transitions are to be met. */
export interface Traffic {
  readonly name: string;
  readonly model: Model;
  readonly data: Dataset;
  readonly images: number;
}

/** Clock pins of a flip-flop take this many units of capacitance, two changes a cycle. */
const CLOCK_UNITS = 6 * 2;

/** @throws FemtoError those of `buildMac`, `calibrate`, `traceNetwork` and of characterisation */
export async function macTable(
  options: MacTableOptions,
  traffic: Traffic | undefined,
  machine: Machine,
): Promise<MacTable> {
  const { array, multiplier, isFused, isZeroGated, delay, published } = options;
  const { activationBits, weightBits, accumulatorBits } = array;
  const mac = buildMac({ multiplier, isFused, isZeroGated, activationBits, weightBits, accumulatorBits });
  const unit = await Characteriser.compile(mac, delay);
  const calibration = await calibrate(mac, { delay, published });
  const table = inPicojoules(
    traffic === undefined ? uniform(unit, options) : ofLayers(unit, options, traffic),
    calibration,
  );
  const { picojoulesPerUnit, source, spread, caveats, node, netlistHash } = calibration;
  const flipFlops = activationBits + weightBits + accumulatorBits;
  return {
    name: `${machine.name}-${mac.name.replaceAll("_", "-")}`,
    title: `${machine.title}; multiply-accumulate by weight value: ${mac.name}`,
    weightsFj: Array.from(table.energies, (energy) => 1000 * energy),
    netlist: `${mac.name} ${netlistHash}`,
    stimulus: table.origin.stimulus,
    nodeNm: node,
    source: `${delay} delay; constant ${picojoulesPerUnit.toPrecision(4)} pJ per unit of capacitance from ${source}; ${caveats.join("; ")}`,
    spread,
    spreadSource: `± ${100 * spread} %: fitted to the four public 45 nm figures one by one, energies of a toggle differ by so much`,
    array: { rows: array.rows, columns: array.columns },
    clockPj: flipFlops * CLOCK_UNITS * picojoulesPerUnit,
    flipFlops,
  };
}

const uniform = (unit: Characteriser, { array, draws: count, seed }: MacTableOptions): WeightTable =>
  unit.table(drawUniform(array, { count, seed }));

interface LayerStatisticsOf {
  readonly layer: LayerShape & { readonly groups: number };
  readonly statistics: LayerStatistics;
}

function statisticsOf(array: SystolicArray, { model, data, images }: Traffic): LayerStatisticsOf[] {
  const { inputs, labels, normalisation } = data;
  const whole = withNormalisation(model, { inputs, labels: labels ?? inputs, normalisation });
  const { layers } = traceNetwork(whole, readQuantised(whole), { raw: rowsOf(inputs, 0, images) }, array);
  return layers.map(({ name, groups }) => {
    const { outputs, inputs: products, steps } = groups[0]!;
    const parts = groups.map((trace) => collectStatistics(trace, array));
    return {
      layer: { outputs, inputs: products, steps, groups: groups.length },
      statistics: mergeStatistics(parts, name),
    };
  });
}

const onData = ({ name, data, images }: Traffic): string =>
  `${name}, ${images} examples of ${data.name} (${data.split})`;

/** The mean of the layers' tables, each by its multiply-accumulates: one machine, one table. */
function ofLayers(unit: Characteriser, { array, draws: count, seed }: MacTableOptions, traffic: Traffic): WeightTable {
  const own = statisticsOf(array, traffic).map(({ layer, statistics }) => ({
    ...layer,
    table: unit.table(drawTransitions(statistics, { count, seed })),
  }));
  const mean = globalTable(own);
  const stimulus = `${count} draws from value groups of each of ${own.length} layers of ${onData(traffic)}, seed ${seed}; mean by multiply-accumulates`;
  return { ...mean, origin: { ...mean.origin, stimulus } };
}

/** Transitions of all layers of a network together, each by its multiply-accumulates; uniform random ones without a network. */
export function trafficDraws(
  array: SystolicArray,
  draws: { count: number; seed: number },
  traffic: Traffic | undefined,
): Draws {
  if (traffic === undefined) return drawUniform(array, draws);
  const parts = statisticsOf(array, traffic).map(({ statistics }) => statistics);
  const drawn = drawTransitions(mergeStatistics(parts, "all"), draws);
  const description = `${draws.count} draws from value groups of ${parts.length} layers of ${onData(traffic)}, seed ${draws.seed}`;
  return { ...drawn, description };
}
