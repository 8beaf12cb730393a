/** @file Energies of arithmetic that are published, to which netlists are calibrated. */

import { nm, pJ } from "../../base/units.ts";

const horowitz =
  "M. Horowitz, Computing's energy problem (and what we can do about it), ISSCC 2014, doi:10.1109/ISSCC.2014.6757323";
const jouppi =
  "AccelForge's model of TPUv4i, 0.07 + 2·0.007 pJ, after N. Jouppi et al., Ten lessons from three generations shaped Google's TPUv4i, ISCA 2021, doi:10.1109/ISCA52012.2021.00010";

/** Energy of one operation on random operands. */
export const publishedEnergies = {
  "add8 45nm": { energy: pJ(0.03), node: nm(45), source: horowitz },
  "add32 45nm": { energy: pJ(0.1), node: nm(45), source: horowitz },
  "mul8 45nm": { energy: pJ(0.2), node: nm(45), source: horowitz },
  "mul32 45nm": { energy: pJ(3.1), node: nm(45), source: horowitz },
  "mac8 45nm": { energy: pJ(0.3), node: nm(45), source: `8-bit multiplication and 32-bit addition; ${horowitz}` },
  "mac8 7nm": { energy: pJ(0.084), node: nm(7), source: jouppi },
} as const;

export type PublishedEnergy = keyof typeof publishedEnergies;
