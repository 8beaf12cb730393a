/** @file Small learnable data and networks, on which a whole run of EQAT takes a second. */

import { Rng } from "../../base/rng.ts";
import { f32, tensor } from "../../base/tensor.ts";
import type { Model } from "../../graph/model.ts";
import { loadMachine } from "../../machines/index.ts";
import { glorot } from "../../zoo/initialise.ts";
import { Network } from "../../zoo/network.ts";
import type { MethodContext, Outcome, TrainingData } from "../method.ts";
import { type EqatRecord, eqat } from "./index.ts";
import { type EqatOptions, eqatOptions } from "./options.ts";

const SIZE = 6;

/** Noisy pictures [count, 1, 6, 6] with one bright quadrant: four classes. */
export function pictures(count: number, seed: number): TrainingData {
  const rng = new Rng(seed, "pictures");
  const labels = Array.from({ length: count }, (_, i) => i % 4);
  const pixels = labels.flatMap((label) =>
    Array.from({ length: SIZE * SIZE }, (_, p) => {
      const quadrant = 2 * Math.floor(p / SIZE / 3) + Math.floor((p % SIZE) / 3);
      return Math.max(0, (quadrant === label ? 0.6 : 0) + 0.35 * rng.normal());
    }),
  );
  return { inputs: f32([count, 1, SIZE, SIZE], pixels), labels: tensor("int64", [count], labels) };
}

export const data = { train: pictures(192, 1), test: pictures(96, 2) };

/** conv 4·3×3, conv 6·3×3 stride 2, fc 4; batch norms after the convolutions where asked for. */
export function smallNet(batchNorm = false): Model {
  const net = new Network("small", 3);
  let x = net.input("x", [1, SIZE, SIZE]);
  for (const [i, channels] of [4, 6].entries()) {
    x = net.conv(`conv${i + 1}`, x, channels, { stride: i + 1, bias: !batchNorm });
    if (batchNorm) x = net.batchNorm(`norm${i + 1}`, x);
    x = net.relu(`relu${i + 1}`, x);
  }
  const logits = net.dense("fc", net.flatten("flatten", x), 4, { init: glorot });
  return net.finish(logits, "logits", {
    network: "small",
    task: "classification",
    input: { layout: "NCHW", scale: 1 },
    options: {},
  });
}

export const context = (own: Partial<MethodContext> = {}): MethodContext => ({
  data,
  machine: loadMachine("horowitz-45nm-sram8k"),
  seed: 1,
  threads: 1,
  identity: "test",
  ...own,
});

/** Options of a run of a second: 6 epochs of 12 steps, bits quick enough to get somewhere. */
export const small = (own: Partial<EqatOptions> = {}): EqatOptions =>
  eqatOptions.parse({ epochs: 6, batchSize: 16, rate: 5e-3, rateBits: 0.1, warmup: 0, freezeAt: 0.5, ...own });

export type EqatOutcome = Outcome & { readonly history: readonly EqatRecord[] };

export const runSmall = async (
  own: Partial<EqatOptions> = {},
  model: Model = smallNet(),
  surroundings: Partial<MethodContext> = {},
): Promise<EqatOutcome> => (await eqat.apply(context(surroundings), model, small(own))) as EqatOutcome;
