/** @file horowitz-45nm-lpddr4: 45 nm logic, weights and activations in off-chip LPDDR4 (8 pJ per bit). */

import { horowitz } from "./horowitz.ts";

const lpddr4 = `  - name: dram
    class: dram
    type: lpddr4
    holds: [weights, activations]
    prices:
      - { verb: read, value: 8, unit: pJ/bit, source: accelergy_cacti }
`;

export const text = horowitz("horowitz-45nm-lpddr4", "45 nm, LPDDR4 (Horowitz 2014, Accelergy)", lpddr4);
