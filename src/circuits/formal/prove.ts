/**
 * @file Does a property hold in every cycle? Bounded: z3 looks for a run of at most so many cycles that breaks it. By
 * induction: from any k cycles that keep it, the next keeps it too; together with the bounded check of k cycles that is a
 * proof for ever.
 */

import { type Circuit, verilogOf } from "../circuit.ts";
import { writeSmt } from "../yosys/recipes.ts";
import type { Yosys } from "../yosys/yosys.ts";
import { type Examined, HARNESS, harnessOf, type Property } from "./harness.ts";
import { solve } from "./solver.ts";

/** Values of the harness' signals in one cycle. */
export type Cycle = Readonly<Record<string, bigint>>;

export interface Finding {
  /** `holds`: no run of `depth` cycles breaks it; `broken`: one does; `unknown`: z3 gave up. */
  readonly verdict: "holds" | "broken" | "unknown";
  /** The run that breaks it, cycle by cycle, the last one breaking. */
  readonly run: readonly Cycle[] | undefined;
}

export interface PropertyCheck {
  /** Cycles from reset that were searched. */
  readonly depth: number;
  readonly bounded: Finding;
  /** For k-induction; undefined where the bounded check already broke the property. `run` begins anywhere. */
  readonly inductive: Finding | undefined;
  /** It holds for ever. */
  readonly isProved: boolean;
}

export interface PropertyOptions {
  /** Cycles of the bounded search. */
  readonly depth?: number;
  /** k of the induction; at most `depth`. */
  readonly induction?: number;
  readonly timeoutSeconds?: number;
}

export const examinedOf = (circuit: Circuit): Examined => {
  const { name, ports, clocking } = circuit.top;
  return { top: name, ports, clocking, sources: verilogOf(circuit) };
};

/** Checks a property of a design. @throws FemtoError `circuits.yosys`, `circuits.no-z3`, `circuits.timeout` */
export async function checkProperty(
  yosys: Yosys,
  examined: Examined,
  property: Property,
  { depth = 8, induction = 1, timeoutSeconds = 300 }: PropertyOptions = {},
): Promise<PropertyCheck> {
  const { top, sources } = harnessOf(examined, property);
  const names = sources.map(({ file }) => file);
  const step = `property of ${examined.top}`;
  const { files } = await yosys.run({ step, script: writeSmt(names, top), sources, outputs: ["model.smt2"] });
  const model = files["model.smt2"]!;
  const visible = signalsOf(model);
  const k = Math.min(induction, depth);
  const ask = async (checks: readonly string[], cyclesOf: (passed: number) => number): Promise<Finding> => {
    const { verdict, passed, model: values } = await solve({ prelude: model, checks }, timeoutSeconds);
    if (verdict === "unsat") return { verdict: "holds", run: undefined };
    if (verdict === "unknown") return { verdict, run: undefined };
    return { verdict: "broken", run: runIn(values, visible, cyclesOf(passed)) };
  };
  const bounded = await ask(boundedChecks(depth, visible), (passed) => passed + 1);
  if (bounded.verdict !== "holds") return { depth, bounded, inductive: undefined, isProved: false };
  const inductive = await ask([inductionCheck(k, visible)], () => k + 1);
  return { depth, bounded, inductive, isProved: inductive.verdict === "holds" };
}

interface Visible {
  readonly name: string;
  /** SMT sort. */
  readonly sort: string;
}

/** The named signals of the harness in the SMT model. */
function signalsOf(model: string): Visible[] {
  const pattern = new RegExp(
    `\\(define-fun \\|${HARNESS}_n ([^|\\s]+)\\| \\(\\(state \\S+\\)\\) (Bool|\\(_ BitVec \\d+\\))`,
    "g",
  );
  return [...model.matchAll(pattern)]
    .map(([, name, sort]) => ({ name: name!, sort: sort! }))
    .filter(({ name }) => !/[.$]/.test(name));
}

const state = (i: number): string => `s${i}`;
const holds = (what: string, ...states: readonly string[]): string => `(|${HARNESS}_${what}| ${states.join(" ")})`;
const kept = (i: number): string => holds("a", state(i));
const step = (i: number): string => holds("t", state(i - 1), state(i));

/** Cycle i: well-formed and within the assumptions; each visible signal also as a constant `i name`. */
function cycle(i: number, visible: readonly Visible[]): string {
  const shown = visible.map(({ name, sort }) => {
    return `(declare-const |${i} ${name}| ${sort})(assert (= |${i} ${name}| ${holds(`n ${name}`, state(i))}))`;
  });
  const allowed = `(assert (and ${holds("h", state(i))} ${holds("u", state(i))}))`;
  return `(declare-const ${state(i)} |${HARNESS}_s|)${allowed}${shown.join("")}`;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** One check per length of run, so that a broken property is shown by its shortest. */
const boundedChecks = (depth: number, visible: readonly Visible[]): string[] =>
  range(depth).map((last) => {
    const steps = range(last + 1).map((i) => `(assert ${i === 0 ? holds("i", state(0)) : step(i)})`);
    const before = range(last).map((i) => `(assert ${kept(i)})`);
    const cycles = range(last + 1).map((i) => cycle(i, visible));
    return [...cycles, ...steps, ...before, `(assert (not ${kept(last)}))`].join("\n");
  });

/** k cycles that keep the property, and one more that breaks it, from any state. */
function inductionCheck(k: number, visible: readonly Visible[]): string {
  const cycles = range(k + 1).map((i) => cycle(i, visible));
  const steps = range(k).map((i) => `(assert ${kept(i)})(assert ${step(i + 1)})`);
  return [...cycles, ...steps, `(assert (not ${kept(k)}))`].join("\n");
}

const runIn = (values: Readonly<Record<string, string>>, visible: readonly Visible[], cycles: number): Cycle[] =>
  range(cycles).map((i) => Object.fromEntries(visible.map(({ name }) => [name, bitsOf(values[`${i} ${name}`] ?? "")])));

/** `#x1f`, `#b101`, `true`. */
function bitsOf(text: string): bigint {
  if (text === "true" || text === "false") return text === "true" ? 1n : 0n;
  const [, base, digits] = /^#([xb])([0-9a-f]+)$/.exec(text) ?? [];
  return digits === undefined ? 0n : BigInt(`0${base}${digits}`);
}
