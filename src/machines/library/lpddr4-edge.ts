/**
 * @file lpddr4-edge: a systolic array of 64 × 64 with 256 KB on chip and LPDDR4. Its prices are those of the worked
 * example of the energy sheet: 0.3 pJ a multiply-accumulate, 2.5 pJ a byte of SRAM, 64 pJ a byte of DRAM.
 */

export const text = `schema: femto-machine/1
name: lpddr4-edge
title: Edge accelerator, 45 nm, weight-stationary 64 × 64, 256 KB SRAM in banks of 32 KB, LPDDR4
energy: pJ
technology: { node_nm: 45, voltage: 0.9 }
clock_mhz: 500
mapping: { kind: systolic, rows: 64, cols: 64, dataflow: weight-stationary, accumulator_bits: 32 }
sources:
  horowitz2014: "M. Horowitz, Computing's energy problem (and what we can do about it), ISSCC 2014, doi:10.1109/ISSCC.2014.6757323, figure 1.1.9"
  multiplier_spread: "low: the 32-bit multiplier of horowitz2014 (3.1 pJ) brought to 8 bits by the square of the width; high: the 32 x 32-bit multiplier (12.68 pJ) of the Aladdin 40 nm table in Accelergy's hwcomponents-library, likewise"
  adder_spread: "high: the 32-bit adder (0.21 pJ) of the Aladdin 40 nm table in Accelergy's hwcomponents-library"
  aladdin: "Aladdin 40 nm table in Accelergy's hwcomponents-library (github.com/Accelergy-Project/hwcomponents-library): 32-bit comparator 0.0295 pJ"
  accelergy_cacti: "Accelergy CACTI plug-in (github.com/Accelergy-Project/accelergy-cacti-plug-in), DRAM table: LPDDR4 8 pJ/bit"
components:
  - name: multiplier
    class: arithmetic
    mac_scaling: quadratic
    count: 4096
    prices:
      - { verb: multiply, operand: int8, value: 0.2, unit: pJ, source: horowitz2014, range: { low: 0.19375, high: 0.7925, source: multiplier_spread } }
      - { verb: multiply, operand: float16, value: 1.1, unit: pJ, source: horowitz2014 }
      - { verb: multiply, operand: float32, value: 3.7, unit: pJ, source: horowitz2014 }
  - name: accumulator
    class: arithmetic
    mac_scaling: none
    count: 4096
    prices:
      - { verb: add, operand: int32, value: 0.1, unit: pJ, source: horowitz2014, range: { low: 0.1, high: 0.21, source: adder_spread } }
      - { verb: add, operand: float16, value: 0.4, unit: pJ, source: horowitz2014 }
      - { verb: add, operand: float32, value: 0.9, unit: pJ, source: horowitz2014 }
      - { verb: compare, operand: int32, value: 0.0295, unit: pJ, node_nm: 40, source: aladdin }
  - name: sram
    class: sram
    # eight banks; an access touches one of them
    size: 256 KB
    holds: [weights, activations, partial sums]
    prices:
      - { verb: read, value: 20, unit: pJ, bits: 64, source: horowitz2014, note: an access to a bank of 32 KB }
      - { verb: write, value: 20, unit: pJ, bits: 64, source: horowitz2014, note: an access to a bank of 32 KB }
  - name: dram
    class: dram
    type: lpddr4
    backs: sram
    # 32 data pins at 3200 Mb/s, seen from 500 MHz
    bandwidth_bits: 204
    prices:
      - { verb: read, value: 8, unit: pJ/bit, source: accelergy_cacti }
      - { verb: write, value: 8, unit: pJ/bit, source: accelergy_cacti }
`;
