/**
 * @file The schema `femto-machine/1`: what a machine file may say. Strict: an unknown key is refused, a price without
 * unit or source is refused. The same schema reads the machines that Femto brings along and a user's own.
 */

import { z } from "zod";
import { holdings } from "./machine.ts";
import { mappingSchema } from "./mapping-schema.ts";
import { recipes, rows } from "./node-scaling.ts";

const name = z.string().regex(/^[a-z0-9][a-z0-9_.-]*$/i, "a name of letters, digits, dots, hyphens and underscores");

/** Energy sheet: recipes and tables are meaningless outside. */
const node = z.number().min(5).max(130);
const voltage = z.number().positive().max(5);
const amount = z.number().min(0).max(1e9);
const bits = z.number().int().min(1).max(65536);
const milliwatts = z.number().min(0).max(1e6);

export const units = ["fJ", "pJ", "nJ", "fJ/bit", "pJ/bit", "nJ/bit", "relative", "relative/bit"] as const;

const range = z.strictObject({ low: amount, high: amount, source: name });

/** A figure quoted for another node, brought to the node of the price. */
const scale = z
  .strictObject({
    from_nm: node,
    recipe: z.enum(recipes),
    /** Recipe A: which row of the table; `sram` finds the slope by the size of the memory. */
    row: z.enum(["sram", ...rows]).optional(),
    /** The other recipe's figure becomes an end of the range. */
    against: z.strictObject({ recipe: z.enum(recipes), source: name }).optional(),
  })
  .refine(({ recipe, row, against }) => row !== undefined || (recipe !== "A" && against?.recipe !== "A"), {
    path: ["row"],
    message: "recipe A needs a row of its table",
  });

const table = z.strictObject({
  weights: z
    .array(amount)
    .min(2)
    .max(65536)
    .refine(({ length }) => (length & (length - 1)) === 0, "one figure for each value of the weight: 4, 16, 256 …"),
  netlist: z.string().min(8),
  stimulus: z.string().min(4),
});

const price = z
  .strictObject({
    /** What is paid for: multiply, mac, add, read, write, transfer … */
    verb: name,
    /** The number format the figure was quoted for: int8, float32. */
    operand: z
      .string()
      .regex(/^(u?int\d{1,2}|b?float\d{1,2}(e\dm\d\w*)?)$/, "a number format such as int8 or float32")
      .optional(),
    value: amount.optional(),
    unit: z.enum(units),
    /** Bits that one access moves; needed where the unit is not per bit. */
    bits: bits.optional(),
    /** Network: the price is that of one event, whatever its bits. */
    per: z.literal("event").optional(),
    range: range.optional(),
    scale: scale.optional(),
    table: table.optional(),
    node_nm: node.optional(),
    voltage: voltage.optional(),
    source: name,
    note: z.string().optional(),
  })
  .refine(({ value, table: measured }) => value !== undefined || measured !== undefined, {
    path: ["value"],
    message: "a number",
  })
  .refine(({ value, table: measured }) => value === undefined || measured === undefined, {
    path: ["table"],
    message: "either a value or a table, whose mean is the value",
  })
  .refine(
    ({ value, range: spread }) =>
      spread === undefined || value === undefined || (spread.low <= value && value <= spread.high),
    { path: ["range"], message: "low ≤ value ≤ high" },
  );

const common = {
  name,
  count: z.number().int().min(1).max(1e9).default(1),
  /** Power by the second, of one instance. */
  static: z
    .strictObject({
      leakage_mw: milliwatts.optional(),
      idle_mw: milliwatts.optional(),
      range: range.optional(),
      source: name,
      note: z.string().optional(),
    })
    .refine(({ leakage_mw: leak, idle_mw: idle }) => leak !== undefined || idle !== undefined, {
      path: ["leakage_mw"],
      message: "leakage_mw or idle_mw, in milliwatts",
    })
    .refine(
      ({ leakage_mw: leak, range: spread }) =>
        spread === undefined || (leak !== undefined && spread.low <= leak && leak <= spread.high),
      { path: ["range"], message: "low ≤ leakage_mw ≤ high" },
    )
    .optional(),
  area_mm2: z.strictObject({ value: z.number().positive().max(1e5), source: name }).optional(),
  /** Empty where nothing is known: asking for a price is then an error. */
  prices: z.array(price),
};

const scaling = z.union(
  [z.enum(["quadratic", "linear", "none"]), z.strictObject({ set: z.array(z.number().int().min(1).max(64)).min(1) })],
  "quadratic, linear, none or { set: [2, 4, 8] }",
);

/** Sizes are bytes, or 8 KB, 1 MB (1024 bytes to the KB, as the sources mean it). */
const size = z.union(
  [z.number().int().positive(), z.string().regex(/^\d+(\.\d+)? ?(B|KB|MB|GB)$/)],
  "a number of bytes, or a text such as 8 KB",
);

const memory = {
  ...common,
  size: size.optional(),
  holds: z.array(z.enum(holdings)).default([]),
  /** Registers next to the units: what passes through them. Of one file for everything nothing need be said. */
  serves: z.array(z.enum(holdings)).default([]),
  backs: z.union([name, z.array(name)], "the name of a memory, or a list of them").default([]),
  bandwidth_bits: z
    .union([bits, z.strictObject({ read: bits, write: bits })], "bits per cycle, or { read: 64, write: 32 }")
    .optional(),
  granule_bits: bits.default(1),
  packing: z.partialRecord(z.enum(holdings), z.number().int().min(1).max(64)).default({}),
};

const component = z.discriminatedUnion("class", [
  z.strictObject({
    class: z.literal("arithmetic"),
    mac_scaling: scaling,
    zero_gating: z.boolean().default(false),
    ...common,
  }),
  z.strictObject({ class: z.literal("registers"), ...memory }),
  z.strictObject({ class: z.literal("sram"), ...memory }),
  z.strictObject({ class: z.literal("dram"), type: name, ...memory }),
  z.strictObject({ class: z.literal("flash"), ...memory }),
  z.strictObject({ class: z.literal("network"), ...common }),
  z.strictObject({
    class: z.literal("converter"),
    kind: z.enum(["adc", "dac"]),
    bits: z.number().int().min(1).max(32),
    ...common,
  }),
  z.strictObject({ class: z.literal("lookup"), inputs: z.number().int().min(1).max(16), ...common }),
  z.strictObject({ class: z.literal("cell"), bits: z.number().int().min(1).max(16), ...common }),
]);

/** Characters of a citation. */
export const SHORTEST_CITATION = 12;

export const machineSchema = z.strictObject({
  schema: z.literal("femto-machine/1"),
  name,
  title: z.string().min(1),
  /** `pJ`, or what the relative figures are multiples of. */
  energy: z.union([z.literal("pJ"), z.strictObject({ relative_to: z.string().min(1) })], "pJ or { relative_to: … }"),
  technology: z.strictObject({ node_nm: node, voltage: voltage.optional() }),
  clock_mhz: z.number().positive().max(1e5).optional(),
  mapping: mappingSchema.default({ kind: "once" }),
  /** Citations by key; a citation can be followed: authors, title, year, where. */
  sources: z.record(name, z.string().min(SHORTEST_CITATION)),
  components: z.array(component).min(1),
});

export type MachineFile = z.output<typeof machineSchema>;
export type ComponentFile = MachineFile["components"][number];
export type PriceFile = ComponentFile["prices"][number];

/** The schema for readers in other languages and for editors. */
export const machineJsonSchema = (): unknown => z.toJSONSchema(machineSchema, { io: "input" });
