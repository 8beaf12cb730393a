/**
 * @file Femto's own cell library as Liberty text: ten cells, areas in units of a two-input NAND. No foundry stands behind
 * them; they make mapped netlists comparable.
 */

interface CellSpec {
  readonly inputs: readonly string[];
  /** Liberty's notation: ! not, & and, | or, ^ exclusive or. */
  readonly logic: string;
  readonly area: number;
}

export const libraryCells: Readonly<Record<string, CellSpec>> = {
  BUF: { inputs: ["A"], logic: "A", area: 1 },
  INV: { inputs: ["A"], logic: "!A", area: 1 },
  NAND2: { inputs: ["A", "B"], logic: "!(A&B)", area: 1 },
  NOR2: { inputs: ["A", "B"], logic: "!(A|B)", area: 1 },
  AND2: { inputs: ["A", "B"], logic: "A&B", area: 1.33 },
  OR2: { inputs: ["A", "B"], logic: "A|B", area: 1.33 },
  XOR2: { inputs: ["A", "B"], logic: "A^B", area: 2 },
  XNOR2: { inputs: ["A", "B"], logic: "!(A^B)", area: 2 },
  MUX2: { inputs: ["A", "B", "S"], logic: "(A&!S)|(B&S)", area: 2.33 },
};

/** The only flip-flop: rising edge, no reset, no enable (they become gates before it). */
const flipFlop = `  cell(DFF) {
    area: 6;
    ff(IQ, IQN) { clocked_on: C; next_state: D; }
    pin(C) { direction: input; clock: true; }
    pin(D) { direction: input; }
    pin(Q) { direction: output; function: "IQ"; }
  }
`;

/** The library's text. */
export function libertyText(): string {
  const cells = Object.entries(libraryCells).map(([name, { inputs, logic, area }]) => {
    const pins = inputs.map((pin) => `    pin(${pin}) { direction: input; }\n`).join("");
    return `  cell(${name}) {\n    area: ${area};\n${pins}    pin(Y) { direction: output; function: "${logic}"; }\n  }\n`;
  });
  return `library(femto) {\n${cells.join("")}${flipFlop}}\n`;
}
