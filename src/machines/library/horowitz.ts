/**
 * @file The 45 nm family: Horowitz's table of operation energies, with one memory each. Multipliers and adders are the
 * same in all of them; the memory decides what a saved bit is worth.
 */

/** What the machines of the family share; `memory` is the text of the one component that differs. */
export const horowitz = (name: string, title: string, memory: string): string => `schema: femto-machine/1
name: ${name}
title: ${title}
energy: pJ
technology: { node_nm: 45, voltage: 0.9 }
sources:
  horowitz2014: "M. Horowitz, Computing's energy problem (and what we can do about it), ISSCC 2014, doi:10.1109/ISSCC.2014.6757323, figure 1.1.9"
  multiplier_spread: "low: the 32-bit multiplier of horowitz2014 (3.1 pJ) brought to 8 bits by the square of the width; high: the 32 x 32-bit multiplier (12.68 pJ) of the Aladdin 40 nm table in Accelergy's hwcomponents-library, likewise"
  adder_spread: "high: the 32-bit adder (0.21 pJ) of the Aladdin 40 nm table in Accelergy's hwcomponents-library"
  accelergy_cacti: "Accelergy CACTI plug-in (github.com/Accelergy-Project/accelergy-cacti-plug-in), DRAM table: LPDDR4 8 pJ/bit"
components:
  - name: multiplier
    class: arithmetic
    mac_scaling: quadratic
    prices:
      - verb: multiply
        operand: int8
        value: 0.2
        unit: pJ
        source: horowitz2014
        # two respected tables differ by a factor of 4
        range: { low: 0.19375, high: 0.7925, source: multiplier_spread }
        note: 0.2 / 64 pJ for each bit of one operand times each bit of the other
      - { verb: multiply, operand: float16, value: 1.1, unit: pJ, source: horowitz2014 }
      - { verb: multiply, operand: float32, value: 3.7, unit: pJ, source: horowitz2014 }
  - name: accumulator
    class: arithmetic
    mac_scaling: none
    prices:
      - verb: add
        operand: int32
        value: 0.1
        unit: pJ
        source: horowitz2014
        range: { low: 0.1, high: 0.21, source: adder_spread }
        note: 0.1 / 32 pJ per bit of the accumulator, whose width does not follow the operands
      - { verb: add, operand: float16, value: 0.4, unit: pJ, source: horowitz2014 }
      - { verb: add, operand: float32, value: 0.9, unit: pJ, source: horowitz2014 }
${memory}`;

/** An on-chip memory that holds weights and activations; `picojoules` for a read of 64 bits. */
export const sram = (size: string, picojoules: number): string => `  - name: sram
    class: sram
    size: ${size}
    holds: [weights, activations]
    prices:
      - { verb: read, value: ${picojoules}, unit: pJ, bits: 64, source: horowitz2014 }
`;
