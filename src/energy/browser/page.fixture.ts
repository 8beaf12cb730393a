/** @file What runs in the browser: an ONNX file's bytes in, the bill's numbers out. */

import { loadMachine } from "../../machines/index.ts";
import { readModel } from "../../onnx/index.ts";
import { bill, countWork, totalText, uniformWidths } from "../index.ts";

export function price(bytes: Uint8Array, machineName: string, bits: number) {
  const counts = countWork(readModel(bytes), { N: 1 });
  const machine = loadMachine(machineName);
  const made = bill(counts, machine, uniformWidths(counts.layers, bits), { mapping: machine.mapping.kind });
  return { total: made.total, text: totalText(made), rows: made.rows.length, cycles: made.latency?.cycles };
}

Object.assign(globalThis, { price });
