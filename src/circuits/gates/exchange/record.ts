/** @file What another tool saw switching: toggles and times per named bit, and how it is laid onto a netlist. */

import { fail } from "../../../base/errors.ts";
import { drivenNets } from "../../netlist/check.ts";
import type { Netlist } from "../../netlist/netlist.ts";
import type { Activity, DelayModel } from "../activity.ts";

/** One bit over the recorded time; times in units of the record. */
export interface BitActivity {
  readonly toggles: number;
  readonly high: number;
  readonly low: number;
  readonly unknown: number;
}

export interface SwitchingRecord {
  readonly duration: number;
  readonly secondsPerUnit: number;
  /** Between the parts of a name. */
  readonly divider: string;
  /** By full name: instances, then the net, bits in brackets. */
  readonly bits: ReadonlyMap<string, BitActivity>;
}

export interface AnnotateOptions {
  /** The instance of the netlist inside the record, e.g. `tb/dut`; by default the first under which a net is found. */
  instance?: string;
  /** What simulated: counts of one delay model are never priced by constants of the other. */
  delay: DelayModel;
  /** Transitions or clock cycles that the record covers. */
  transitions: number;
}

export interface Annotated {
  readonly activity: Activity;
  /** Share of the nets that can switch which the record names. */
  readonly coverage: number;
  /** Nets that can switch and are not in the record. */
  readonly missing: readonly string[];
}

/** Below this share of nets with activity a power figure would be an invention. */
export const LEAST_COVERAGE = 0.9;

/**
 * Lays a record onto a netlist by names.
 * @throws FemtoError `annotate.coverage` where fewer than nine in ten nets are found, `annotate.transitions`
 */
export function annotate(netlist: Netlist, record: SwitchingRecord, options: AnnotateOptions): Annotated {
  const { delay, transitions } = options;
  if (!(transitions >= 1)) {
    fail({
      code: "annotate.transitions",
      where: `netlist ${netlist.name}`,
      message: "a record must cover at least one transition",
      got: String(transitions),
    });
  }
  const nets = drivenNets(netlist);
  const instance = options.instance ?? findInstance(netlist, record) ?? netlist.name;
  const toggles = new Float64Array(netlist.netNames.length);
  const high = new Float64Array(netlist.netNames.length);
  const missing: string[] = [];
  for (const net of nets) {
    const name = netlist.netNames[net]!;
    const bit = record.bits.get([...(instance === "" ? [] : [instance]), name].join(record.divider));
    if (bit === undefined) {
      missing.push(name);
      continue;
    }
    toggles[net] = bit.toggles;
    high[net] = record.duration > 0 ? (bit.high / record.duration) * transitions : 0;
  }
  const coverage = nets.length === 0 ? 1 : 1 - missing.length / nets.length;
  if (coverage < LEAST_COVERAGE) {
    fail({
      code: "annotate.coverage",
      where: `netlist ${netlist.name}`,
      message: "too few nets have activity",
      expected: `at least ${100 * LEAST_COVERAGE} % of ${nets.length} nets under ${instance}${record.divider}`,
      got: `${(100 * coverage).toFixed(1)} %; missing ${missing.slice(0, 3).join(", ")}${missing.length > 3 ? " …" : ""}`,
      hint: "name the instance, and record all nets of the netlist",
    });
  }
  return { activity: { delay, transitions, toggles, high }, coverage, missing };
}

/** The longest prefix under which a port bit of the netlist stands: deeper instances are nearer to the gates. */
function findInstance(netlist: Netlist, { bits, divider }: SwitchingRecord): string | undefined {
  const port = netlist.netNames[drivenNets(netlist)[0] ?? 0]!;
  const found = [...bits.keys()]
    .filter((name) => name === port || name.endsWith(divider + port))
    .map((name) => name.slice(0, Math.max(0, name.length - port.length - divider.length)));
  return found.sort((a, b) => b.length - a.length)[0];
}
