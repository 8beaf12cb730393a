/**
 * @file Bind dimensions: puts numbers in the place of symbolic dimensions and infers all types again.
 *
 * Cases:
 * 1. a symbol in the type of an input (`N`, also inside products such as `2*N`) → its number, and everything that inference
 *    derives from it;
 * 2. types that the file declares for inner values and outputs, likewise;
 * 3. a symbol that the model does not have is refused, since it is most often a slip of the pen.
 */

import { fail } from "../base/errors.ts";
import { bindDim, type Dim } from "../graph/dims.ts";
import { allValues } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import type { Pass } from "../graph/pass.ts";
import { inferModel } from "../operators/index.ts";

/** The symbols in the shapes of the model's inputs, in order of appearance. */
export function symbolsOf(model: Model): string[] {
  const dims = model.graph.inputs.flatMap((input) => input.type?.dims ?? []);
  return [...new Set(dims.filter((dim) => typeof dim === "string"))];
}

/** Every symbol bound to 1: one example, of length one where the length is open, too. Reports count and price that. */
export const oneExample = (model: Model): Readonly<Record<string, number>> =>
  Object.fromEntries(symbolsOf(model).map((symbol) => [symbol, 1]));

/** @throws FemtoError `option.symbol` for an unknown symbol, `option.range` for a size that is not a whole number ≥ 0 */
export function bindDims(binding: Readonly<Record<string, number>>): Pass {
  return {
    name: "bind-dims",
    requires: (model) => {
      const symbols = symbolsOf(model);
      for (const [symbol, size] of Object.entries(binding)) {
        if (!symbols.some((dim) => bindDim(dim, { [symbol]: size }) !== dim)) {
          fail({
            code: "option.symbol",
            message: `no input has a dimension ${symbol}`,
            expected: symbols.join(", ") || "a model with symbolic dimensions",
          });
        }
        if (!Number.isInteger(size) || size < 0) {
          fail({ code: "option.range", message: `${symbol} cannot be ${size}`, expected: "a whole number" });
        }
      }
    },
    run: (model) => {
      const bound = (dim: Dim) => bindDim(dim, binding);
      let modified = false;
      for (const value of allValues(model.graph)) {
        const { type } = value;
        if (type?.dims === undefined || value.constant !== undefined) continue;
        const dims = type.dims.map(bound);
        modified ||= dims.some((dim, axis) => dim !== type.dims![axis]);
        value.type = { dtype: type.dtype, dims };
        value.contents = value.contents?.map(bound);
      }
      if (modified) inferModel(model);
      return modified;
    },
  };
}
