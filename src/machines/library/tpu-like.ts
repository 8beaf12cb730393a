/** @file tpu-like: 32 × 32 weight-stationary units, 2 MB buffer for activations, weights from DRAM. The published ZigZag example, as its importer reads it; no source says which node it stands for. */

export const text = `schema: femto-machine/1
name: tpu-like
title: "32 × 32 weight-stationary units, 2 MB buffer for activations, weights from DRAM; a ZigZag example whose node is not stated (28 nm stands in)"
energy: pJ
technology: { node_nm: 28 }
mapping:
  kind: nest
  array: { unit: mac, dimensions: [D1, D2], sizes: [32, 32], unit_area: 1 }
  memories:
    - component: rf_128B
      size_bits: 1024
      operands: [I2]
      served_dimensions: []
      latency: 1
      area: 0
      ports:
        - { name: r_port_1, type: read, bandwidth_min: 8, bandwidth_max: 8, allocation: ["I2, tl"] }
        - { name: w_port_1, type: write, bandwidth_min: 8, bandwidth_max: 8, allocation: ["I2, fh"] }
    - component: rf_2B
      size_bits: 16
      operands: [O]
      served_dimensions: []
      latency: 1
      area: 0
      ports:
        - { name: r_port_1, type: read, bandwidth_min: 16, bandwidth_max: 16, allocation: ["O, tl"] }
        - { name: r_port_2, type: read, bandwidth_min: 16, bandwidth_max: 16, allocation: ["O, th"] }
        - { name: w_port_1, type: write, bandwidth_min: 16, bandwidth_max: 16, allocation: ["O, fh"] }
        - { name: w_port_2, type: write, bandwidth_min: 16, bandwidth_max: 16, allocation: ["O, fl"] }
    - component: sram_2MB
      size_bits: 16777216
      operands: [I1, O]
      served_dimensions: [D1, D2]
      latency: 1
      area: 0
      ports:
        - { name: r_port_1, type: read, bandwidth_min: 64, bandwidth_max: 2048, allocation: ["I1, tl", "O, tl", "O, th"] }
        - { name: w_port_1, type: write, bandwidth_min: 64, bandwidth_max: 2048, allocation: ["I1, fh", "O, fh", "O, fl"] }
    - component: dram
      size_bits: 10000000000
      operands: [I1, I2, O]
      served_dimensions: [D1, D2]
      latency: 1
      area: 0
      ports:
        - { name: rw_port_1, type: read_write, bandwidth_min: 64, bandwidth_max: 64, allocation: ["I1, fh", "I1, tl", "I2, fh", "I2, tl", "O, fh", "O, tl", "O, fl", "O, th"] }
  spatial:
    - { operator: default, unroll: { D1: ["K, 32"], D2: ["C, 32"] }, links: { O: O, W: I2, I: I1 } }
    - { operator: Add, unroll: { D1: ["G, 32"], D2: ["C, 1"] }, links: { O: O, W: I2, I: I1 } }
    - { operator: Pooling, unroll: { D1: ["G, 32"], D2: ["C, 1"] }, links: { O: O, W: I2, I: I1 } }
sources:
  zigzag: "ZigZag (L. Mei et al., ZigZag: enlarging joint architecture-mapping design space exploration for DNN accelerators, IEEE Transactions on Computers 2021, doi:10.1109/TC.2021.3059962), example hardware tpu_like.yaml of github.com/KULeuven-MICAS/zigzag; costs are picojoules per access of a port"
components:
  - name: mac
    class: arithmetic
    mac_scaling: none
    count: 1024
    prices:
      - { verb: mac, operand: int8, value: 0.04, unit: pJ, source: zigzag }
  - name: rf_128B
    class: registers
    size: 128
    count: 1024
    prices:
      - { verb: read, value: 0.095, unit: pJ, bits: 8, source: zigzag }
      - { verb: write, value: 0.095, unit: pJ, bits: 8, source: zigzag }
  - name: rf_2B
    class: registers
    size: 2
    count: 1024
    prices:
      - { verb: read, value: 0.021, unit: pJ, bits: 16, source: zigzag }
      - { verb: write, value: 0.021, unit: pJ, bits: 16, source: zigzag }
  - name: sram_2MB
    class: sram
    size: 2097152
    holds: [activations, partial sums]
    backs: [rf_2B]
    prices:
      - { verb: read, value: 416.16, unit: pJ, bits: 2048, source: zigzag }
      - { verb: write, value: 378.4, unit: pJ, bits: 2048, source: zigzag }
  - name: dram
    class: dram
    type: not-stated
    size: 1250000000
    holds: [weights]
    backs: [sram_2MB, rf_128B]
    prices:
      - { verb: read, value: 700, unit: pJ, bits: 64, source: zigzag }
      - { verb: write, value: 750, unit: pJ, bits: 64, source: zigzag }
`;
