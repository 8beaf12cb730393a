import { expect, test } from "vitest";
import { passIn } from "./pass-heading.ts";
import { printedFiles, printing } from "./printed-files.ts";
import { PrintedText } from "./printed-text.ts";

test("wanted files are printed, others are written as the script says", () => {
  const script = "read_verilog a.v\nwrite_json -selected n.json\nwrite_smt2 -wires m.smt2\nwrite_verilog other.v";
  expect(printing(script, ["n.json", "m.smt2"]).split("\n")).toEqual([
    "read_verilog a.v",
    "log femto: printed file n.json",
    "tee -q write_json -selected -",
    "log femto: end of printed file",
    "log femto: printed file m.smt2",
    "tee -q write_smt2 -wires -",
    "log femto: end of printed file",
    "write_verilog other.v",
  ]);
});

test("what was printed is taken apart: the echo of the script is log, every file is itself, with its last line end", () => {
  const echo = `-- Running command \`${printing("write_json n.json", ["n.json"])}' --\n`;
  const text = `${echo}1. Executing\nfemto: printed file n.json\n{\n}\nfemto: end of printed file\n2. Executing\nfemto: printed file e\nfemto: end of printed file\nend\n`;
  expect(printedFiles(text)).toEqual({
    log: `${echo}1. Executing\n2. Executing\nend\n`,
    files: { "n.json": "{\n}\n", e: "" },
  });
});

test("a run that ends within a file has no such file", () => {
  const text = "\nfemto: printed file n.json\n{\nERROR: out of memory\n";
  expect(printedFiles(text)).toEqual({ log: text, files: {} });
});

test("pieces of any length add up", () => {
  const text = new PrintedText();
  const pieces = Array.from({ length: 300 }, (_, i) => "é".repeat(i));
  for (const piece of pieces) text.append(new TextEncoder().encode(piece));
  expect(text.toString()).toBe(pieces.join(""));
});

test.each([
  ["Executing TECHMAP pass (map to technology primitives).\n", "TECHMAP"],
  ["12.3. Executing ABC9_OPS pass", "ABC9_OPS"],
  ["12. ", undefined],
  ["Exit", undefined],
  ['          "type": "$mux",\n', undefined],
  ["", undefined],
])("%j is the pass %j", (piece, pass) => {
  expect(passIn(new TextEncoder().encode(piece))).toBe(pass);
});
