/** @file A matrix of whole numbers from a .npy file, or from text with commas (one row a line). */

import { existsSync, readFileSync } from "node:fs";
import { fail } from "../base/errors.ts";
import { readNpy } from "../data/index.ts";

/** @throws FemtoError `file.missing`, `matrix.*` */
export function readIntegerMatrix(path: string): number[][] {
  if (!existsSync(path)) fail({ code: "file.missing", where: path, message: "there is no such file" });
  return path.endsWith(".npy") ? fromNpy(path) : fromText(path);
}

function fromNpy(path: string): number[][] {
  const { dims, data } = readNpy(path);
  const [rows, columns] = dims;
  if (dims.length !== 2) {
    fail({
      code: "matrix.shape",
      where: path,
      message: "this is no matrix",
      expected: "2 dimensions",
      got: `[${dims}]`,
    });
  }
  return Array.from({ length: rows! }, (_, r) =>
    Array.from({ length: columns! }, (_, c) => Number(data[r * columns! + c])),
  );
}

function fromText(path: string): number[][] {
  const lines = readFileSync(path, "utf8")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  return lines.map((line, i) => {
    const numbers = line.split(",").map((cell) => (cell.trim() === "" ? Number.NaN : Number(cell)));
    if (numbers.every(Number.isInteger)) return numbers;
    return fail({
      code: "matrix.number",
      where: `${path} › line ${i + 1}`,
      message: "this is no row of whole numbers",
      got: line.slice(0, 60),
      hint: "the file has no header; quantise first",
    });
  });
}
