/**
 * @file Free batch: many exporters write a network for a single example. Here the first dimension of its inputs becomes a
 * symbol, so that it trains and is evaluated in batches.
 *
 * Cases:
 * 1. inputs (those without default) whose first dimension is a number, the same for all of them → a symbol;
 * 2. a Reshape of such data whose constant target begins with that number → −1 in its place, or 0 (copy) where the target
 *    has a −1 already;
 * 3. a Flatten with axis 0 of one such example, as Keras exports have it → axis 1;
 * 4. types that the file declares inside are forgotten and inferred anew;
 * 5. inputs whose first dimension is symbolic already stay, and so does a model that has no other;
 * 6. refused: inputs that disagree on the number, and networks whose outputs lose the dimension on the way.
 */

import { FemtoError, fail } from "../base/errors.ts";
import { i64, integers } from "../base/tensor.ts";
import { allValues } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { inferNode } from "../operators/index.ts";
import { symbolsOf } from "./bind-dims.ts";
import { addConstant } from "./nested.ts";

/** @throws FemtoError `rewrite.batch` */
export function freeBatch(symbol = "N"): Pass {
  return {
    name: "free-batch",
    run: (model) => {
      const size = fixedBatch(model);
      if (size === undefined) return false;
      // Another dimension may have the name already.
      const taken = new Set(symbolsOf(model));
      const name = taken.has(symbol) ? `${[...taken].join("_")}_batch` : symbol;
      for (const value of batched(model)) {
        const [first, ...rest] = value.type!.dims!;
        if (first === size) value.type = { dtype: value.type!.dtype, dims: [name, ...rest] };
      }
      for (const value of allValues(model.graph)) if (value.producer !== undefined) value.type = undefined;
      for (const node of model.graph.nodes) {
        if (typeof node.inputs[0]?.type?.dims?.[0] === "string") {
          if (node.kind === "Reshape") freeReshape(model, node, size);
          if (node.kind === "Flatten" && size === 1) freeFlatten(node);
        }
        infer(node);
      }
      for (const { name, type } of model.graph.outputs) {
        if (type?.dims === undefined || typeof type.dims[0] === "string") continue;
        refuse(`the output "${name}" has no dimension of examples`, `[${name}, …]`, `[${type.dims.join(", ")}]`);
      }
      return true;
    },
  };
}

const batched = ({ graph }: Model): Value[] =>
  graph.inputs.filter((value) => value.constant === undefined && (value.type?.dims?.length ?? 0) > 0);

/** The number that stands for the examples; `undefined` where no input has one. */
function fixedBatch(model: Model): number | undefined {
  const inputs = batched(model).filter((value) => typeof value.type!.dims![0] === "number");
  const sizes = [...new Set(inputs.map((value) => value.type!.dims![0] as number))];
  if (sizes.length > 1) {
    refuse(
      "the inputs have different first dimensions",
      "the same number of examples in each",
      inputs.map(({ name, type }) => `${name} [${type!.dims!.join(", ")}]`).join("; "),
    );
  }
  return sizes[0];
}

function freeReshape(model: Model, node: Node, size: number): void {
  const shape = node.inputs[1];
  const target = shape?.constant && integers(shape.constant);
  if (target?.[0] !== size) return;
  const open = target.includes(-1) ? 0 : -1;
  if (open === 0 && node.attributes.allowzero?.value === 1) return;
  node.setInput(1, addConstant(model.graph, model.graph, `${shape!.name}_free`, i64([open, ...target.slice(1)])));
}

/** [1, …] flattened as a whole is the one row that flattening behind axis 0 gives. */
function freeFlatten(node: Node): void {
  if (node.attributes.axis?.value === 0) node.attributes = { ...node.attributes, axis: { type: "int", value: 1 } };
}

function infer(node: Node): void {
  try {
    inferNode(node);
  } catch (error) {
    if (!(error instanceof FemtoError)) throw error;
    const { where, message, got } = error;
    const fact = [message, got].filter((text) => text !== undefined).join(", got ");
    throw new FemtoError(
      {
        code: "rewrite.batch",
        message: "the network works for one number of examples only",
        ...(where !== undefined && { where }),
        got: fact,
        hint: "export it with a symbolic (dynamic) first axis",
      },
      { cause: error },
    );
  }
}

function refuse(message: string, expected: string, got: string): never {
  return fail({
    code: "rewrite.batch",
    message,
    expected,
    got,
    hint: "export it with a symbolic (dynamic) first axis",
  });
}
