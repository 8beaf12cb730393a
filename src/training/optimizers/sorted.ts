/** @file An optimizer whose parameters stay in ascending order along their last axis: thresholds of a thermometer. */

import { dimsOf } from "../../operators/index.ts";
import type { Optimizer } from "./optimizer.ts";

/** `inner`, every row sorted after the step (QuWeiT sheet M1); its state stays where it is. */
export const sorted = (inner: Optimizer): Optimizer => ({
  ...inner,
  id: `${inner.id}, sorted`,
  update(g, update) {
    const { parameter, state } = inner.update(g, update);
    const count = dimsOf(parameter).at(-1) as number;
    const [ascending] = g.ops("TopK", [parameter, g.ints([count])], { axis: -1, largest: false, sorted: true }, 2);
    return { parameter: ascending!, state };
  },
});
