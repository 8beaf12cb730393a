/**
 * @file Reads switching activity out of VCD files (IEEE 1364-2005, clause 18). Text comes in pieces of any length, because such files
 * grow to hundreds of gigabytes; what is kept is a few numbers per bit.
 */

import { fail } from "../../../base/errors.ts";
import type { BitActivity, SwitchingRecord } from "./record.ts";

interface Signal {
  readonly names: string[];
  /** Per bit, most significant first: what it shows, since when, and what was counted. */
  readonly values: string[];
  readonly since: number[];
  readonly counts: { toggles: number; high: number; low: number; unknown: number }[];
}

/** Units of the timescale as powers of ten of a second. */
const units: Readonly<Record<string, number>> = { s: 0, ms: -3, us: -6, ns: -9, ps: -12, fs: -15 };

export interface VcdReadOptions {
  /** Time, in the file's own units, from which changes count: what happens during reset is left out. */
  from?: number;
}

export class VcdReader {
  readonly #from: number;
  readonly #signals = new Map<string, Signal>();
  readonly #scopes: string[] = [];
  #secondsPerUnit: number | undefined;
  #time = 0;
  #line = 1;
  #rest = "";
  /** Tokens of a declaration that has not ended yet. */
  #declaration: string[] | undefined;
  /** The value of a vector change whose identifier comes next. */
  #vector: string | undefined;
  #isDefined = false;

  constructor(options: VcdReadOptions = {}) {
    this.#from = options.from ?? 0;
  }

  /** Takes the next piece of the file. */
  push(text: string): void {
    const whole = this.#rest + text;
    const end = Math.max(whole.lastIndexOf("\n"), whole.lastIndexOf(" "));
    this.#rest = whole.slice(end + 1);
    this.#read(whole.slice(0, end + 1));
  }

