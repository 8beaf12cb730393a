/** @file Reads a flattened gate-level netlist that Yosys wrote as JSON. */

import { type ErrorFields, fail } from "../../base/errors.ts";
import { flipFlopCell, type GateCell, gateCells, isAsynchronous, isLatch } from "./cells.ts";
import { checkNetlist } from "./check.ts";
import type { FlipFlop, Gate, Net, Netlist, Port } from "./netlist.ts";
import { ONE, ZERO } from "./netlist.ts";
import { type YosysBit, type YosysModule, yosysModule } from "./yosys-json.ts";

export interface ReadOptions {
  /** The module; by default the one marked `top`, or the only one. */
  module?: string;
  /** Cells besides Yosys' own and Femto's library. */
  cells?: Readonly<Record<string, GateCell>>;
}

type Cell = YosysModule["cells"][string];

/** Numbers the bits of a module and names each after its first visible wire. */
class Nets {
  readonly names: string[] = ["0", "1"];
  readonly #of = new Map<number, Net>();

  constructor(module: YosysModule) {
    const wires = Object.entries(module.netnames).sort(([, a], [, b]) => a.hide_name - b.hide_name);
    // Ports first: a net that is a port bit is called so, whatever else it is called.
    const ports = Object.entries(module.ports).map(([name, { bits }]) => ({ name, bits, offset: 0 }));
    for (const { name, bits, offset } of [...ports, ...wires.map(([name, wire]) => ({ name, ...wire }))]) {
      bits.forEach((bit, index) => {
        if (typeof bit !== "number" || this.#of.has(bit)) return;
        this.#of.set(bit, this.names.length);
        this.names.push(bits.length === 1 ? name : `${name}[${offset + index}]`);
      });
    }
  }

  /** The net of a bit; bits that have no wire get one. */
  net(bit: YosysBit, where: string): Net {
    if (bit === "0") return ZERO;
    if (bit === "1") return ONE;
    if (typeof bit === "string") {
      return fail({
        code: "netlist.undefined-bit",
        where,
        message: `a bit is ${bit}`,
        expected: "0, 1 or a net",
        hint: "run setundef -zero -undriven before write_json, and look for what was left undefined",
      });
    }
    const known = this.#of.get(bit);
    if (known !== undefined) return known;
    this.#of.set(bit, this.names.length);
    return this.names.push(`bit${bit}`) - 1;
  }
}

/** Why a cell cannot stand in a netlist of gates. */
function refuse(type: string, where: string): never {
  const because: Pick<ErrorFields, "code" | "message" | "hint"> = isLatch(type)
    ? {
        code: "netlist.latch",
        message: `${type} is a latch`,
        hint: "a value that a combinational block does not assign on every path is remembered; assign it on all paths",
      }
    : isAsynchronous(type)
      ? {
          code: "netlist.asynchronous-reset",
          message: `${type} is set or reset without the clock`,
          hint: "run async2sync and dfflegalize before write_json",
        }
      : {
          code: "netlist.cell",
          message: `unknown cell type ${type}`,
          hint: "flatten the design and map it to gates: synth -flatten; abc -g AND,OR,XOR,MUX; write_json",
        };
  fail({ ...because, where, expected: "gates and flip-flops of one clock" });
}

/**
 * The netlist of a Yosys JSON file (text, or the parsed object): `$_AND_` … `$_OAI4_`, `$mux` of any width, `$_DFF_P_` and its
 * forms with enable and synchronous reset, and the cells of Femto's library.
 * @throws FemtoError `netlist.json`, `netlist.module`, `netlist.cell`, `netlist.latch`, `netlist.asynchronous-reset`,
 *   `netlist.undefined-bit`, `netlist.clock`, `netlist.port`, and those of `checkNetlist`
 */
export function readYosysNetlist(json: unknown, options: ReadOptions = {}): Netlist {
  const [name, module] = yosysModule(json, options.module);
  const nets = new Nets(module);
  const ports: Port[] = Object.entries(module.ports).map(([port, { direction, bits, signed }]) => {
    const where = `${name} › port ${port}`;
    if (direction === "inout") {
      fail({ code: "netlist.port", where, message: "the port is inout", expected: "input or output" });
    }
    return { name: port, direction, nets: bits.map((bit) => nets.net(bit, where)), isSigned: signed === 1 };
  });
  const initial = initialValues(module, nets, name);
  const gates: Gate[] = [];
  const flipFlops: FlipFlop[] = [];
  const clocks = new Map<string, { net: Net; edge: "rising" | "falling" }>();
  const table = { ...gateCells, ...options.cells };
  for (const [cellName, cell] of Object.entries(module.cells)) {
    if (cell.type === "$scopeinfo") continue;
    const where = `${name} › cell ${cellName}`;
    const pin = (pinName: string) => nets.net(singleBit(cell, pinName, where), `${where} pin ${pinName}`);
    if (cell.type === "$mux") {
      gates.push(...multiplexers(cell, nets, where));
      continue;
    }
    const gate = Object.hasOwn(table, cell.type) ? table[cell.type] : undefined;
    if (gate !== undefined) {
      gates.push({ kind: gate.kind, inputs: gate.pins.map(pin), output: pin(gate.output) });
      continue;
    }
    const flipFlop = flipFlopCell(cell.type) ?? refuse(cell.type, where);
    const { edge, enable, reset } = flipFlop;
    const clock = pin("C");
    clocks.set(`${edge} ${nets.names[clock]}`, { net: clock, edge });
    const q = pin("Q");
    flipFlops.push({
      d: pin("D"),
      q,
      initial: initial.get(q) ?? 0,
      ...(enable !== undefined && { enable: { net: pin("E"), active: enable } }),
      ...(reset && { reset: { ...reset, net: pin("R") } }),
    });
  }
  const clock = oneClock(clocks, ports, name);
  return checkNetlist({ name, netNames: nets.names, ports, gates, flipFlops, ...(clock && { clock }) });
}

/** One for each bit of a wide one. */
function multiplexers(cell: Cell, nets: Nets, where: string): Gate[] {
  const s = nets.net(singleBit(cell, "S", where), `${where} pin S`);
  const [a, b, y] = ["A", "B", "Y"].map((pin) =>
    (cell.connections[pin] ?? []).map((bit) => nets.net(bit, `${where} pin ${pin}`)),
  ) as [Net[], Net[], Net[]];
  return y.map((output, k) => ({ kind: "MUX", inputs: [a[k]!, b[k]!, s], output }));
}

function singleBit(cell: Cell, pin: string, where: string): YosysBit {
  const bits = cell.connections[pin];
  if (bits?.length === 1) return bits[0]!;
  return fail({
    code: "netlist.cell",
    where,
    message: `pin ${pin} of ${cell.type} is ${bits === undefined ? "not connected" : `${bits.length} bits wide`}`,
    expected: "one bit",
    hint: "flatten the design and map it to gates before write_json",
  });
}

/** What flip-flops hold at the start: the `init` attributes of wires, most significant bit first. */
function initialValues(module: YosysModule, nets: Nets, name: string): Map<Net, 0 | 1> {
  const values = new Map<Net, 0 | 1>();
  for (const [wire, { bits, attributes }] of Object.entries(module.netnames)) {
    if (typeof attributes.init !== "string") continue;
    const digits = attributes.init.padStart(bits.length, "x");
    bits.forEach((bit, index) => {
      const digit = digits[digits.length - 1 - index];
      if (digit === "0" || digit === "1") values.set(nets.net(bit, `${name} › wire ${wire}`), digit === "1" ? 1 : 0);
    });
  }
  return values;
}

function oneClock(
  clocks: ReadonlyMap<string, { net: Net; edge: "rising" | "falling" }>,
  ports: readonly Port[],
  name: string,
): Netlist["clock"] {
  if (clocks.size === 0) return undefined;
  const where = `netlist ${name}`;
  if (clocks.size > 1) {
    fail({
      code: "netlist.clock",
      where,
      message: "flip-flops move at different clocks or edges",
      expected: "one clock and one edge",
      got: [...clocks.keys()].join(", "),
    });
  }
  const [{ net, edge }] = [...clocks.values()] as [{ net: Net; edge: "rising" | "falling" }];
  const port = ports.find(({ direction, nets }) => direction === "input" && nets.length === 1 && nets[0] === net);
  if (port === undefined) {
    fail({
      code: "netlist.clock",
      where,
      message: "the clock of the flip-flops is not an input port",
      got: [...clocks.keys()].join(", "),
      hint: "derived and gated clocks are not modelled; use enables",
    });
  }
  return { port: port.name, edge };
}
