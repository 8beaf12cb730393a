/**
 * @file The codes of activations as ONNX nodes: QuantizeLinear, and Clip where the container is wider than the bits. All
 * forms of a model make them in the same order, so that codes can be compared one by one.
 */

import { fail } from "../base/errors.ts";
import { scalar } from "../base/tensor.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { BITS_KEY, gridOf, isFakeQuant, type QuantGrid } from "../rewrites/index.ts";

export interface Codes {
  readonly code: Value;
  readonly scale: Value;
  readonly zero: Value;
  readonly grid: QuantGrid;
}

/** Emits the codes of every activation that a FakeQuant quantises, in the order of the nodes. */
export function emitActivationCodes({ graph }: Model): ReadonlyMap<Node, Codes> {
  const made = new Map<Node, Codes>();
  for (const node of [...graph.nodes]) {
    if (isFakeQuant(node)) made.set(node, emitCodes(new Emit(graph, { before: node, scope: node.name }), node));
  }
  return made;
}

/** Puts DequantizeLinear in the place of FakeQuants that still have readers, and removes all of them. */
export function dequantiseActivations({ graph }: Model, codes: ReadonlyMap<Node, Codes>): void {
  for (const [node, { code, scale, zero }] of codes) {
    const output = node.outputs[0]!;
    if (output.isUsed || graph.outputs.includes(output)) {
      const g = new Emit(graph, { before: node, scope: node.name });
      graph.replace(output, g.op("DequantizeLinear", [code, scale, zero]));
    }
    graph.removeNodes([node]);
  }
}

function emitCodes(g: Emit, fakeQuant: Node): Codes {
  const grid = gridOf(fakeQuant);
  if (grid.axis >= 0) {
    fail({
      code: "export.axis",
      where: fakeQuant.describe(),
      message: "activations with a scale a channel have no export",
    });
  }
  const isWide = grid.bits > 8;
  const dtype = grid.isSigned ? (isWide ? "int16" : "int8") : isWide ? "uint16" : "uint8";
  const stem = fakeQuant.inputs[1]!.name.replace(/\.input_bits$/, "");
  const scale = g.graph.addInitializer(`${stem}.input_scale`, scalar("float32", grid.scales[0]!));
  const zero = g.graph.addInitializer(`${stem}.input_zero`, scalar(dtype, grid.zero));
  const isClipped = grid.isSigned || grid.bits < (isWide ? 16 : 8);
  let x = fakeQuant.inputs[0]!;
  // ONNX Runtime clips no 16-bit integers: wide codes are clipped before they are made, at the ends that FakeQuant has.
  if (isClipped && isWide) x = clip(g, stem, x, (code) => scalar("float32", end(grid, code)), grid);
  let code = g.op("QuantizeLinear", [x, scale, zero]);
  if (isClipped && !isWide) code = clip(g, stem, code, (value) => scalar(dtype, value), grid);
  code.metadata.set(BITS_KEY, String(grid.bits));
  return { code, scale, zero, grid };
}

/** The real number that a code at the end of the grid stands for, in float32. */
const end = ({ scales, zero }: QuantGrid, code: number): number => Math.fround((code - zero) * scales[0]!);

function clip(g: Emit, stem: string, x: Value, bound: (code: number) => ReturnType<typeof scalar>, grid: QuantGrid) {
  return g.op("Clip", [
    x,
    g.constant(bound(grid.least), `${stem}.least`),
    g.constant(bound(grid.most), `${stem}.most`),
  ]);
}
