/**
 * @file The body of a WebAssembly function, written instruction by instruction. Names are those of the specification;
 * blocks are closures, and a branch names the block it leaves, so that nobody counts depths.
 */

import { Bytes } from "./bytes.ts";
import {
  type LaneName,
  laneInstructions,
  type MemoryLaneName,
  type MemoryName,
  memoryInstructions,
  memoryLaneInstructions,
  type PlainName,
  plainInstructions,
} from "./instructions.ts";
import { type ValueType, valueTypes } from "./types.ts";

/** A local variable or a parameter of the function being written. */
export type Local = number & { readonly local: unique symbol };
/** A function of the module. */
export type FunctionIndex = number & { readonly function: unique symbol };
/** A block that a branch can name. */
export type Label = number & { readonly label: unique symbol };

const EMPTY = 0x40;

export class Body {
  readonly #code = new Bytes();
  readonly #locals: ValueType[] = [];
  readonly #parameterCount: number;
  #depth = 0;

  /** @internal use {@link Module.define} */
  constructor(parameterCount: number) {
    this.#parameterCount = parameterCount;
  }

  /** Bytes of code so far. */
  get size(): number {
    return this.#code.length;
  }

  /** A new local variable; it starts as zero. */
  local(type: ValueType): Local {
    return (this.#parameterCount + this.#locals.push(type) - 1) as Local;
  }

  get(local: Local): this {
    return this.#indexed(0x20, local);
  }

  set(local: Local): this {
    return this.#indexed(0x21, local);
  }

  /** Sets and leaves the value on the stack. */
  tee(local: Local): this {
    return this.#indexed(0x22, local);
  }

  /** An instruction without immediate operands. */
  op(name: PlainName): this {
    this.#code.bytes(plainInstructions[name].opcode);
    return this;
  }

  /** A load or store at the address on the stack plus `offset` bytes. */
  memory(name: MemoryName, offset = 0): this {
    const { opcode, alignment } = memoryInstructions[name];
    this.#code.bytes(opcode);
    this.#code.unsigned(alignment);
    this.#code.unsigned(offset);
    return this;
  }

  /** An instruction on one lane. */
  lane(name: LaneName, lane: number): this {
    this.#code.bytes(laneInstructions[name].opcode);
    this.#code.byte(lane);
    return this;
  }

  /** A load or store of one lane. */
  memoryLane(name: MemoryLaneName, lane: number, offset = 0): this {
    const { opcode, alignment } = memoryLaneInstructions[name];
    this.#code.bytes(opcode);
    this.#code.unsigned(alignment);
    this.#code.unsigned(offset);
    this.#code.byte(lane);
    return this;
  }

  i32(value: number): this {
    this.#code.byte(0x41);
    this.#code.signed32(value);
    return this;
  }

  i64(value: bigint): this {
    this.#code.byte(0x42);
    this.#code.signed64(value);
    return this;
  }

  f32(value: number): this {
    this.#code.byte(0x43);
    this.#code.bytes(new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  f64(value: number): this {
    this.#code.byte(0x44);
    this.#code.bytes(new Uint8Array(Float64Array.of(value).buffer));
    return this;
  }

  /** A constant vector, given as 16 bytes. */
  v128(bytes: ArrayLike<number>): this {
    this.#code.bytes([0xfd, 12]);
    this.#code.bytes(Uint8Array.from({ length: 16 }, (_, i) => bytes[i]!));
    return this;
  }

  /** `i8x16.shuffle`: byte i of the result is byte `lanes[i]` of the 32 bytes of both operands. */
  shuffle(lanes: ArrayLike<number>): this {
    this.#code.bytes([0xfd, 13]);
    this.#code.bytes(Uint8Array.from({ length: 16 }, (_, i) => lanes[i]!));
    return this;
  }

  /** `memory.copy` (destination, source, bytes). */
  memoryCopy(): this {
    this.#code.bytes([0xfc, 10, 0, 0]);
    return this;
  }

  /** `memory.fill` (destination, byte, bytes). */
  memoryFill(): this {
    this.#code.bytes([0xfc, 11, 0]);
    return this;
  }

  call(target: FunctionIndex): this {
    return this.#indexed(0x10, target);
  }

  /** A block that a branch leaves at its end. */
  block(write: (label: Label) => void): this {
    return this.#nest(0x02, write);
  }

  /** A block that a branch starts again. Without a branch it runs once. */
  loop(write: (label: Label) => void): this {
    return this.#nest(0x03, write);
  }

  /** Runs `then` if the i32 on the stack is not zero. */
  if(then: () => void, otherwise?: () => void): this {
    return this.#nest(0x04, () => {
      then();
      if (otherwise === undefined) return;
      this.#code.byte(0x05);
      otherwise();
    });
  }

  branch(label: Label): this {
    return this.#indexed(0x0c, this.#depth - label);
  }

  /** Branches if the i32 on the stack is not zero. */
  branchIf(label: Label): this {
    return this.#indexed(0x0d, this.#depth - label);
  }

  /** Counts `counter` from its present value up to (not including) `end` in steps of `step`; at least once. */
  count(counter: Local, end: Local | { constant: number }, step: number, write: () => void): this {
    return this.loop((again) => {
      write();
      this.get(counter).i32(step).op("i32.add").tee(counter);
      if (typeof end === "number") this.get(end);
      else this.i32(end.constant);
      this.op("i32.lt_u").branchIf(again);
    });
  }

  /** @internal The code entry: size, local variables in runs of one type, instructions, end. */
  encode(): Bytes {
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    const entry = new Bytes();
    entry.unsigned(runs.length);
    for (const { type, count } of runs) {
      entry.unsigned(count);
      entry.byte(valueTypes[type]);
    }
    entry.append(this.#code);
    entry.byte(0x0b);
    return entry;
  }

  #indexed(opcode: number, index: number): this {
    this.#code.byte(opcode);
    this.#code.unsigned(index);
    return this;
  }

  #nest(opcode: number, write: (label: Label) => void): this {
    this.#code.byte(opcode);
    this.#code.byte(EMPTY);
    write(++this.#depth as Label);
    this.#depth--;
    this.#code.byte(0x0b);
    return this;
  }
}
