/** @file Value types of WebAssembly and their encoding. */

export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;

export type ValueType = keyof typeof valueTypes;

/** Memory in pages of 64 KiB. Shared memory must say its maximum. */
export type Limits =
  | { readonly initial: number; readonly maximum?: number; readonly shared?: false }
  | { readonly initial: number; readonly maximum: number; readonly shared: true };

export const PAGE_BYTES = 65536;
