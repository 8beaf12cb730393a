/** @file The content hash of a netlist: what a calibration, a cache or a price table says it belongs to. */

import { createHash } from "node:crypto";
import { flipFlopInputs, type Net, type Netlist, ONE } from "./netlist.ts";

/**
 * SHA-256 (hexadecimal, 16 digits) of structure: ports, gates and flip-flops in their order, nets renumbered as they appear. The
 * names of the netlist and of its inner nets do not enter, so renaming a wire keeps prices valid.
 */
export function netlistHash(netlist: Netlist): string {
  const numbers = new Map<Net, number>();
  const numbered = (net: Net): string => {
    if (net <= ONE) return net === ONE ? "1" : "0";
    if (!numbers.has(net)) numbers.set(net, numbers.size);
    return `n${numbers.get(net)}`;
  };
  const hash = createHash("sha256");
  for (const { name, direction, nets, isSigned } of netlist.ports) {
    hash.update(`${direction} ${name} ${isSigned ? "signed" : "unsigned"} ${nets.map(numbered).join(" ")}\n`);
  }
  for (const { kind, inputs, output } of netlist.gates) {
    hash.update(`${kind} ${inputs.map(numbered).join(" ")} ${numbered(output)}\n`);
  }
  for (const flipFlop of netlist.flipFlops) {
    const { q, enable, reset, initial } = flipFlop;
    const controls = [enable?.active, reset?.active, reset?.value, reset?.overEnable, initial].map(String).join(" ");
    hash.update(`flip-flop ${flipFlopInputs(flipFlop).map(numbered).join(" ")} ${numbered(q)} ${controls}\n`);
  }
  hash.update(`clock ${netlist.clock?.port ?? "none"} ${netlist.clock?.edge ?? ""}\n`);
  return hash.digest("hex").slice(0, 16);
}
