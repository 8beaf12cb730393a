/**
 * @file SCALE-Sim cfg → femto machine. The file states an array, three buffers and a bandwidth, and no energy at all:
 * prices come from another machine, or are missing.
 */

import { fail } from "../../base/errors.ts";
import { isArithmetic, isMemory } from "../lookups.ts";
import type { Machine, Memory } from "../machine.ts";
import type { Price } from "../price.ts";
import { componentText, flow, type Imported, nameFrom, type Remark, sound, type Yaml } from "./imported.ts";

export interface ScaleSimOptions {
  /** The machine from which prices are taken: its arithmetic, its SRAM for the buffers, its DRAM. */
  readonly prices?: Machine;
  /** Where no machine gives prices, the node must be said. */
  readonly nodeNm?: number;
  /** Bits of an element; SCALE-Sim counts elements and knows no width. */
  readonly wordBits?: number;
  readonly name?: string;
  readonly origin?: string;
}

const buffers = [
  ["ifmap", "IfmapSramSzkB", "activations"],
  ["filter", "FilterSramSzkB", "weights"],
  ["ofmap", "OfmapSramSzkB", "partial sums"],
] as const;

const dataflowOf: Readonly<Record<string, string>> = {
  ws: "weight-stationary",
  os: "output-stationary",
  is: "input-stationary",
};

/** @throws FemtoError `import.scale-sim` with the line of the trouble */
export function importScaleSim(text: string, options: ScaleSimOptions = {}): Imported {
  const { origin = "scale.cfg", prices, wordBits = 8 } = options;
  const file = new Ini(text, origin);
  const [rows, cols] = [file.whole("ArrayHeight"), file.whole("ArrayWidth")];
  const flowName = file.word("Dataflow").toLowerCase();
  const dataflow = dataflowOf[flowName] ?? file.refuse("Dataflow", "ws, os or is", flowName);
  const isCalculated = file.optional("InterfaceBandwidth")?.toUpperCase() === "CALC";
  const bandwidth = file.optional("Bandwidth");
  const words = bandwidth === undefined ? undefined : Number(bandwidth.split(",")[0]);
  if (isCalculated && bandwidth !== undefined) {
    file.remark("InterfaceBandwidth", "CALC: the bandwidth that never stalls is computed there; none is set here");
  }
  if (!isCalculated && words !== undefined && !(Number.isInteger(words * wordBits) && words > 0)) {
    file.refuse("Bandwidth", "words per cycle", bandwidth!);
  }
  const nodeNm = prices?.technology.nodeNm ?? options.nodeNm;
  if (nodeNm === undefined) {
    return fail({
      code: "import.scale-sim",
      where: origin,
      message: "the file states no energies and no technology",
      expected: "a machine to take prices from (--prices NAME), or the node",
    });
  }
  const missing: string[] = [];
  const sram = prices?.components
    .filter(isMemory)
    .find((memory) => memory.class === "sram" && memory.prices.length > 0);
  const dram = prices?.components.filter(isMemory).find((memory) => memory.class === "dram");
  const sources = new Map<string, string>();
  const copy = (price: Price): { [key: string]: Yaml } => copyPrice(price, prices!, sources);
  const units = prices?.components.filter(isArithmetic) ?? [];
  if (units.length === 0) missing.push("mac.mac");
  const memoryText = (memory: Memory | undefined, name: string, fields: { [key: string]: Yaml }) => {
    const found = (["read", "write"] as const).flatMap((verb) => {
      const price = memory?.prices.find((entry) => entry.verb === verb);
      if (price === undefined) missing.push(`${name}.${verb}`);
      return price === undefined ? [] : [copy(price)];
    });
    return componentText({ name, fields, prices: found });
  };
  const components = [
    ...(units.length === 0
      ? [
          componentText({
            name: "mac",
            fields: { class: "arithmetic", mac_scaling: "none", count: rows * cols },
            prices: [],
          }),
        ]
      : units.map(({ name, scaling, zeroGating, prices: list }) =>
          componentText({
            name,
            fields: {
              class: "arithmetic",
              mac_scaling: scaling.kind === "set" ? { set: scaling.widths } : scaling.kind,
              zero_gating: zeroGating || undefined,
              count: rows * cols,
            },
            prices: list.map(copy),
          }),
        )),
    ...buffers.map(([name, key, held]) =>
      memoryText(sram, name, { class: "sram", size: `${file.whole(key)} KB`, holds: [held] }),
    ),
    memoryText(dram, "dram", {
      class: "dram",
      type: dram?.dram ?? "not-stated",
      backs: buffers.map(([name]) => name),
      bandwidth_bits: isCalculated || words === undefined ? undefined : words * wordBits,
    }),
  ];
  if (sram?.sizeBytes !== undefined) {
    const sizes = buffers.map(([, key]) => `${file.optional(key)} KB`).join(", ");
    file.remark(
      "IfmapSramSzkB",
      `buffers of ${sizes} are priced as the ${sram.sizeBytes / 1024} KB of ${prices!.name}`,
    );
  }
  file.remarkRest();
  const name = options.name ?? file.optional("run_name") ?? origin.replace(/\.cfg$/, "");
  const lines = [
    "schema: femto-machine/1",
    `name: ${nameFrom(name)}`,
    `title: ${flow(`${name}, imported from SCALE-Sim${prices === undefined ? ", without prices" : `, prices of ${prices.name}`}`)}`,
    prices?.unit.kind === "relative" ? `energy: ${flow({ relative_to: prices.unit.label })}` : "energy: pJ",
    `technology: { node_nm: ${nodeNm} }`,
    `mapping: ${flow({ kind: "systolic", rows, cols, dataflow })}`,
    "sources:",
    ...(sources.size === 0
      ? [`  scale-sim: ${JSON.stringify(`SCALE-Sim configuration ${origin}, without energies`)}`]
      : []),
    ...[...sources].map(([key, citation]) => `  ${key}: ${JSON.stringify(citation)}`),
    "components:",
    ...components,
  ];
  const imported = { text: `${lines.join("\n")}\n`, remarks: file.sorted(), missing };
  return sound(imported, "import.scale-sim", origin);
}

