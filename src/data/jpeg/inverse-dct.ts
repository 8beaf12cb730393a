/**
 * @file The accurate integer inverse cosine transform of 8×8 blocks: Loeffler, Ligtenberg and Moschytz (ICASSP 1989),
 * 11 multiplications a row, in the fixed point of the Independent JPEG Group's `jidctint` (13 fraction bits, 2 more
 * kept between the passes). The arithmetic is the specification: other roundings give other pixels.
 */

const fractionBits = 13;
const extraBits = 2;
const fixed = (value: number): number => Math.round(value * 2 ** fractionBits);

const f0298 = fixed(0.298631336);
const f0390 = fixed(0.390180644);
const f0541 = fixed(0.5411961);
const f0765 = fixed(0.765366865);
const f0899 = fixed(0.899976223);
const f1175 = fixed(1.175875602);
const f1501 = fixed(1.50132111);
const f1847 = fixed(1.847759065);
const f1961 = fixed(1.96157056);
const f2053 = fixed(2.053119869);
const f2562 = fixed(2.562915447);
const f3072 = fixed(3.072711026);

const between = new Int32Array(64);
const line = new Int32Array(8);

/** One 8-point transform of `line`, in place, rounded by `shift` bits. */
function transform(shift: number): void {
  const half = 1 << (shift - 1);
  // Even part: rotation of 2 and 6, butterfly of 0 and 4.
  const even = (line[2]! + line[6]!) * f0541;
  const e2 = even - line[6]! * f1847;
  const e3 = even + line[2]! * f0765;
  const e0 = (line[0]! + line[4]!) << fractionBits;
  const e1 = (line[0]! - line[4]!) << fractionBits;
  const a0 = e0 + e3 + half;
  const a3 = e0 - e3 + half;
  const a1 = e1 + e2 + half;
  const a2 = e1 - e2 + half;
  // Odd part, figure 8 of the paper: x1, x3, x5, x7 are independent.
  const [x1, x3, x5, x7] = [line[1]!, line[3]!, line[5]!, line[7]!];
  const z5 = (x7 + x3 + x5 + x1) * f1175;
  const z1 = (x7 + x1) * -f0899;
  const z2 = (x5 + x3) * -f2562;
  const z3 = (x7 + x3) * -f1961 + z5;
  const z4 = (x5 + x1) * -f0390 + z5;
  const o0 = x7 * f0298 + z1 + z3;
  const o1 = x5 * f2053 + z2 + z4;
  const o2 = x3 * f3072 + z2 + z3;
  const o3 = x1 * f1501 + z1 + z4;
  line[0] = (a0 + o3) >> shift;
  line[7] = (a0 - o3) >> shift;
  line[1] = (a1 + o2) >> shift;
  line[6] = (a1 - o2) >> shift;
  line[2] = (a2 + o1) >> shift;
  line[5] = (a2 - o1) >> shift;
  line[3] = (a3 + o0) >> shift;
  line[4] = (a3 - o0) >> shift;
}

/**
 * @param coefficients 64 dequantised coefficients, row-major
 * @param plane samples; the block is written at `start`, rows `stride` apart, clamped to 0..255
 */
export function inverseDct(coefficients: Int32Array, plane: Uint8ClampedArray, start: number, stride: number): void {
  for (let column = 0; column < 8; column++) {
    for (let i = 0; i < 8; i++) line[i] = coefficients[8 * i + column]!;
    transform(fractionBits - extraBits);
    for (let i = 0; i < 8; i++) between[8 * i + column] = line[i]!;
  }
  for (let row = 0; row < 8; row++) {
    for (let i = 0; i < 8; i++) line[i] = between[8 * row + i]!;
    // The 3 further bits are the two factors √8 of the two-dimensional transform.
    transform(fractionBits + extraBits + 3);
    const at = start + row * stride;
    for (let i = 0; i < 8; i++) plane[at + i] = line[i]! + 128;
  }
}
