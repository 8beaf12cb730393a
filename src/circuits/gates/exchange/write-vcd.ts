/** @file What a netlist does under a stimulus as a VCD file (IEEE 1364-2005, clause 18), for wave viewers and other tools. */

import { fail } from "../../../base/errors.ts";
import { levelise } from "../../netlist/levelise.ts";
import { type Net, type Netlist, ONE } from "../../netlist/netlist.ts";
import type { DelayModel } from "../activity.ts";
import { referenceActivity } from "../reference.ts";
import type { Stimulus } from "../stimulus.ts";

export interface VcdOptions {
  delay: DelayModel;
  /** Gate delays from one vector to the next, hence the time between transitions; by default the next power of ten. */
  period?: number;
}

/** The longest settling time of a netlist with unit delays, in gate delays. */
export const settlingTime = (netlist: Netlist): number => Math.max(0, ...levelise(netlist).depth);

/** Short printable identifiers: `!`, `"`, … in base 94. */
function identifier(index: number): string {
  const letter = String.fromCharCode(33 + (index % 94));
  return index < 94 ? letter : letter + identifier(Math.floor(index / 94) - 1);
}

/**
 * VCD text of one stream of vectors. One nanosecond stands for one gate delay; vector k is applied at k·period. Every net is a scalar,
 * called as in the netlist; the clock rises when vectors change and falls half a period later.
 * @throws FemtoError `vcd.stimulus` for pairs or several streams, `vcd.period`
 */
export function writeVcd(netlist: Netlist, stimulus: Stimulus, options: VcdOptions): string {
  if (stimulus.kind !== "stream" || (stimulus.streams ?? 1) > 1) {
    fail({
      code: "vcd.stimulus",
      where: `netlist ${netlist.name}`,
      message: "a VCD file shows one stream of vectors",
      got: stimulus.kind === "pairs" ? "independent pairs" : `${stimulus.streams} streams`,
    });
  }
  const settling = settlingTime(netlist);
  const period = options.period ?? 10 ** Math.ceil(Math.log10(settling + 2));
  if (!Number.isInteger(period) || period <= settling + 1) {
    fail({
      code: "vcd.period",
      where: `netlist ${netlist.name}`,
      message: "a period must be a whole number of gate delays and let the netlist settle",
      expected: `more than ${settling + 1}`,
      got: String(period),
    });
  }
  const clock = netlist.ports.find(({ name }) => name === netlist.clock?.port)?.nets[0];
  const nets = netlist.netNames.map((_, net) => net).filter((net) => net > ONE);
  const lines = [
    "$comment Femto, gate-level evaluation; delay model: " + options.delay + " $end",
    "$timescale 1ns $end",
    `$scope module ${netlist.name} $end`,
    ...nets.map((net) => `$var wire 1 ${identifier(net)} ${netlist.netNames[net]!.replaceAll(/\s/g, "_")} $end`),
    "$upscope $end",
    "$enddefinitions $end",
  ];
  const moments = new Map<number, string[]>();
  const at = (time: number): string[] => {
    let changes = moments.get(time);
    if (changes === undefined) {
      changes = [];
      moments.set(time, changes);
    }
    return changes;
  };
  const change = (time: number, net: Net, value: number) => at(time).push(`${value}${identifier(net)}`);
  referenceActivity(netlist, stimulus, {
    delay: options.delay,
    onStart: (settled) => {
      at(0).push("$dumpvars", ...nets.map((net) => `${settled[net]}${identifier(net)}`), "$end");
    },
    onChange: ({ transition, time, net, value }) => change((transition + 1) * period + time, net, value),
  });
  if (clock !== undefined) {
    const [active, idle] = netlist.clock!.edge === "rising" ? [1, 0] : [0, 1];
    for (let edge = 1; edge < stimulus.count; edge++) {
      change(edge * period, clock, active);
      change(edge * period + (period >> 1), clock, idle);
    }
  }
  for (const [time, changes] of [...moments].sort(([a], [b]) => a - b)) lines.push(`#${time}`, ...changes);
  return [...lines, `#${stimulus.count * period}`, ""].join("\n");
}
