/** @file lut-fabric: an FPGA of six-input tables, priced from published whole-chip figures of weightless networks. */

export const text = `schema: femto-machine/1
name: lut-fabric
title: FPGA fabric of six-input lookup tables, 28 nm (Zynq 7045)
energy: pJ
technology: { node_nm: 28 }
clock_mhz: 200
mapping: { kind: lookup-fabric, inputs: 6, tables: 218600 }
sources:
  dwn: "A. Bacellar et al., Differentiable weightless neural networks, ICML 2024 (arXiv 2410.11112), MNIST on a Zynq 7045 at 200 MHz: 2.5 nJ on 2100 tables (1.19 pJ each) and 19 nJ on 4600 (4.13 pJ each), routing and all; the value is the geometric mean"
  luts: "reconstructed from numbers of tables at the price of a table: an adder takes one a bit, a comparison of 16 bits 7.5"
components:
  - name: table
    class: lookup
    inputs: 6
    count: 218600
    prices:
      - { verb: read, value: 2.22, unit: pJ, range: { low: 1.19, high: 4.13, source: dwn }, source: dwn }
  - name: carry
    class: arithmetic
    mac_scaling: linear
    prices:
      - { verb: add, operand: int8, value: 17.8, unit: pJ, range: { low: 9.52, high: 33.04, source: luts }, source: luts }
      - { verb: compare, operand: int16, value: 16.7, unit: pJ, range: { low: 8.93, high: 30.98, source: luts }, source: luts }
`;
