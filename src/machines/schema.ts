/**
 * @file The schema `femto-machine/1`: what a machine file may say. Strict: an unknown key is refused, a price without
 * unit or source is refused. The same schema reads the machines that Femto brings along and a user's own.
 */

import { z } from "zod";

const name = z.string().regex(/^[a-z0-9][a-z0-9_.-]*$/i, "a name of letters, digits, dots, hyphens and underscores");

/** Energy sheet: recipes and tables are meaningless outside. */
const node = z.number().min(5).max(130);
const voltage = z.number().positive().max(5);
const amount = z.number().min(0).max(1e9);

export const units = ["fJ", "pJ", "nJ", "fJ/bit", "pJ/bit", "nJ/bit", "relative", "relative/bit"] as const;

const price = z
  .strictObject({
    /** What is paid for: multiply, add, read, write, transfer … */
    verb: name,
    /** The number format the figure was quoted for: int8, float32. */
    operand: z
      .string()
      .regex(/^(u?int\d{1,2}|b?float\d{1,2}(e\dm\d\w*)?)$/, "a number format such as int8 or float32")
      .optional(),
    value: amount,
    unit: z.enum(units),
    /** Bits that one access moves; needed where the unit is not per bit. */
    bits: z.number().int().min(1).max(65536).optional(),
    range: z.strictObject({ low: amount, high: amount, source: name }).optional(),
    node_nm: node.optional(),
    voltage: voltage.optional(),
    source: name,
    note: z.string().optional(),
  })
  .refine(({ value, range }) => range === undefined || (range.low <= value && value <= range.high), {
    path: ["range"],
    message: "low ≤ value ≤ high",
  });

const prices = z.array(price).min(1);

const scaling = z.union(
  [z.enum(["quadratic", "linear", "none"]), z.strictObject({ set: z.array(z.number().int().min(1).max(64)).min(1) })],
  "quadratic, linear, none or { set: [2, 4, 8] }",
);

/** Sizes are bytes, or 8 KB, 1 MB (1024 bytes to the KB, as the sources mean it). */
const size = z.union(
  [z.number().int().positive(), z.string().regex(/^\d+(\.\d+)? ?(B|KB|MB|GB)$/)],
  "a number of bytes, or a text such as 8 KB",
);

const memory = { name, size: size.optional(), holds: z.array(z.enum(["weights", "activations"])).default([]), prices };

const component = z.discriminatedUnion("class", [
  z.strictObject({ class: z.literal("arithmetic"), name, mac_scaling: scaling, prices }),
  z.strictObject({ class: z.literal("registers"), ...memory }),
  z.strictObject({ class: z.literal("sram"), ...memory }),
  z.strictObject({ class: z.literal("dram"), type: name, ...memory }),
  z.strictObject({ class: z.literal("network"), name, prices }),
]);

export const machineSchema = z.strictObject({
  schema: z.literal("femto-machine/1"),
  name,
  title: z.string().min(1),
  /** `pJ`, or what the relative figures are multiples of. */
  energy: z.union([z.literal("pJ"), z.strictObject({ relative_to: z.string().min(1) })], "pJ or { relative_to: … }"),
  technology: z.strictObject({ node_nm: node, voltage: voltage.optional() }),
  /** Citations by key; a citation can be followed: authors, title, year, where. */
  sources: z.record(name, z.string().min(12)),
  components: z.array(component).min(1),
});

export type MachineFile = z.output<typeof machineSchema>;
export type ComponentFile = MachineFile["components"][number];
export type PriceFile = ComponentFile["prices"][number];

/** The schema for readers in other languages and for editors. */
export const machineJsonSchema = (): unknown => z.toJSONSchema(machineSchema, { io: "input" });