  /** What every bit did up to the last time stamp. */
  end(): SwitchingRecord {
    this.#read(`${this.#rest}\n`);
    this.#rest = "";
    if (!this.#isDefined) this.#fail("the file ends before $enddefinitions", undefined);
    const bits = new Map<string, BitActivity>();
    for (const { names, values, since, counts } of this.#signals.values()) {
      values.forEach((value, index) => {
        this.#pass(counts[index]!, value, since[index]!);
        for (const name of names) bits.set(bitName(name, values.length, index), counts[index]!);
      });
    }
    const duration = Math.max(0, this.#time - this.#from);
    return { duration, secondsPerUnit: this.#secondsPerUnit ?? 1, divider: "/", bits };
  }

  #read(text: string): void {
    for (const match of text.matchAll(/\S+|\n/g)) {
      if (match[0] === "\n") this.#line++;
      else this.#token(match[0]);
    }
  }

  #token(token: string): void {
    if (this.#declaration !== undefined) {
      if (token === "$end") {
        const [keyword, ...words] = this.#declaration as [string, ...string[]];
        this.#declaration = undefined;
        this.#declare(keyword, words);
      } else if (this.#declaration[0] !== "$comment") this.#declaration.push(token);
      return;
    }
    if (this.#vector !== undefined) {
      const value = this.#vector;
      this.#vector = undefined;
      this.#change(token, value);
      return;
    }
    const first = token[0]!;
    if (token === "$end" || /^\$dump(vars|all|on|off)$/.test(token)) return;
    if (first === "$") this.#declaration = [token];
    else if (first === "#") this.#advance(token);
    else if (/[bB]/.test(first)) this.#vector = token.slice(1).toLowerCase();
    else if (/[rRsS]/.test(first)) this.#vector = "";
    else if (/[01xXzZ]/.test(first) && token.length > 1) this.#change(token.slice(1), first.toLowerCase());
    else this.#fail("neither a change nor a declaration", token);
  }

  #declare(keyword: string, words: readonly string[]): void {
    if (keyword === "$scope") this.#scopes.push(words[1] ?? "");
    else if (keyword === "$upscope") this.#scopes.pop();
    else if (keyword === "$enddefinitions") this.#isDefined = true;
    else if (keyword === "$timescale") {
      const match = /^(1|10|100)\s*(s|ms|us|ns|ps|fs)$/.exec(words.join(" "));
      if (match === null) this.#fail("not a timescale", words.join(" "));
      this.#secondsPerUnit = Number(match![1]) * 10 ** units[match![2]!]!;
    } else if (keyword === "$var") this.#variable(words);
  }

  /** `$var wire 22 ! p [21:0] $end` */
  #variable(words: readonly string[]): void {
    const [kind = "", size = "", identifier = "", reference = "", ...range] = words;
    if (kind === "real" || kind === "realtime" || kind === "event") return;
    const width = Number(size);
    if (!Number.isInteger(width) || width < 1 || reference === "") this.#fail("not a variable", words.join(" "));
    // A scalar that is one bit of a vector names it; a vector's range is expanded bit by bit.
    const name = [...this.#scopes, reference + (width === 1 ? range.join("") : "")].join("/");
    const known = this.#signals.get(identifier);
    const ranged = width > 1 && range.length > 0 ? `${name}${range.join("")}` : name;
    if (known !== undefined) known.names.push(ranged);
    else {
      this.#signals.set(identifier, {
        names: [ranged],
        values: new Array<string>(width).fill("x"),
        since: new Array<number>(width).fill(0),
        counts: Array.from({ length: width }, () => ({ toggles: 0, high: 0, low: 0, unknown: 0 })),
      });
    }
  }

  #advance(token: string): void {
    const time = Number(token.slice(1));
    if (!Number.isFinite(time) || time < this.#time) this.#fail("time does not go forward", token);
    this.#time = time;
  }

  #change(identifier: string, digits: string): void {
    const signal = this.#signals.get(identifier);
    if (signal === undefined || digits === "") return;
    const { values, since, counts } = signal;
    // Short vectors are extended on the left: by 0 if they begin with 0 or 1, else by x or z.
    const filler = digits[0] === "x" || digits[0] === "z" ? digits[0] : "0";
    const padded = digits.padStart(values.length, filler);
    for (let index = 0; index < values.length; index++) {
      const [old, value] = [values[index]!, padded[index]!];
      if (old === value) continue;
      this.#pass(counts[index]!, old, since[index]!);
      if (this.#time >= this.#from && this.#time > 0 && isKnown(old) && isKnown(value)) counts[index]!.toggles++;
      values[index] = value;
      since[index] = this.#time;
    }
  }

  /** The bit showed `value` from `since` until now. */
  #pass(count: Signal["counts"][number], value: string, since: number): void {
    const time = this.#time - Math.max(since, this.#from);
    if (time <= 0) return;
    if (value === "1") count.high += time;
    else if (value === "0") count.low += time;
    else count.unknown += time;
  }

  #fail(message: string, got: string | undefined): never {
    fail({ code: "vcd.syntax", where: `VCD line ${this.#line}`, message, ...(got !== undefined && { got }) });
  }
}

const isKnown = (value: string): boolean => value === "0" || value === "1";

/** `p[21:0]`, 22 bits, index 0 → `p[21]`; names without a range count from width − 1 down. */
function bitName(name: string, width: number, index: number): string {
  if (width === 1) return name;
  const match = /^(.*)\[(-?\d+):(-?\d+)\]$/.exec(name);
  if (match === null) return `${name}[${width - 1 - index}]`;
  const [, base, left, right] = match;
  return `${base}[${Number(left) + (Number(left) >= Number(right) ? -index : index)}]`;
}

/** Reads a whole file, or its pieces in order. */
export function readVcd(text: string | Iterable<string>, options: VcdReadOptions = {}): SwitchingRecord {
  const reader = new VcdReader(options);
  for (const piece of typeof text === "string" ? [text] : text) reader.push(piece);
  return reader.end();
}
