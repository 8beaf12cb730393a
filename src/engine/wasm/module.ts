/**
 * @file A WebAssembly module under construction: imports, functions, one memory, exports, constant data; `encode` gives the
 * binary form. What it makes is checked by the host's own validator when it is compiled.
 * WebAssembly core specification 2.0, section 5.5.
 */

import { Body, type FunctionIndex, type Local } from "./body.ts";
import { Bytes } from "./bytes.ts";
import { type Limits, type ValueType, valueTypes } from "./types.ts";

interface Signature {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

interface Import {
  readonly module: string;
  readonly name: string;
}

export class Module {
  readonly #types = new Map<string, { index: number; signature: Signature }>();
  readonly #imported: (Import & { type: number })[] = [];
  readonly #functions: { type: number; body: Body }[] = [];
  readonly #exports: { name: string; index: FunctionIndex }[] = [];
  readonly #data: { offset: number; bytes: Uint8Array }[] = [];
  #memory: { limits: Limits; from: Import | undefined; exportedAs: string | undefined } | undefined;

  /** A function that the host provides. Imports come before the first {@link define}. */
  importFunction(from: Import, signature: Signature): FunctionIndex {
    if (this.#functions.length > 0) throw new Error("imported functions come before defined ones");
    this.#imported.push({ ...from, type: this.#typeOf(signature) });
    return (this.#imported.length - 1) as FunctionIndex;
  }

  /** The memory of the module: its own, or the host's if `from` is given. */
  memory(limits: Limits, place: { from?: Import; exportedAs?: string } = {}): void {
    this.#memory = { limits, from: place.from, exportedAs: place.exportedAs };
  }

  /** Bytes that stand in memory at `offset` once the module is instantiated. */
  data(offset: number, bytes: Uint8Array): void {
    this.#data.push({ offset, bytes });
  }

  /** A function. `write` gets the body and the parameters; what it leaves on the stack are the results. */
  define(
    signature: Signature & { readonly exportedAs?: string },
    write: (body: Body, ...parameters: Local[]) => void,
  ): FunctionIndex {
    const body = new Body(signature.parameters.length);
    const index = (this.#imported.length + this.#functions.length) as FunctionIndex;
    this.#functions.push({ type: this.#typeOf(signature), body });
    write(body, ...signature.parameters.map((_, position) => position as Local));
    if (signature.exportedAs !== undefined) this.#exports.push({ name: signature.exportedAs, index });
    return index;
  }

  encode(): Uint8Array<ArrayBuffer> {
    const out = new Bytes();
    out.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const memory = this.#memory;
    const imports: ((bytes: Bytes) => void)[] = this.#imported.map(({ module, name, type }) => (bytes) => {
      bytes.name(module);
      bytes.name(name);
      bytes.byte(0x00);
      bytes.unsigned(type);
    });
    if (memory?.from !== undefined) {
      const { from, limits } = memory;
      imports.push((bytes) => {
        bytes.name(from.module);
        bytes.name(from.name);
        bytes.byte(0x02);
        writeLimits(bytes, limits);
      });
    }
    const exports: ((bytes: Bytes) => void)[] = this.#exports.map(({ name, index }) => (bytes) => {
      bytes.name(name);
      bytes.byte(0x00);
      bytes.unsigned(index);
    });
    if (memory?.exportedAs !== undefined) {
      const name = memory.exportedAs;
      exports.push((bytes) => {
        bytes.name(name);
        bytes.bytes([0x02, 0]);
      });
    }
    const ownMemories = memory !== undefined && memory.from === undefined ? [memory.limits] : [];
    section(
      out,
      1,
      [...this.#types.values()].map(
        ({ signature }) =>
          (bytes) =>
            writeSignature(bytes, signature),
      ),
    );
    section(out, 2, imports);
    section(
      out,
      3,
      this.#functions.map(
        ({ type }) =>
          (bytes) =>
            bytes.unsigned(type),
      ),
    );
    section(
      out,
      5,
      ownMemories.map((limits) => (bytes) => writeLimits(bytes, limits)),
    );
    section(out, 7, exports);
    section(
      out,
      10,
      this.#functions.map(({ body }) => (bytes) => {
        const entry = body.encode();
        bytes.unsigned(entry.length);
        bytes.append(entry);
      }),
    );
    section(
      out,
      11,
      this.#data.map(({ offset, bytes: content }) => (bytes) => {
        bytes.bytes([0x00, 0x41]);
        bytes.signed32(offset);
        bytes.byte(0x0b);
        bytes.unsigned(content.length);
        bytes.bytes(content);
      }),
    );
    return out.toArray();
  }

  #typeOf({ parameters, results }: Signature): number {
    const key = `${parameters.join()}:${results.join()}`;
    const known = this.#types.get(key);
    if (known !== undefined) return known.index;
    const index = this.#types.size;
    this.#types.set(key, { index, signature: { parameters, results } });
    return index;
  }
}

/** A section: its number, its size, and a vector of entries. Empty sections are left out. */
function section(out: Bytes, id: number, entries: readonly ((bytes: Bytes) => void)[]): void {
  if (entries.length === 0) return;
  const content = new Bytes();
  content.unsigned(entries.length);
  for (const write of entries) write(content);
  out.byte(id);
  out.unsigned(content.length);
  out.append(content);
}

function writeLimits(bytes: Bytes, { initial, maximum, shared }: Limits): void {
  bytes.byte((maximum === undefined ? 0 : 1) | (shared ? 2 : 0));
  bytes.unsigned(initial);
  if (maximum !== undefined) bytes.unsigned(maximum);
}

function writeSignature(bytes: Bytes, { parameters, results }: Signature): void {
  bytes.byte(0x60);
  for (const types of [parameters, results]) {
    bytes.unsigned(types.length);
    for (const type of types) bytes.byte(valueTypes[type]);
  }
}
