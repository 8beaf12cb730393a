/**
 * @file A microcontroller or SIMD unit, as `energy/vector` counts it: every product is an instruction on registers, blocks
 * of results stay in registers, and an instruction costs something of its own.
 */

import type { MachineMapping } from "../../machines/index.ts";
import { Actions } from "../actions.ts";
import { mapping } from "../mapping.ts";
import { findUnit, type Timing } from "../schedule.ts";
import { mapVector, type VectorUnit } from "../vector/index.ts";
import { bitsOfWidth } from "../width.ts";
import { refuseOverflow } from "./array-product.ts";
import { productOf } from "./product.ts";
import { tailActions } from "./tail.ts";
import { fetch } from "./travel.ts";

type VectorMachine = Extract<MachineMapping, { kind: "vector" }>;

/** General registers that a kernel can use: 13 of 16 on common 32-bit cores [reconstructed]. */
const REGISTERS = 13;
const WORD_BITS = 32;

export const vector = mapping({
  id: "vector",
  title: "instructions on registers: blocks of results stay in registers, every instruction is paid",
  prices: "everything",
  plan(region, context) {
    const { head, tail } = region;
    const { machine, placement, widthsOf } = context;
    const own = machine.mapping as VectorMachine;
    const plan = new Actions(context);
    const issue = findUnit(machine, "issue");
    const issued = (count: number, rule: string) => {
      if (issue === undefined) return;
      plan.add(head, { component: issue, verb: "issue", count, operands: [], cause: "instructions", rule });
    };
    let cycles = 0;
    let utilisation: number | undefined;
    let choices = {};
    if (head.kind !== "stream") {
      const gemm = productOf(head);
      const { weight, input, output } = widthsOf(head);
      const bits = { weight: bitsOfWidth(weight), input: bitsOfWidth(input), output: bitsOfWidth(output) };
      const counts = mapVector({ gemm, unit: unitOf(own), bits });
      const { memory, instructions, block } = counts;
      const weightHome = head.kind === "layer" ? placement.weights : placement.activations;
      const weightCause = head.kind === "layer" ? "weights" : "activations";
      refuseOverflow(head, machine, [
        { what: "weights", home: weightHome, bits: gemm.elements.weight * bits.weight },
        { what: "input", home: placement.activations, bits: gemm.elements.input * bits.input },
      ]);
      const blockText = `block of ${block.channels} × ${block.positions} results`;
      plan.mac(head, { weight, input });
      fetch(plan, head, weightHome, gemm.elements.weight, weight, weightCause, "weights once");
      fetch(plan, head, placement.activations, gemm.elements.input, input, "activations", "input once");
      plan.move(head, weightHome, "read", memory.weightReads, weight, weightCause, `weights, ${blockText}`);
      plan.move(head, placement.activations, "read", memory.inputReads, input, "activations", `input, ${blockText}`);
      issued(instructions.mac, "multiply-accumulate instructions");
      issued(instructions.load + instructions.store, "loads and stores");
      issued(instructions.unpack, "unpacking of narrow operands");
      cycles = counts.cycles;
      utilisation = counts.macs / (cycles * own.lanes);
      choices = {
        block: `${block.channels} × ${block.positions}`,
        "cycles per MAC": Number(counts.cyclesPerMac.toPrecision(3)),
      };
    }
    tailActions(plan, region);
    const elementary = [head, ...tail].flatMap(({ ops }) => ops).reduce((sum, { count }) => sum + count, 0);
    const streamed = Math.ceil(elementary / own.lanes);
    issued(streamed, "instructions of element-wise operations");
    cycles += streamed;
    const timing: Timing = {
      latencyCycles: cycles,
      busy: [{ unit: "core", cycles, state: "active" }],
      binding: "instructions",
      ...(utilisation !== undefined && { utilisation }),
    };
    return { nodes: [head, ...tail], actions: plan.actions, unmodelled: plan.unmodelled, timing, choices };
  },
});

/** Without stated cycles: one a product, at any width. */
function unitOf({ lanes, cyclesPerMac }: VectorMachine): VectorUnit {
  const stated = Object.entries(cyclesPerMac).map(([bits, cycles]) => ({ bits: Number(bits), cycles }));
  return {
    macs: (stated.length === 0 ? [{ bits: 64, cycles: 1 }] : stated).map(({ bits, cycles }) => ({
      weightBits: bits,
      inputBits: bits,
      lanes,
      cycles,
    })),
    load: { bits: WORD_BITS, cycles: 1 },
    store: { bits: WORD_BITS, cycles: 1 },
    registers: REGISTERS,
  };
}
