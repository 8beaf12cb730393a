/** @file What the circuit commands work on: a generator with parameters, Verilog files, or a netlist that Yosys wrote. */

import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { at, fail } from "../base/errors.ts";
import {
  type Circuit,
  type Design,
  designOf,
  generate,
  generators,
  synthesise,
  Yosys,
  type YosysOptions,
} from "../circuits/index.ts";
import { type Netlist, readYosysNetlist } from "../circuits/netlist/index.ts";
import { didYouMean } from "./suggest.ts";
import { objectOf } from "./values.ts";

export type Subject =
  | { readonly kind: "circuit"; readonly circuit: Circuit; readonly design: Design }
  | { readonly kind: "verilog"; readonly design: Design }
  | { readonly kind: "netlist"; readonly netlist: Netlist };

/** Options that every circuit command takes. */
export const subjectArgs = {
  design: {
    type: "positional",
    required: true,
    description: `a generator (${generators.map(({ id }) => id).join(", ")}), or Verilog files with commas between`,
  },
  set: { type: "string", valueHint: "JSON", description: "parameters of the generator" },
  top: { type: "string", valueHint: "NAME", description: "name of the top module" },
} as const;

interface Asked {
  readonly design: string;
  readonly set?: string | undefined;
  readonly top?: string | undefined;
}

/** @throws FemtoError `circuits.unknown`, `file.*`, `circuits.top` */
export function readSubject({ design, set, top }: Asked): Subject {
  if (/\.json$/.test(design))
    return at(design, () => ({
      kind: "netlist",
      netlist: readYosysNetlist(readText(design), top ? { module: top } : {}),
    }));
  if (/\.s?v$/.test(design)) return { kind: "verilog", design: readVerilog(design.split(","), top) };
  const from = generators.find(({ id }) => id === design);
  if (from === undefined) {
    const known = generators.map(({ id }) => id);
    const hint = didYouMean(design, known);
    return fail({
      code: "circuits.unknown",
      where: design,
      message: "is neither a generator nor a Verilog file",
      expected: `${known.join(", ")}, or a file ending in .v or .sv`,
      ...(hint && { hint }),
    });
  }
  const circuit = generate(from, objectOf("set", set), top);
  return { kind: "circuit", circuit, design: designOf(circuit) };
}

/** As `readSubject`, refusing netlists. */
export function readDesign(asked: Asked): Exclude<Subject, { kind: "netlist" }> {
  const subject = readSubject(asked);
  if (subject.kind !== "netlist") return subject;
  const expected = "a generator or Verilog files";
  return fail({ code: "circuits.netlist", where: asked.design, message: "a netlist is synthesised already", expected });
}

function readVerilog(paths: readonly string[], top: string | undefined): Design {
  const sources = paths.map((path) => ({ file: basename(path), text: readText(path) }));
  const modules = sources.flatMap(({ text }) =>
    [...text.matchAll(/^\s*module\s+(\\\S+|\w+)/gm)].map(([, name]) => name!),
  );
  if (top !== undefined) return { top, sources };
  if (modules.length === 1) return { top: modules[0]!.replace(/^\\/, ""), sources };
  return fail({
    code: "circuits.top",
    where: paths.join(","),
    message: modules.length === 0 ? "there is no module" : "which module is on top?",
    ...(modules.length > 0 && { expected: `--top ${modules.join(" or ")}` }),
  });
}

function readText(path: string): string {
  if (!existsSync(path)) fail({ code: "file.missing", where: path, message: "there is no such file" });
  return readFileSync(path, "utf8");
}

/** Runs a body with Yosys, and ends its thread. */
export async function withYosys<T>(body: (yosys: Yosys) => Promise<T>, options: YosysOptions = {}): Promise<T> {
  const yosys = new Yosys(options);
  try {
    return await body(yosys);
  } finally {
    await yosys.close();
  }
}

/** The gates of a subject; designs are synthesised. */
export async function netlistOf(subject: Subject): Promise<Netlist> {
  if (subject.kind === "netlist") return subject.netlist;
  const { netlist } = await withYosys((yosys) => synthesise(yosys, subject.design, "gates"));
  return netlist!;
}
