/** @file tpu-v4i-like: four systolic arrays of 128 × 128 with local memory, 128 MB on chip and HBM2, at 7 nm. */

export const text = `schema: femto-machine/1
name: tpu-v4i-like
title: TPUv4i-like, 7 nm, 4 arrays of 128 × 128, 128 MB on chip, HBM2
energy: pJ
technology: { node_nm: 7 }
clock_mhz: 1050
mapping: { kind: systolic, rows: 128, cols: 128, dataflow: weight-stationary, accumulator_bits: 32 }
sources:
  accelforge: "AccelForge (github.com/Accelergy-Project/accelforge), its model of TPUv4i: int8 MAC 0.084 pJ = 0.07 + 2 × 0.007, local SRAM of 4 MB 0.249 and 0.293 pJ per bit read and written, 128 MB CMEM 1.88 and 2.36, HBM2 450/64, registers 0"
  jouppi2021: "N. Jouppi et al., Ten lessons from three generations shaped Google's TPUv4i, ISCA 2021, doi:10.1109/ISCA52012.2021.00010, table 2"
  bfloat_mac: "reconstructed: bfloat16 multiplication 0.21 pJ and float32 addition 0.38 pJ of N. Jouppi et al., ISCA 2021, table 2"
components:
  - name: mac
    class: arithmetic
    mac_scaling: none
    count: 65536
    prices:
      - { verb: mac, operand: int8, value: 0.084, unit: pJ, source: accelforge }
      - { verb: mac, operand: bfloat16, value: 0.59, unit: pJ, source: bfloat_mac }
  - name: vector
    class: arithmetic
    mac_scaling: none
    prices:
      - { verb: multiply, operand: bfloat16, value: 0.21, unit: pJ, source: jouppi2021 }
      - { verb: multiply, operand: float32, value: 1.31, unit: pJ, source: jouppi2021 }
      - { verb: add, operand: int32, value: 0.03, unit: pJ, source: jouppi2021 }
      - { verb: add, operand: bfloat16, value: 0.11, unit: pJ, source: jouppi2021 }
      - { verb: add, operand: float32, value: 0.38, unit: pJ, source: jouppi2021 }
  - name: local
    class: sram
    size: 4 MB
    count: 4
    holds: [weights, activations, partial sums]
    prices:
      - { verb: read, value: 0.249, unit: pJ/bit, source: accelforge }
      - { verb: write, value: 0.293, unit: pJ/bit, source: accelforge }
  - name: cmem
    class: sram
    size: 128 MB
    backs: local
    prices:
      - { verb: read, value: 1.88, unit: pJ/bit, source: accelforge }
      - { verb: write, value: 2.36, unit: pJ/bit, source: accelforge }
  - name: dram
    class: dram
    type: hbm2
    backs: cmem
    prices:
      - { verb: read, value: 450, unit: pJ, bits: 64, range: { low: 250, high: 450, source: jouppi2021 }, source: accelforge }
      - { verb: write, value: 450, unit: pJ, bits: 64, range: { low: 250, high: 450, source: jouppi2021 }, source: accelforge }
`;
