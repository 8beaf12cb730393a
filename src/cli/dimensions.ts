/** @file Sizes for the symbolic dimensions of a model: `--batch` for the first of each input, `--dim` for the others. */

import { fail } from "../base/errors.ts";
import type { Binding } from "../energy/index.ts";
import type { Model } from "../graph/model.ts";
import { didYouMean } from "./suggest.ts";
import { wholeOf } from "./values.ts";

/** `seq=128,heads=4`. @throws FemtoError `option.dim` */
export function bindingOf(model: Model, batch: number, dims: string | undefined): Binding {
  const open = model.graph.inputs.filter(({ constant }) => constant === undefined);
  const symbols = new Set(
    open.flatMap(({ type }) => (type?.dims ?? []).filter((dim): dim is string => typeof dim === "string")),
  );
  const first = open.flatMap(({ type }) => (typeof type?.dims?.[0] === "string" ? [type.dims[0]] : []));
  const binding: Record<string, number> = Object.fromEntries(first.map((symbol) => [symbol, batch]));
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
    binding[symbol] = wholeOf(`dim ${symbol}`, size, { least: 1 })!;
  }
  return binding;
}
