/** @file isaac-like: analog crossbars of 128 × 128 with converters, at 32 nm. */

export const text = `schema: femto-machine/1
name: isaac-like
title: ISAAC-like crossbars, 32 nm, 128 × 128 cells of 2 bits, one 8-bit ADC for 128 columns
energy: pJ
technology: { node_nm: 32 }
mapping: { kind: crossbar, rows: 128, cols: 128, cell_bits: 2, dac_bits: 1, adc_bits: 8, columns_per_adc: 128 }
sources:
  hwcomponents: "Accelergy's hwcomponents-library (github.com/Accelergy-Project/hwcomponents-library), isaac.py after A. Shafiee et al., ISAAC, ISCA 2016, doi:10.1109/ISCA.2016.12, 32 nm"
  cimloop: "CiMLoop (github.com/mit-emze/cimloop), RRAM cell of its ISAAC model: 0.2 V for 1 ns, 1333 ohm on (30 fJ), 20 kohm off (2 fJ); the value is the mean of both"
  adc_spread: "low: 1.56 pJ for 8 bits, A. Shafiee et al., ISAAC, ISCA 2016, by the figures of CiMLoop; high: hwcomponents-library"
  dac_spread: "low: 0.03 pJ for a row and cycle, a driver without hold; high: hwcomponents-library"
components:
  - name: cells
    class: cell
    bits: 2
    prices:
      - { verb: read, value: 16, unit: fJ, range: { low: 2, high: 30, source: cimloop }, source: cimloop, note: one cell in one step of one input bit }
  - name: adc
    class: converter
    kind: adc
    bits: 8
    area_mm2: { value: 0.0012, source: hwcomponents }
    prices:
      - { verb: convert, value: 1.666666667, unit: pJ, range: { low: 1.56, high: 1.666666667, source: adc_spread }, source: hwcomponents }
  - name: dac
    class: converter
    kind: dac
    bits: 1
    area_mm2: { value: 0.000000166015625, source: hwcomponents }
    prices:
      - { verb: convert, value: 0.41667, unit: pJ, range: { low: 0.03, high: 0.41667, source: dac_spread }, source: hwcomponents }
  - name: shift-add
    class: arithmetic
    mac_scaling: none
    area_mm2: { value: 0.00006, source: hwcomponents }
    prices:
      - { verb: add, operand: int16, value: 0.021, unit: pJ, source: hwcomponents, note: shift and add of one converted column }
  - name: edram
    class: sram
    size: 64 KB
    holds: [activations]
    area_mm2: { value: 0.083, source: hwcomponents }
    prices:
      - { verb: read, value: 20.45, unit: pJ, bits: 256, source: hwcomponents }
      - { verb: write, value: 20.45, unit: pJ, bits: 256, source: hwcomponents }
  - name: bus
    class: network
    prices:
      - { verb: transfer, value: 0.054, unit: pJ/bit, source: hwcomponents, note: between the memory of a tile and its crossbars }
  - name: router
    class: network
    area_mm2: { value: 0.15, source: hwcomponents }
    prices:
      - { verb: route, value: 20.74, unit: pJ, bits: 256, source: hwcomponents, note: between tiles }
`;
