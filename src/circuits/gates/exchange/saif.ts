/** @file Switching activity as SAIF (IEEE 1801, annex): a few numbers per net, however long the run was. */

import { fail } from "../../../base/errors.ts";
import { drivenNets } from "../../netlist/check.ts";
import type { Netlist } from "../../netlist/netlist.ts";
import type { Activity } from "../activity.ts";
import type { BitActivity, SwitchingRecord } from "./record.ts";

const escaped = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]/g, (character) => `\\${character}`);

/**
 * SAIF text. One nanosecond stands for one transition: T1 is after how many of them a net had settled at 1, TC its changes, glitches
 * included where the activity counts them.
 * @throws FemtoError `saif.high` where the activity does not say how often nets were 1
 */
export function writeSaif(netlist: Netlist, activity: Activity): string {
  const { transitions, toggles, high } = activity;
  if (high === undefined) {
    fail({
      code: "saif.high",
      where: `netlist ${netlist.name}`,
      message: "a SAIF file says how long nets were 1, which was not counted",
      hint: "compile the evaluator with countsHigh",
    });
  }
  return [
    "(SAIFILE",
    '(SAIFVERSION "2.0")',
    '(DIRECTION "backward")',
    `(DESIGN "${netlist.name}")`,
    '(PROGRAM_NAME "femto")',
    "(DIVIDER / )",
    "(TIMESCALE 1 ns)",
    `(DURATION ${transitions})`,
    `(INSTANCE ${escaped(netlist.name)}`,
    "  (NET",
    ...drivenNets(netlist).map(
      (net) =>
        `    (${escaped(netlist.netNames[net]!)} (T0 ${transitions - high[net]!}) (T1 ${high[net]}) (TX 0) (TC ${toggles[net]}) (IG 0))`,
    ),
    "  )",
    ")",
    ")",
    "",
  ].join("\n");
}

type Expression = string | Expression[];

/** Parentheses, words (with escapes), strings; comments between. */
function parse(text: string): Expression[] {
  const tokens = text.matchAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\]|\\.)*"|[()]|(?:\\.|[^\s()"])+/g);
  const open: Expression[][] = [[]];
  for (const { 0: token, index } of tokens) {
    if (token.startsWith("/*") || token.startsWith("//")) continue;
    if (token === "(") open.push([]);
    else if (token === ")") {
      const closed = open.pop()!;
      if (open.length === 0) syntax(text, index, "a parenthesis too much");
      open.at(-1)!.push(closed);
    } else open.at(-1)!.push(token.startsWith('"') ? token.slice(1, -1) : token.replaceAll(/\\(.)/g, "$1"));
  }
  if (open.length > 1) syntax(text, text.length, "a parenthesis is not closed");
  return open[0]!;
}

function syntax(text: string, index: number, message: string): never {
  fail({ code: "saif.syntax", where: `SAIF line ${text.slice(0, index).split("\n").length}`, message });
}

const head = (expression: Expression): string =>
  Array.isArray(expression) && typeof expression[0] === "string" ? expression[0].toUpperCase() : "";

/**
 * Reads a SAIF file: NET and PORT entries of all instances, by full name.
 * @throws FemtoError `saif.syntax`, `saif.duration`
 */
export function readSaif(text: string): SwitchingRecord {
  const file = parse(text).find((expression) => head(expression) === "SAIFILE") as Expression[] | undefined;
  if (file === undefined) return syntax(text, 0, "the file does not begin with (SAIFILE");
  const entry = (name: string) => file.find((expression) => head(expression) === name) as string[] | undefined;
  const duration = Number(entry("DURATION")?.[1]);
  if (!(duration > 0)) {
    fail({
      code: "saif.duration",
      where: "SAIF",
      message: "the file says no duration",
      got: String(entry("DURATION")?.[1] ?? "nothing"),
    });
  }
  const [, scale = "1", unit = "ns"] = entry("TIMESCALE") ?? [];
  const powers: Readonly<Record<string, number>> = { s: 0, ms: -3, us: -6, ns: -9, ps: -12, fs: -15 };
  const divider = entry("DIVIDER")?.[1] ?? "/";
  const bits = new Map<string, BitActivity>();
  const visit = (instance: Expression[], path: readonly string[]): void => {
    for (const part of instance) {
      if (!Array.isArray(part)) continue;
      if (head(part) === "INSTANCE") {
        // (INSTANCE name …) or (INSTANCE "type" name …)
        const names = part.slice(1).filter((word) => typeof word === "string");
        visit(part, [...path, names.at(-1) ?? ""]);
      } else if (head(part) === "NET" || head(part) === "PORT") {
        for (const net of part.slice(1)) {
          if (Array.isArray(net)) bits.set([...path, net[0] as string].join(divider), counts(net));
        }
      }
    }
  };
  visit(file, []);
  return { duration, secondsPerUnit: Number(scale) * 10 ** (powers[unit.toLowerCase()] ?? -9), divider, bits };
}

/** (name (T0 n) (T1 n) (TX n) (TC n) …); what is not said is 0. */
function counts(net: readonly Expression[]): BitActivity {
  const value = (name: string): number => {
    const found = net.find((expression) => head(expression) === name) as string[] | undefined;
    return found === undefined ? 0 : Number(found[1]);
  };
  return { toggles: value("TC"), high: value("T1"), low: value("T0"), unknown: value("TX") + value("TZ") };
}
