/** @file What a run will need prices for, asked before it starts. */

import { expect, it } from "vitest";
import { loadMachine } from "../machines/index.ts";
import { float, quweit } from "../methods/index.ts";
import { weightlessRows } from "../runs/index.ts";
import { charGpt } from "../zoo/index.ts";
import { checkPrices } from "./check-prices.ts";

const model = charGpt({ width: 16, depth: 1, heads: 2, context: 8, vocabulary: 7 });
/** Prices of 8-bit numbers alone. */
const machine = loadMachine("lut-asic-45nm");

it("dense rows beside weightless ones are priced at 8 bits and need no price of float32", () => {
  expect(() => checkPrices({ model, machine, rows: weightlessRows(quweit.options.parse({}), false, 1) })).not.toThrow();
});

it("a row in float32 that the machine cannot price is named before it is trained", () => {
  const rows = [{ name: "float32", kind: "float", method: float, options: {}, seed: 1 }];
  expect(() => checkPrices({ model, machine, rows })).toThrow(
    expect.objectContaining({ code: "machine.price", hint: expect.stringContaining("the row float32") }),
  );
});
