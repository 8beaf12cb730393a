/**
 * @file NestLayer: one multiply-accumulate inside a nest of loops, and how the loops address each operand. Convolutions,
 * matrix products and every other sum of products look like this.
 */

import { fail } from "../../base/errors.ts";
import type { Loop } from "../../operators/index.ts";

/** The operands of a multiply-accumulate. Of two activations, the second takes the place of the weights. */
export const operandNames = ["output", "weight", "input"] as const;
export type OperandName = (typeof operandNames)[number];

/** One axis of a tensor: the element is the sum of step × index over its loops (at most two: position and tap). */
export interface Axis {
  /** Loop → step: `{ OX: 2, FX: 1 }` is ix = 2·ox + fx. */
  readonly steps: Readonly<Record<string, number>>;
  /** Elements that exist along the axis, padding not counted; as many as the loops reach where it is absent. */
  readonly extent?: number;
}

export interface LayerOperand {
  readonly operand: OperandName;
  /** Bits of an element; of the output, when it is finished. */
  readonly bits: number;
  /** Bits of a partial sum. Output only. */
  readonly partialBits?: number;
  readonly axes: readonly Axis[];
}

export interface NestLayer {
  readonly name: string;
  /** Their order decides which of equal loops is split first; it has no meaning for the computation. */
  readonly loops: readonly Loop[];
  /** Output, weight and input, in the order in which they claim the space for double buffering. */
  readonly operands: readonly LayerOperand[];
}

export const macsOf = ({ loops }: NestLayer): number => loops.reduce((product, { size }) => product * size, 1);

/** @throws FemtoError `nest.layer` */
export function checkLayer(layer: NestLayer): void {
  const { name, loops, operands } = layer;
  const refuse = (message: string, got: string): never =>
    fail({ code: "nest.layer", where: `layer ${name}`, message, got });
  const known = new Set(loops.map(({ name: loop }) => loop));
  if (loops.length === 0 || known.size < loops.length) {
    refuse("needs loops with different names", loops.map((loop) => loop.name).join(", ") || "none");
  }
  for (const loop of loops) {
    if (!Number.isSafeInteger(loop.size) || loop.size < 1) refuse(`loop ${loop.name} has no size`, `${loop.size}`);
  }
  if (!Number.isSafeInteger(macsOf(layer))) refuse("has more than 2^53 multiply-accumulates", `${macsOf(layer)}`);
  const given = operands.map(({ operand }) => operand);
  if (given.length !== operandNames.length || operandNames.some((operand) => !given.includes(operand))) {
    refuse(`needs each of ${operandNames.join(", ")} once`, given.join(", ") || "none");
  }
  for (const { operand, bits, partialBits = bits, axes } of operands) {
    const isWidth = (width: number) => Number.isSafeInteger(width) && width > 0;
    if (!isWidth(bits) || !isWidth(partialBits))
      refuse(`the ${operand} has no width`, `${bits} and ${partialBits} bits`);
    for (const { steps, extent = 1 } of axes) {
      const stepOf = Object.entries(steps);
      const isKnown = stepOf.length <= 2 && stepOf.every(([loop, step]) => known.has(loop) && isWidth(step));
      if (!isKnown || !isWidth(extent)) {
        refuse(`an axis of the ${operand} cannot be addressed`, `${JSON.stringify(steps)}, extent ${extent}`);
      }
    }
  }
}
