/**
 * @file ZigZag hardware YAML → femto machine. Costs there are picojoules per access of a port, here per access of the
 * widest port; sizes are bits. Everything that its loop-nest model needs goes under `mapping: { kind: nest }`.
 */

import { fail } from "../../base/errors.ts";
import { readYaml } from "../located-yaml.ts";
import { componentText, flow, type Imported, nameFrom, Remarks, sound, type Yaml } from "./imported.ts";
import {
  arrayKeys,
  checkMappings,
  checkZigzag,
  mappingKeys,
  memoryKeys,
  portKeys,
  topKeys,
  type ZigzagHardware,
  type ZigzagMemory,
} from "./zigzag-file.ts";

export interface ZigzagOptions {
  /** ZigZag files name no technology; the node is what the reader of the report should know. */
  readonly nodeNm?: number;
  /** Kind of the DRAM, which ZigZag files do not state either. */
  readonly dram?: string;
  readonly name?: string;
  /** Where the costs come from; a citation. */
  readonly citation?: string;
  /** Text of a mapping YAML, whose spatial mappings and operand links come along. */
  readonly mapping?: string;
  readonly origin?: string;
}

/** @throws FemtoError `yaml.*`, `import.zigzag` with the line of the trouble */
export function importZigzag(text: string, options: ZigzagOptions = {}): Imported {
  const { nodeNm, dram = "not-stated", origin = "hardware.yaml" } = options;
  const yaml = readYaml(text, origin, { twins: true });
  const file = checkZigzag(yaml, origin);
  if (nodeNm === undefined) {
    return fail({
      code: "import.zigzag",
      where: origin,
      message: "the file states no technology, and a machine must",
      expected: "the technology node in nm (--node 28)",
    });
  }
  const remarks = new Remarks(yaml);
  reportUnknown(file, remarks);
  const { memories, operational_array: array } = file;
  const missing: string[] = [];
  const homes = homesOf(file);
  const components = [
    unitText(file, missing, remarks),
    ...Object.entries(memories).map(([name, memory]) =>
      componentText({
        name,
        fields: {
          class: classOf(name, memory, file),
          type: classOf(name, memory, file) === "dram" ? dram : undefined,
          size: memory.size % 8 === 0 ? memory.size / 8 : `${memory.size / 8} B`,
          count: classOf(name, memory, file) === "dram" ? undefined : (instancesOf(memory, file) ?? undefined),
          holds: homes.get(name),
          backs: innerOf(name, file),
        },
        prices: pricesOf(name, memory, missing),
      }),
    ),
  ];
  const mappings = options.mapping === undefined ? undefined : readMappings(options.mapping);
  const spatial = mappings?.entries ?? (file.dataflows ? [{ operator: "default", unroll: file.dataflows, links }] : []);
  const nest = [
    "mapping:",
    "  kind: nest",
    `  array: ${flow({
      unit: "mac",
      dimensions: array.dimensions,
      sizes: array.sizes,
      input_precision: array.input_precision,
      unit_area: array.unit_area,
    })}`,
    "  memories:",
    ...Object.entries(memories).map(([name, memory]) => nestText(name, memory)),
    ...(spatial.length === 0 ? [] : ["  spatial:", ...spatial.map((entry) => `    - ${flow(entry as Yaml)}`)]),
  ];
  const lines = [
    "schema: femto-machine/1",
    `name: ${nameFrom(options.name ?? file.name)}`,
    `title: ${flow(`${file.name}, ZigZag hardware description (technology not stated there)`)}`,
    "energy: pJ",
    `technology: { node_nm: ${nodeNm} }`,
    ...nest,
    "sources:",
    `  zigzag: ${JSON.stringify(options.citation ?? `ZigZag hardware description ${file.name} (github.com/KULeuven-MICAS/zigzag), ${origin}`)}`,
    "components:",
    ...components,
  ];
  const imported = {
    text: `${lines.join("\n")}\n`,
    remarks: [...remarks.sorted(), ...(mappings?.remarks ?? [])],
    missing,
  };
  return sound(imported, "import.zigzag", origin);
}

const links = { W: "I2", I: "I1", O: "O" };

function reportUnknown(file: ZigzagHardware, remarks: Remarks): void {
  remarks.known(file as unknown as Record<string, unknown>, [], topKeys);
  for (const [name, memory] of Object.entries(file.memories)) {
    remarks.known(memory as unknown as Record<string, unknown>, ["memories", name], memoryKeys);
    memory.ports.forEach((port, i) => {
      remarks.known(port as unknown as Record<string, unknown>, ["memories", name, "ports", i], portKeys);
    });
    if (memory.auto_cost_extraction === true) {
      remarks.add(["memories", name, "auto_cost_extraction"], "costs from CACTI are not computed here; state them");
    }
  }
  const array = file.operational_array;
  remarks.known(array as unknown as Record<string, unknown>, ["operational_array"], arrayKeys);
  for (const key of ["is_imc", "imc_type", "adc_resolution", "bit_serial_precision"] as const) {
    if (array[key] !== undefined && array[key] !== false) {
      remarks.add(["operational_array", key], "in-memory computing is not translated; see mapping kind crossbar");
    }
  }
}

