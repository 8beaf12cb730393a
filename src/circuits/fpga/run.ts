/** @file A mapped circuit on many inputs at once, table by table, 32 of them in a word. */

import type { YosysBit } from "../netlist/yosys-json.ts";
import type { FpgaNetlist } from "./netlist.ts";

/**
 * The number at an output port for every stimulus, as it stands there after the circuit's latency.
 * @param at the bits of stimulus i, one byte each, as the input port has them
 */
export function runFpgaNetlist(
  { bitsOf, nodes }: FpgaNetlist,
  ports: { readonly input: string; readonly output: string },
  count: number,
  at: (i: number) => Uint8Array,
): Uint8Array {
  const words = Math.ceil(count / 32);
  const values = new Map<YosysBit, Int32Array>([
    ["0", new Int32Array(words)],
    ["1", new Int32Array(words).fill(-1)],
  ]);
  const planes = bitsOf(ports.input)!.map((bit) => {
    const plane = new Int32Array(words);
    values.set(bit, plane);
    return plane;
  });
  for (let w = 0; w < words; w++) {
    // A word of every plane at once: bit by bit each would be fetched and stored 32 times.
    const together = Array.from({ length: Math.min(32, count - 32 * w) }, (_, lane) => at(32 * w + lane));
    for (let b = 0; b < planes.length; b++) {
      let word = 0;
      for (let lane = 0; lane < together.length; lane++) word |= together[lane]![b]! << lane;
      planes[b]![w] = word;
    }
  }
  for (const { inputs, output, contents } of nodes) {
    const from = inputs.map((bit) => values.get(bit) ?? new Int32Array(words));
    const size = 2 ** inputs.length;
    const out = new Int32Array(words);
    const level = new Int32Array(size);
    const table = Int32Array.from({ length: size }, (_, a) => ((contents >> BigInt(a)) & 1n ? -1 : 0));
    for (let w = 0; w < words; w++) {
      level.set(table);
      // The first input chooses between neighbours.
      for (let k = 0, half = size / 2; k < inputs.length; k++, half /= 2) {
        const choice = from[k]![w]!;
        for (let a = 0; a < half; a++) level[a] = level[2 * a]! ^ (choice & (level[2 * a]! ^ level[2 * a + 1]!));
      }
      out[w] = level[0]!;
    }
    values.set(output, out);
  }
  const result = bitsOf(ports.output)!.map((bit) => values.get(bit)!);
  return Uint8Array.from({ length: count }, (_, i) =>
    result.reduce((sum, plane, b) => sum | (((plane[i >> 5]! >>> (i & 31)) & 1) << b), 0),
  );
}
