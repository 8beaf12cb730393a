/** @file Small learnable data, on which a whole run of DWN takes a second. */

import { Rng } from "../../base/rng.ts";
import { tensor } from "../../base/tensor.ts";
import type { Model } from "../../graph/model.ts";
import { loadMachine } from "../../machines/index.ts";
import { glorot } from "../../zoo/initialise.ts";
import { Network } from "../../zoo/network.ts";
import type { MethodContext, TrainingData } from "../method.ts";
import { type DwnRecord, dwn } from "./index.ts";
import { dwnOptions } from "./options.ts";

const SIZE = 6;
const CLASSES = 4;

/** Noisy bytes [count, 1, 6, 6] with one bright quadrant: four classes. One corner pixel is always 0. */
export function pictures(count: number, seed: number): TrainingData {
  const rng = new Rng(seed, "pictures");
  const labels = Array.from({ length: count }, (_, i) => i % CLASSES);
  const pixels = labels.flatMap((label) =>
    Array.from({ length: SIZE * SIZE }, (_, p) => {
      const quadrant = 2 * Math.floor(p / SIZE / 3) + Math.floor((p % SIZE) / 3);
      const value = Math.round((quadrant === label ? 120 : 40) + 45 * rng.normal());
      return p === 0 ? 0 : Math.max(0, Math.min(255, value));
    }),
  );
  return {
    inputs: tensor("uint8", [count, 1, SIZE, SIZE], pixels),
    labels: tensor("int64", [count], labels),
    normalisation: { scale: 1 / 255, mean: [0.25], std: [0.2] },
  };
}

export const data = { train: pictures(400, 1), test: pictures(200, 2) };

/** What says the interface: any classifier of such pictures. */
export const face: Model = (() => {
  const net = new Network("pictures", 3);
  const flat = net.flatten("flatten", net.input("x", [1, SIZE, SIZE]));
  return net.finish(net.dense("fc", flat, CLASSES, { init: glorot }), "logits", {
    network: "pictures",
    task: "classification",
    input: { layout: "NCHW", scale: 1 },
    options: {},
  });
})();

export const context = (own: Partial<MethodContext> = {}): MethodContext => ({
  data,
  machine: loadMachine("horowitz-45nm-sram8k"),
  seed: 1,
  threads: 1,
  identity: "test",
  ...own,
});

/** Options of a run of a second. */
export const small = (own: object = {}) =>
  dwnOptions.parse({ layers: [40, 24], inputs: 4, candidates: 16, epochs: 4, batchSize: 20, tau: 1, ...own });

export async function runSmall(own: object = {}, surroundings: Partial<MethodContext> = {}) {
  const outcome = await dwn.apply(context(surroundings), face, small(own));
  return { ...outcome, history: outcome.history as readonly DwnRecord[] };
}
