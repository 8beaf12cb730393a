/**
 * @file Replace MLPs: every MLP of a ViT, BERT or GPT graph becomes a weightless block (QuWeiT, arXiv 2411.01818; sheet
 * M6): from layer norm → product → GELU → product → + shortcut to layer norm → block → + shortcut.
 *
 * Cases:
 * 1. what `transformerMlps` finds, in whatever way the exporter wrote it;
 * 2. tokens in any number of dimensions: the block sees rows [features, tokens];
 * 3. the output keeps shape and type, so that nothing around it changes; weights of the old MLP go.
 * The result is a valid model: `attachFunctions` gives its femto operators their bodies.
 */

import { fail } from "../base/errors.ts";
import { numbers } from "../base/tensor.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, Emit, inferModel } from "../operators/index.ts";
import { removeDeadNodes } from "./remove-dead-nodes.ts";
import { type TransformerMlp, transformerMlps } from "./transformer-mlps.ts";
import { type BlockOptions, checkBlockOptions, emitBlock } from "./weightless-block.ts";

export interface ReplacedMlp {
  /** `mlp1`, `mlp2` …: what the block's initializers are named after. */
  readonly name: string;
  /** Names of the values that the old MLP read and put out, in the model that was given. */
  readonly input: string;
  readonly output: string;
  /** Name of the value that stands in its place, in the model returned. */
  readonly sums: string;
  readonly width: number;
  readonly hidden: number;
}

export interface Replaced {
  /** A copy; the given model stays as it is. */
  readonly model: Model;
  readonly blocks: readonly ReplacedMlp[];
}

/**
 * Swaps every MLP for a weightless block with fresh values.
 * @param seed of tables, scores, vectors and wiring
 * @throws FemtoError `rewrite.mlp` where the graph has no MLP, `option.range`
 */
export function replaceMlp(model: Model, seed: number, options: BlockOptions): Replaced {
  checkBlockOptions(options);
  const copy = cloneModel(model);
  inferModel(copy);
  const blocks = transformerMlps(copy).map((mlp, i): ReplacedMlp => {
    const name = `mlp${i + 1}`;
    const [input, output] = [rowsInput(mlp), mlp.second.output];
    const g = new Emit(copy.graph, { before: mlp.second.node, scope: name });
    const tokens = dimsOf(input).length === 2 ? input : g.op("Reshape", [input, g.ints([-1, mlp.width])]);
    const sums = emitBlock(g, name, g.transpose(tokens, [1, 0]), affineOf(mlp), seed, options);
    const rows = g.transpose(sums, [1, 0]);
    const names = { input: input.name, output: output.name };
    const result = dimsOf(output).length === 2 ? rows : likeInput(g, rows, input, output);
    copy.graph.replace(output, result);
    return { name, ...names, sums: result.name, width: mlp.width, hidden: mlp.hidden };
  });
  removeDeadNodes.run(copy);
  inferModel(copy);
  return { model: copy, blocks };
}

/** Tokens in the shape of the old output. */
function likeInput(g: Emit, rows: Value, input: Value, output: Value): Value {
  const dims = dimsOf(output);
  const isOpen = dims.filter((dim) => typeof dim === "string").length > 1;
  return isOpen ? g.op("Reshape", [rows, g.op("Shape", [input])]) : g.reshape(rows, dims);
}

/** What the first product reads; its features must be the last axis. */
function rowsInput({ first, width }: TransformerMlp): Value {
  if (first.node.inputs[0] === first.input && dimsOf(first.input).at(-1) === width) return first.input;
  return fail({
    code: "rewrite.mlp-layout",
    where: first.node.describe(),
    message: "the MLP does not read its features from the last axis",
    expected: `[…, ${width}] on the left of the product`,
    got: `[${dimsOf(first.input).join(", ")}]`,
  });
}

/** Scale and shift of the norm in front, where they are constants. */
function affineOf({ norm }: TransformerMlp): { scale?: ArrayLike<number>; shift?: ArrayLike<number> } {
  const [scale, shift] = [1, 2].map((index) => norm.inputs[index]?.constant);
  return { ...(scale && { scale: numbers(scale) }), ...(shift && { shift: numbers(shift) }) };
}
