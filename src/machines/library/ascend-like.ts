/** @file ascend-like: 16 × 16 × 2 × 2 units, buffers of 64 KB, 256 KB and 1 MB. The published ZigZag example, as its importer reads it; no source says which node it stands for. */

export const text = `schema: femto-machine/1
name: ascend-like
title: "16 × 16 × 2 × 2 units, buffers of 64 KB, 256 KB and 1 MB; a ZigZag example whose node is not stated (28 nm stands in)"
energy: pJ
technology: { node_nm: 28 }
mapping:
  kind: nest
  array: { unit: mac, dimensions: [D1, D2, D3, D4], sizes: [16, 16, 2, 2], input_precision: [8, 8], unit_area: 1 }
  memories:
    - component: rf_1B
      size_bits: 8
      operands: [I2]
      served_dimensions: [D3, D4]
      latency: 1
      area: 0
      ports:
        - { name: r_port_1, type: read, bandwidth_min: 8, bandwidth_max: 8, allocation: ["I2, tl"] }
        - { name: w_port_1, type: write, bandwidth_min: 8, bandwidth_max: 8, allocation: ["I2, fh"] }
    - component: rf_2B
      size_bits: 16
      operands: [O]
      served_dimensions: [D2]
      latency: 1
      area: 0
      ports:
        - { name: r_port_1, type: read, bandwidth_min: 16, bandwidth_max: 16, allocation: ["O, tl"] }
        - { name: r_port_2, type: read, bandwidth_min: 16, bandwidth_max: 16, allocation: ["O, th"] }
        - { name: w_port_1, type: write, bandwidth_min: 16, bandwidth_max: 16, allocation: ["O, fh"] }
        - { name: w_port_2, type: write, bandwidth_min: 16, bandwidth_max: 16, allocation: ["O, fl"] }
    - component: rf_64KB_I
      size_bits: 65536
      operands: [I1]
      served_dimensions: [D1, D2, D3, D4]
      latency: 1
      area: 0
      ports:
        - { name: r_port_1, type: read, bandwidth_min: 64, bandwidth_max: 512, allocation: ["I1, tl"] }
        - { name: w_port_1, type: write, bandwidth_min: 64, bandwidth_max: 512, allocation: ["I1, fh"] }
    - component: rf_64KB_W
      size_bits: 65536
      operands: [I2]
      served_dimensions: [D1, D2, D3, D4]
      latency: 1
      area: 0
      ports:
        - { name: r_port_1, type: read, bandwidth_min: 64, bandwidth_max: 2048, allocation: ["I2, tl"] }
        - { name: w_port_1, type: write, bandwidth_min: 64, bandwidth_max: 2048, allocation: ["I2, fh"] }
    - component: sram_256KB_O
      size_bits: 2097152
      operands: [O]
      served_dimensions: [D1, D2, D3, D4]
      latency: 1
      area: 0
      ports:
        - { name: r_port_1, type: read, bandwidth_min: 64, bandwidth_max: 2048, allocation: ["O, tl", "O, th"] }
        - { name: w_port_1, type: write, bandwidth_min: 64, bandwidth_max: 2048, allocation: ["O, fh", "O, fl"] }
    - component: sram_1MB_A
      size_bits: 8388608
      operands: [I1, O]
      served_dimensions: [D1, D2, D3, D4]
      latency: 1
      area: 0
      ports:
        - { name: r_port_1, type: read, bandwidth_min: 64, bandwidth_max: 4096, allocation: ["I1, tl", "O, tl", "O, th"] }
        - { name: w_port_1, type: write, bandwidth_min: 64, bandwidth_max: 4096, allocation: ["I1, fh", "O, fh", "O, fl"] }
    - component: sram_1MB_W
      size_bits: 8388608
      operands: [I2]
      served_dimensions: [D1, D2, D3, D4]
      latency: 1
      area: 0
      ports:
        - { name: r_port_1, type: read, bandwidth_min: 64, bandwidth_max: 4096, allocation: ["I2, tl"] }
        - { name: w_port_1, type: write, bandwidth_min: 64, bandwidth_max: 4096, allocation: ["I2, fh"] }
    - component: dram
      size_bits: 10000000000
      operands: [I1, I2, O]
      served_dimensions: [D1, D2]
      latency: 1
      area: 0
      ports:
        - { name: rw_port_1, type: read_write, bandwidth_min: 64, bandwidth_max: 64, allocation: ["I1, fh", "I1, tl", "I2, fh", "I2, tl", "O, fh", "O, tl", "O, fl", "O, th"] }
  spatial:
    - { operator: default, unroll: { D1: ["K, 16"], D2: ["C, 16"], D3: ["OX, 2"], D4: ["OY, 2"] }, links: { O: O, W: I2, I: I1 } }
    - { operator: Add, unroll: { D1: ["G, 16"], D2: ["C, 1"], D3: ["OX, 1"], D4: ["OY, 1"] }, links: { O: O, W: I2, I: I1 } }
sources:
  zigzag: "ZigZag (L. Mei et al., ZigZag: enlarging joint architecture-mapping design space exploration for DNN accelerators, IEEE Transactions on Computers 2021, doi:10.1109/TC.2021.3059962), example hardware ascend_like.yaml of github.com/KULeuven-MICAS/zigzag; costs are picojoules per access of a port"
components:
  - name: mac
    class: arithmetic
    mac_scaling: none
    count: 1024
    prices:
      - { verb: mac, operand: int8, value: 0.04, unit: pJ, source: zigzag }
  - name: rf_1B
    class: registers
    size: 1
    count: 256
    prices:
      - { verb: read, value: 0.01, unit: pJ, bits: 8, source: zigzag }
      - { verb: write, value: 0.01, unit: pJ, bits: 8, source: zigzag }
  - name: rf_2B
    class: registers
    size: 2
    count: 64
    prices:
      - { verb: read, value: 0.02, unit: pJ, bits: 16, source: zigzag }
      - { verb: write, value: 0.02, unit: pJ, bits: 16, source: zigzag }
  - name: rf_64KB_I
    class: registers
    size: 8192
    prices:
      - { verb: read, value: 26.56, unit: pJ, bits: 512, source: zigzag }
      - { verb: write, value: 30.72, unit: pJ, bits: 512, source: zigzag }
  - name: rf_64KB_W
    class: registers
    size: 8192
    backs: [rf_1B]
    prices:
      - { verb: read, value: 50.16, unit: pJ, bits: 2048, source: zigzag }
      - { verb: write, value: 108, unit: pJ, bits: 2048, source: zigzag }
  - name: sram_256KB_O
    class: sram
    size: 262144
    backs: [rf_2B]
    prices:
      - { verb: read, value: 123.2, unit: pJ, bits: 2048, source: zigzag }
      - { verb: write, value: 212.8, unit: pJ, bits: 2048, source: zigzag }
  - name: sram_1MB_A
    class: sram
    size: 1048576
    holds: [activations, partial sums]
    backs: [rf_64KB_I, sram_256KB_O]
    prices:
      - { verb: read, value: 465.6, unit: pJ, bits: 4096, source: zigzag }
      - { verb: write, value: 825.6, unit: pJ, bits: 4096, source: zigzag }
  - name: sram_1MB_W
    class: sram
    size: 1048576
    holds: [weights]
    backs: [rf_64KB_W]
    prices:
      - { verb: read, value: 465.6, unit: pJ, bits: 4096, source: zigzag }
      - { verb: write, value: 825.6, unit: pJ, bits: 4096, source: zigzag }
  - name: dram
    class: dram
    type: not-stated
    size: 1250000000
    backs: [sram_1MB_A, sram_1MB_W]
    prices:
      - { verb: read, value: 700, unit: pJ, bits: 64, source: zigzag }
      - { verb: write, value: 750, unit: pJ, bits: 64, source: zigzag }
`;
