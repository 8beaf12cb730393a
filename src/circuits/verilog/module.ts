/** @file A module as data: ports, and what drives each signal. `finish` refuses what no tool should have to find. */

import { at, fail } from "../../base/errors.ts";
import { checkModule, type Paths } from "./check-module.ts";
import { constant, describe, type Expression, type NumberType, type Signal, typeText, unsigned } from "./expression.ts";
import { checkName } from "./names.ts";

export interface Reset {
  readonly name: string;
  readonly active: "high" | "low";
  readonly kind: "synchronous" | "asynchronous";
}

export interface Clocking {
  readonly clock: string;
  /** Undefined: no register has a reset. */
  readonly reset?: Reset;
}

/** Synchronous and active high: what the flip-flops of FPGAs have, so that no inverters are spent. */
export const defaultClocking = {
  clock: "clk_i",
  reset: { name: "rst_i", active: "high", kind: "synchronous" },
} as const satisfies Clocking;

export interface CaseArm {
  readonly when: bigint;
  readonly value: Expression;
}

export type Item =
  | { readonly kind: "wire"; readonly target: Signal; readonly value: Expression }
  | {
      readonly kind: "register";
      readonly target: Signal;
      readonly next: Expression;
      readonly enable: Expression | undefined;
      /** Undefined: the register has no reset. */
      readonly reset: Expression | undefined;
    }
  | {
      readonly kind: "case";
      readonly target: Signal;
      readonly selector: Expression;
      readonly arms: readonly CaseArm[];
      readonly otherwise: Expression;
    }
  | {
      /** The bit of a constant at an address; on an FPGA a lookup table. */
      readonly kind: "table";
      readonly target: Signal;
      /** Bit a is the value at address a. */
      readonly contents: bigint;
      /** Bits of the address, the lowest first. */
      readonly inputs: readonly Expression[];
    }
  | {
      readonly kind: "instance";
      readonly name: string;
      readonly module: Module;
      readonly inputs: ReadonlyMap<string, Expression>;
      readonly outputs: ReadonlyMap<string, Signal>;
    };

export interface Module {
  readonly name: string;
  readonly ports: readonly Signal[];
  readonly signals: readonly Signal[];
  readonly items: readonly Item[];
  /** Undefined: the module has no registers. */
  readonly clocking: Clocking | undefined;
  /** For each output, the inputs it depends on without a register between. */
  readonly paths: Paths;
}

const BIT: Signal = { kind: "signal", name: "address bit", role: "wire", ...unsigned(1) };

/** Builds one module. Every signal is driven exactly once. */
export class ModuleBuilder {
  readonly name: string;
  readonly #clocking: Clocking | undefined;
  readonly #ports: Signal[] = [];
  readonly #signals = new Map<string, Signal>();
  readonly #items: Item[] = [];
  readonly #resets = new Map<Signal, Expression | undefined>();
  readonly #instances = new Set<string>();

  constructor(name: string, clocking?: Clocking) {
    this.name = checkName(name, "module name");
    this.#clocking = clocking;
    if (clocking === undefined) return;
    this.input(clocking.clock, unsigned(1));
    if (clocking.reset !== undefined) this.input(clocking.reset.name, unsigned(1));
  }

  input(name: string, type: NumberType): Signal {
    return this.#port(name, type, "input");
  }

  /** An output that shows `value`. */
  output(name: string, value: Expression): Signal {
    const port = this.#port(name, value, "output");
    this.drive(port, value);
    return port;
  }

  /** A named intermediate value. */
  wire(name: string, value: Expression): Signal {
    const target = this.declare(name, value);
    this.drive(target, value);
    return target;
  }

  /** A wire that `drive` drives later. */
  declare(name: string, type: NumberType): Signal {
    return this.#declare(name, type, "wire");
  }

  drive(target: Signal, value: Expression): void {
    this.#requireSame(target, value);
    this.#items.push({ kind: "wire", target, value });
  }

  /** A register whose next value `next` gives; with `reset` it takes that value under reset. */
  register(name: string, type: NumberType, reset?: bigint | number): Signal {
    const where = `${this.name} › ${name}`;
    if (this.#clocking === undefined) {
      fail({ code: "circuits.clock", where, message: "a register needs a module with a clock" });
    }
    if (reset !== undefined && this.#clocking.reset === undefined) {
      fail({ code: "circuits.clock", where, message: "a register with a reset needs a module that has one" });
    }
    const target = this.#declare(name, type, "register");
    this.#resets.set(target, reset === undefined ? undefined : constant(reset, type));
    return target;
  }

  /** What a register takes at the clock edge (where `enable` is 1). */
  next(target: Signal, value: Expression, enable?: Expression): void {
    this.#requireSame(target, value);
    if (enable !== undefined) this.#requireCondition(target.name, enable);
    this.#items.push({ kind: "register", target, next: value, enable, reset: this.#resets.get(target) });
  }

  /** `register` and `next` in one. */
  registered(name: string, value: Expression, options: { reset?: bigint | number; enable?: Expression } = {}): Signal {
    const target = this.register(name, value, options.reset);
    this.next(target, value, options.enable);
    return target;
  }

