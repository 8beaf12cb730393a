/** @file lut-asic-45nm: lookup tables as logic, with adders, comparators and a memory for the vectors they select. */

export const text = `schema: femto-machine/1
name: lut-asic-45nm
title: Lookup tables in logic, 45 nm, with adders, comparators and 32 KB SRAM
energy: pJ
technology: { node_nm: 45, voltage: 0.9 }
mapping: { kind: lookup-fabric, inputs: 6 }
sources:
  horowitz2014: "M. Horowitz, Computing's energy problem (and what we can do about it), ISSCC 2014, doi:10.1109/ISSCC.2014.6757323, figure 1.1.9"
  table: "a table of six inputs in standard cells, about 0.02 pJ at 45 nm [reconstructed: 63 multiplexers or fewer after folding, next to 0.03 pJ for an 8-bit adder]"
  comparator: "an 8-bit comparison is an 8-bit subtraction: 0.03 pJ of M. Horowitz, ISSCC 2014 [reconstructed]"
components:
  - name: table
    class: lookup
    inputs: 6
    prices:
      - { verb: read, value: 0.02, unit: pJ, source: table }
  - name: adder
    class: arithmetic
    mac_scaling: linear
    prices:
      - { verb: add, operand: int8, value: 0.03, unit: pJ, source: horowitz2014 }
      - { verb: compare, operand: int8, value: 0.03, unit: pJ, source: comparator }
  - name: multiplier
    class: arithmetic
    mac_scaling: quadratic
    prices:
      - { verb: multiply, operand: int8, value: 0.2, unit: pJ, source: horowitz2014 }
  - name: sram
    class: sram
    size: 32 KB
    holds: [weights, activations]
    prices:
      - { verb: read, value: 20, unit: pJ, bits: 64, source: horowitz2014, note: the source prices an access }
      - { verb: write, value: 20, unit: pJ, bits: 64, source: horowitz2014, note: the source prices an access }
`;
