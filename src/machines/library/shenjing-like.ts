/** @file shenjing-like: small cores with a network for partial sums beside that for spikes. Prices reconstructed. */

export const text = `schema: femto-machine/1
name: shenjing-like
title: Shenjing-like, 28 nm, cores of 256 × 256, partial sums and spikes on networks (prices reconstructed)
energy: pJ
technology: { node_nm: 28 }
clock_mhz: 0.12
mapping: { kind: spiking, cores: 10, neurons_per_core: 256, hops: 1, time_steps: 20, membrane_bits: 16 }
sources:
  reconstructed: "reconstructed for the architecture of B. Wang et al., Shenjing: a low power reconfigurable neuromorphic accelerator, DATE 2020 (arXiv 1911.10741): 45 nm operation energies of Horowitz 2014 halved for 28 nm, small-macro SRAM 0.03 pJ/bit, wire 0.1 pJ per bit and mm, tiles of 0.5 mm; not from the paper"
  calibrated: "0.12 mW a core, calibrated to the headline of B. Wang et al., DATE 2020 (arXiv 1911.10741): 1.26 mW on 10 cores at 120 kHz; nothing else supports it"
components:
  - name: core
    class: arithmetic
    mac_scaling: none
    count: 10
    static: { leakage_mw: 0.12, source: calibrated, note: leakage and clock; nearly all of the power at 120 kHz }
    prices:
      - { verb: add, operand: int16, value: 0.02, unit: pJ, source: reconstructed, note: 5-bit weights into accumulators of 13 bits }
      - { verb: update, value: 0.08, unit: pJ, source: reconstructed, note: "one neuron in one step: add, compare, subtract on 16 bits" }
      - { verb: issue, value: 0.6, unit: pJ, source: reconstructed, note: one instruction of 20 bits }
  - name: router
    class: arithmetic
    mac_scaling: none
    count: 10
    prices:
      - { verb: combine, operand: int16, value: 0.025, unit: pJ, source: reconstructed, note: a partial sum added on its way }
  - name: synapses
    class: sram
    # four sub-cores of 128 rows of 128 weights of 5 bits
    size: 40 KB
    count: 10
    holds: [weights]
    # a row is read whole, and only for a spike
    granule_bits: 640
    packing: { weights: 5 }
    prices:
      - { verb: read, value: 19.2, unit: pJ, bits: 640, source: reconstructed }
  - name: partial-sum-network
    class: network
    prices:
      - { verb: route, value: 0.8, unit: pJ, bits: 16, source: reconstructed }
  - name: spike-network
    class: network
    prices:
      - { verb: transfer, value: 0.05, unit: pJ, per: event, bits: 1, source: reconstructed }
`;
