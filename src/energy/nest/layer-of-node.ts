/**
 * @file A counted node as a layer of a loop nest. Loops get the names that hardware descriptions use for them:
 * `B K G OY OX C FY FX` in a convolution, `D K C` (rows, columns, sum) and `B H` (stacks) in a matrix product.
 */

import type { Loop } from "../../operators/index.ts";
import { loopRole, type ProductMaps } from "../gemm.ts";
import type { NodeCost, Operand } from "../node-cost.ts";
import type { Axis, LayerOperand, NestLayer, OperandName } from "./layer.ts";

/** Bits of the operands: of an element, and of a sum that is not finished. */
export interface NestBits {
  readonly weight: number;
  readonly input: number;
  readonly output: number;
  readonly partial: number;
}

/**
 * The layer, or why the node has none.
 * @example nestLayerOf(node, { weight: 8, input: 8, output: 8, partial: 16 })
 */
export function nestLayerOf(node: NodeCost, bits: NestBits): NestLayer | string {
  const { weight, input } = node;
  const output = node.writes[0];
  if (weight?.index === undefined || input?.index === undefined || output?.index === undefined) {
    return "the node is no sum of products";
  }
  const maps = { weight: weight.index, input: input.index, output: output.index };
  const names = renamed(node.loops, maps);
  const operand = (name: OperandName, given: Operand, width: number): LayerOperand => ({
    operand: name,
    bits: width,
    axes: axesOf(given, node.loops, maps).map(({ steps, ...rest }) => ({
      ...rest,
      steps: Object.fromEntries(Object.entries(steps).map(([loop, step]) => [names.get(loop)!, step])),
    })),
  });
  const operands = {
    output: { ...operand("output", output, bits.output), partialBits: bits.partial },
    weight: operand("weight", weight, bits.weight),
    input: operand("input", input, bits.input),
  };
  if (Object.values(operands).some(({ axes }) => axes.some(({ steps }) => Object.keys(steps).length > 2))) {
    return "an axis of an operand depends on more than two loops";
  }
  if (operands.output.axes.some(({ steps }) => Object.keys(steps).length > 1))
    return "sums of different outputs overlap";
  const isProduct = node.loops.some(({ name }) => name === "m");
  const order = isProduct ? productOrder : convolutionOrder;
  const place = ({ name }: Loop) => (order.includes(name) ? order.indexOf(name) : order.length);
  return {
    name: node.name,
    loops: node.loops.map(({ name, size }) => ({ name: names.get(name)!, size })).sort((a, b) => place(a) - place(b)),
    operands: isProduct
      ? [operands.output, operands.input, operands.weight]
      : [operands.output, operands.weight, operands.input],
  };
}

/** The order in which loops are listed; ZigZag's, so that the same loops are cut first. */
const convolutionOrder = ["B", "K", "G", "OX", "OY", "C", "FX", "FY"];
const productOrder = ["C", "D", "K", "B", "H"];

const spatial: Readonly<Record<string, string>> = { d: "Z", h: "Y", w: "X" };

/** New names, by what a loop is to the product. */
function renamed(loops: readonly Loop[], maps: ProductMaps): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name } of loops) {
    const axis = /^([ok])([dhw])$/.exec(name);
    const stack = /^b(\d)$/.exec(name);
    const wished =
      axis !== null
        ? `${axis[1] === "o" ? "O" : "F"}${spatial[axis[2]!]!}`
        : stack !== null
          ? (["B", "H"][Number(stack[1])] ?? name.toUpperCase())
          : byRole(name, maps);
    const isTaken = [...names.values()].includes(wished);
    names.set(name, isTaken ? `${wished}.${name}` : wished);
  }
  return names;
}

function byRole(name: string, maps: ProductMaps): string {
  const role = loopRole(name, maps);
  if (role === "reduction") return "C";
  if (role === "channel") return "K";
  if (role === "group") return "G";
  return name === "n" ? "B" : "D";
}

/**
 * Axes of an operand. Positions and taps share an axis as a window; loops that divide an axis between them (group and
 * channel: g·channels + c) become axes of their own.
 */
function axesOf({ index, dims }: Operand, loops: readonly Loop[], maps: ProductMaps): Axis[] {
  const sizeOf = (name: string) => loops.find((loop) => loop.name === name)?.size ?? 1;
  return index!.flatMap((steps, axis): Axis[] => {
    const [a, b, ...others] = Object.entries(steps);
    if (a === undefined || b === undefined || others.length > 0) return [{ steps }];
    const isDivided = a[1] >= b[1] * sizeOf(b[0]) || b[1] >= a[1] * sizeOf(a[0]);
    const isWindow = [a, b].some(([name]) => loopRole(name, maps) === "position");
    if (isDivided && !isWindow) return [{ steps: { [a[0]]: 1 } }, { steps: { [b[0]]: 1 } }];
    const extent = dims?.[axis];
    return [extent === undefined ? { steps } : { steps, extent }];
  });
}
