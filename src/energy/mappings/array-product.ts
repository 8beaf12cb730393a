/** @file A product as it lies before a systolic array: sizes, widths, the memories of its tensors and their room. */

import { fail } from "../../base/errors.ts";
import { behind, type Machine, type Memory, type SystolicMapping } from "../../machines/index.ts";
import type { GemmView } from "../gemm.ts";
import type { MappingContext, Region } from "../mapping.ts";
import type { NodeCost } from "../node-cost.ts";
import type { Buffers, ElementBits } from "../systolic/index.ts";
import { bitsOfWidth, type Width } from "../width.ts";
import { accumulatorBits, productOf } from "./product.ts";

export interface ArrayProduct {
  readonly gemm: GemmView;
  readonly array: SystolicMapping;
  readonly widths: { readonly weight: Width; readonly input: Width; readonly output: Width; readonly sum: number };
  readonly bits: ElementBits;
  readonly homes: { readonly weight: Memory; readonly input: Memory; readonly sums: Memory };
  readonly buffers: Buffers;
  /** Behind the home of activations; absent: everything stays on chip. */
  readonly main: Memory | undefined;
}

/** @throws FemtoError `energy.product`, `energy.capacity` for a tensor that fits nowhere */
export function arrayProduct({ head, tail }: Region, context: MappingContext): ArrayProduct {
  const { machine, placement, widthsOf } = context;
  const array = arrayOf(machine);
  const gemm = productOf(head);
  const { weight, input } = widthsOf(head);
  const { output } = widthsOf(tail.at(-1) ?? head);
  const sum = array.accumulatorBits ?? accumulatorBits(bitsOfWidth(weight), bitsOfWidth(input), gemm.K);
  const homes = {
    weight: head.kind === "layer" ? placement.weights : placement.activations,
    input: placement.activations,
    sums: placement.partialSums,
  };
  refuseOverflow(head, machine, [
    { what: "weights", home: homes.weight, bits: gemm.elements.weight * bitsOfWidth(weight) },
    { what: "input", home: homes.input, bits: gemm.elements.input * bitsOfWidth(input) },
    { what: "output", home: homes.input, bits: gemm.elements.output * bitsOfWidth(output) },
  ]);
  return {
    gemm,
    array,
    widths: { weight, input, output, sum },
    bits: {
      input: bitsOfWidth(input),
      weight: bitsOfWidth(weight),
      partialSum: sum,
      output: bitsOfWidth(output),
    },
    homes,
    buffers: buffersOf(machine, homes),
    main: behind(machine, homes.input).at(-1),
  };
}

export function arrayOf({ mapping, origin }: Machine): SystolicMapping {
  if (mapping.kind === "systolic") return mapping;
  return fail({
    code: "energy.mapping",
    where: origin,
    message: "the machine describes no systolic array",
    expected: "mapping: { kind: systolic, rows, cols, dataflow }",
    got: `kind: ${mapping.kind}`,
  });
}

const roomOf = (memory: Memory): number | undefined =>
  memory.sizeBytes === undefined ? undefined : memory.sizeBytes * memory.count * 8;

/** One buffer for all three tensors, or one each; a memory without a stated size is as large as needed. */
function buffersOf(machine: Machine, { weight, input, sums }: ArrayProduct["homes"]): Buffers {
  // Without main memory there is nowhere to spill to; that every tensor fits was checked.
  if (behind(machine, input).length === 0) return {};
  const [forWeights, forInputs, forSums] = [weight, input, sums].map(roomOf);
  if (weight === input && sums === input) return forInputs === undefined ? {} : { shared: forInputs };
  return {
    ...(forWeights !== undefined && { weight: forWeights }),
    ...(forInputs !== undefined && { input: forInputs }),
    ...(forSums !== undefined && { output: forSums }),
  };
}

interface Need {
  readonly what: string;
  readonly home: Memory;
  readonly bits: number;
}

/** A tensor that does not fit has to come from somewhere. @throws FemtoError `energy.capacity` */
export function refuseOverflow({ node }: NodeCost, machine: Machine, needs: readonly Need[]): void {
  for (const { what, home, bits } of needs) {
    const room = roomOf(home);
    if (room === undefined || bits <= room || home.class === "dram" || behind(machine, home).length > 0) continue;
    fail({
      code: "energy.capacity",
      where: `${node} › ${what}`,
      message: `does not fit in ${home.name}, and no memory stands behind it`,
      expected: `at most ${room / 8} bytes`,
      got: `${Math.ceil(bits / 8)} bytes, ${Math.ceil((bits - room) / 8)} too many`,
      hint: `describe the main memory: a component of class dram with its type (lpddr4, hbm2 …) and backs: ${home.name}`,
    });
  }
}
