/**
 * @file A module as Verilog-2005 text that synthesis, simulators and lint take alike. One module per file; style after
 * the lowRISC guide: two spaces, at most 100 columns, named connections, one clocked block per register group.
 */

import type { Expression, Signal } from "./expression.ts";
import type { Item, Module } from "./module.ts";
import { identifier } from "./names.ts";
import { type Fabric, tableText } from "./table-text.ts";
import { declarationText, expressionText, literal } from "./text.ts";
import { unreadBits } from "./unread.ts";

export interface VerilogFile {
  readonly module: string;
  readonly file: string;
  readonly text: string;
  /** For each line (0-based) the signal or instance whose text it is: tools speak of lines, people of signals. */
  readonly owners: readonly (string | undefined)[];
}

const COLUMNS = 100;

/**
 * @param header comment lines above the module, without slashes
 * @param fabric tables become lookup tables of this FPGA, which synthesis leaves as they are; plain logic without
 */
export function emitModule(module: Module, header: readonly string[], fabric?: Fabric): VerilogFile {
  return new Emitter(module, fabric).emit(header);
}

class Emitter {
  readonly #module: Module;
  readonly #fabric: Fabric | undefined;
  readonly #lines: string[] = [];
  readonly #owners: (string | undefined)[] = [];
  /** Expressions that got a name because bits are selected from them. */
  readonly #named = new Map<Expression, string>();
  readonly #pending: [string, Expression][] = [];
  readonly #taken: Set<string>;
  #count = 0;

  constructor(module: Module, fabric: Fabric | undefined) {
    this.#module = module;
    this.#fabric = fabric;
    this.#taken = new Set(module.signals.map(({ name }) => name));
  }

