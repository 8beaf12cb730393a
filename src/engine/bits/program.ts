/**
 * @file Gates as a program for machines that work on words: short straight pieces that read and write planes of memory.
 * A plane holds one bit of every sample. Short pieces, because compilers lose their way in long ones, and because a piece
 * that runs over several words in a row stays in the instruction cache.
 */

import { FALSE, isInverted, type Literal, type Logic, nodeOf, TRUE } from "./logic.ts";

/** A plane of memory. */
export type Slot = number;

/** A value inside a piece: the index of the step that makes it. */
export type Value = number;

/** `andnot` is a AND NOT b. */
export type Step =
  | { readonly kind: "load"; readonly slot: Slot }
  | { readonly kind: "and" | "andnot" | "or" | "xor"; readonly a: Value; readonly b: Value }
  | { readonly kind: "not"; readonly a: Value }
  | { readonly kind: "constant"; readonly bit: 0 | 1 };

export interface Piece {
  readonly steps: readonly Step[];
  readonly stores: readonly { readonly slot: Slot; readonly value: Value }[];
}

export interface Program {
  /** Input i stands in slot i when the program starts. */
  readonly inputs: number;
  readonly slots: number;
  readonly pieces: readonly Piece[];
  /** Where the wanted rows of bits stand in the end. */
  readonly outputs: readonly (readonly Slot[])[];
}

/** Gates of one piece: about 16 random tables of six inputs. */
export const PIECE_GATES = 400;

/**
 * @param wanted rows of literals that stand in memory at the end
 * @param cuts node counts after which a piece may end; it ends anywhere once it is twice too long
 */
export function toProgram(
  logic: Logic,
  wanted: readonly (readonly Literal[])[],
  cuts: readonly number[],
  pieceGates = PIECE_GATES,
): Program {
  const pieceOf = cutIntoPieces(logic, reachable(logic, wanted.flat()), cuts, pieceGates);
  const pieceCount = Math.max(0, ...pieceOf) + 1;
  const lastUse = lastUses(logic, pieceOf);
  const outputs = new Set(wanted.flat().map(nodeOf));

  // Planes: a slot is free again in the piece after the last one that reads it.
  const slotOf = new Map<number, Slot>();
  const expiring: Slot[][] = Array.from({ length: pieceCount + 1 }, () => []);
  const free: Slot[] = [];
  let slots = logic.inputs;
  const place = (node: number, slot: Slot): void => {
    slotOf.set(node, slot);
    if (!outputs.has(node)) expiring[Math.max(pieceOf[node]!, lastUse[node]!) + 1]?.push(slot);
  };
  for (let node = 1; node <= logic.inputs; node++) place(node, node - 1);

  /** Whether the plane of a node holds the complement. */
  const storedInverted = new Set<number>();
  const pieces: Piece[] = [];
  const nodes = nodesByPiece(pieceOf, pieceCount, logic.inputs);
  for (let index = 0; index < pieceCount; index++) {
    free.push(...expiring[index]!);
    const writer = new PieceWriter(logic, slotOf, storedInverted);
    for (const node of nodes[index]!) {
      const literal = writer.gate(node);
      if (lastUse[node]! <= index && !outputs.has(node)) continue;
      const slot = free.pop() ?? slots++;
      writer.store(slot, nodeOf(literal));
      place(node, slot);
      if (isInverted(literal)) storedInverted.add(node);
    }
    pieces.push(writer);
  }

  // The wanted rows, upright.
  const last = new PieceWriter(logic, slotOf, storedInverted);
  const upright = wanted.map((row) =>
    row.map((literal) => {
      const node = nodeOf(literal);
      if (literal !== FALSE && literal !== TRUE && storedInverted.has(node) === isInverted(literal))
        return slotOf.get(node)!;
      const slot = slots++;
      last.store(slot, last.upright(literal));
      return slot;
    }),
  );
  if (last.stores.length > 0) pieces.push(last);
  return { inputs: logic.inputs, slots, pieces: pieces.filter(({ stores }) => stores.length > 0), outputs: upright };
}

/** How often each value of a piece is used. */
export function useCounts({ steps, stores }: Piece): Uint32Array {
  const uses = new Uint32Array(steps.length);
  for (const step of steps) {
    if ("a" in step) uses[step.a]!++;
    if ("b" in step) uses[step.b]!++;
  }
  for (const { value } of stores) uses[value]!++;
  return uses;
}

