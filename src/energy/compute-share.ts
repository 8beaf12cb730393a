/**
 * @file What a compute share says. With uniform bits and a share a of compute in the energy at 8 bits (EQAT sheet):
 * r = a·q_w·q_a/64 + (1 − a)·(q_w + q_a)/16. The paper's Table 1 states r and the mean bits; a follows.
 */

/** r for a share a. */
export const uniformRelative = (share: number, weightBits: number, inputBits: number): number =>
  (share * weightBits * inputBits) / 64 + ((1 - share) * (weightBits + inputBits)) / 16;

/** The share a that a stated r asks for; outside [0, 1] no machine of these equations can have made the figure. */
export function shareBehind(relative: number, weightBits: number, inputBits: number): number {
  const data = uniformRelative(0, weightBits, inputBits);
  return (relative - data) / (uniformRelative(1, weightBits, inputBits) - data);
}
