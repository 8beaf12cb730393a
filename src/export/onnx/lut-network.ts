/** @file A lookup-table network as ONNX on raw samples: thermometer, tables, group sums of femto's operators. */

import { fail } from "../../base/errors.ts";
import { f32, type Tensor, tensor } from "../../base/tensor.ts";
import { toNetlist } from "../../engine/bits/netlist.ts";
import { type LutLayer, type LutNetwork, tableCount, tableOf } from "../../engine/bits/network.ts";
import { validated } from "../../engine/bits/validate.ts";
import { Graph } from "../../graph/graph.ts";
import { Model } from "../../graph/model.ts";
import { Emit } from "../../operators/index.ts";

/**
 * The model: `samples` [N, features] of the network's type to `sums` [N, classes], the ones of every class. With
 * `attachFunctions` before it is written, any runtime runs it.
 * @throws FemtoError `bits.*` if the network is unsound
 */
export function toOnnx(network: LutNetwork): Model {
  const { input, encoder, layers, classes, padding = 0 } = validated(network);
  const graph = new Graph("lut_network");
  const g = new Emit(graph);
  const samples = graph.addInput("samples", { dtype: input.dtype, dims: ["N", input.features] });
  const values = input.dtype === "uint8" ? g.cast(samples, "float32") : samples;
  const rows = g.op("Gather", [g.transpose(values, [1, 0]), g.ints([...encoder.feature])], { axis: 0 });
  // Thresholds on raw bytes, or the float32 below the exact ones: the same side for every sample there is.
  const raw = toNetlist(network).bits.map(({ threshold }) => threshold);
  const thresholds = f32([raw.length, 1], raw);
  let bits = g.op("femto.Thermometer", [rows, graph.addInitializer("thresholds", thresholds)], { axis: 0 });
  for (const [i, layer] of layers.entries()) {
    const mapping = tensor("int64", [tableCount(layer), layer.n], [...layer.mapping]);
    const parts = [
      graph.addInitializer(`layer${i + 1}/tables`, packedTables(layer)),
      graph.addInitializer(`layer${i + 1}/mapping`, mapping),
    ];
    bits = g.op("femto.LutLayer", [bits, ...parts], { axis: 0 });
  }
  if (padding >= classes) {
    fail({
      code: "export.padding",
      where: "lookup-table network › output",
      message: "ONNX group sums complete the last group only",
      expected: `padding below ${classes}`,
      got: String(padding),
    });
  }
  const sums = g.op("femto.GroupSum", [bits], { axis: 0, groups: classes, tau: 1, pad: padding > 0 });
  const output = g.transpose(sums, [1, 0]);
  output.name = "sums";
  graph.addOutput(output);
  return new Model(graph);
}

/** 64-bit words, bit a of a table being its output at address a. */
function packedTables(layer: LutLayer): Tensor {
  const words = Math.max(1, 2 ** (layer.n - 6));
  const packed = Array.from({ length: tableCount(layer) }, (_, j) => {
    const table = tableOf(layer, j);
    return Array.from({ length: words }, (_, w) => BigInt.asUintN(64, table >> BigInt(64 * w)));
  });
  return tensor("uint64", [packed.length, words], packed.flat());
}
