/**
 * @file An event-driven spiking core: a synapse does work when a spike arrives, a neuron in every step. Movement is
 * sparse (an event for each spike) or dense (a bit for each neuron and step), whichever is cheaper on the machine; the
 * membrane is state that no value of the graph names. The comparison with a quantised twin is `energy/spiking`.
 */

import { fail } from "../../base/errors.ts";
import { type Component, type Holding, isMemory, type Machine, type MachineMapping } from "../../machines/index.ts";
import { Actions } from "../actions.ts";
import { type MappingContext, mapping, type Region } from "../mapping.ts";
import type { NodeCost } from "../node-cost.ts";
import { findUnit } from "../schedule.ts";
import type { Width } from "../width.ts";
import { tailActions } from "./tail.ts";

type SpikingMachine = Extract<MachineMapping, { kind: "spiking" }>;

const MEMBRANE_BITS = 16;

export const spiking = mapping({
  id: "spiking",
  title: "an event-driven core: synapses are paid per spike, neurons per step, movement the cheaper way",
  prices: "everything",
  plan(region, context) {
    const { head, tail } = region;
    const plan = new Actions(context);
    const isNeuronLayer = head.kind === "layer";
    const rate = isNeuronLayer ? rateOf(region, context) : undefined;
    const choices = rate === undefined ? {} : planNeurons(plan, region, context, rate);
    if (rate === undefined) {
      const { weight, input } = context.widthsOf(head);
      if (head.kind !== "stream") {
        plan.mac(head, { weight, input });
        planReads(plan, head, context, { weight, input });
      }
      if (context.machine.components.some((entry) => isMemory(entry) && entry.holds.includes("activations"))) {
        tailActions(plan, region);
      } else for (const node of [head, ...tail]) plan.elementary(node, input);
    }
    return { nodes: [head, ...tail], actions: plan.actions, unmodelled: plan.unmodelled, choices };
  },
});

/** A product of numbers: its factors are read once, each from where it lives; where that is nowhere, it is listed. */
function planReads(
  plan: Actions,
  head: NodeCost,
  { machine }: MappingContext,
  { weight, input }: { readonly weight: Width; readonly input: Width },
): void {
  const isLayer = head.kind === "layer";
  const [weights, activations] = [memoryFor(machine, "weights"), memoryFor(machine, "activations")];
  const home = isLayer ? weights : activations;
  if (home === undefined) plan.missing(head, `no memory holds ${isLayer ? "weights" : "activations"}`);
  else plan.move(head, home, "read", head.nW, weight, isLayer ? "weights" : "activations", "read once");
  if (activations === undefined) plan.missing(head, "no memory holds activations");
  else plan.move(head, activations, "read", head.nA, input, "activations", "every element of the input read once");
}

/** Spikes per neuron and step at a layer's input; nothing where the input is no spikes (an analogue first layer). */
function rateOf({ head }: Region, { options, analogue }: MappingContext): number | undefined {
  const value = head.input!.value;
  if (analogue.has(value)) return undefined;
  const events = options.activity?.values[value]?.eventsPerStep;
  if (events !== undefined) return events.reduce((sum, share) => sum + share, 0) / events.length;
  return (
    options.spikeRate ??
    fail({
      code: "energy.activity",
      where: `layer ${head.name}`,
      message: "a spiking core is paid by the spike, and nothing says how many there are",
      expected: "measured activity with eventsPerStep, or an assumed rate",
      hint: "--spike-rate 0.1 assumes one for all layers",
    })
  );
}

