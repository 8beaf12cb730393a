/**
 * @file snn-paper-22nm: the constants behind the comparison of spiking and quantised networks (arXiv 2409.08290). Some
 * were read about, some fitted so that the published ratios come out; each says which.
 */

export const text = `schema: femto-machine/1
name: snn-paper-22nm
title: Constants of the spiking against quantised comparison, 22 nm (arXiv 2409.08290)
energy: pJ
technology: { node_nm: 22, voltage: 0.8 }
clock_mhz: 1000
mapping: { kind: spiking, hops: 1, membrane_bits: 8 }
sources:
  synthesis: "Z. Yan et al., Reconsidering the energy efficiency of spiking neural networks (arXiv 2409.08290), as reported by a detailed reading note: commercial 22 nm, TT, 0.80 V, 25 °C, synthesis at 1 GHz"
  calibrated: "fitted so that the published ratios of Z. Yan et al. (arXiv 2409.08290) come out; only the product of the share of active inputs and this price, 0.0163 pJ, is firmly pinned"
  calibrated_sram: "fitted so that the published ratios of Z. Yan et al. (arXiv 2409.08290) come out; 0.0388 to 0.0394 fit. A quarter to a nineteenth of the SRAM prices in other tables"
  noc: "Z. Yan et al. (arXiv 2409.08290), as reported by a detailed reading note: in-house circuit-switched network on chip, 22 nm, per bit and hop"
  dram: "Z. Yan et al. (arXiv 2409.08290), as reported by a detailed reading note: one DRAM read of 64 bits in place of each event, the worst way to move it"
  loihi_routing: "Z. Yan et al. (arXiv 2409.08290), as reported by a detailed reading note: normalised from the routing of Loihi (pre-silicon figures), with metadata, per event of one bit and hop"
components:
  - name: adder
    class: arithmetic
    mac_scaling: none
    zero_gating: true
    prices:
      - { verb: add, operand: int8, value: 0.05448, unit: pJ, source: synthesis }
      - { verb: compare, operand: int8, value: 0.05448, unit: pJ, source: synthesis }
      - { verb: subtract, operand: int8, value: 0.05448, unit: pJ, source: synthesis }
  - name: mac
    class: arithmetic
    mac_scaling: none
    zero_gating: true
    prices:
      - { verb: mac, operand: int8, value: 0.096, unit: pJ, source: calibrated }
  - name: sram
    class: sram
    holds: [weights, state]
    prices:
      - { verb: read, value: 0.0388, unit: pJ/bit, range: { low: 0.0388, high: 0.0394, source: calibrated_sram }, source: calibrated_sram }
      - { verb: write, value: 0.0388, unit: pJ/bit, range: { low: 0.0388, high: 0.0394, source: calibrated_sram }, source: calibrated_sram }
  - name: dram
    class: dram
    type: unspecified
    prices:
      - { verb: read, value: 1300, unit: pJ, bits: 64, source: dram, note: only the worst case of movement uses it }
  - name: dense-network
    class: network
    prices:
      - { verb: transfer, value: 0.25, unit: pJ/bit, source: noc }
  - name: sparse-network
    class: network
    prices:
      - { verb: transfer, value: 3.0, unit: pJ, per: event, bits: 1, source: loihi_routing }
`;
