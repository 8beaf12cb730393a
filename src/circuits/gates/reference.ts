/**
 * @file The slow, obvious evaluator: one vector at a time, one number per net, loops that read as the definition. The
 * fast one is held against it.
 */

import { gateKind } from "../netlist/gate-kind.ts";
import { levelise } from "../netlist/levelise.ts";
import { dataInputs, type Net, type Netlist, ONE } from "../netlist/netlist.ts";
import type { Activity, DelayModel } from "./activity.ts";
import { bitOf, checkStimulus, type Stimulus, transitionsOf, type Vectors, valueAt } from "./stimulus.ts";

/** What one transition did. */
export interface Transition {
  readonly index: number;
  /** Changes per net in this transition. */
  readonly toggles: Uint32Array;
  /** Value per net once it has settled. */
  readonly settled: Uint8Array;
}

export interface ReferenceOptions {
  delay: DelayModel;
  onTransition?: (transition: Transition) => void;
  /** Every single change, in order of time; time 0 is the change of the inputs. */
  onChange?: (change: { transition: number; time: number; net: Net; value: 0 | 1 }) => void;
  /** The settled values at the start of a stream or before a pair. */
  onStart?: (settled: Uint8Array) => void;
}

const evaluateGate = (values: Uint8Array, kind: Netlist["gates"][number]["kind"], pins: readonly Net[]): 0 | 1 =>
  gateKind(kind).evaluate(values[pins[0]!]!, values[pins[1]!]!, values[pins[2]!]!, values[pins[3]!]!) & 1 ? 1 : 0;

/**
 * Counts by evaluating every gate at every step.
 * @throws FemtoError `stimulus.*`, `netlist.loop`
 */
export function referenceActivity(netlist: Netlist, stimulus: Stimulus, options: ReferenceOptions): Activity {
  checkStimulus(netlist, stimulus);
  const { gates, flipFlops } = netlist;
  const { order } = levelise(netlist);
  const netCount = netlist.netNames.length;
  const values = new Uint8Array(netCount);
  values[ONE] = 1;
  const sum = new Float64Array(netCount);
  const high = new Float64Array(netCount);
  let toggles = new Uint32Array(netCount);
  let place = { transition: 0, time: 0 };

  const change = (net: Net, value: 0 | 1): void => {
    if (values[net] === value) return;
    values[net] = value;
    toggles[net]!++;
    options.onChange?.({ ...place, net, value });
  };
  const apply = (vectors: Vectors, index: number): void => {
    for (const { name, nets } of dataInputs(netlist)) {
      for (const [bit, net] of nets.entries()) change(net, bitOf(valueAt(vectors[name]!, index), bit));
    }
  };
  /** Zero delay: every gate once, behind its inputs. */
  const settle = (): void => {
    for (const index of order) {
      const { kind, inputs, output } = gates[index]!;
      change(output, evaluateGate(values, kind, inputs));
    }
  };
  /** Unit delay: what a gate shows at time t comes from its inputs at t − 1; until nothing changes. */
  const ripple = (): void => {
    for (let isMoving = true; isMoving; ) {
      place = { ...place, time: place.time + 1 };
      const next = gates.map(({ kind, inputs }) => evaluateGate(values, kind, inputs));
      isMoving = gates.some(({ output }, index) => values[output] !== next[index]);
      for (const [index, { output }] of gates.entries()) change(output, next[index]!);
    }
  };
  /** The clock edge: all flip-flops read before any of them changes. */
  const clockEdge = (): void => {
    const next = flipFlops.map(({ d, q, enable, reset }): 0 | 1 => {
      const isEnabled = enable === undefined || values[enable.net] === enable.active;
      const isReset = reset !== undefined && values[reset.net] === reset.active && (reset.overEnable || isEnabled);
      if (isReset) return reset.value;
      return values[isEnabled ? d : q] ? 1 : 0;
    });
    for (const [index, { q }] of flipFlops.entries()) change(q, next[index]!);
  };
  /** Brings the netlist to rest on a vector without counting. */
  const rest = (vectors: Vectors, index: number): void => {
    const { onChange } = options;
    options = { ...options, onChange: undefined };
    apply(vectors, index);
    settle();
    options = { ...options, onChange };
    toggles = new Uint32Array(netCount);
  };

  const transitions = transitionsOf(stimulus);
  const perStream = stimulus.kind === "stream" ? stimulus.count - 1 : 1;
  for (let index = 0; index < transitions; index++) {
    // The vector before transition k of stream s is vector k of that stream.
    const before = stimulus.kind === "stream" ? index + Math.floor(index / perStream) : index;
    if (index % perStream === 0) {
      for (const { q, initial } of flipFlops) values[q] = initial;
      rest(stimulus.kind === "stream" ? stimulus.vectors : stimulus.before, before);
      options.onStart?.(values.slice());
    }
    place = { transition: index, time: 0 };
    clockEdge();
    if (stimulus.kind === "stream") apply(stimulus.vectors, before + 1);
    else apply(stimulus.after, before);
    if (options.delay === "zero") settle();
    else ripple();
    options.onTransition?.({ index, toggles, settled: values });
    for (let net = 0; net < netCount; net++) {
      sum[net]! += toggles[net]!;
      high[net]! += values[net]!;
    }
    toggles = new Uint32Array(netCount);
  }
  return { delay: options.delay, transitions, toggles: sum, high };
}
