/**
 * @file Are two designs equal? Yosys' `equiv` proves by structure and induction, also with registers, but cannot refute;
 * its SAT solver proves or shows inputs for which they differ, without registers. Different multipliers of more than about
 * ten bits are beyond both: exhaustive simulation reaches further there.
 */

import { FemtoError } from "../../base/errors.ts";
import { proveByEquiv, proveBySat, readPair } from "../yosys/recipes.ts";
import type { Design } from "../yosys/synthesise.ts";
import type { Yosys } from "../yosys/yosys.ts";

export type Verdict = "equal" | "different" | "unknown";

export interface Proof {
  readonly method: "equiv" | "sat";
  readonly verdict: Verdict;
  /** Bits of signals that `equiv` could not show equal. */
  readonly unproven: readonly string[];
  /** From SAT: inputs, and what each design answers to them. */
  readonly counterexample: Difference | undefined;
}

export interface Difference {
  readonly inputs: Readonly<Record<string, bigint>>;
  readonly gold: Readonly<Record<string, bigint>>;
  readonly gate: Readonly<Record<string, bigint>>;
}

/** Files of the two designs may have one name: each gets its own folder-like prefix. */
function pair(gold: Design, gate: Design) {
  const prefixed = (design: Design, prefix: string) =>
    design.sources.map((source) => ({ ...source, file: `${prefix}_${source.file}` }));
  const [left, right] = [prefixed(gold, "gold"), prefixed(gate, "gate")];
  const names = (sources: readonly { file: string }[]) => sources.map(({ file }) => file);
  return { sources: [...left, ...right], read: readPair(names(left), names(right), gold.top, gate.top) };
}

/** By structure and induction over `depth` cycles: `equal` or `unknown`. */
export async function proveEqual(yosys: Yosys, gold: Design, gate: Design, depth = 4): Promise<Proof> {
  const { sources, read } = pair(gold, gate);
  const step = `equivalence of ${gold.top} and ${gate.top}`;
  const { log } = await yosys.run({ step, script: [...read, ...proveByEquiv(depth)], sources, outputs: [] });
  const unproven = [...log.matchAll(/^\s*Unproven \$equiv \S+: (.+)$/gm)].map(([, cell]) => cell!.replace(/\\/g, ""));
  const isProved = /Equivalence successfully proven!/.test(log);
  return { method: "equiv", verdict: isProved ? "equal" : "unknown", unproven, counterexample: undefined };
}

/** By SAT on a miter: `equal`, `different` with a counterexample, or `unknown` after `seconds` or with registers. */
export async function proveEqualBySat(yosys: Yosys, gold: Design, gate: Design, seconds = 60): Promise<Proof> {
  const { sources, read } = pair(gold, gate);
  const step = `SAT of ${gold.top} and ${gate.top}`;
  const job = { step, script: [...read, ...proveBySat(seconds)], sources, outputs: [] };
  const log = await yosys.run(job).then(
    (result) => result.log,
    (error: unknown) => {
      // The solver has no registers; whether the designs differ stays open.
      if (error instanceof FemtoError && /Failed to import cell .*ff/.test(error.message)) return "";
      throw error;
    },
  );
  const verdict: Verdict = /no model found: SUCCESS!/.test(log)
    ? "equal"
    : /model found: FAIL!/.test(log)
      ? "different"
      : "unknown";
  const counterexample = verdict === "different" ? differenceIn(log) : undefined;
  return { method: "sat", verdict, unproven: [], counterexample };
}

/** The table of signals that `sat -show-ports` prints: name, decimal, hexadecimal, binary. */
export function differenceIn(log: string): Difference {
  const difference = { inputs: {}, gold: {}, gate: {} } as Record<"inputs" | "gold" | "gate", Record<string, bigint>>;
  for (const [, name, binary] of log.matchAll(/^\s*\\(\S+)\s+\S+\s+\S+\s+([01x]+)\s*$/gm)) {
    const value = BigInt(`0b${binary!.replaceAll("x", "0")}`);
    for (const [prefix, side] of [
      ["in_", "inputs"],
      ["gold_", "gold"],
      ["gate_", "gate"],
    ] as const) {
      if (name!.startsWith(prefix)) difference[side][name!.slice(prefix.length)] = value;
    }
  }
  return difference;
}
