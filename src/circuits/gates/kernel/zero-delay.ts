/** @file Zero delay: each gate once, behind its inputs. Also how a kernel comes to rest before it counts. */

import type { Net } from "../../netlist/netlist.ts";
import type { Code, Plan } from "./context.ts";
import { gateCode } from "./gate-code.ts";
import { WORD_BYTES } from "./layout.ts";

/** Evaluates moving gates on the values of this step, without counting. */
export function settleCode({ netlist }: Plan, code: Code, gates: readonly number[]): void {
  const { body, scratch } = code;
  const value = scratch.take();
  for (const index of gates) {
    const { kind, inputs, output } = netlist.gates[index]!;
    gateCode(body, kind, (pin) => code.load(inputs[pin]!, "next"));
    body.set(value);
    code.store(output, value);
  }
  scratch.give(value);
}

/** Evaluates gates that hold still during a run; they see only each other. */
export function stillCode({ netlist, layout }: Plan, code: Code, gates: readonly number[]): void {
  const { body } = code;
  for (const index of gates) {
    const { kind, inputs, output } = netlist.gates[index]!;
    body.i32(0);
    gateCode(body, kind, (pin) => code.load(inputs[pin]!, "next"));
    body.memory("v128.store", layout.stillAddress(output));
  }
}

/** Evaluates moving gates and counts where the settled value differs from that of the step before. */
export function zeroDelayCode({ netlist }: Plan, code: Code, gates: readonly number[]): void {
  const { body, scratch } = code;
  for (const index of gates) {
    const { kind, inputs, output } = netlist.gates[index]!;
    const value = scratch.take();
    gateCode(body, kind, (pin) => code.load(inputs[pin]!, "next"));
    body.set(value);
    code.store(output, value);
    countChange(code, output, value);
    scratch.give(value);
  }
}

/** Counts the lanes in which `value` differs from the settled value of the step before. */
export function countChange(code: Code, net: Net, value: Parameters<Code["store"]>[1]): void {
  const change = code.scratch.take();
  code.load(net, "previous");
  code.body.get(value).op("v128.xor").set(change);
  const counter = code.counter();
  counter.add(change);
  code.count(net, counter, value);
}

/** Takes the inputs of a step from its words, and counts their changes if asked to. */
export function inputCode({ layout }: Plan, code: Code, step: Parameters<Code["store"]>[1], isCounted: boolean): void {
  const { body, scratch } = code;
  layout.stepInputs.forEach((net, index) => {
    const value = scratch.take();
    body
      .get(step)
      .memory("v128.load", index * WORD_BYTES)
      .set(value);
    code.store(net, value);
    if (isCounted) countChange(code, net, value);
    scratch.give(value);
  });
}

/** The clock edge: flip-flops take what their data pins carried when the step before had settled. */
export function clockEdgeCode({ netlist }: Plan, code: Code): void {
  const { body, scratch } = code;
  for (const { d, q, enable, reset } of netlist.flipFlops) {
    const value = scratch.take();
    const pick = (net: Net, active: 0 | 1) => {
      code.load(net, "previous");
      if (active === 0) body.op("v128.not");
    };
    const enabled = () => {
      code.load(d, "previous");
      if (enable === undefined) return;
      code.load(q, "previous");
      pick(enable.net, enable.active);
      body.op("v128.bitselect");
    };
    if (reset !== undefined) body.v128(new Uint8Array(16).fill(reset.value ? 255 : 0));
    enabled();
    if (reset !== undefined) {
      pick(reset.net, reset.active);
      if (!reset.overEnable && enable !== undefined) {
        pick(enable.net, enable.active);
        body.op("v128.and");
      }
      body.op("v128.bitselect");
    }
    body.set(value);
    code.store(q, value);
    countChange(code, q, value);
    scratch.give(value);
  }
}
