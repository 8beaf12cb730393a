/** @file Static power: what a machine draws while a region runs, whatever it does. Power × time, a row of the same bill. */

import { type Machine, type Range, scaled } from "../machines/index.ts";
import type { Term } from "./bill.ts";
import type { Schedule } from "./schedule.ts";

/** 1 mW over 1 µs is 1 nJ. */
const PICOJOULES_PER_MILLIWATT_MICROSECOND = 1000;

/** Leakage of every component that states one, for the latency of a region. Without clock or time there is none. */
export function staticTerms({ timing, nodes }: Schedule, machine: Machine): Term[] {
  const { clockMhz } = machine;
  const [head] = nodes;
  if (timing === undefined || clockMhz === undefined || head === undefined) return [];
  return machine.components.flatMap((component): Term[] => {
    const power = component.staticPower;
    if (power?.leakageMw === undefined) return [];
    const energy: Range = scaled(power.leakageMw, (component.count * PICOJOULES_PER_MILLIWATT_MICROSECOND) / clockMhz);
    const id = `${component.name}.leakage`;
    return [
      {
        cause: "leakage",
        energy: scaled(energy, timing.latencyCycles),
        price: id,
        quantity: timing.latencyCycles,
        chain: {
          layer: head.name,
          node: head.node,
          cause: "leakage",
          count: timing.latencyCycles,
          rule: "cycles that the region takes",
          action: id,
          operands: "",
          scaling: `${component.count} × ${power.leakageMw.mid} mW at ${clockMhz} MHz`,
          quantity: timing.latencyCycles,
          price: { id, stated: `${power.leakageMw.mid} mW`, energy, place: `${machine.origin}:${power.line}` },
          technology: `${machine.technology.nodeNm} nm`,
          source: power.source.text,
          rangeSource: power.rangeSource?.text,
          note: power.note,
          energy: scaled(energy, timing.latencyCycles),
          unit: machine.unit.label,
        },
      },
    ];
  });
}
