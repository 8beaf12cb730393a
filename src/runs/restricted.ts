/** @file The rows of a run that restricts weights: float, 8 bits everywhere, the baseline of the array, and what starts from it. */

import { type EqatOptions, eqat, float, type LwsOptions, lws } from "../methods/index.ts";
import type { RowSpec } from "./spec.ts";

export interface RestrictedPlan {
  readonly seed: number;
  /** Absent: the model is trained already. */
  readonly float?: object | undefined;
  /** Absent: the model is quantised already. */
  readonly quantised?: Partial<EqatOptions> | undefined;
  /** Options of all rows of LWS. */
  readonly common: Partial<LwsOptions>;
  /** Options of each row besides, by its name. */
  readonly rows: Readonly<Record<string, Partial<LwsOptions>>>;
}

/** Every restricted row starts from `int8`: the same network on the array's operands, trained as long. */
export function restrictedRows({ seed, float: floatOptions, quantised, common, rows }: RestrictedPlan): RowSpec[] {
  const found: RowSpec[] = [];
  const add = (row: Omit<RowSpec, "seed" | "from">, from: string | undefined) =>
    found.push({ ...row, seed, ...(from !== undefined && { from }) });
  if (floatOptions !== undefined)
    add({ name: "float32", kind: "float", method: float, options: floatOptions }, undefined);
  const last = () => found.at(-1)?.name;
  if (quantised !== undefined) {
    const { fixedBits } = quantised;
    const named = fixedBits === undefined ? ["EQAT", "eqat"] : [`uniform ${fixedBits} bit`, "uniform"];
    add({ name: named[0]!, kind: named[1]!, method: eqat, options: quantised }, last());
  }
  const restricted = (name: string, own: Partial<LwsOptions>) => {
    return { name, kind: "lws", method: lws, options: { ...common, ...own } };
  };
  add(restricted("int8", { strategy: "int8" }), last());
  for (const [name, own] of Object.entries(rows)) add(restricted(name, own), "int8");
  return found;
}
