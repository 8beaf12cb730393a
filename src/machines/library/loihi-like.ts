/** @file loihi-like: a mesh of neuromorphic cores at 14 nm. Its published figures are pre-silicon: simulated, not measured. */

export const text = `schema: femto-machine/1
name: loihi-like
title: Loihi-like, 14 nm, 128 neuromorphic cores (pre-silicon figures, simulated)
energy: pJ
technology: { node_nm: 14, voltage: 0.75 }
mapping: { kind: spiking, cores: 128, neurons_per_core: 1024, hops: 1, membrane_bits: 24 }
sources:
  davies2018: "M. Davies et al., Loihi: a neuromorphic manycore processor with on-chip learning, IEEE Micro 38(1), 2018, doi:10.1109/MM.2018.112130359, table of pre-silicon (simulated) energies"
  sanafe: "SANA-FE (github.com/SLAM-Lab/SANA-FE), Loihi architecture file after Davies et al. 2018: hop 3.0 pJ east or west, 4.2 pJ north or south"
components:
  - name: core
    class: arithmetic
    mac_scaling: none
    count: 128
    prices:
      - { verb: synapse, operand: int8, value: 23.6, unit: pJ, source: davies2018, note: "one synaptic operation whole, the weight's fetch included; simulated" }
      - { verb: update, value: 81, unit: pJ, range: { low: 52, high: 81, source: davies2018 }, source: davies2018, note: "one neuron in one step, state included: 81 active, 52 inactive; simulated" }
  - name: mesh
    class: network
    prices:
      - { verb: transfer, value: 3.0, unit: pJ, per: event, range: { low: 3.0, high: 4.2, source: sanafe }, source: davies2018, note: "one spike over one tile, east or west; simulated" }
      - { verb: deliver, value: 1.7, unit: pJ, per: event, source: davies2018, note: "one spike within a tile; simulated" }
`;