  emit(header: readonly string[]): VerilogFile {
    const { name, ports } = this.#module;
    for (const line of header.flatMap(comment)) this.#put(line);
    this.#put("`default_nettype none");
    this.#put("");
    this.#put(`module ${identifier(name)} (`);
    ports.forEach((port, i) => {
      const end = i + 1 < ports.length ? "," : "";
      this.#put(`  ${declarationText(`${port.role} wire`, port)} ${identifier(port.name)}${end}`, port.name);
    });
    this.#put(");");
    this.#declarations();
    for (const item of this.#module.items) {
      if (item.kind === "table") this.#table(item);
      else if (item.kind === "wire" || item.kind === "case") this.#combinational(item);
    }
    for (const group of this.#registerGroups()) this.#clocked(group);
    for (const item of this.#module.items) if (item.kind === "instance") this.#instance(item);
    this.#unread();
    this.#put("");
    this.#put("endmodule");
    this.#put("");
    this.#put("`default_nettype wire");
    return { module: name, file: `${name}.v`, text: `${this.#lines.join("\n")}\n`, owners: this.#owners };
  }

  #put(text: string, owner?: string): void {
    for (const line of fold(text)) {
      this.#lines.push(line.trimEnd());
      this.#owners.push(owner);
    }
  }

  #declarations(): void {
    const variables = new Set(this.#module.items.filter(({ kind }) => kind === "case").map((item) => targetOf(item)));
    for (const signal of this.#module.signals) {
      if (signal.role === "input" || signal.role === "output") continue;
      const net = signal.role === "register" || variables.has(signal) ? "reg" : "wire";
      this.#put(`  ${declarationText(net, signal)} ${identifier(signal.name)};`, signal.name);
    }
    this.#put("");
  }

  /** The text of an expression; wires it needs beside itself are put first. */
  #text(e: Expression, owner: string): string {
    const text = expressionText(e, (part) => this.#nameOf(part));
    this.#declareParts(owner);
    return text;
  }

  #declareParts(owner: string): void {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      const [name, value] = next;
      const inner = expressionText(value, (part) => this.#nameOf(part));
      this.#put(`  ${declarationText("wire", value)} ${identifier(name)} = ${inner};`, owner);
    }
  }

  #nameOf(e: Expression, wish?: string): string {
    if (e.kind === "signal") return identifier(e.name);
    let name = this.#named.get(e) ?? wish;
    if (!this.#named.has(e)) {
      while (name === undefined || this.#taken.has(name)) name = `part_${++this.#count}`;
      this.#taken.add(name);
      this.#named.set(e, name);
      // A part of a part is declared before the part that uses it.
      expressionText(e, (inner) => this.#nameOf(inner));
      this.#pending.push([name, e]);
    }
    return identifier(name!);
  }

  #combinational(item: Item & { kind: "wire" | "case" }): void {
    const { name } = item.target;
    if (item.kind === "wire") {
      const text = this.#text(item.value, name);
      this.#put(`  assign ${identifier(name)} = ${text};`, name);
      return;
    }
    const selector = this.#text(item.selector, name);
    const arms = item.arms.map(({ when, value }) => {
      return [literal(when, item.selector.width, item.selector.signed), this.#text(value, name)];
    });
    const otherwise = this.#text(item.otherwise, name);
    this.#put("");
    this.#put("  always @* begin", name);
    this.#put(`    case (${selector})`, name);
    for (const [when, value] of arms) this.#put(`      ${when}: ${identifier(name)} = ${value};`, name);
    this.#put(`      default: ${identifier(name)} = ${otherwise};`, name);
    this.#put("    endcase", name);
    this.#put("  end", name);
  }

  #table({ target, contents, inputs }: Item & { kind: "table" }): void {
    const names = inputs.map((input) => this.#text(input, target.name));
    const free = (wish: string): string => {
      let name = wish;
      while (this.#taken.has(name)) name += "_";
      this.#taken.add(name);
      return identifier(name);
    };
    const table = { output: target.name, contents, inputs: names };
    for (const line of tableText(table, free, this.#fabric)) this.#put(`  ${line}`, target.name);
  }

  /** Registers with the same enable, and all with a reset or all without. */
  #registerGroups(): Register[][] {
    const groups = new Map<string, Register[]>();
    for (const item of this.#module.items) {
      if (item.kind !== "register") continue;
      const enable = item.enable === undefined ? "" : this.#text(item.enable, item.target.name);
      const key = `${item.reset !== undefined} ${enable}`;
      groups.set(key, [...(groups.get(key) ?? []), item]);
    }
    return [...groups.values()];
  }

  #clocked(group: readonly Register[]): void {
    const { clock, reset } = this.#module.clocking!;
    const { enable, reset: resetValue } = group[0]!;
    const owner = group.length === 1 ? group[0]!.target.name : undefined;
    const condition = enable === undefined ? undefined : this.#text(enable, group[0]!.target.name);
    const next = group.map((item) => [item, this.#text(item.next, item.target.name)] as const);
    const edges = [`posedge ${identifier(clock)}`];
    if (resetValue !== undefined && reset!.kind === "asynchronous") {
      edges.push(`${reset!.active === "high" ? "posedge" : "negedge"} ${identifier(reset!.name)}`);
    }
    this.#put("");
    this.#put(`  always @(${edges.join(" or ")}) begin`, owner);
    let depth = "    ";
    if (resetValue !== undefined) {
      const active = `${reset!.active === "low" ? "!" : ""}${identifier(reset!.name)}`;
      this.#put(`    if (${active}) begin`, owner);
      for (const { target, reset } of group) {
        this.#put(`      ${identifier(target.name)} <= ${expressionText(reset!, String)};`, target.name);
      }
      this.#put(`    end else ${condition === undefined ? "" : `if (${condition}) `}begin`, owner);
      depth = "      ";
    } else if (condition !== undefined) {
      this.#put(`    if (${condition}) begin`, owner);
      depth = "      ";
    }
    for (const [{ target }, value] of next) this.#put(`${depth}${identifier(target.name)} <= ${value};`, target.name);
    if (depth === "      ") this.#put("    end", owner);
    this.#put("  end", owner);
  }

  /** Bits that nothing reads are read here, which tells lint that they are left over on purpose. */
  #unread(): void {
    const unread = unreadBits(this.#module);
    if (unread.length === 0) return;
    const parts = unread.map(({ signal, high, low }) =>
      expressionText(part(signal, high, low), () => identifier(signal.name)),
    );
    let name = "unused_ok";
    while (this.#taken.has(name)) name += "_";
    this.#put("");
    this.#put(`  wire ${name} = &{1'b0, ${parts.join(", ")}};`);
  }

  #instance(item: Item & { kind: "instance" }): void {
    // Ports get names only: synthesis tools differ on expressions of a sign there (Yosys 0.55 stops at an assertion).
    const connections = [...item.inputs].map(([port, value]) => [port, this.#nameOf(value, `${item.name}_${port}`)]);
    this.#declareParts(item.name);
    for (const [port, signal] of item.outputs) connections.push([port, identifier(signal.name)]);
    this.#put("");
    this.#put(`  ${identifier(item.module.name)} ${identifier(item.name)} (`, item.name);
    connections.forEach(([port, text], i) => {
      this.#put(`    .${identifier(port!)}(${text})${i + 1 < connections.length ? "," : ""}`, item.name);
    });
    this.#put("  );", item.name);
  }
}

/** At most four lines of a comment; a long table of parameters stands in the sidecar in full. */
function comment(line: string): string[] {
  const parts = line.match(/.{1,97}/g) ?? [""];
  return [...parts.slice(0, 4), ...(parts.length > 4 ? ["…"] : [])].map((part) => `// ${part}`);
}

type Register = Item & { kind: "register" };

const targetOf = (item: Item): Signal | undefined => (item.kind === "instance" ? undefined : item.target);

const part = (signal: Signal, high: number, low: number): Expression =>
  high === signal.width - 1 && low === 0
    ? signal
    : { kind: "slice", a: signal, high, low, width: high - low + 1, signed: false };

/** Long statements go on in the next line, four columns further in. */
function fold(text: string): string[] {
  const indent = " ".repeat(text.length - text.trimStart().length + 4);
  const lines: string[] = [];
  let rest = text;
  while (rest.length > COLUMNS) {
    const space = rest.lastIndexOf(" ", COLUMNS);
    if (space <= indent.length) break;
    lines.push(rest.slice(0, space));
    rest = indent + rest.slice(space + 1);
  }
  return [...lines, rest];
}