function planNeurons(plan: Actions, { head, tail }: Region, context: MappingContext, rate: number) {
  const { machine, options, widthsOf } = context;
  const own = machine.mapping as SpikingMachine;
  const steps = options.timeSteps ?? own.timeSteps ?? missingSteps(machine);
  const { weight } = widthsOf(head);
  const made = new Set(head.writes.map(({ value }) => value));
  const events = head.macs * steps * rate;
  const text = `${rate.toPrecision(3)} spikes a step × ${steps} steps`;
  const whole = findUnit(machine, "synapse");
  if (whole !== undefined) {
    plan.add(head, {
      component: whole,
      verb: "synapse",
      count: events,
      operands: [],
      cause: "compute",
      rule: `synapses × ${text}, weights included`,
    });
  } else {
    const adder = findUnit(machine, "accumulate") ?? findUnit(machine, "add");
    if (adder === undefined) plan.missing(head, "the machine has no price for add");
    else {
      const verb = adder.prices.some((price) => price.verb === "accumulate") ? "accumulate" : "add";
      plan.add(head, {
        component: adder,
        verb,
        count: events,
        operands: [],
        cause: "compute",
        rule: `synapses × ${text}`,
      });
    }
    const home = memoryFor(machine, "weights");
    if (home === undefined) plan.missing(head, "no memory holds weights");
    else plan.move(head, home, "read", events, weight, "weights", `a weight for each synapse and spike: ${text}`);
  }
  for (const node of tail) {
    const joining = node.reads.filter(({ value, isConstant }) => !isConstant && !made.has(value));
    if (joining.length > 0) plan.missing(node, "spikes that join a layer from elsewhere are not counted", node.ops);
    for (const { value } of node.writes) made.add(value);
  }
  const way = planMovement(plan, { head, tail }, own, machine, steps, rate);
  planState(plan, { head, tail }, own, machine, steps, rate);
  return { steps, "spike rate": Number(rate.toPrecision(3)), movement: way };
}

/** Events go to every core that holds a part of the layer; without cores, to every synapse (as the paper charges). */
function planMovement(
  plan: Actions,
  { head }: Region,
  own: SpikingMachine,
  machine: Machine,
  steps: number,
  rate: number,
): string {
  const fanOut = head.macs / head.nA;
  const copies = own.neuronsPerCore === undefined ? fanOut : Math.ceil(Math.min(fanOut, head.nY) / own.neuronsPerCore);
  const networks = machine.components.filter(({ class: kind }) => kind === "network");
  const priced = (per: "event" | "bit") =>
    networks.flatMap((component) =>
      component.prices
        .filter((price) => price.verb === "transfer" && price.per === per)
        .map((price) => ({ component, price })),
    )[0];
  const ways = [
    { way: "sparse", found: priced("event"), count: head.nA * steps * rate * copies * own.hops },
    { way: "dense", found: priced("bit"), count: head.nA * steps * copies * own.hops },
  ].flatMap(({ found, ...rest }) =>
    found === undefined ? [] : [{ ...rest, ...found, cost: found.price.energy.mid * rest.count }],
  );
  const best = ways.toSorted((a, b) => a.cost - b.cost)[0];
  if (best === undefined) {
    plan.missing(head, "the machine has no price for transfer");
    return "none";
  }
  plan.add(head, {
    component: best.component,
    verb: "transfer",
    count: best.count,
    operands: [1],
    cause: "network",
    rule: `${best.way}: inputs × ${steps} steps${best.way === "sparse" ? ` × ${rate.toPrecision(3)}` : ""} × ${Number(copies.toPrecision(3))} places × ${own.hops} hops`,
  });
  return best.way;
}

/** Threshold, reset, and the membrane read and written, for every neuron in every step: state is touched without spikes. */
function planState(
  plan: Actions,
  { head }: Region,
  own: SpikingMachine,
  machine: Machine,
  steps: number,
  rate: number,
): void {
  const neurons = head.nY;
  const update = findUnit(machine, "update");
  const each = (component: Component | undefined, verb: string, count: number, rule: string) => {
    if (component === undefined) plan.missing(head, `the machine has no price for ${verb}`);
    else plan.add(head, { component, verb, count, operands: [], cause: "state", rule });
  };
  if (update !== undefined) {
    each(update, "update", neurons * steps, "neurons × steps");
    return;
  }
  each(findUnit(machine, "compare"), "compare", neurons * steps, "thresholds: neurons × steps");
  each(
    findUnit(machine, "subtract"),
    "subtract",
    neurons * steps * rate,
    "resets: neurons × spikes, at the rate of the input",
  );
  const home = memoryFor(machine, "state");
  if (home === undefined) {
    plan.missing(head, "no memory holds state");
    return;
  }
  const bits = own.membraneBits ?? MEMBRANE_BITS;
  plan.move(head, home, "read", neurons * steps, bits, "state", "membranes: neurons × steps");
  plan.move(head, home, "write", neurons * steps, bits, "state", "membranes: neurons × steps");
}

const memoryFor = (machine: Machine, held: Holding) => {
  const memories = machine.components.filter(isMemory);
  return memories.find(({ holds }) => holds.includes(held));
};

const missingSteps = ({ origin }: Machine): number =>
  fail({
    code: "energy.steps",
    where: origin,
    message: "the machine does not say in how many time steps a network runs",
    expected: "time_steps in its mapping",
    hint: "--steps 5 says it here",
  });
