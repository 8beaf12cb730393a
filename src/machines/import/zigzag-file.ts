/** @file What a ZigZag hardware file says: its keys, and the check that those of which numbers depend are there. */

import { z } from "zod";
import type { LocatedYaml } from "../located-yaml.ts";
import { refuseSchema } from "../schema-error.ts";

const word = z.string().regex(/^[a-z0-9][a-z0-9_.-]*$/i, "a name of letters, digits, dots, hyphens and underscores");
const whole = z.number().int().min(1).max(1e9);
const width = z.number().int().min(1).max(64);
const loop = z.string().regex(/^\w+, ?\d+$/, "a loop and a size, such as K, 32");
const cost = z.number().min(0).max(1e9).nullable().optional();

const port = z.looseObject({
  name: word,
  type: z.enum(["read", "write", "read_write"]),
  bandwidth_min: whole,
  bandwidth_max: whole,
  allocation: z.array(z.string().regex(/^(I1|I2|O), ?(fh|tl|fl|th)$/, "an operand and a direction, such as I1, tl")),
});

const memory = z.looseObject({
  size: z.number().int().min(1).max(1e15),
  r_cost: cost,
  w_cost: cost,
  area: z.number().min(0).nullable().optional(),
  latency: z.number().int().min(0).optional(),
  mem_type: z.string().optional(),
  auto_cost_extraction: z.boolean().optional(),
  operands: z.array(z.enum(["I1", "I2", "O"])).min(1),
  ports: z.array(port).min(1),
  served_dimensions: z.array(word),
  force_double_buffering: z.boolean().optional(),
  min_r_granularity: whole.optional(),
  min_w_granularity: whole.optional(),
});

const hardware = z.looseObject({
  name: z.string().min(1),
  memories: z.record(word, memory),
  operational_array: z
    .looseObject({
      dimensions: z.array(word).min(1),
      sizes: z.array(z.number().int().min(1).max(1e6)).min(1),
      unit_energy: z.number().min(0).max(1e9).optional(),
      unit_area: z.number().min(0).optional(),
      input_precision: z.tuple([width, width]).optional(),
      is_imc: z.boolean().optional(),
      imc_type: z.unknown().optional(),
      adc_resolution: z.unknown().optional(),
      bit_serial_precision: z.unknown().optional(),
    })
    .refine(({ dimensions, sizes }) => dimensions.length === sizes.length, {
      path: ["sizes"],
      message: "one size for each dimension",
    }),
  dataflows: z.record(word, z.array(loop)).nullable().optional(),
});

export type ZigzagHardware = z.output<typeof hardware>;
export type ZigzagMemory = z.output<typeof memory>;

const mappings = z.array(
  z.looseObject({
    name: z.string().min(1),
    spatial_mapping: z.record(word, z.array(loop)).default({}),
    temporal_ordering: z.array(z.tuple([word, z.union([whole, z.literal("*")], "a size or *")])).optional(),
    memory_operand_links: z.record(word, z.enum(["I1", "I2", "O"])).optional(),
  }),
);

export const topKeys: readonly string[] = Object.keys(hardware.shape);
export const memoryKeys: readonly string[] = Object.keys(memory.shape);
export const portKeys: readonly string[] = Object.keys(port.shape);
export const arrayKeys: readonly string[] = Object.keys(hardware.shape.operational_array.shape);
export const mappingKeys: readonly string[] = Object.keys(mappings.element.shape);

/** @throws FemtoError `import.zigzag` */
export function checkZigzag(yaml: LocatedYaml, origin: string): ZigzagHardware {
  const parsed = hardware.safeParse(yaml.value);
  if (!parsed.success) refuseSchema(parsed.error.issues, yaml, origin, "import.zigzag");
  return parsed.data;
}

/** @throws FemtoError `import.zigzag` */
export function checkMappings(yaml: LocatedYaml, origin: string): z.output<typeof mappings> {
  const parsed = mappings.safeParse(yaml.value);
  if (!parsed.success) refuseSchema(parsed.error.issues, yaml, origin, "import.zigzag");
  return parsed.data;
}
