/** @file jouppi-7nm: the 7 nm column of Jouppi et al. (ISCA 2021), with 1 MB of SRAM and HBM2. */

export const text = `schema: femto-machine/1
name: jouppi-7nm
title: 7 nm (Jouppi 2021), 1 MB SRAM, HBM2
energy: pJ
technology: { node_nm: 7 }
sources:
  jouppi2021: "N. Jouppi et al., Ten lessons from three generations shaped Google's TPUv4i, ISCA 2021, doi:10.1109/ISCA52012.2021.00010, table 2; int8 add and multiply, float16 and float32 multiply confirmed in a second source"
  jouppi2021_recalled: "N. Jouppi et al., Ten lessons from three generations shaped Google's TPUv4i, ISCA 2021, doi:10.1109/ISCA52012.2021.00010, table 2; this entry was not confirmed in a second source"
components:
  - name: multiplier
    class: arithmetic
    mac_scaling: quadratic
    prices:
      - { verb: multiply, operand: int8, value: 0.07, unit: pJ, source: jouppi2021 }
      - { verb: multiply, operand: bfloat16, value: 0.21, unit: pJ, source: jouppi2021_recalled }
      - { verb: multiply, operand: float16, value: 0.34, unit: pJ, source: jouppi2021 }
      - { verb: multiply, operand: float32, value: 1.31, unit: pJ, source: jouppi2021 }
  - name: accumulator
    class: arithmetic
    mac_scaling: none
    prices:
      - { verb: add, operand: int32, value: 0.03, unit: pJ, source: jouppi2021_recalled }
      - { verb: add, operand: bfloat16, value: 0.11, unit: pJ, source: jouppi2021_recalled }
      - { verb: add, operand: float16, value: 0.16, unit: pJ, source: jouppi2021 }
      - { verb: add, operand: float32, value: 0.38, unit: pJ, source: jouppi2021_recalled }
  - name: sram
    class: sram
    size: 1 MB
    holds: [weights, activations, partial sums]
    prices:
      - { verb: read, value: 14, unit: pJ, bits: 64, source: jouppi2021_recalled, note: the source prices an access }
      - { verb: write, value: 14, unit: pJ, bits: 64, source: jouppi2021_recalled, note: the source prices an access }
  - name: dram
    class: dram
    type: hbm2
    backs: sram
    prices:
      - { verb: read, value: 450, unit: pJ, bits: 64, range: { low: 250, high: 450, source: jouppi2021 }, source: jouppi2021, note: the source prices an access }
      - { verb: write, value: 450, unit: pJ, bits: 64, range: { low: 250, high: 450, source: jouppi2021 }, source: jouppi2021, note: the source prices an access }
`;
