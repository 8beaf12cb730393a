/**
 * @file The encoder of a lookup-table network as a Verilog module: one comparison with a constant for each bit in use, as
 * logic. Yosys would make a subtraction with a carry chain of each: 7 carries and 3 lookup tables for `> 127` on iCE40, which
 * is one wire.
 */

import {
  and,
  bitConstant,
  type Clocking,
  concat,
  type Expression,
  type Module,
  ModuleBuilder,
  or,
  slice,
  unsigned,
} from "../../circuits/verilog/index.ts";
import type { LutNetlist } from "../../engine/bits/netlist.ts";

/** `sample_i`, feature f in bits 8f+7 to 8f, to `code_o`, bit b of the netlist in bit b. */
export function encoderModule({ input, bits }: LutNetlist, name: string, clocking: Clocking | undefined): Module {
  const m = new ModuleBuilder(name, clocking);
  const sample = m.input("sample_i", unsigned(8 * input.features));
  const codes = bits.map(({ feature, threshold }, b) => {
    const byte = Array.from({ length: 8 }, (_, i) => slice(sample, 8 * feature + i, 8 * feature + i));
    return m.wire(`above${b}`, greaterThan(byte, threshold));
  });
  const code = concat(...codes.reverse());
  m.output("code_o", clocking === undefined ? code : m.registered("code_q", code));
  return m.finish();
}

/**
 * byte > threshold, the lowest bit first: where the threshold has a 0, a 1 decides; where it has a 1, the bits below do, if
 * the byte has it, too.
 */
function greaterThan(byte: readonly Expression[], threshold: number): Expression {
  // Below every byte: a verbatim network may have it.
  if (threshold < 0) return bitConstant(1);
  let above: Expression | undefined;
  byte.forEach((bit, i) => {
    const isSet = ((threshold >> i) & 1) === 1;
    if (above === undefined) above = isSet ? undefined : bit;
    else above = isSet ? and(bit, above) : or(bit, above);
  });
  return above ?? bitConstant(0);
}
