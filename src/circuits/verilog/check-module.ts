/** @file What must hold of a module: each signal known and driven exactly once, and no loop without a register in it. */

import { fail } from "../../base/errors.ts";
import type { Expression, Signal } from "./expression.ts";
import type { Item, Module } from "./module.ts";

/** Output name → names of the inputs it depends on combinationally. */
export type Paths = ReadonlyMap<string, ReadonlySet<string>>;

type Draft = Pick<Module, "name" | "ports" | "signals" | "items">;

/** The operands of one expression, one level down. */
export function operands(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case "signal":
    case "constant":
      return [];
    case "unary":
    case "slice":
    case "extend":
    case "cast":
      return [e.a];
    case "binary":
      return [e.a, e.b];
    case "shift":
      return [e.a, e.by];
    case "concat":
      return e.parts;
    case "select":
      return [e.a, e.index];
    case "mux":
      return [e.when, e.yes, e.no];
  }
}

/** The signals an expression reads. Shared parts are visited once. */
export function signalsOf(...expressions: readonly (Expression | undefined)[]): Set<Signal> {
  const found = new Set<Signal>();
  const seen = new Set<Expression>();
  const stack = expressions.filter((e) => e !== undefined);
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    if (e.kind === "signal") found.add(e);
    else stack.push(...operands(e));
  }
  return found;
}

/** What an item reads at once (not over the clock edge), for each signal it drives. */
function dependencies(item: Item): [Signal, Iterable<Signal>][] {
  if (item.kind === "wire") return [[item.target, signalsOf(item.value)]];
  if (item.kind === "register") return [[item.target, []]];
  if (item.kind === "table") return [[item.target, signalsOf(...item.inputs)]];
  if (item.kind === "case") {
    return [[item.target, signalsOf(item.selector, item.otherwise, ...item.arms.map(({ value }) => value))]];
  }
  return [...item.outputs].map(([port, target]) => {
    const inputs = [...item.module.paths.get(port)!].map((name) => item.inputs.get(name));
    return [target, signalsOf(...inputs)];
  });
}

const readsOf = (item: Item): Set<Signal> => {
  if (item.kind === "wire") return signalsOf(item.value);
  if (item.kind === "register") return signalsOf(item.next, item.enable);
  if (item.kind === "table") return signalsOf(...item.inputs);
  if (item.kind === "case") return signalsOf(item.selector, item.otherwise, ...item.arms.map(({ value }) => value));
  return signalsOf(...item.inputs.values());
};

/** Checks a module. @returns the combinational paths from inputs to outputs */
export function checkModule(draft: Draft): Paths {
  const known = new Set(draft.signals);
  const sources = new Map<Signal, readonly Signal[]>();
  for (const item of draft.items) {
    for (const signal of readsOf(item)) {
      if (known.has(signal)) continue;
      const where = `${draft.name} › ${signal.name}`;
      fail({
        code: "circuits.foreign",
        where,
        message: "this signal belongs to another module",
        hint: "make it a port",
      });
    }
    for (const [target, reads] of dependencies(item)) {
      const where = `${draft.name} › ${target.name}`;
      if (!known.has(target))
        fail({ code: "circuits.foreign", where, message: "this signal belongs to another module" });
      if (sources.has(target) || target.role === "input") {
        fail({ code: "circuits.driven-twice", where, message: "this signal is driven more than once" });
      }
      sources.set(target, [...reads]);
    }
  }
  for (const signal of draft.signals) {
    if (signal.role === "input" || sources.has(signal)) continue;
    const where = `${draft.name} › ${signal.name}`;
    fail({
      code: "circuits.undriven",
      where,
      message: "nothing drives this signal",
      hint: "drive it, or leave it out",
    });
  }
  return pathsOf(draft, sources);
}

/** Depth first, with the path kept, so that a loop is shown as it runs. */
function pathsOf(draft: Draft, sources: ReadonlyMap<Signal, readonly Signal[]>): Paths {
  const reached = new Map<Signal, ReadonlySet<string>>();
  const onPath = new Set<Signal>();
  const visit = (signal: Signal): ReadonlySet<string> => {
    const done = reached.get(signal);
    if (done !== undefined) return done;
    if (onPath.has(signal)) {
      const path = [...onPath];
      const loop = [...path.slice(path.indexOf(signal)), signal].map(({ name }) => name);
      fail({
        code: "circuits.loop",
        where: `${draft.name} › ${signal.name}`,
        message: "a combinational loop: the signal depends on itself without a register between",
        got: loop.reverse().join(" → "),
      });
    }
    onPath.add(signal);
    const inputs = new Set<string>(signal.role === "input" ? [signal.name] : []);
    for (const source of sources.get(signal) ?? []) for (const name of visit(source)) inputs.add(name);
    onPath.delete(signal);
    reached.set(signal, inputs);
    return inputs;
  };
  for (const signal of draft.signals) visit(signal);
  return new Map(
    draft.ports.filter(({ role }) => role === "output").map((port) => [port.name, reached.get(port)!] as const),
  );
}
