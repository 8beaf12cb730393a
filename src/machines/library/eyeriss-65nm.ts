/** @file eyeriss-65nm: an Eyeriss-like array in joules, from Accelergy's reference output; next to eyeriss-ratio. */

export const text = `schema: femto-machine/1
name: eyeriss-65nm
title: Eyeriss-like, 65 nm, 12 × 14 elements, 128 KB buffer, LPDDR4 (Accelergy reference output)
energy: pJ
technology: { node_nm: 65 }
clock_mhz: 200
mapping: { kind: row-stationary, rows: 12, cols: 14, accumulator_bits: 16 }
sources:
  accelergy: "timeloop-accelergy-exercises (github.com/Accelergy-Project/timeloop-accelergy-exercises), example_designs/eyeriss_like, reference output, energy reference table; leak in pJ per cycle of 1 ns"
  chen2017: "Y.-H. Chen, T. Krishna, J. Emer, V. Sze, Eyeriss: an energy-efficient reconfigurable accelerator for deep convolutional neural networks, IEEE JSSC 2017, doi:10.1109/JSSC.2016.2616357: 200 MHz core clock; processing elements that skip zero inputs"
components:
  - name: mac
    class: arithmetic
    mac_scaling: none
    zero_gating: true
    count: 168
    static: { leakage_mw: 0.002374, source: accelergy }
    prices:
      - { verb: mac, operand: int8, value: 0.207692, unit: pJ, source: accelergy, note: 8 × 8 bits into 16 }
  - name: ifmap_spad
    class: registers
    size: 24
    serves: [activations]
    count: 168
    static: { leakage_mw: 0.000101, source: accelergy }
    prices:
      - { verb: read, value: 0.202442, unit: pJ, bits: 16, source: accelergy }
      - { verb: write, value: 0.176713, unit: pJ, bits: 16, source: accelergy }
  - name: weights_spad
    class: registers
    size: 384
    serves: [weights]
    count: 168
    static: { leakage_mw: 0.001592, source: accelergy }
    prices:
      - { verb: read, value: 1.976602, unit: pJ, bits: 16, source: accelergy }
      - { verb: write, value: 1.881657, unit: pJ, bits: 16, source: accelergy }
  - name: psum_spad
    class: registers
    size: 32
    serves: [partial sums]
    count: 168
    static: { leakage_mw: 0.000134, source: accelergy }
    prices:
      - { verb: read, value: 0.2513, unit: pJ, bits: 16, source: accelergy }
      - { verb: write, value: 0.2191, unit: pJ, bits: 16, source: accelergy }
  - name: shared_glb
    class: sram
    size: 128 KB
    holds: [activations, partial sums]
    backs: [ifmap_spad, psum_spad]
    bandwidth_bits: 128
    static: { leakage_mw: 0.005652, source: accelergy }
    prices:
      - { verb: read, value: 18.183829, unit: pJ, bits: 64, source: accelergy }
      - { verb: write, value: 14.137929, unit: pJ, bits: 64, source: accelergy }
  - name: dram
    class: dram
    type: lpddr4
    # weights pass the buffer by
    holds: [weights]
    backs: [shared_glb, weights_spad]
    prices:
      - { verb: read, value: 512, unit: pJ, bits: 64, source: accelergy }
      - { verb: write, value: 512, unit: pJ, bits: 64, source: accelergy }
`;
