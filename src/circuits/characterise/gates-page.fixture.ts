import {
  Characteriser,
  collectStatistics,
  defaultArray,
  drawTransitions,
  energyAt,
  inPicojoules,
  layerEnergy,
} from "../characterise/index.ts";
import { calibrate } from "../gates/index.ts";
import { buildMac } from "../netlist/index.ts";

// W: 2 outputs × 9 inputs; A: 9 inputs × 100 columns.
const weights = Int8Array.from({ length: 18 }, (_, i) => ((37 * i) % 255) - 127);
const activations = Int8Array.from({ length: 900 }, (_, i) => Math.max(0, Math.round(90 * Math.sin(i / 7))));
const layer = { name: "conv1", weights, activations, outputs: 2, inputs: 9, steps: 100 };

const mac = buildMac({ multiplier: "booth4", isFused: true });
const unit = await Characteriser.compile(mac, "unit");
const table = unit.table(drawTransitions(collectStatistics(layer, defaultArray), { count: 2048, seed: 1 }));
const byTable = layerEnergy(weights, layer, table, defaultArray).total;
export const error = byTable / unit.exact(layer, defaultArray).total - 1;

const priced = inPicojoules(table, await calibrate(mac, { delay: "unit", published: "mac8 45nm" }));
export const cheap = energyAt(priced, -2);
export const dear = energyAt(priced, -105);
