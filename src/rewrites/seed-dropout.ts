/**
 * @file Seeds for the Dropout that trains. Without one ONNX Runtime starts from the time of day. With the seed s it draws its
 * mask number k (from 0) as a session with the seed s + k draws its first, so that a run can be gone on with in another session.
 */

import { Rng } from "../base/rng.ts";
import type { Pass } from "../graph/pass.ts";
import { graphsOf } from "./nested.ts";
import { substitute } from "./substitute.ts";
import { dropoutTrains } from "./training-mode.ts";

export interface DropoutSeeds {
  readonly seed: number;
  /** Names the random numbers, such as those of a phase. */
  readonly stream: string;
  /** Masks that each node has drawn already. */
  readonly drawn: number;
}

/** Half of what tells seeds apart in ONNX Runtime, 2³¹ − 1: from the lower half nothing runs over. */
const SPAN = 2 ** 30;

/** Nodes start as far from each other as can be, since their sequences are parts of one. Seeds in the file give way. */
export const seedDropout = ({ seed, stream, drawn }: DropoutSeeds): Pass => ({
  name: "seed-dropout",
  run: (model) => {
    const found = [...graphsOf(model.graph)].flatMap(({ nodes }) =>
      [...nodes].filter((node) => node.kind === "Dropout" && dropoutTrains(node)),
    );
    const first = 1 + new Rng(seed, stream).below(SPAN) + drawn;
    for (const [i, node] of found.entries()) {
      const value = first + i * Math.floor(SPAN / found.length);
      substitute(node, { attributes: { ...node.attributes, seed: { type: "int", value } } });
    }
    return found.length > 0;
  },
});
