/**
 * @file Runs a module as it stands, cycle by cycle, with whole numbers of any size: what the expressions mean, without
 * any tool. Slow and plain; synthesised netlists are evaluated elsewhere.
 */

import type { Expression, NumberType, Signal } from "./expression.ts";
import type { Item, Module } from "./module.ts";

/** Port name → value, signed where the port is. */
export type Values = Record<string, bigint>;

/** One clock cycle: outputs for these inputs and the present state, then the clock edge. */
export interface Machine {
  step(inputs: Readonly<Values>): Values;
}

/** A value folded into the range of a type. */
export const wrap = (value: bigint, { width, signed }: NumberType): bigint =>
  signed ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);

/** Registers without a reset begin at 0. */
export class Interpreter implements Machine {
  readonly #module: Module;
  readonly #drivers = new Map<Signal, Item>();
  readonly #state = new Map<Signal, bigint>();
  readonly #children = new Map<Item, Interpreter>();
  #values = new Map<Signal, bigint>();

  constructor(module: Module) {
    this.#module = module;
    for (const item of module.items) {
      if (item.kind !== "instance") this.#drivers.set(item.target, item);
      else {
        for (const signal of item.outputs.values()) this.#drivers.set(signal, item);
        this.#children.set(item, new Interpreter(item.module));
      }
      if (item.kind === "register") this.#state.set(item.target, 0n);
    }
  }

  step(inputs: Readonly<Values>): Values {
    const outputs = this.settle((name) => inputs[name] ?? 0n);
    const results: Values = {};
    for (const { role, name } of this.#module.ports) if (role === "output") results[name] = outputs(name);
    this.edge();
    return results;
  }

  /** Begins a cycle; values are worked out when asked for. */
  private settle(input: (name: string) => bigint): (output: string) => bigint {
    this.#values = new Map(this.#state);
    this.#input = input;
    for (const [item, child] of this.#children) {
      if (item.kind === "instance") child.settle((name) => this.#value(item.inputs.get(name)!));
    }
    const ports = new Map(this.#module.ports.map((port) => [port.name, port]));
    return (name) => this.#value(ports.get(name)!);
  }

  #input: (name: string) => bigint = () => 0n;

  /** The clock edge, after all values have settled. */
  private edge(): void {
    const next = new Map<Signal, bigint>();
    const { clocking, items } = this.#module;
    const reset = clocking?.reset;
    const resetPort = this.#module.ports.find(({ name }) => name === reset?.name);
    const isReset = resetPort !== undefined && this.#value(resetPort) === (reset!.active === "high" ? 1n : 0n);
    for (const item of items) {
      if (item.kind !== "register") continue;
      if (isReset && item.reset !== undefined) next.set(item.target, this.#value(item.reset));
      else if (item.enable === undefined || this.#value(item.enable) === 1n)
        next.set(item.target, this.#value(item.next));
    }
    for (const child of this.#children.values()) child.edge();
    for (const [signal, value] of next) this.#state.set(signal, value);
  }

  #value(e: Expression): bigint {
    if (e.kind !== "signal")
      return wrap(
        evaluate(e, (part) => this.#value(part)),
        e,
      );
    let value = this.#values.get(e);
    if (value === undefined) {
      value = wrap(this.#drive(e), e);
      this.#values.set(e, value);
    }
    return value;
  }

  #drive(signal: Signal): bigint {
    if (signal.role === "input") return this.#input(signal.name);
    const item = this.#drivers.get(signal)!;
    if (item.kind === "wire") return this.#value(item.value);
    if (item.kind === "case") {
      const selector = this.#value(item.selector);
      return this.#value(item.arms.find(({ when }) => when === selector)?.value ?? item.otherwise);
    }
    if (item.kind === "register") return this.#state.get(signal)!;
    if (item.kind === "table") {
      const address = item.inputs.reduce((sum, input, k) => sum | (this.#value(input) << BigInt(k)), 0n);
      return item.contents >> address;
    }
    const [port] = [...item.outputs].find(([, target]) => target === signal)!;
    const child = this.#children.get(item)!;
    return child.#value(child.#module.ports.find(({ name }) => name === port)!);
  }
}

const truth = (value: boolean): bigint => (value ? 1n : 0n);

/** The value of an operator, not yet folded into its type. */
function evaluate(e: Exclude<Expression, Signal>, value: (part: Expression) => bigint): bigint {
  switch (e.kind) {
    case "constant":
      return e.value;
    case "unary": {
      const bits = wrap(value(e.a), { width: e.a.width, signed: false });
      if (e.operator === "~") return ~bits;
      if (e.operator === "-") return -bits;
      if (e.operator === "&") return truth(bits === (1n << BigInt(e.a.width)) - 1n);
      if (e.operator === "|") return truth(bits !== 0n);
      return truth([...bits.toString(2)].filter((digit) => digit === "1").length % 2 === 1);
    }
    case "binary":
      return binary(e.operator, value(e.a), value(e.b));
    case "shift": {
      const by = value(e.by) > BigInt(e.width) ? BigInt(e.width) : value(e.by);
      if (e.operator === "<<") return value(e.a) << by;
      // `>>` shifts zeros in, so the bits are taken as unsigned first; `>>>` keeps the sign.
      return (e.operator === ">>" ? BigInt.asUintN(e.width, value(e.a)) : value(e.a)) >> by;
    }
    case "concat":
      return e.parts.reduce((bits, part) => (bits << BigInt(part.width)) | BigInt.asUintN(part.width, value(part)), 0n);
    case "slice":
      return value(e.a) >> BigInt(e.low);
    case "select":
      return value(e.a) >> value(e.index);
    case "extend":
    case "cast":
      return value(e.a);
    case "mux":
      return value(value(e.when) === 1n ? e.yes : e.no);
  }
}

function binary(operator: (Expression & { kind: "binary" })["operator"], a: bigint, b: bigint): bigint {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "<":
      return truth(a < b);
    case "<=":
      return truth(a <= b);
    case ">":
      return truth(a > b);
    case ">=":
      return truth(a >= b);
    case "==":
      return truth(a === b);
    case "!=":
      return truth(a !== b);
  }
}
