/** @file mcu-sram: a microcontroller without DRAM. What an instruction costs besides its arithmetic decides everything. */

export const text = `schema: femto-machine/1
name: mcu-sram
title: Microcontroller, 45 nm, 512 KB SRAM, no DRAM
energy: pJ
technology: { node_nm: 45, voltage: 0.9 }
clock_mhz: 100
mapping: { kind: vector, lanes: 2, cycles_per_mac: { 8: 1, 16: 1, 32: 2 }, accumulator_bits: 32 }
sources:
  horowitz2014: "M. Horowitz, Computing's energy problem (and what we can do about it), ISSCC 2014, doi:10.1109/ISSCC.2014.6757323, figure 1.1.9"
  instruction: "M. Horowitz, ISSCC 2014, doi:10.1109/ISSCC.2014.6757323, figure 1.1.9: one instruction of a processor about 70 pJ, of which 25 the instruction cache and 6 the register file"
  multiplier_spread: "low: the 32-bit multiplier of horowitz2014 (3.1 pJ) brought to 8 bits by the square of the width; high: the 32 x 32-bit multiplier (12.68 pJ) of the Aladdin 40 nm table in Accelergy's hwcomponents-library, likewise"
  adder_spread: "high: the 32-bit adder (0.21 pJ) of the Aladdin 40 nm table in Accelergy's hwcomponents-library"
  aladdin: "Aladdin 40 nm table in Accelergy's hwcomponents-library (github.com/Accelergy-Project/hwcomponents-library): 32-bit comparator 0.0295 pJ"
  qkeras: "cubic of QKeras QTools (github.com/google/qkeras) through the three SRAM sizes of Horowitz 2014, at 512 KB"
components:
  - name: multiplier
    class: arithmetic
    # the data path has 16 bits whatever the operands: two 8-bit products are no cheaper than two 16-bit ones
    mac_scaling: { set: [16, 32] }
    prices:
      - { verb: multiply, operand: int8, value: 0.2, unit: pJ, source: horowitz2014, range: { low: 0.19375, high: 0.7925, source: multiplier_spread } }
      - { verb: multiply, operand: float16, value: 1.1, unit: pJ, source: horowitz2014 }
      - { verb: multiply, operand: float32, value: 3.7, unit: pJ, source: horowitz2014 }
  - name: adder
    class: arithmetic
    mac_scaling: none
    prices:
      - { verb: add, operand: int32, value: 0.1, unit: pJ, source: horowitz2014, range: { low: 0.1, high: 0.21, source: adder_spread } }
      - { verb: add, operand: float16, value: 0.4, unit: pJ, source: horowitz2014 }
      - { verb: add, operand: float32, value: 0.9, unit: pJ, source: horowitz2014 }
      - { verb: compare, operand: int32, value: 0.0295, unit: pJ, node_nm: 40, source: aladdin }
  - name: core
    class: arithmetic
    mac_scaling: none
    prices:
      - { verb: issue, value: 70, unit: pJ, source: instruction, note: paid once for each instruction }
  - name: sram
    class: sram
    size: 512 KB
    holds: [weights, activations, partial sums]
    granule_bits: 32
    prices:
      - { verb: read, value: 76.32815838771205, unit: pJ, bits: 64, source: qkeras, note: the source prices an access }
      - { verb: write, value: 76.32815838771205, unit: pJ, bits: 64, source: qkeras, note: the source prices an access }
`;