/** A price as the machine bills it, with the citation it rests on there. */
function copyPrice(price: Price, { name, unit }: Machine, sources: Map<string, string>): { [key: string]: Yaml } {
  const key = (citation: { readonly key: string; readonly text: string }) => {
    sources.set(citation.key, citation.text);
    return citation.key;
  };
  const { lo, mid, hi } = price.energy;
  return {
    verb: price.verb,
    operand: price.operand,
    value: mid,
    unit: `${unit.kind === "relative" ? "relative" : "pJ"}${price.per === "bit" ? "/bit" : ""}`,
    range: price.rangeSource === undefined ? undefined : { low: lo, high: hi, source: key(price.rangeSource) },
    node_nm: price.nodeNm,
    voltage: price.voltage,
    source: key(price.source),
    note: `${price.id} of ${name}: ${price.stated}`,
  };
}

/** `key: value` or `key = value` under sections, with lines; keys are asked for once, the rest is remarked upon. */
class Ini {
  readonly #entries = new Map<string, { key: string; value: string; line: number }>();
  readonly #asked = new Set<string>();
  readonly #remarks: Remark[] = [];
  readonly #origin: string;

  constructor(text: string, origin: string) {
    this.#origin = origin;
    text.split(/\r?\n/).forEach((raw, i) => {
      const line = raw.trim();
      if (line === "" || /^[#;[]/.test(line)) return;
      const [, key, value] = /^([^:=]+?)\s*[:=]\s*(.*)$/.exec(line) ?? [];
      if (key === undefined || value === undefined) {
        fail({
          code: "import.scale-sim",
          where: `${origin}:${i + 1}`,
          message: "the line is neither a section nor a key with a value",
          expected: "ArrayHeight: 32",
          got: line.slice(0, 80),
        });
      }
      const twin = this.#entries.get(key.toLowerCase());
      if (twin !== undefined)
        this.#remarks.push({ line: twin.line, key, remark: "the key stands twice; the last one counts" });
      this.#entries.set(key.toLowerCase(), { key, value, line: i + 1 });
    });
  }

  optional(key: string): string | undefined {
    this.#asked.add(key.toLowerCase());
    return this.#entries.get(key.toLowerCase())?.value;
  }

  word(key: string): string {
    return this.optional(key) ?? this.refuse(key, `${key}: …`, "nothing");
  }

  whole(key: string): number {
    const value = Number(this.word(key));
    return Number.isSafeInteger(value) && value >= 1
      ? value
      : this.refuse(key, "a whole number of at least 1", this.word(key));
  }

  refuse(key: string, expected: string, got: string): never {
    const line = this.#entries.get(key.toLowerCase())?.line ?? 1;
    return fail({
      code: "import.scale-sim",
      where: `${this.#origin}:${line} › ${key}`,
      message: got === "nothing" ? `${key} is missing` : `${key} is not valid`,
      expected,
      got,
    });
  }

  remark(key: string, remark: string): void {
    this.#remarks.push({ line: this.#entries.get(key.toLowerCase())?.line ?? 1, key, remark });
  }

  /** Every key that nobody asked for. */
  remarkRest(): void {
    for (const [lower, { key, line }] of this.#entries) {
      if (!this.#asked.has(lower) && lower !== "run_name") {
        this.#remarks.push({ line, key, remark: known.has(lower) ? "not translated" : "unknown key" });
      }
    }
  }

  sorted(): Remark[] {
    return [...this.#remarks].sort((a, b) => a.line - b.line);
  }
}

/** Keys of SCALE-Sim v2 and v3 that place data, bound queues, or describe what no machine file has. */
const known = new Set(
  [
    "IfmapOffset FilterOffset OfmapOffset MemoryBanks ReadRequestBuffer WriteRequestBuffer",
    "OnChipMemoryBanks OnChipMemoryBankPorts IfmapCustomLayout IfmapSRAMBankBandwidth IfmapSRAMBankNum",
    "IfmapSRAMBankPort FilterCustomLayout FilterSRAMBankBandwidth FilterSRAMBankNum FilterSRAMBankPort",
    "SparsitySupport SparseRep OptimizedMapping BlockSize RandomNumberGeneratorSeed UseRamulatorTrace",
    "SRAM_row_size SRAM_bank_size",
  ].flatMap((line) => line.toLowerCase().split(" ")),
);
