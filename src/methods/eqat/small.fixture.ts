/** @file Small learnable data and networks, on which a whole run of EQAT takes a second. */

import type { Model } from "../../graph/model.ts";
import { loadMachine } from "../../machines/index.ts";
import type { MethodContext, Outcome } from "../method.ts";
import { pictures, smallNet } from "../pictures.fixture.ts";
import { type EqatRecord, eqat } from "./index.ts";
import { type EqatOptions, eqatOptions } from "./options.ts";

export { smallNet };

export const data = { train: pictures(192, 1), test: pictures(96, 2) };

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
