/** @file What is said of nets that are not there: nothing is shown of them, and nothing breaks. */

import { expect, test } from "vitest";
import { readFpgaNetlist } from "../../circuits/index.ts";
import { discharge } from "./obligation.ts";

/** y = a0 ∧ a1; `lost` is a wire that nothing drives. */
const netlist = readFpgaNetlist(
  {
    modules: {
      t: {
        ports: { a: { direction: "input", bits: [2, 3] }, y: { direction: "output", bits: [4] } },
        cells: { l: { type: "LUT2", connections: { I0: [2], I1: [3], O: [4] }, parameters: { INIT: "1000" } } },
        netnames: { lost: { bits: ["x"] } },
      },
    },
  },
  "t",
);
const cuts = [
  { net: 2, name: "a0" },
  { net: 3, name: "a1" },
  { net: "x", name: "lost" },
] as const;

test("a net is shown to be a function of others, and what is not it has values for which it differs", () => {
  const { proved, failed } = discharge("tables", netlist, {
    cuts,
    all: [
      { name: "and", net: 4, wanted: (diagrams, at) => diagrams.and(at(2), at(3)) },
      { name: "or", net: 4, wanted: (diagrams, at) => diagrams.or(at(2), at(3)) },
    ],
  });
  expect(proved).toBe(1);
  expect(failed).toEqual({ name: "or", ones: ["a1"], reason: "another function" });
});

test("neither a net that nothing drives nor what is made from one is shown", () => {
  const { functions, proved, failed } = discharge("tables", netlist, {
    cuts,
    all: [
      { name: "of lost", net: 4, wanted: (diagrams, at) => diagrams.not(at("x")) },
      { name: "lost", net: "x", wanted: (diagrams, at) => diagrams.and(at(2), at(3)) },
      { name: "absent", net: undefined, wanted: () => 0 },
    ],
  });
  expect([functions, proved]).toEqual([3, 0]);
  expect(failed).toMatchObject({ name: "of lost", reason: "another function" });
});
