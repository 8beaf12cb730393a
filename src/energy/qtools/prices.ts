/**
 * @file Price table of QTools (google/qkeras, `qtools/config_public.py`, process `horowitz` [source]): polynomials in the
 * number of bits, highest power first, in picojoules. A fit of Horowitz's 45 nm figures.
 */

/** Coefficients, highest power first. */
export type Polynomial = readonly number[];

export interface QtoolsPrices {
  /** Of one addition, by bits; gates other than multipliers are additions times a factor. */
  readonly fixedAdd: Polynomial;
  readonly fixedMultiply: Polynomial;
  readonly float16Add: Polynomial;
  readonly float16Multiply: Polynomial;
  readonly float32Add: Polynomial;
  readonly float32Multiply: Polynomial;
  /** Of a unit of SRAM traffic, by log2 of the size of the memory in bits. */
  readonly sram: Polynomial;
  /** Of a tensor's DRAM traffic, by its bits. */
  readonly dram: Polynomial;
  /**
   * Units of SRAM traffic per bit. QTools takes 1/64, as if the fit were per word of 64 bits. It is per bit: at the 16, 18
   * and 23 of 8 KB, 32 KB and 1 MB it gives 10, 20 and 100 pJ *over 64*. So its SRAM energies are 64 times too small.
   */
  readonly sramUnitsPerBit: number;
}

export const qtoolsHorowitz: QtoolsPrices = {
  fixedAdd: [0.003125, 0],
  fixedMultiply: [0.002994791667, 0.001041666667, 0],
  float16Add: [0.4],
  float16Multiply: [1.1],
  float32Add: [0.9],
  float32Multiply: [3.7],
  sram: [9.02427321e-4, -2.68847858e-2, 2.08900804e-1, 0],
  dram: [20.3125, 0],
  sramUnitsPerBit: 1 / 64,
};

/** The polynomial at x, or 0 where it is negative. */
export const priceAt = (polynomial: Polynomial, x: number): number =>
  Math.max(
    polynomial.reduce((value, coefficient) => value * x + coefficient, 0),
    0,
  );
