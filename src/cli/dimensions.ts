/** @file Sizes for the symbolic dimensions of a model: `--batch` for the first of each input, `--dim` for the others. */

import { fail } from "../base/errors.ts";
import type { Binding } from "../energy/index.ts";
import type { Model } from "../graph/model.ts";
import { didYouMean } from "./suggest.ts";
import { wholeOf } from "./values.ts";

/**
 * Sizes as `--batch` (1 where it is not given) and `--dim seq=128,heads=4` say.
 * @throws FemtoError `option.dim`; `option.batch` for a batch that the model fixes otherwise, or that `--dim` names, too
 */
export function bindingOf(model: Model, batch: number | undefined, dims: string | undefined): Binding {
  const open = model.graph.inputs.filter(({ constant }) => constant === undefined);
  const symbols = new Set(
    open.flatMap(({ type }) => (type?.dims ?? []).filter((dim): dim is string => typeof dim === "string")),
  );
  const first = open.flatMap(({ type }) => (typeof type?.dims?.[0] === "string" ? [type.dims[0]] : []));
  const isStated = open.length > 0 && open.every(({ type }) => type?.dims?.[0] === batch);
  if (batch !== undefined && first.length === 0 && !isStated) {
    fail({
      code: "option.batch",
      where: "--batch",
      message: "the model leaves no number of examples open",
      expected: "the size that its inputs state",
      got: open.map(({ name, type }) => `${name} [${type?.dims?.join(", ") ?? "…"}]`).join(", "),
    });
  }
  const binding: Record<string, number> = Object.fromEntries(first.map((symbol) => [symbol, batch ?? 1]));
  for (const part of dims?.split(",") ?? []) {
    const [, symbol, size] = /^([^=]+)=(.+)$/.exec(part.trim()) ?? [];
    if (symbol === undefined) {
      fail({
        code: "option.dim",
        where: "--dim",
        message: "is no size of a dimension",
        expected: "name=size, several with commas between",
        got: part,
      });
    }
    if (!symbols.has(symbol)) {
      const hint = didYouMean(symbol, symbols);
      fail({
        code: "option.dim",
        where: `--dim ${symbol}`,
        message: "the model has no such symbolic dimension",
        expected: [...symbols].join(", ") || "none: all dimensions of the inputs are numbers",
        ...(hint && { hint }),
      });
    }
    if (batch !== undefined && first.includes(symbol)) {
      fail({
        code: "option.batch",
        where: `--dim ${symbol}`,
        message: "is the number of examples, which --batch states, too",
        expected: "one of the two",
      });
    }
    binding[symbol] = wholeOf(`dim ${symbol}`, size, { least: 1 })!;
  }
  return binding;
}

/** Examples in one run: the first dimension of the first input. */
export function examplesOf(model: Model, binding: Binding): number {
  const dim = model.graph.inputs.find(({ constant }) => constant === undefined)?.type?.dims?.[0];
  return typeof dim === "string" ? (binding[dim] ?? 1) : (dim ?? 1);
}
