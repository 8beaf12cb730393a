/**
 * @file eyeriss-ratio: the published ratios of the Eyeriss hierarchy. No joules: everything is a multiple of one 16-bit
 * multiply-accumulate, so totals compare within this machine only.
 */

export const text = `schema: femto-machine/1
name: eyeriss-ratio
title: Eyeriss ratios, 65 nm (not joules)
energy: { relative_to: one 16-bit multiply-accumulate }
technology: { node_nm: 65, voltage: 1.0 }
sources:
  chen2016: "Y.-H. Chen, J. Emer, V. Sze, Eyeriss: a spatial architecture for energy-efficient dataflow, ISCA 2016, doi:10.1109/ISCA.2016.40, table IV"
components:
  - name: multiplier
    class: arithmetic
    mac_scaling: quadratic
    prices:
      - { verb: multiply, operand: int16, value: 1, unit: relative, source: chen2016, note: a whole multiply-accumulate }
  - name: registers
    class: registers
    size: 0.5 KB
    prices:
      - { verb: read, value: 1, unit: relative, bits: 16, source: chen2016 }
  - name: array
    class: network
    prices:
      - { verb: transfer, value: 2, unit: relative, bits: 16, source: chen2016, note: between neighbouring elements }
  - name: buffer
    class: sram
    size: 100 KB
    holds: [weights, activations]
    prices:
      - { verb: read, value: 6, unit: relative, bits: 16, source: chen2016 }
  - name: dram
    class: dram
    type: not-stated
    prices:
      - { verb: read, value: 200, unit: relative, bits: 16, source: chen2016 }
`;
