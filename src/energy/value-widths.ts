/**
 * @file Value widths: in what every value of the model is stored and moved, from the widths of its layers' operands.
 *
 * A layer states the widths of its weights and of its input. What lies between layers follows [reconstructed]: a value
 * is as wide as the widest input of a layer that it reaches through element-wise nodes; a value that reaches no layer
 * (the model's output) is as wide as what it was made from. Thermometers and tables put out bits, counters counts of ones
 * (`bit-values.ts`): what stands in front of them needs no width because of what stands behind.
 */

import { ownWidth } from "./bit-values.ts";
import type { NodeCost, Operand } from "./node-cost.ts";
import { assignWidths, bitsOfWidth, type LayerWidths, type Width } from "./width.ts";

export interface NodeWidths {
  readonly weight: Width;
  readonly input: Width;
  readonly output: Width;
}

const wider = (a: Width | undefined, b: Width): Width => (a === undefined || bitsOfWidth(b) > bitsOfWidth(a) ? b : a);

/**
 * Widths of every node. `widths` names the layers, and may name any other node.
 * @throws FemtoError `energy.bits`
 */
export function nodeWidths(nodes: readonly NodeCost[], widths: readonly LayerWidths[]): (node: NodeCost) => NodeWidths {
  const named = new Map(widths.map((entry) => [entry.layer, entry]));
  assignWidths(
    nodes.filter(({ kind, name }) => kind === "layer" || named.has(name)),
    widths,
  );
  const needed = neededWidths(nodes, named);
  const made = new Map<string, Width>();
  const result = new Map<string, NodeWidths>();
  for (const node of nodes) {
    const own = named.get(node.name);
    const source = node.input ?? node.reads.find(({ isConstant }) => !isConstant) ?? node.reads[0];
    const widthOf = (operand: Operand | undefined) => operand && (needed.get(operand.value) ?? made.get(operand.value));
    const input = own?.input ?? widthOf(source) ?? widest(widths);
    const written = node.writes[0];
    const asked = written && needed.get(written.value);
    const operation = isSumOfVectors(node) ? (asked ?? widest(widths)) : input;
    const output = asked ?? ownWidth(node) ?? operation;
    if (written !== undefined) made.set(written.value, output);
    const weight = own?.weight ?? widthOf(node.weight) ?? operation;
    result.set(node.name, { weight, input, output });
  }
  return (node) => result.get(node.name)!;
}

/** Bits choose which vectors are added: the vectors have the width of the sum, the bits are bits. */
const isSumOfVectors = ({ operator }: NodeCost): boolean => operator === "femto.ConditionalSum";

/** The widest input of a layer that a value reaches, walking from the end of the graph to its start. */
function neededWidths(nodes: readonly NodeCost[], named: ReadonlyMap<string, LayerWidths>): Map<string, Width> {
  const needed = new Map<string, Width>();
  const need = (value: string, width: Width) => needed.set(value, wider(needed.get(value), width));
  for (const node of nodes.toReversed()) {
    const own = named.get(node.name);
    if (ownWidth(node) !== undefined) continue;
    const passedOn = node.writes.map(({ value }) => needed.get(value)).find((width) => width !== undefined);
    const input = own?.input ?? passedOn;
    if (input === undefined) continue;
    if (node.input !== undefined) need(node.input.value, input);
    if (node.kind === "product") need(node.weight!.value, own?.weight ?? input);
    if (isSumOfVectors(node)) continue;
    if (node.kind === "stream") for (const read of node.reads) if (!read.isConstant) need(read.value, input);
  }
  return needed;
}

/** Bytes where no layer says otherwise: a model without weighted layers (lookup tables) is no mistake. */
const widest = (widths: readonly LayerWidths[]): Width =>
  widths.reduce((most: Width | undefined, { input }) => wider(most, input), undefined) ?? 8;
