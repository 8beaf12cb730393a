/** @file A table as lookup tables of four inputs, the `SB_LUT4` of iCE40: f = x ? f₁ : f₀, until four inputs are left. */

import { identifier } from "./names.ts";
import type { TableText } from "./table-text.ts";

const INPUTS = 4;

/** A function of some of the inputs: their places in ascending order, and its own contents. */
interface Part {
  readonly places: readonly number[];
  readonly contents: bigint;
}

/** One table as lookup tables of four inputs: f = x ? f₁ : f₀, again for the halves; equal parts are made once. */
export class ShannonExpansion {
  readonly lines: string[] = [];
  readonly #table: TableText;
  readonly #free: (wish: string) => string;
  readonly #made = new Map<string, string>();

  constructor(table: TableText, free: (wish: string) => string) {
    this.#table = table;
    this.#free = free;
    const all = supported({ places: table.inputs.map((_, k) => k), contents: table.contents });
    this.#cell(identifier(table.output), this.#top(all));
  }

  /** Pins and contents of the lookup table that puts a part out. */
  #top(part: Part): { pins: readonly string[]; contents: bigint } {
    if (part.places.length <= INPUTS) {
      return { pins: part.places.map((k) => this.#table.inputs[k]!), contents: part.contents };
    }
    const [at, low, high] = cheapest(part);
    // x chooses between neighbours: the value is high where x is 1.
    return { pins: [this.#table.inputs[at]!, this.#signal(low), this.#signal(high)], contents: 0b11100100n };
  }

  /** The name of a signal that carries a part. */
  #signal(part: Part): string {
    if (part.places.length === 0) return `1'b${part.contents}`;
    if (part.places.length === 1 && part.contents === 0b10n) return this.#table.inputs[part.places[0]!]!;
    const key = keyOf(part);
    let name = this.#made.get(key);
    if (name === undefined) {
      const cell = this.#top(part);
      name = this.#free(`${this.#table.output}_part`);
      this.lines.push(`wire ${name};`);
      this.#cell(name, cell);
      this.#made.set(key, name);
    }
    return name;
  }

  #cell(output: string, { pins, contents }: { pins: readonly string[]; contents: bigint }): void {
    // Pins that are left over are 0: the contents at the addresses above do not matter.
    const all = Array.from({ length: INPUTS }, (_, k) => `.I${k}(${pins[k] ?? "1'b0"})`).join(", ");
    const name = this.#free(`table_${this.#table.output}`);
    this.lines.push(`SB_LUT4 #(.LUT_INIT(16'h${contents.toString(16)})) ${name} (.O(${output}), ${all});`);
  }
}

const keyOf = ({ places, contents }: Part): string => `${places.join()}:${contents}`;

/** The half of the contents where the input at a place has a value. */
function cofactor({ places, contents }: Part, at: number, value: 0 | 1): Part {
  const rest = places.filter((_, k) => k !== at);
  let half = 0n;
  for (let address = 0; address < 2 ** rest.length; address++) {
    const low = address & (2 ** at - 1);
    const whole = ((address - low) << 1) | (value << at) | low;
    half |= ((contents >> BigInt(whole)) & 1n) << BigInt(address);
  }
  return { places: rest, contents: half };
}

/** Without the inputs that do not count. */
function supported(part: Part): Part {
  for (let at = 0; at < part.places.length; at++) {
    const [low, high] = [cofactor(part, at, 0), cofactor(part, at, 1)];
    if (low.contents === high.contents) return supported(low);
  }
  return part;
}

/** The input whose halves take the fewest lookup tables: its place, the half at 0, the half at 1. */
function cheapest(part: Part): [at: number, low: Part, high: Part] {
  const choices = part.places.map((at, k) => {
    const [low, high] = [supported(cofactor(part, k, 0)), supported(cofactor(part, k, 1))];
    return { at, low, high, cost: keysOf(low, high).size };
  });
  const best = choices.reduce((least, choice) => (choice.cost < least.cost ? choice : least));
  return [best.at, best.low, best.high];
}

/** The parts that must be made for some parts, each once. */
function keysOf(...parts: readonly Part[]): Set<string> {
  const keys = new Set<string>();
  const visit = (part: Part): void => {
    const isFree = part.places.length === 0 || (part.places.length === 1 && part.contents === 0b10n);
    if (isFree || keys.has(keyOf(part))) return;
    keys.add(keyOf(part));
    if (part.places.length <= INPUTS) return;
    const [, low, high] = cheapest(part);
    visit(low);
    visit(high);
  };
  for (const part of parts) visit(part);
  return keys;
}
