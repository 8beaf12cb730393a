/**
 * @file A circuit mapped to the cells of an FPGA, read from what Yosys wrote: small tables in the order in which they can be
 * worked out. Registers are only waits: where every way to a signal has the same number of them, the circuit is a function
 * of the inputs so many clock cycles ago.
 */

import { fail } from "../../base/errors.ts";
import { type YosysBit, type YosysModule, yosysModule } from "../netlist/yosys-json.ts";
import { cellNodes, type FpgaNode } from "./cells.ts";

export interface FpgaNetlist {
  readonly name: string;
  /** Bits of every port and named wire, the lowest first; of wires in modules below `instance.wire`. */
  bitsOf(name: string): readonly YosysBit[] | undefined;
  /** Each behind those that it reads. */
  readonly nodes: readonly FpgaNode[];
  readonly driverOf: ReadonlyMap<YosysBit, FpgaNode>;
  /** Clock edges from the inputs to a bit; undefined for what no input reaches. */
  latencyOf(bit: YosysBit): number | undefined;
}

/**
 * @throws FemtoError `netlist.cell`, `netlist.loop`, `netlist.driven-twice`, `netlist.undefined-bit`, `netlist.clock`, and
 *   `netlist.latency` where two ways to one signal have different numbers of registers
 */
export function readFpgaNetlist(json: unknown, top: string): FpgaNetlist {
  const [name, module] = yosysModule(json, top);
  const driverOf = driversOf(name, module);
  const nodes = ordered(name, driverOf);
  const latency = latenciesOf(name, module, nodes);
  return {
    name,
    bitsOf: (wanted) => module.ports[wanted]?.bits ?? module.netnames[wanted]?.bits,
    nodes,
    driverOf,
    latencyOf: (bit) => latency.get(bit),
  };
}

function driversOf(name: string, { cells, ports }: YosysModule): Map<YosysBit, FpgaNode> {
  const drivers = new Map<YosysBit, FpgaNode>();
  const clocks = new Set<YosysBit>();
  const inputs = new Set(Object.values(ports).flatMap(({ direction, bits }) => (direction === "input" ? bits : [])));
  for (const [cellName, cell] of Object.entries(cells)) {
    // Where a flattened module was: nothing that is there.
    if (cell.type === "$scopeinfo") continue;
    const where = `${name} › cell ${cellName}`;
    const { nodes, clock } = cellNodes(cell, where);
    if (clock !== undefined) clocks.add(clock);
    for (const node of nodes) {
      if (typeof node.output !== "number") continue;
      if (drivers.has(node.output) || inputs.has(node.output)) {
        fail({ code: "netlist.driven-twice", where, message: "a net is driven more than once" });
      }
      drivers.set(node.output, withoutUndefined(node, where));
    }
  }
  if (clocks.size > 1 || [...clocks].some((clock) => !inputs.has(clock))) {
    fail({ code: "netlist.clock", where: name, message: "registers move at several clocks, or at none of the inputs" });
  }
  return drivers;
}

/** Pins that nothing is connected to may not count. */
function withoutUndefined(node: FpgaNode, where: string): FpgaNode {
  const at = node.inputs.findIndex((bit) => bit === "x" || bit === "z");
  if (at < 0) return node;
  const inputs = node.inputs.filter((_, k) => k !== at);
  let contents = 0n;
  for (let address = 0; address < 2 ** inputs.length; address++) {
    const low = address & (2 ** at - 1);
    const value = (bit: 0 | 1) => (node.contents >> BigInt(((address - low) << 1) | (bit << at) | low)) & 1n;
    if (value(0) !== value(1)) {
      fail({ code: "netlist.undefined-bit", where, message: "the cell depends on a pin that nothing is connected to" });
    }
    contents |= value(0) << BigInt(address);
  }
  return withoutUndefined({ ...node, inputs, contents }, where);
}

function ordered(name: string, drivers: ReadonlyMap<YosysBit, FpgaNode>): FpgaNode[] {
  const nodes: FpgaNode[] = [];
  const state = new Map<YosysBit, "open" | "done">();
  const visit = (bit: YosysBit): void => {
    const node = drivers.get(bit);
    if (node === undefined || state.get(bit) === "done") return;
    if (state.get(bit) === "open") {
      fail({ code: "netlist.loop", where: `${name} › net ${bit}`, message: "a signal depends on itself" });
    }
    state.set(bit, "open");
    for (const input of node.inputs) visit(input);
    state.set(bit, "done");
    nodes.push(node);
  };
  for (const bit of drivers.keys()) visit(bit);
  return nodes;
}

function latenciesOf(name: string, { ports }: YosysModule, nodes: readonly FpgaNode[]): Map<YosysBit, number> {
  const latency = new Map<YosysBit, number>();
  for (const { direction, bits } of Object.values(ports)) {
    if (direction === "input") for (const bit of bits) latency.set(bit, 0);
  }
  for (const { inputs, output, delay } of nodes) {
    const known = new Set(inputs.map((bit) => latency.get(bit)).filter((edges) => edges !== undefined));
    if (known.size > 1) {
      fail({
        code: "netlist.latency",
        where: `${name} › net ${output}`,
        message: "ways to this signal have different numbers of registers",
        got: [...known].join(", "),
      });
    }
    const [edges] = known;
    if (edges !== undefined) latency.set(output, edges + delay);
  }
  return latency;
}