/** Nodes that the wanted literals depend on. */
function reachable(logic: Logic, wanted: readonly Literal[]): Uint8Array {
  const reached = new Uint8Array(logic.size);
  for (const literal of wanted) reached[nodeOf(literal)] = 1;
  for (let node = logic.size - 1; node > logic.inputs; node--) {
    if (reached[node] === 0) continue;
    const { left, right } = logic.gate(node)!;
    reached[nodeOf(left)] = 1;
    reached[nodeOf(right)] = 1;
  }
  return reached;
}

/** The piece of every node; −1 where nothing needs it. Inputs belong to piece 0. */
function cutIntoPieces(logic: Logic, reached: Uint8Array, cuts: readonly number[], pieceGates: number): Int32Array {
  const pieceOf = new Int32Array(logic.size).fill(-1);
  const mayEnd = new Set(cuts);
  const lastCut = cuts.at(-1) ?? 0;
  let [piece, gates] = [0, 0];
  for (let node = 0; node < logic.size; node++) {
    const isFull = gates >= pieceGates && (mayEnd.has(node) || node > lastCut);
    if (isFull || gates >= 2 * pieceGates) [piece, gates] = [piece + 1, 0];
    if (node <= logic.inputs) pieceOf[node] = 0;
    else if (reached[node] === 1) {
      pieceOf[node] = piece;
      gates++;
    }
  }
  return pieceOf;
}

function lastUses(logic: Logic, pieceOf: Int32Array): Int32Array {
  const lastUse = new Int32Array(logic.size).fill(-1);
  for (let node = logic.inputs + 1; node < logic.size; node++) {
    if (pieceOf[node] === -1) continue;
    const { left, right } = logic.gate(node)!;
    lastUse[nodeOf(left)] = pieceOf[node]!;
    lastUse[nodeOf(right)] = pieceOf[node]!;
  }
  return lastUse;
}

function nodesByPiece(pieceOf: Int32Array, pieceCount: number, inputs: number): number[][] {
  const nodes: number[][] = Array.from({ length: pieceCount }, () => []);
  for (let node = inputs + 1; node < pieceOf.length; node++)
    if (pieceOf[node] !== -1) nodes[pieceOf[node]!]!.push(node);
  return nodes;
}

/** Writes the steps of one piece. Inversions are kept on the edges as long as the instructions allow it: always. */
class PieceWriter implements Piece {
  readonly steps: Step[] = [];
  readonly stores: { slot: Slot; value: Value }[] = [];
  readonly #logic: Logic;
  readonly #slotOf: ReadonlyMap<number, Slot>;
  readonly #storedInverted: ReadonlySet<number>;
  /** What stands for a node here: 2·value + whether the value is its complement. */
  readonly #values = new Map<number, Literal>();

  constructor(logic: Logic, slotOf: ReadonlyMap<number, Slot>, storedInverted: ReadonlySet<number>) {
    this.#logic = logic;
    this.#slotOf = slotOf;
    this.#storedInverted = storedInverted;
  }

  /** Computes a gate; the result says whether its value is the complement. */
  gate(node: number): Literal {
    const { kind, left, right } = this.#logic.gate(node)!;
    const [a, b] = [this.#literal(left), this.#literal(right)];
    const [x, y] = [nodeOf(a), nodeOf(b)];
    const count = (a & 1) + (b & 1);
    let result: Literal;
    if (kind === "xor") result = 2 * this.#step({ kind: "xor", a: x, b: y }) + (count & 1);
    else if (count === 0) result = 2 * this.#step({ kind: "and", a: x, b: y });
    else if (count === 2) result = 2 * this.#step({ kind: "or", a: x, b: y }) + 1;
    else result = 2 * this.#step(isInverted(b) ? { kind: "andnot", a: x, b: y } : { kind: "andnot", a: y, b: x });
    this.#values.set(node, result);
    return result;
  }

  /** The value of a literal itself, at the price of an instruction where only its complement is there. */
  upright(literal: Literal): Value {
    if (literal === FALSE || literal === TRUE) return this.#step({ kind: "constant", bit: literal === TRUE ? 1 : 0 });
    const found = this.#literal(literal);
    return isInverted(found) ? this.#step({ kind: "not", a: nodeOf(found) }) : nodeOf(found);
  }

  store(slot: Slot, value: Value): void {
    this.stores.push({ slot, value });
  }

  #literal(literal: Literal): Literal {
    const node = nodeOf(literal);
    let found = this.#values.get(node);
    if (found === undefined) {
      found =
        2 * this.#step({ kind: "load", slot: this.#slotOf.get(node)! }) + (this.#storedInverted.has(node) ? 1 : 0);
      this.#values.set(node, found);
    }
    return found ^ (literal & 1);
  }

  #step(step: Step): Value {
    return this.steps.push(step) - 1;
  }
}
