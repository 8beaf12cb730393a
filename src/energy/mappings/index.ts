/** @file The mappings: the table of contents. A machine names the one it is built for. */

import { fail } from "../../base/errors.ts";
import type { Mapping } from "../mapping.ts";
import { crossbar } from "./crossbar.ts";
import { eqat } from "./eqat.ts";
import { lookupFabric } from "./lookup-fabric.ts";
import { nest } from "./nest.ts";
import { once } from "./once.ts";
import { rowStationary } from "./row-stationary.ts";
import { spiking } from "./spiking.ts";
import { systolic } from "./systolic.ts";
import { systolicTiled } from "./systolic-tiled.ts";
import { vector } from "./vector.ts";

export const mappings: Readonly<Record<string, Mapping>> = {
  crossbar,
  eqat,
  "lookup-fabric": lookupFabric,
  nest,
  once,
  "row-stationary": rowStationary,
  spiking,
  systolic,
  "systolic-tiled": systolicTiled,
  vector,
};

/** @throws FemtoError `energy.mapping` */
export function findMapping(id: string): Mapping {
  const found = Object.hasOwn(mappings, id) ? mappings[id] : undefined;
  return (
    found ??
    fail({
      code: "energy.mapping",
      message: `there is no mapping "${id}"`,
      expected: Object.keys(mappings).join(", "),
    })
  );
}
