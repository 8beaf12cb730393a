import fc from "fast-check";
import { expect, test } from "vitest";
import { DecisionDiagrams, type Diagram } from "./decision-diagram.ts";

type Formula = { readonly op: "variable"; readonly index: number } | { readonly op: "choose"; readonly of: Formula[] };

const VARIABLES = 5;

const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 5 },
    fc.record({ op: fc.constant("variable" as const), index: fc.nat(VARIABLES - 1) }),
    fc.record({ op: fc.constant("choose" as const), of: fc.array(tie("formula"), { minLength: 3, maxLength: 3 }) }),
  ),
}));

const bitFor = (f: Formula, ones: number): number =>
  f.op === "variable"
    ? (ones >> f.index) & 1
    : bitFor(f.of[0]!, ones) === 1
      ? bitFor(f.of[1]!, ones)
      : bitFor(f.of[2]!, ones);

const contentsOf = (f: Formula): bigint =>
  Array.from({ length: 2 ** VARIABLES }, (_, ones) => BigInt(bitFor(f, ones)) << BigInt(ones)).reduce((a, b) => a | b);

function diagramOf(diagrams: DecisionDiagrams, f: Formula): Diagram {
  if (f.op === "variable") return diagrams.variable(f.index);
  const [when, yes, no] = f.of.map((part) => diagramOf(diagrams, part));
  return diagrams.choose(when!, yes!, no!);
}

test("property: two formulas have one diagram where they are one function, and only there; a witness is a difference", () => {
  fc.assert(
    fc.property(formula, formula, (f, g) => {
      const diagrams = new DecisionDiagrams();
      const variables = Array.from({ length: VARIABLES }, (_, i) => diagrams.variable(i));
      const [a, b] = [diagramOf(diagrams, f), diagramOf(diagrams, g)];
      expect(a).toBe(diagrams.table(contentsOf(f), variables));
      expect(a === b).toBe(contentsOf(f) === contentsOf(g));
      const ones = diagrams.witness(diagrams.choose(a, diagrams.not(b), b));
      expect(ones === undefined).toBe(a === b);
      if (ones === undefined) return;
      const at = ones.reduce((sum, variable) => sum | (1 << variable), 0);
      expect(bitFor(f, at)).not.toBe(bitFor(g, at));
    }),
    { numRuns: 300 },
  );
});

test("too many nodes are an error, not a memory that runs full", () => {
  const diagrams = new DecisionDiagrams(1000);
  const all = () => {
    // The pairs far apart: every order of the first half must be remembered.
    let result: Diagram = 0;
    for (let i = 0; i < 16; i++) {
      result = diagrams.or(result, diagrams.and(diagrams.variable(i), diagrams.variable(16 + i)));
    }
  };
  expect(all).toThrow(expect.objectContaining({ code: "circuits.diagram" }));
});
