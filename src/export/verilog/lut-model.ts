/** @file What a lookup-table circuit must answer, without regard to how the hardware does it. */

import type { Machine } from "../../circuits/verilog/index.ts";
import type { LutNetlist } from "../../engine/bits/netlist.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";
import { evaluate } from "../../engine/bits/reference.ts";

/** From `sample_i`, the bytes of a sample, to `class_o`. */
export const modelOfNetwork = (network: LutNetwork, latency: number) => (): Machine =>
  delayedModel(latency, ({ sample_i }) => evaluate(network, bytesOf(sample_i!, network.input.features)).class);

/** From `code_i`, the bits of the encoder, to `class_o`. */
export const modelOfNetlist = (netlist: LutNetlist, latency: number) => (): Machine =>
  delayedModel(latency, ({ code_i }) => classOf(netlist, codeOf(netlist, code_i!)));

/** The outputs of `latency` cycles ago; zeros before. */
function delayedModel(latency: number, classOfInputs: (inputs: Readonly<Record<string, bigint>>) => number): Machine {
  const waiting: bigint[] = Array.from({ length: latency }, () => 0n);
  return {
    step(inputs) {
      waiting.push(BigInt(classOfInputs(inputs)));
      return { class_o: waiting.shift()! };
    },
  };
}

const bytesOf = (value: bigint, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, f) => Number((value >> BigInt(8 * f)) & 255n));

const codeOf = ({ bits }: LutNetlist, code: bigint): Uint8Array =>
  Uint8Array.from(bits, (_, b) => Number((code >> BigInt(b)) & 1n));

/** Table by table, as the netlist says. */
function classOf({ luts, groups }: LutNetlist, code: Uint8Array): number {
  const values = [0, ...code];
  for (const { inputs, table } of luts) {
    const address = inputs.reduce((sum, signal, k) => sum | (values[signal]! << k), 0);
    values.push((table[address >>> 5]! >>> (address & 31)) & 1);
  }
  const sums = groups.map((group) => group.reduce((sum, literal) => sum + (values[literal >>> 1]! ^ (literal & 1)), 0));
  return sums.indexOf(Math.max(...sums));
}