  /** A choice by value; `otherwise` is compulsory, so that no latch can arise. */
  cases(name: string, selector: Expression, arms: readonly CaseArm[], otherwise: Expression): Signal {
    const target = this.#declare(name, otherwise, "wire");
    const seen = new Set<bigint>();
    for (const { when, value } of arms) {
      at(`${this.name} › case of ${name}`, () => constant(when, selector));
      this.#requireSame(target, value);
      if (seen.has(when)) {
        fail({
          code: "circuits.case",
          where: `${this.name} › case of ${name}`,
          message: `the value ${when} stands twice`,
        });
      }
      seen.add(when);
    }
    this.#items.push({ kind: "case", target, selector, arms, otherwise });
    return target;
  }

  /** The bit of `contents` at the address that `inputs` give, the lowest bit first: one lookup table. */
  table(name: string, contents: bigint, inputs: readonly Expression[]): Signal {
    const where = `${this.name} › ${name}`;
    for (const input of inputs) at(where, () => this.#requireSame(BIT, input));
    if (inputs.length === 0 || contents < 0n || contents >> BigInt(2 ** inputs.length) !== 0n) {
      const expected = "one bit for each address of at least one input";
      fail({ code: "circuits.table", where, message: "the contents do not fit the inputs", expected });
    }
    const target = this.#declare(name, unsigned(1), "wire");
    this.#items.push({ kind: "table", target, contents, inputs });
    return target;
  }

  /** Puts a module in; clock and reset are connected to those of this module. @returns its outputs, by port name */
  instance(name: string, module: Module, inputs: Readonly<Record<string, Expression>>): Record<string, Signal> {
    const where = `${this.name} › ${name} (${module.name})`;
    if (this.#instances.has(name)) fail({ code: "circuits.name", where, message: "two instances have this name" });
    this.#instances.add(checkName(name, where));
    const all = { ...this.#clockOf(module, where), ...inputs };
    const wanted = module.ports.filter(({ role }) => role === "input");
    const strange = Object.keys(all).find((port) => !wanted.some(({ name }) => name === port));
    if (strange !== undefined) {
      const expected = wanted.map(({ name }) => name).join(", ");
      fail({ code: "circuits.port", where, message: `there is no input ${strange}`, expected });
    }
    for (const port of wanted) {
      const value = all[port.name];
      if (value === undefined) {
        fail({ code: "circuits.undriven", where: `${where} › ${port.name}`, message: "this input is not connected" });
      }
      at(where, () => this.#requireSame(port, value));
    }
    const outputs = new Map<string, Signal>();
    for (const port of module.ports.filter(({ role }) => role === "output")) {
      outputs.set(port.name, this.declare(`${name}_${port.name.replace(/_o$/, "")}`, port));
    }
    this.#items.push({ kind: "instance", name, module, inputs: new Map(Object.entries(all)), outputs });
    return Object.fromEntries(outputs);
  }

  /** The finished module. @throws FemtoError `circuits.undriven`, `circuits.driven-twice`, `circuits.loop` */
  finish(): Module {
    const draft = { name: this.name, ports: this.#ports, signals: [...this.#signals.values()], items: this.#items };
    return { ...draft, clocking: this.#clocking, paths: checkModule(draft) };
  }

  #clockOf({ clocking }: Module, where: string): Record<string, Expression> {
    if (clocking === undefined) return {};
    const own = this.#clocking;
    const isResetAlike = clocking.reset === undefined || clocking.reset.active === own?.reset?.active;
    if (own === undefined || !isResetAlike) {
      fail({ code: "circuits.clock", where, message: "the instance needs a clock or a reset that this module lacks" });
    }
    const clock = { [clocking.clock]: this.#signals.get(own.clock)! };
    if (clocking.reset === undefined) return clock;
    return { ...clock, [clocking.reset.name]: this.#signals.get(own.reset!.name)! };
  }

  #port(name: string, type: NumberType, role: "input" | "output"): Signal {
    const port = this.#declare(name, type, role);
    this.#ports.push(port);
    return port;
  }

  #declare(name: string, { width, signed }: NumberType, role: Signal["role"]): Signal {
    const where = `${this.name} › ${name}`;
    checkName(name, where);
    if (this.#signals.has(name)) fail({ code: "circuits.name", where, message: "two signals have this name" });
    const signal: Signal = { kind: "signal", name, role, width, signed };
    this.#signals.set(name, signal);
    return signal;
  }

  #requireSame(target: Signal, value: Expression): void {
    if (target.width === value.width && target.signed === value.signed) return;
    const isRaw = target.signed && !value.signed && (value.kind === "concat" || value.kind === "slice");
    fail({
      code: isRaw
        ? "circuits.unsigned-concat"
        : target.width === value.width
          ? "circuits.mixed-sign"
          : "circuits.width",
      where: `${this.name} › ${target.name}`,
      message: isRaw
        ? "concatenations and part-selects are unsigned in Verilog; this signal is signed"
        : "the value has another type than the signal",
      expected: typeText(target),
      got: `${typeText(value)}: ${describe(value)}`,
      hint: isRaw ? `asSigned(${describe(value)})` : "extend, truncate, asSigned or asUnsigned say what is meant",
    });
  }

  #requireCondition(target: string, enable: Expression): void {
    if (enable.width === 1 && !enable.signed) return;
    const where = `${this.name} › enable of ${target}`;
    fail({ code: "circuits.width", where, message: "an enable is one unsigned bit", got: typeText(enable) });
  }
}
