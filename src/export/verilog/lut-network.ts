/**
 * @file A lookup-table network as a circuit: encoder on raw bytes, tables, popcount trees, argmax; combinational, or
 * pipelined with one sample a clock cycle.
 */

import { fail } from "../../base/errors.ts";
import { argmax, type Circuit, generate } from "../../circuits/index.ts";
import {
  type Clocking,
  concat,
  defaultClocking,
  type Expression,
  type Module,
  ModuleBuilder,
  unsigned,
} from "../../circuits/verilog/index.ts";
import { type LutNetlist, toNetlist } from "../../engine/bits/netlist.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";
import { simplified } from "../../engine/bits/simplify.ts";
import { validated } from "../../engine/bits/validate.ts";
import { networkHash } from "../lut/description.ts";
import type { CounterInputs } from "./counter-plan.ts";
import { encoderModule } from "./lut-encoder.ts";
import { modelOfNetlist, modelOfNetwork } from "./lut-model.ts";
import { withPlainGroups } from "./lut-polarity.ts";
import { popcountModule } from "./lut-popcount.ts";
import { tablesModule } from "./lut-tables.ts";

export interface LutCircuitOptions {
  /** Modules are called `NAME`, `NAME_encoder`, `NAME_core` …; `lut_network` by default. */
  readonly name?: string;
  /** Registers behind the encoder, behind every level of tables, in the popcount trees and behind the class. */
  readonly isPipelined?: boolean;
  /** Levels of counters between two registers of the popcount. */
  readonly counterLevels?: number;
  /** Bits that one counter of the popcount takes: inputs of the lookup tables that it is meant for. 6 by default. */
  readonly counterInputs?: CounterInputs;
  /** The tables as they were trained, each of them, instead of what is left of them after simplification. */
  readonly isVerbatim?: boolean;
}

export interface LutCircuit {
  /** From `sample_i` (feature f in bits 8f+7 … 8f) to `class_o`. Undefined where samples are no bytes. */
  readonly circuit: Circuit | undefined;
  /** From `code_i` to `class_o`: the circuit without its encoder. */
  readonly core: Circuit;
  /** What the circuit is made from; bit b of the code is `netlist.bits[b]`. */
  readonly netlist: LutNetlist;
  /** Names of the modules that are nothing but tables: those of the network, and what counts the ones of a class. */
  readonly modules: { readonly tables: string; readonly counter: string };
}

const VERSION = 3;
const DEFAULT_COUNTER_LEVELS = 2;

/** @throws FemtoError `bits.*` if the network is unsound, `export.constant` if it answers the same to everything */
export function toLutCircuit(network: LutNetwork, options: LutCircuitOptions = {}): LutCircuit {
  const { name = "lut_network", isPipelined = false, isVerbatim = false } = options;
  const raw = toNetlist(validated(network));
  const netlist = isVerbatim ? raw : withPlainGroups(simplified(raw));
  if (netlist.bits.length === 0) {
    fail({
      code: "export.constant",
      where: "lookup-table network",
      message: "the network gives every sample the same class, so there is no circuit to make",
    });
  }
  const clocking: Clocking | undefined = isPipelined ? { clock: defaultClocking.clock } : undefined;
  const counterLevels = isPipelined ? (options.counterLevels ?? DEFAULT_COUNTER_LEVELS) : 0;
  const { counterInputs = 6 } = options;
  const {
    module: coreModule,
    latency,
    facts,
    modules,
  } = makeCore(netlist, { name, clocking, counterLevels, counterInputs });
  const parameters = { network: networkHash(network), isPipelined, counterLevels, counterInputs, isVerbatim };
  const hash = parameters.network.slice(0, 16);
  const common = { generator: "lut-network", version: VERSION, parameters, hash, initiationInterval: 1, facts };
  const core: Circuit = {
    ...common,
    name: coreModule.name,
    top: coreModule,
    latency,
    model: modelOfNetlist(netlist, latency),
  };
  if (network.input.dtype !== "uint8") return { circuit: undefined, core, netlist, modules };
  const top = makeTop(netlist, name, clocking, coreModule);
  const full = latency + (isPipelined ? 1 : 0);
  const circuit: Circuit = {
    ...common,
    name,
    top,
    latency: full,
    model: modelOfNetwork(network, full),
  };
  return { circuit, core, netlist, modules };
}

interface Core {
  readonly module: Module;
  readonly latency: number;
  readonly facts: Readonly<Record<string, number>>;
  readonly modules: LutCircuit["modules"];
}

interface CorePlan {
  readonly name: string;
  readonly clocking: Clocking | undefined;
  readonly counterLevels: number;
  readonly counterInputs: CounterInputs;
}

function makeCore(netlist: LutNetlist, { name, clocking, counterLevels, counterInputs }: CorePlan): Core {
  const tables = tablesModule(netlist, `${name}_tables`, clocking);
  const counter = popcountModule(`${name}_popcount`, tables.groupBits, counterInputs, counterLevels);
  const classes = netlist.groups.length;
  const countBits = counter.module.ports.find(({ name }) => name === "count_o")!.width;
  const winner = generate(argmax, { inputs: classes, width: countBits, isSigned: false }, `${name}_argmax`);
  const m = new ModuleBuilder(`${name}_core`, clocking);
  const code = m.input("code_i", unsigned(netlist.bits.length));
  const groups = m.instance("tables", tables.module, { code_i: code });
  const counts = netlist.groups.map(
    (_, k) => m.instance(`count${k}`, counter.module, { x_i: groups[`group${k}_o`]! }).count_o!,
  );
  const index: Expression = m.instance("winner", winner.top, { x_i: concat(...counts.reverse()) }).index_o!;
  m.output("class_o", clocking === undefined ? index : m.registered("class_q", index));
  const registers = clocking === undefined ? 0 : tables.levels + 1;
  return {
    module: m.finish(),
    latency: registers + counter.latency,
    modules: { tables: tables.module.name, counter: counter.module.name },
    facts: {
      thermometerBits: netlist.bits.length,
      tables: netlist.luts.length,
      levels: tables.levels,
      counterTables: classes * counter.tables,
    },
  };
}

function makeTop(netlist: LutNetlist, name: string, clocking: Clocking | undefined, core: Module): Module {
  const m = new ModuleBuilder(name, clocking);
  const sample = m.input("sample_i", unsigned(8 * netlist.input.features));
  const encoder = encoderModule(netlist, `${name}_encoder`, clocking);
  const { code_o } = m.instance("encoder", encoder, { sample_i: sample });
  m.output("class_o", m.instance("core", core, { code_i: code_o! }).class_o!);
  return m.finish();
}
