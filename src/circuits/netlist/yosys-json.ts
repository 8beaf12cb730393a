/** @file The shape of the JSON that Yosys' `write_json` writes, as far as a flat netlist of gates needs it. */

import { z } from "zod";
import { fail } from "../../base/errors.ts";

const bit = z.union([z.number().int().min(2), z.enum(["0", "1", "x", "z"])]);

const module = z.object({
  attributes: z.record(z.string(), z.unknown()).default({}),
  ports: z
    .record(
      z.string(),
      z.object({
        direction: z.enum(["input", "output", "inout"]),
        bits: z.array(bit),
        signed: z.number().optional(),
      }),
    )
    .default({}),
  cells: z
    .record(
      z.string(),
      z.object({
        type: z.string(),
        parameters: z.record(z.string(), z.unknown()).default({}),
        connections: z.record(z.string(), z.array(bit)),
      }),
    )
    .default({}),
  netnames: z
    .record(
      z.string(),
      z.object({
        hide_name: z.number().default(0),
        bits: z.array(bit),
        offset: z.number().default(0),
        attributes: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .default({}),
});

const file = z.object({ modules: z.record(z.string(), module) });

export type YosysBit = z.infer<typeof bit>;
export type YosysModule = z.infer<typeof module>;

/** Parses text or an object already parsed. */
function parse(json: unknown): z.infer<typeof file> {
  let value = json;
  if (typeof json === "string") {
    try {
      value = JSON.parse(json);
    } catch (cause) {
      fail({
        code: "netlist.json",
        message: "the netlist is not JSON",
        expected: "the output of Yosys' write_json",
        got: String(cause instanceof Error ? cause.message : cause),
      });
    }
  }
  const parsed = file.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  return fail({
    code: "netlist.json",
    where: issue.path.join(" › ") || "netlist",
    message: `the netlist is not what Yosys' write_json writes: ${issue.message}`,
  });
}

/** The module asked for, else the one marked `top`, else the only one. */
export function yosysModule(json: unknown, name?: string): [name: string, module: YosysModule] {
  const modules = Object.entries(parse(json).modules);
  const isTop = ([, { attributes }]: [string, YosysModule]) =>
    /1/.test(String(attributes.top ?? "")) && !/^0*$/.test(String(attributes.top ?? ""));
  const found =
    name === undefined
      ? (modules.find(isTop) ?? (modules.length === 1 ? modules[0] : undefined))
      : modules.find(([candidate]) => candidate === name);
  return (
    found ??
    fail({
      code: "netlist.module",
      where: name === undefined ? "netlist" : `module ${name}`,
      message: name === undefined ? "several modules and none is marked as top" : "no such module",
      got: modules.map(([candidate]) => candidate).join(", ") || "no modules",
      hint: "synthesise with -top NAME -flatten, or name the module",
    })
  );
}
