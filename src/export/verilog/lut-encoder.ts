/** @file The encoder of a lookup-table network as a Verilog module: one comparison with a constant for each bit in use. */

import {
  type Clocking,
  concat,
  constant,
  greater,
  type Module,
  ModuleBuilder,
  slice,
  unsigned,
} from "../../circuits/verilog/index.ts";
import type { LutNetlist } from "../../engine/bits/netlist.ts";

/** `sample_i`, feature f in bits 8f+7 to 8f, to `code_o`, bit b of the netlist in bit b. */
export function encoderModule({ input, bits }: LutNetlist, name: string, clocking: Clocking | undefined): Module {
  const m = new ModuleBuilder(name, clocking);
  const sample = m.input("sample_i", unsigned(8 * input.features));
  const codes = bits.map(({ feature, threshold }, b) => {
    const value = slice(sample, 8 * feature + 7, 8 * feature);
    return m.wire(`above${b}`, greater(value, constant(threshold, unsigned(8))));
  });
  const code = concat(...codes.reverse());
  m.output("code_o", clocking === undefined ? code : m.registered("code_q", code));
  return m.finish();
}
