/** @file A lookup-table network as one C99 file: raw samples to class, in words of 32 to 512 bits. */

import { readFileSync } from "node:fs";
import { fail } from "../../base/errors.ts";
import { type CompileOptions, compileNetwork } from "../../engine/bits/compile.ts";
import { windowsOf } from "../../engine/bits/encoder-plan.ts";
import { bytesPerFeature, sampleBytes } from "../../engine/bits/layout.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";
import { validated } from "../../engine/bits/validate.ts";
import { describe } from "../lut/description.ts";
import { statementsOf } from "../lut/expressions.ts";
import { fillTemplate } from "../lut/template.ts";

/**
 * The file. Functions are called `NAME_classify`, `NAME_sums` and `NAME_memory`; compiled with `-DFEMTO_MAIN` it is a
 * program that reads samples from standard input.
 * @throws FemtoError `bits.*` if the network is unsound, `export.name` if the name is no C identifier
 */
export function toC(network: LutNetwork, name = "femto", options: CompileOptions = {}): string {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
    fail({ code: "export.name", message: "the name must be a C identifier", got: JSON.stringify(name) });
  }
  const { netlist, program } = compileNetwork(validated(network), options);
  const { input, bits } = netlist;
  const isBytes = input.dtype === "uint8";
  const windows = windowsOf(input, bits);
  const ordered = windows.flatMap((window) => window.bits);
  let end = 0;
  return fillTemplate(readFileSync(new URL("./template.c", import.meta.url), "utf8"), {
    TITLE: describe(network),
    NAME: name,
    SAMPLE: isBytes ? "uint8_t" : "float",
    FEATURES: input.features,
    SAMPLE_BYTES: sampleBytes(input),
    CLASSES: network.classes,
    SLOTS: Math.max(1, program.slots),
    BITS: wrapped(
      ordered.map((slot) => {
        const { feature, threshold } = bits[slot]!;
        return `{${feature * bytesPerFeature(input)}, ${slot}, ${isBytes ? threshold : floatConstant(threshold)}}`;
      }),
    ),
    WINDOWS: wrapped(
      windows.map((window) => {
        const first = end;
        end += window.bits.length;
        return `{${window.offset}, ${first}, ${end}}`;
      }),
    ),
    WINDOW_COUNT: Math.max(1, windows.length),
    ENCODER: readFileSync(new URL(isBytes ? "./encode-bytes.c" : "./encode-floats.c", import.meta.url), "utf8").trim(),
    PIECES: program.pieces
      .map((piece, index) => {
        const statements = statementsOf(piece, {
          plane: (slot) => `p[${slot} * VECTORS]`,
          declare: (name) => `const word ${name} = `,
          constant: (bit) => (bit === 1 ? "ones" : "zeros"),
        });
        const body = statements.map((line) => `    ${line}`).join("\n");
        return `static void piece_${index}(word *p, const word *end) {\n  for (; p < end; ++p) {\n${body}\n  }\n}`;
      })
      .join("\n\n"),
    CALLS: callsOf(program.pieces.length),
    ROW_SLOTS: [...program.outputs.flat(), 0].join(", "),
    ROW_STARTS: starts(program.outputs.map(({ length }) => length)).join(", "),
  });
}

/** A network whose every output is constant has no pieces, and a C compiler no use for the variables. */
function callsOf(pieces: number): string {
  if (pieces === 0) return "  (void)planes;\n  (void)vectors;";
  const calls = Array.from({ length: pieces }, (_, index) => `  piece_${index}(planes, end);`);
  return ["  const word *end = planes + vectors;", ...calls].join("\n");
}

/** Running sums from 0. */
function starts(lengths: readonly number[]): number[] {
  const result = [0];
  for (const length of lengths) result.push(result.at(-1)! + length);
  return result;
}

/** A float32 that C reads back exactly: nine significant digits are enough. */
function floatConstant(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "HUGE_VALF" : "-HUGE_VALF";
  const digits = value.toPrecision(9);
  return `${/[.e]/.test(digits) ? digits : `${digits}.0`}f`;
}

/** Items in lines of a readable length; C has no empty arrays. */
function wrapped(items: readonly string[]): string {
  if (items.length === 0) return "  {0, 0, 0}";
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length < 110) lines[lines.length - 1] = `${last} ${item},`;
    else lines.push(`  ${item},`);
  }
  return lines.join("\n");
}
