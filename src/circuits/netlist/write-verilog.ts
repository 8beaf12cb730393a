/**
 * @file A netlist as Verilog of scalar wires, one assignment per gate: what other simulators and people read. With a delay,
 * every gate takes one time unit.
 */

import { gateKind } from "./gate-kind.ts";
import { type Net, type Netlist, ONE, outputs } from "./netlist.ts";

export interface VerilogOptions {
  /** Name of the module; by default that of the netlist. */
  module?: string;
  /** One time unit per gate (`assign #1`), for simulation only. */
  hasUnitDelay?: boolean;
}

/** The name of a net inside the module that {@link writeVerilog} writes. */
export const verilogNet = (net: Net): string => (net <= ONE ? `1'b${net}` : `n${net}`);

/** Verilog-2005 text of one module. Ports keep their names; the inner net k is called n{k}. */
export function writeVerilog(netlist: Netlist, options: VerilogOptions = {}): string {
  const { module = netlist.name, hasUnitDelay = false } = options;
  const delay = hasUnitDelay ? "#1 " : "";
  const range = (width: number) => (width === 1 ? "" : `[${width - 1}:0] `);
  const bitOf = (name: string, width: number, bit: number) => (width === 1 ? name : `${name}[${bit}]`);
  const inputs = netlist.ports.filter(({ direction }) => direction === "input");
  const clock = netlist.clock;
  const lines = [
    "`default_nettype none",
    `module ${module} (`,
    netlist.ports
      .map(
        ({ name, direction, nets, isSigned }) =>
          `  ${direction} wire ${isSigned ? "signed " : ""}${range(nets.length)}${name}`,
      )
      .join(",\n"),
    ");",
    ...inputs.flatMap(({ name, nets }) =>
      nets.map((net, bit) => `  wire ${verilogNet(net)} = ${bitOf(name, nets.length, bit)};`),
    ),
    ...netlist.flipFlops.map(({ q, initial }) => `  reg ${verilogNet(q)} = 1'b${initial};`),
    ...netlist.gates.map(({ output }) => `  wire ${verilogNet(output)};`),
    ...netlist.gates.map(({ kind, inputs: pins, output }) => {
      const [a = "", b = "", c = "", d = ""] = pins.map(verilogNet);
      return `  assign ${delay}${verilogNet(output)} = ${gateKind(kind).verilog(a, b, c, d)};`;
    }),
  ];
  if (clock !== undefined && netlist.flipFlops.length > 0) {
    lines.push(`  always @(${clock.edge === "rising" ? "posedge" : "negedge"} ${clock.port}) begin`);
    for (const { d, q, enable, reset } of netlist.flipFlops) {
      const is = (control: { net: Net; active: 0 | 1 }) => `${control.active ? "" : "!"}${verilogNet(control.net)}`;
      const enabled = enable ? `${is(enable)} ? ${verilogNet(d)} : ${verilogNet(q)}` : verilogNet(d);
      const resets =
        reset && (reset.overEnable || enable === undefined ? is(reset) : `(${is(reset)} && ${is(enable)})`);
      lines.push(`    ${verilogNet(q)} <= ${reset ? `${resets} ? 1'b${reset.value} : ${enabled}` : enabled};`);
    }
    lines.push("  end");
  }
  for (const { name, nets } of outputs(netlist)) {
    lines.push(...nets.map((net, bit) => `  assign ${bitOf(name, nets.length, bit)} = ${verilogNet(net)};`));
  }
  return [...lines, "endmodule", "`default_nettype wire", ""].join("\n");
}
