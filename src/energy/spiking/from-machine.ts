/**
 * @file The constants of the comparison out of any machine that states them. What a machine has no price for is an error
 * with its line, never a zero; a caller may state single constants beside the machine.
 */

import { fail } from "../../base/errors.ts";
import {
  type Component,
  isMemory,
  type Machine,
  type Memory,
  type Price,
  type Range,
  sumOf,
} from "../../machines/index.ts";
import { charge } from "../charge.ts";
import { findUnit, unitFor } from "../schedule.ts";
import {
  checkSpikingPrices,
  type SpikingPrice,
  type SpikingPriceName,
  type SpikingPrices,
  spikingUnits,
} from "./prices.ts";

export interface SpikingWidths {
  readonly weightBits: number;
  /** Of the twin. */
  readonly activationBits: number;
}

/**
 * Where each constant comes from:
 *
 * - accumulate, compare, subtract: the verb of that name, or `add`, which does the same work; `mac` where the machine adds
 *   only inside its multiply-accumulate units, and then no spike is cheaper than a product [reconstructed];
 * - multiplyAccumulate: `mac`, or `multiply` and `add`, on the given widths by the machine's scaling;
 * - weightBit: a read of the memory that holds weights; stateBit: half a read and half a write of the one that holds
 *   state, or activations where none does;
 * - denseBit, sparseEvent: `transfer` of a network, per bit and per event, over one hop.
 *
 * The worst place to move data through is the machine's DRAM, one access an event.
 * @throws FemtoError `machine.price`, `machine.placement`, `energy.width`, `energy.prices`
 */
export function spikingPrices(
  machine: Machine,
  widths: SpikingWidths,
  stated: Partial<Record<SpikingPriceName, SpikingPrice>> = {},
): SpikingPrices {
  const { label } = machine.unit;
  const made = (name: SpikingPriceName, make: () => Drawn): SpikingPrice => {
    const own = stated[name];
    if (own !== undefined) return own;
    const { energy, prices } = make();
    const source = [...new Set(prices.map((price) => `${machine.name} › ${price.id}: ${price.source.text}`))].join(
      "; ",
    );
    return { energy, unit: label + spikingUnits[name], source, id: prices.map(({ id }) => id).join(" + ") };
  };
  const add = (verb: string) => () => {
    const own = [verb, "add"].find((name) => findUnit(machine, name) !== undefined);
    if (own !== undefined || findUnit(machine, "mac") === undefined) return operation(machine, own ?? "add");
    return operation(machine, "mac", [widths.weightBits, widths.activationBits]);
  };
  const worst = worstMovement(machine);
  return checkSpikingPrices({
    name: machine.name,
    unit: label,
    prices: {
      accumulate: made("accumulate", add("accumulate")),
      multiplyAccumulate: made("multiplyAccumulate", () => product(machine, widths)),
      compare: made("compare", add("compare")),
      subtract: made("subtract", add("subtract")),
      weightBit: made("weightBit", () => perBit(machine, homeOf(machine, ["weights"]), "read")),
      stateBit: made("stateBit", () => {
        const home = homeOf(machine, ["state", "activations"]);
        return mean(perBit(machine, home, "read"), perBit(machine, home, "write"));
      }),
      denseBit: made("denseBit", () => transfer(machine, "bit")),
      sparseEvent: made("sparseEvent", () => transfer(machine, "event")),
    },
    ...(worst && { worstMovement: worst }),
  });
}

/** An energy and the prices that it was drawn from. */
export interface Drawn {
  readonly energy: Range;
  readonly prices: readonly Price[];
}

function operation(machine: Machine, verb: string, operands: readonly number[] = []): Drawn {
  const { energy, price } = charge(
    {
      component: unitFor(machine, verb),
      verb,
      count: 1,
      operands,
      cause: "compute",
      per: "inference",
      from: { layer: "the quantised twin", node: "", rule: "" },
    },
    machine,
  );
  return { energy, prices: [price] };
}

function product(machine: Machine, { weightBits, activationBits }: SpikingWidths): Drawn {
  const operands = [weightBits, activationBits];
  if (findUnit(machine, "mac") !== undefined) return operation(machine, "mac", operands);
  const [multiply, add] = [operation(machine, "multiply", operands), operation(machine, "add")];
  return { energy: sumOf([multiply.energy, add.energy]), prices: [...multiply.prices, ...add.prices] };
}

/** The memory that holds the first of the kinds that any memory holds. */
export function homeOf(machine: Machine, kinds: readonly Memory["holds"][number][]): Memory {
  const memories = machine.components.filter(isMemory);
  for (const kind of kinds) {
    const home = memories.find(({ holds }) => holds.includes(kind));
    if (home !== undefined) return home;
  }
  return fail({
    code: "machine.placement",
    where: machine.origin,
    message: `no memory holds ${kinds.join(" or ")}`,
    expected: `holds: [${kinds[0]}] at a memory`,
  });
}

export function perBit(machine: Machine, component: Component, verb: string): Drawn {
  const price = component.prices.find((entry) => entry.verb === verb && entry.per === "bit");
  if (price !== undefined) return { energy: price.energy, prices: [price] };
  return missing(machine, component, verb, "per bit");
}

function transfer(machine: Machine, per: "bit" | "event"): Drawn {
  const networks = machine.components.filter((component) => component.class === "network");
  const prices = networks
    .flatMap((network) => network.prices)
    .filter((price) => price.verb === "transfer" && price.per === per);
  const [price, second] = prices;
  if (price !== undefined && second === undefined) return { energy: price.energy, prices: [price] };
  if (second === undefined) return missing(machine, networks[0], "transfer", `per ${per}`);
  return fail({
    code: "machine.price",
    where: `${machine.origin}:${second.line}`,
    message: `more than one network has a price for transfer per ${per}`,
    expected: "one",
    got: prices.map(({ id }) => id).join(", "),
  });
}

function missing(machine: Machine, component: Component | undefined, verb: string, per: string): never {
  const where =
    component === undefined ? machine.origin : `${machine.origin}:${component.line} › component ${component.name}`;
  return fail({
    code: "machine.price",
    where,
    message: component === undefined ? "the machine has no network" : `has no price for ${verb} ${per}`,
    expected: `a price with verb: ${verb}, ${per}`,
    hint: "the comparison of spikes and bits hangs on what it costs to move them: state the price with its source, or --through-memory where there is no network",
  });
}

const mean = (a: Drawn, b: Drawn): Drawn => ({
  energy: {
    lo: (a.energy.lo + b.energy.lo) / 2,
    mid: (a.energy.mid + b.energy.mid) / 2,
    hi: (a.energy.hi + b.energy.hi) / 2,
  },
  prices: [...a.prices, ...b.prices],
});

function worstMovement({ components, name, unit }: Machine): SpikingPrices["worstMovement"] {
  const read = components
    .filter((component) => component.class === "dram")
    .flatMap(({ prices }) => prices)
    .find((price) => price.verb === "read" && price.per === "bit");
  if (read === undefined) return undefined;
  const access = read.accessBits ?? 1;
  const source = `${name} › ${read.id}: ${read.source.text}`;
  const { lo, mid, hi } = read.energy;
  return {
    denseBit: { energy: read.energy, unit: unit.label + spikingUnits.denseBit, source, id: read.id },
    sparseEvent: {
      energy: { lo: lo * access, mid: mid * access, hi: hi * access },
      unit: unit.label + spikingUnits.sparseEvent,
      source: `${source}; one access of ${access} bits an event`,
      id: read.id,
    },
  };
}
