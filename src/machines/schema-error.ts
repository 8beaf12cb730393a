/** @file What a machine file that breaks the schema is told: one message, the line, what was expected, advice. */

import type { z } from "zod";
import { fail } from "../base/errors.ts";
import type { LocatedYaml, Path } from "./located-yaml.ts";

const advice: Readonly<Record<string, string>> = {
  unit: "a number without its unit means nothing",
  source: "say where the number comes from: a key of `sources`, which holds the citation",
  sources: 'list the citations: `sources: { horowitz2014: "M. Horowitz, …, ISSCC 2014" }`',
  schema: "the first line of a machine file is `schema: femto-machine/1`",
  type: "say which DRAM it is, such as lpddr4: kinds differ by a factor of 18",
  mac_scaling: "say how the price of a multiplication follows the widths of its operands",
  node_nm: "technology nodes from 5 to 130 nm are meaningful",
};

/** Throws the first issue in the order of the file. @throws FemtoError `machine.schema`, or another code */
export function refuseSchema(
  issues: readonly z.core.$ZodIssue[],
  yaml: LocatedYaml,
  origin: string,
  code = "machine.schema",
): never {
  const located = issues.map(deepest).map((issue) => ({ issue, line: yaml.lineOf(issue.path) }));
  located.sort((a, b) => a.line - b.line);
  const { issue, line } = located[0]!;
  const rest = located.length - 1;
  const name = String(issue.path.at(-1) ?? "the file");
  const got = valueAt(yaml.value, issue.path);
  const isUnknown = issue.code === "unrecognized_keys";
  const isMissing = got === undefined && !isUnknown;
  return fail({
    code,
    where: `${origin}:${line}${issue.path.length === 0 ? "" : ` › ${issue.path.join(".")}`}`,
    message:
      (isUnknown ? `unknown key ${issue.keys.join(", ")}` : isMissing ? `${name} is missing` : `${name} is not valid`) +
      (rest === 0 ? "" : ` (and ${rest} more)`),
    ...(isUnknown ? {} : { expected: expectation(issue) }),
    ...(got === undefined || isUnknown ? {} : { got: JSON.stringify(got)?.slice(0, 80) ?? String(got) }),
    ...(advice[name] === undefined ? {} : { hint: advice[name] }),
  });
}

/** zod's message without its opening: `one of fJ, pJ`, `string`, or the text that the schema gives. */
const expectation = ({ message }: z.core.$ZodIssue): string =>
  message
    .replace(/^Invalid .*?[Ee]xpected /, "")
    .replace(/, received .*/, "")
    .replaceAll(/["'](?: ?\| ?["'])?/g, (quote) => (quote.includes("|") ? ", " : ""));

/** Of a union, the alternative that came nearest. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const nested = issue.errors.flat().map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  return nested.reduce((best, next) => (next.path.length > best.path.length ? next : best), issue as z.core.$ZodIssue);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}
