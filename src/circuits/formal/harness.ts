/**
 * @file A module around a circuit that turns one-bit expressions over its ports into assumptions and assertions. The
 * circuit is reset in the first step; assertions hold from the second on.
 */

import { emitModule } from "../verilog/emit.ts";
import {
  type Clocking,
  type Expression,
  identifier,
  type Module,
  ModuleBuilder,
  type Signal,
} from "../verilog/index.ts";
import type { Design } from "../yosys/synthesise.ts";

/** A design whose ports are known. */
export interface Examined extends Design {
  readonly ports: readonly Signal[];
  readonly clocking: Clocking | undefined;
}

/** Ports by name → what may be taken for granted of the inputs, and what must hold. */
export type Property = (ports: Readonly<Record<string, Signal>>) => {
  readonly assume?: readonly Expression[];
  readonly assert: readonly Expression[];
};

/** The name of the module that is given to the solver. */
export const HARNESS = "femto_harness";
const PROPERTIES = "femto_properties";

/** Only the ports matter; the text comes with the design. */
export const shellOf = ({ top, ports, clocking }: Examined): Module => ({
  name: top,
  ports,
  signals: ports,
  items: [],
  clocking,
  paths: new Map(ports.filter(({ role }) => role === "output").map(({ name }) => [name, new Set<string>()])),
});

/** The design with its harness on top. */
export function harnessOf(examined: Examined, property: Property): Design {
  const { clocking, ports, sources } = examined;
  const m = new ModuleBuilder(PROPERTIES, clocking);
  const isOwn = ({ name }: Signal) => name !== clocking?.clock && name !== clocking?.reset?.name;
  const inputs = ports
    .filter(({ role }) => role === "input")
    .filter(isOwn)
    .map((port) => [port.name, m.input(port.name, port)] as const);
  const outputs = m.instance("dut", shellOf(examined), Object.fromEntries(inputs));
  const { assume = [], assert } = property({ ...Object.fromEntries(inputs), ...outputs });
  const assumed = assume.map((e, i) => m.output(`assume_${i}`, e).name);
  const asserted = assert.map((e, i) => m.output(`assert_${i}`, e).name);
  for (const [name, signal] of Object.entries(outputs)) m.output(`see_${name}`, signal);
  const file = emitModule(m.finish(), []);
  const text = harnessText(m.finish(), assumed, asserted, clocking);
  return { top: HARNESS, sources: [...sources, file, { file: `${HARNESS}.v`, text, module: HARNESS }] };
}

function harnessText(
  inner: Module,
  assumed: readonly string[],
  asserted: readonly string[],
  clocking?: Clocking,
): string {
  const declare = (port: Signal, net: string) =>
    `${net} ${port.signed ? "signed " : ""}[${port.width - 1}:0] ${identifier(port.name)}`;
  const inputs = inner.ports.filter(({ role }) => role === "input");
  const outputs = inner.ports.filter(({ role }) => role === "output");
  const clock = clocking?.clock ?? "clk";
  const ports = inputs.map((port) => `  ${declare(port, "input wire")}`);
  if (clocking === undefined) ports.unshift(`  input wire ${clock}`);
  const reset = clocking?.reset;
  const active = reset === undefined ? "1'b1" : `${reset.active === "low" ? "!" : ""}${identifier(reset.name)}`;
  return [
    `module ${HARNESS} (\n${ports.join(",\n")}\n);`,
    ...outputs.map((port) => `  ${declare(port, "wire")};`),
    `  ${inner.name} properties (`,
    inner.ports.map(({ name }) => `    .${identifier(name)}(${identifier(name)})`).join(",\n"),
    "  );",
    "  reg started_q = 1'b0;",
    `  always @(posedge ${identifier(clock)}) started_q <= 1'b1;`,
    "  always @* begin",
    `    if (!started_q) assume (${active});`,
    ...assumed.map((name) => `    assume (${name});`),
    ...asserted.map((name) => `    if (started_q) assert (${name});`),
    "  end",
    "endmodule",
    "",
  ].join("\n");
}
