/** @file Hamming distances between numbers in two's complement, and the energy of a multiply-accumulate made of them alone. */

export function popcount(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Bits in which two numbers differ within `width` (at most 32) bits. */
export const hammingDistance = (x: number, y: number, width: number): number =>
  popcount((x ^ y) & (width >= 32 ? -1 : 2 ** width - 1));

/** Weights of the four registers: activation, product, partial sum, output. */
export interface BehaviouralWeights {
  activation: number;
  product: number;
  partialSum: number;
  output: number;
}

export interface Widths {
  readonly activationBits: number;
  readonly weightBits: number;
  readonly accumulatorBits: number;
}

/** c_A·HD(a, a′) + c_M·HD(wa, wa′) + c_P·HD(p, p′) + c_O·HD(o, o′): no gate is looked at. */
export function behaviouralEnergy(
  w: number,
  from: { a: number; p: number },
  to: { a: number; p: number },
  { activationBits, weightBits, accumulatorBits }: Widths,
  c: BehaviouralWeights = { activation: 1, product: 1, partialSum: 1, output: 1 },
): number {
  return (
    c.activation * hammingDistance(from.a, to.a, activationBits) +
    c.product * hammingDistance(w * from.a, w * to.a, activationBits + weightBits) +
    c.partialSum * hammingDistance(from.p, to.p, accumulatorBits) +
    c.output * hammingDistance(from.p + w * from.a, to.p + w * to.a, accumulatorBits)
  );
}
