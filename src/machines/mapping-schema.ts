/** @file The part of the schema under `mapping`: one of several kinds, each with keys of its own. */

import { z } from "zod";
import { dataflows, type MachineMapping } from "./mapping.ts";
import { nestDirections, nestOperands } from "./nest.ts";

const word = z.string().regex(/^[a-z0-9][a-z0-9_.-]*$/i, "a name of letters, digits, dots, hyphens and underscores");
const whole = z.number().int().min(1).max(1e9);
const side = z.number().int().min(1).max(1e6);
const width = z.number().int().min(1).max(64);
const operand = z.enum(nestOperands);

const port = z.strictObject({
  name: word,
  type: z.enum(["read", "write", "read_write"]),
  bandwidth_min: whole,
  bandwidth_max: whole,
  allocation: z.array(z.string().regex(/^(I1|I2|O), ?(fh|tl|fl|th)$/, "an operand and a direction, such as I1, tl")),
});

const nestMemory = z.strictObject({
  component: word,
  size_bits: z.number().int().min(1).max(1e15),
  operands: z.array(operand).min(1),
  ports: z.array(port).min(1),
  served_dimensions: z.array(word).default([]),
  latency: z.number().int().min(0).default(1),
  double_buffer: z.boolean().default(false),
  min_read_granule: whole.optional(),
  min_write_granule: whole.optional(),
  area: z.number().min(0).optional(),
});

const loop = z.string().regex(/^\w+, ?\d+$/, "a loop and a size, such as K, 32");

const spatial = z.strictObject({
  operator: z.string().min(1),
  unroll: z.record(word, z.array(loop)),
  temporal_ordering: z
    .array(z.string().regex(/^\w+, ?(\d+|\*)$/, "a loop and a size, such as K, 32 or K, *"))
    .optional(),
  links: z.record(word, operand),
});

const nest = z
  .strictObject({
    kind: z.literal("nest"),
    array: z
      .strictObject({
        unit: word,
        dimensions: z.array(word).min(1),
        sizes: z.array(side).min(1),
        input_precision: z.tuple([width, width]).optional(),
        unit_area: z.number().min(0).optional(),
      })
      .refine(({ dimensions, sizes }) => dimensions.length === sizes.length, {
        path: ["sizes"],
        message: "one size for each dimension",
      }),
    memories: z.array(nestMemory).min(1),
    spatial: z.array(spatial).default([]),
  })
  .transform(
    ({ kind, array, memories, spatial: defaults }): MachineMapping => ({
      kind,
      array: {
        unit: array.unit,
        dimensions: array.dimensions.map((name, i) => ({ name, size: array.sizes[i]! })),
        inputPrecision: array.input_precision,
        unitArea: array.unit_area,
      },
      memories: memories.map((memory) => ({
        component: memory.component,
        sizeBits: memory.size_bits,
        operands: memory.operands,
        ports: memory.ports.map(({ name, type, bandwidth_min, bandwidth_max, allocation }) => ({
          name,
          type,
          bandwidthMin: bandwidth_min,
          bandwidthMax: bandwidth_max,
          allocation: allocation.map((text) => {
            const [who, direction] = pair(text);
            return {
              operand: nestOperands.find((known) => known === who)!,
              direction: nestDirections.find((known) => known === direction)!,
            };
          }),
        })),
        servedDimensions: memory.served_dimensions,
        latencyCycles: memory.latency,
        doubleBuffer: memory.double_buffer,
        readGranuleBits: memory.min_read_granule,
        writeGranuleBits: memory.min_write_granule,
        area: memory.area,
      })),
      spatial: defaults.map(({ operator, unroll, temporal_ordering, links }) => ({
        operator,
        unroll: Object.fromEntries(
          Object.entries(unroll).map(([dimension, loops]) => [
            dimension,
            loops.map((text) => ({ loop: pair(text)[0], size: Number(pair(text)[1]) })),
          ]),
        ),
        temporalOrdering: temporal_ordering?.map((text) => {
          const [name, size] = pair(text);
          return { loop: name, size: size === "*" ? "*" : Number(size) };
        }),
        links,
      })),
    }),
  );

const pair = (text: string): [string, string] => text.split(/, ?/) as [string, string];

export const mappingSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("once") }),
  z
    .strictObject({
      kind: z.literal("systolic"),
      rows: side,
      cols: side,
      dataflow: z.enum(dataflows),
      double_buffer: z.boolean().default(true),
      accumulator_bits: width.optional(),
    })
    .transform(
      ({ double_buffer, accumulator_bits, ...rest }): MachineMapping => ({
        ...rest,
        doubleBuffer: double_buffer,
        accumulatorBits: accumulator_bits,
      }),
    ),
  z
    .strictObject({
      kind: z.literal("row-stationary"),
      rows: side,
      cols: side,
      accumulator_bits: width.optional(),
    })
    .transform(({ accumulator_bits, ...rest }): MachineMapping => ({ ...rest, accumulatorBits: accumulator_bits })),
  z
    .strictObject({
      kind: z.literal("vector"),
      lanes: side,
      cycles_per_mac: z
        .record(z.string().regex(/^([1-9]|[1-5]\d|6[0-4])$/, "operand bits, 1 to 64"), z.number().positive().max(1e6))
        .default({}),
      accumulator_bits: width.optional(),
    })
    .transform(
      ({ cycles_per_mac, accumulator_bits, ...rest }): MachineMapping => ({
        ...rest,
        cyclesPerMac: cycles_per_mac,
        accumulatorBits: accumulator_bits,
      }),
    ),
  z
    .strictObject({
      kind: z.literal("spiking"),
      cores: side.optional(),
      time_steps: side.optional(),
      hops: z.number().min(0).max(1e4),
      membrane_bits: width.optional(),
      neurons_per_core: side.optional(),
    })
    .transform(
      ({ cores, time_steps, membrane_bits, neurons_per_core, ...rest }): MachineMapping => ({
        ...rest,
        cores,
        timeSteps: time_steps,
        membraneBits: membrane_bits,
        neuronsPerCore: neurons_per_core,
      }),
    ),
  z
    .strictObject({
      kind: z.literal("lookup-fabric"),
      inputs: z.number().int().min(1).max(16),
      tables: whole.optional(),
    })
    .transform(({ tables, ...rest }): MachineMapping => ({ ...rest, tables })),
  z
    .strictObject({
      kind: z.literal("crossbar"),
      rows: side,
      cols: side,
      cell_bits: width,
      dac_bits: width,
      adc_bits: width,
      columns_per_adc: side.optional(),
    })
    .transform(
      ({ cell_bits, dac_bits, adc_bits, columns_per_adc, ...rest }): MachineMapping => ({
        ...rest,
        cellBits: cell_bits,
        dacBits: dac_bits,
        adcBits: adc_bits,
        columnsPerAdc: columns_per_adc,
      }),
    ),
  nest,
]);
