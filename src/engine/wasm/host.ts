/** @file The host's WebAssembly, typed as far as Femto uses it. The same in Node and in browsers. */

/** Memory that a module and the host share. */
export interface HostMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  grow(pages: number): number;
}

/** A compiled module; it can be sent to a worker thread. */
export interface CompiledModule {
  readonly compiledModule: unique symbol;
}

export type Exports = Readonly<Record<string, unknown>>;
export type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Host {
  validate(bytes: Uint8Array): boolean;
  compile(bytes: Uint8Array): Promise<CompiledModule>;
  instantiate(module: CompiledModule, imports?: Imports): Promise<{ readonly exports: Exports }>;
  readonly Module: new (bytes: Uint8Array) => CompiledModule;
  readonly Instance: new (module: CompiledModule, imports?: Imports) => { readonly exports: Exports };
}

const host = (globalThis as unknown as { WebAssembly: Host }).WebAssembly;

/** Whether the bytes are a valid module. */
export const validate = (bytes: Uint8Array): boolean => host.validate(bytes);

/** Compiles off the main thread where the host can. @throws the host's CompileError, with function and offset */
export const compile = (bytes: Uint8Array): Promise<CompiledModule> => host.compile(bytes);

export const instantiate = async (module: CompiledModule, imports: Imports = {}): Promise<Exports> =>
  (await host.instantiate(module, imports)).exports;

/** Compiles and instantiates in one go: for small modules, and where nothing may be awaited. */
export const instantiateNow = (bytes: Uint8Array, imports: Imports = {}): Exports =>
  new host.Instance(new host.Module(bytes), imports).exports;
