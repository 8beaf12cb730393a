/** @file Raw samples that try a network of lookup tables where it decides: values on a threshold and next above one. */

import { Rng } from "../../base/rng.ts";
import type { Samples } from "../../engine/bits/index.ts";
import { toNetlist } from "../../engine/bits/netlist.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";

/** `count` samples, one after the other. A feature that no threshold reads gets any byte, or a normal number. */
export function edgeSamples(network: LutNetwork, count: number, seed: number): Samples {
  const { input } = network;
  const isBytes = input.dtype === "uint8";
  const thresholds = Array.from({ length: input.features }, (): number[] => []);
  for (const { feature, threshold } of toNetlist(network).bits) thresholds[feature]!.push(threshold);
  const rng = new Rng(seed, "edge-samples");
  const draw = (_: unknown, i: number): number => {
    const own = thresholds[i % input.features]!;
    if (own.length === 0) return isBytes ? rng.below(256) : rng.normal();
    const at = own[rng.below(own.length)]!;
    const isAbove = rng.below(2) === 1;
    return isBytes ? Math.min(255, Math.max(0, at + (isAbove ? 1 : 0))) : isAbove ? nextFloat(at) : finite(at);
  };
  const length = count * input.features;
  return isBytes ? Uint8Array.from({ length }, draw) : Float32Array.from({ length }, draw);
}

const finite = (value: number): number => (Number.isFinite(value) ? value : 0);

/** The least finite float32 above a float32; 0 where there is none. */
function nextFloat(value: number): number {
  const [floats, ints] = [new Float32Array(1), new Int32Array(1)];
  floats[0] = value;
  ints[0] = new Int32Array(floats.buffer)[0]! + (value < 0 ? -1 : 1);
  // −0 and 0 are one number, whose neighbour is the least one there is.
  if (value === 0) ints[0] = 1;
  return finite(new Float32Array(ints.buffer)[0]!);
}