function unitText({ operational_array: array }: ZigzagHardware, missing: string[], remarks: Remarks): string {
  const bits = array.input_precision === undefined ? 8 : Math.max(...array.input_precision);
  if (array.input_precision === undefined && array.unit_energy !== undefined) {
    const remark = "input_precision is not stated; the unit's energy is taken as that of 8 bits";
    remarks.add(["operational_array", "unit_energy"], remark);
  }
  if (array.unit_energy === undefined) missing.push("mac.mac");
  return componentText({
    name: "mac",
    fields: { class: "arithmetic", mac_scaling: "none", count: array.sizes.reduce((a, b) => a * b, 1) },
    prices:
      array.unit_energy === undefined
        ? []
        : [{ verb: "mac", operand: `int${bits}`, value: array.unit_energy, unit: "pJ", source: "zigzag" }],
  });
}

/** The widest port in a direction; ZigZag bills one cost per access of whatever port. */
const widest = ({ ports }: ZigzagMemory, direction: "read" | "write"): number =>
  Math.max(...ports.filter(({ type }) => type.includes(direction)).map((port) => port.bandwidth_max));

function pricesOf(name: string, memory: ZigzagMemory, missing: string[]): { [key: string]: Yaml }[] {
  return (["read", "write"] as const).flatMap((verb) => {
    const value = verb === "read" ? memory.r_cost : memory.w_cost;
    const bits = widest(memory, verb);
    if (value === undefined || value === null || !Number.isFinite(bits)) {
      missing.push(`${name}.${verb}`);
      return [];
    }
    return [{ verb, value, unit: "pJ", bits, source: "zigzag" }];
  });
}

function nestText(name: string, memory: ZigzagMemory): string {
  const ports = memory.ports.map(
    ({ name: port, type, bandwidth_min, bandwidth_max, allocation }) =>
      `        - ${flow({ name: port, type, bandwidth_min, bandwidth_max, allocation })}`,
  );
  const fields: { [key: string]: Yaml } = {
    size_bits: memory.size,
    operands: memory.operands,
    served_dimensions: memory.served_dimensions,
    latency: memory.latency,
    double_buffer: memory.force_double_buffering,
    min_read_granule: memory.min_r_granularity,
    min_write_granule: memory.min_w_granularity,
    area: memory.area ?? undefined,
  };
  const rest = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [`      ${key}: ${flow(value)}`],
  );
  return [`    - component: ${flow(name)}`, ...rest, "      ports:", ...ports].join("\n");
}

const unserved = ({ served_dimensions }: ZigzagMemory, { operational_array: array }: ZigzagHardware): number[] =>
  array.sizes.filter((_, i) => !served_dimensions.includes(array.dimensions[i]!));

function instancesOf(memory: ZigzagMemory, file: ZigzagHardware): number | undefined {
  const count = unserved(memory, file).reduce((a, b) => a * b, 1);
  return count === 1 ? undefined : count;
}

function classOf(name: string, memory: ZigzagMemory, file: ZigzagHardware): "registers" | "sram" | "dram" {
  if (memory.mem_type === "dram" || /dram|hbm|ddr/i.test(name) || memory.size >= 1e9) return "dram";
  return /^(rf|reg)/i.test(name) || unserved(memory, file).length > 0 ? "registers" : "sram";
}

/** The home of an operand: the outermost memory on chip that the whole array shares, otherwise the outermost of all. */
function homesOf(file: ZigzagHardware): Map<string, string[]> {
  const homes = new Map<string, string[]>();
  for (const [operand, holding] of [
    ["I2", "weights"],
    ["I1", "activations"],
    ["O", "partial sums"],
  ] as const) {
    const own = Object.entries(file.memories).filter(([, memory]) => memory.operands.includes(operand));
    const shared = own.filter(
      ([name, memory]) => classOf(name, memory, file) !== "dram" && unserved(memory, file).length === 0,
    );
    const home = (shared.at(-1) ?? own.at(-1))?.[0];
    if (home !== undefined) homes.set(home, [...(homes.get(home) ?? []), holding]);
  }
  return homes;
}

/** The memories behind which `name` stands: for each of its operands, the next one inwards. */
function innerOf(name: string, { memories }: ZigzagHardware): string[] | undefined {
  const names = Object.keys(memories);
  const before = names.slice(0, names.indexOf(name));
  const inner = memories[name]!.operands.flatMap(
    (operand) => before.findLast((other) => memories[other]!.operands.includes(operand)) ?? [],
  );
  const distinct = [...new Set(inner)];
  return distinct.length === 0 ? undefined : distinct;
}

function readMappings(text: string): { entries: Yaml[]; remarks: Imported["remarks"] } {
  const yaml = readYaml(text, "mapping.yaml", { twins: true });
  const own = new Remarks(yaml);
  const entries = checkMappings(yaml, "mapping.yaml").map((entry, i): Yaml => {
    own.known(entry, [i], mappingKeys);
    return {
      operator: entry.name,
      unroll: entry.spatial_mapping,
      temporal_ordering: entry.temporal_ordering?.map(([loop, size]) => `${loop}, ${size}`),
      links: entry.memory_operand_links ?? links,
    };
  });
  return { entries, remarks: own.sorted().map((remark) => ({ ...remark, key: `mapping ${remark.key}` })) };
}
