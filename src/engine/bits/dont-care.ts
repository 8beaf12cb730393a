/**
 * @file Tables some of whose addresses do not matter, because they cannot occur or never did. The free entries are set so
 * that as few inputs as possible count, and so that the halves of what remains are alike.
 */

import { bitAt, dependsOn, tableFrom } from "./tables.ts";

/** A table of n inputs that agrees with `table` wherever `care` has a one. */
export function filled(table: Uint32Array, care: Uint32Array, n: number): Uint32Array {
  const size = 2 ** n;
  const values = Uint8Array.from({ length: size }, (_, address) => bitAt(table, address));
  const cares = Uint8Array.from({ length: size }, (_, address) => bitAt(care, address));
  // First the inputs that do not count even now: merging another one first could make them count.
  const counts = Array.from({ length: n }, (_, k) => dependsOn(table, n, k));
  for (const first of [false, true]) {
    counts.forEach((does, k) => {
      if (does === first && isRemovable(values, cares, k)) merge(values, cares, k);
    });
  }
  const chosen = choose(values, cares);
  return tableFrom(n, (address) => chosen[address]!);
}

/** Whether no two addresses that matter and differ in input k alone have different values. */
function isRemovable(values: Uint8Array, cares: Uint8Array, k: number): boolean {
  const flip = 1 << k;
  return values.every((value, address) => {
    const other = address ^ flip;
    return cares[address] === 0 || cares[other] === 0 || value === values[other];
  });
}

/** Makes both halves with regard to input k the same. */
function merge(values: Uint8Array, cares: Uint8Array, k: number): void {
  const flip = 1 << k;
  for (let address = 0; address < values.length; address++) {
    if ((address & flip) !== 0) continue;
    const other = address | flip;
    const value = cares[address] === 1 ? values[address]! : values[other]!;
    values[address] = value;
    values[other] = value;
    const matters = cares[address]! | cares[other]!;
    cares[address] = matters;
    cares[other] = matters;
  }
}

/** Sets what does not matter: like the other half where the halves agree, else each half by itself. */
function choose(values: Uint8Array, cares: Uint8Array): Uint8Array {
  if (values.length === 1) return values;
  const k = Math.log2(values.length) - 1;
  if (isRemovable(values, cares, k)) {
    merge(values, cares, k);
    const half = choose(values.subarray(0, values.length / 2), cares.subarray(0, values.length / 2));
    return Uint8Array.from([...half, ...half]);
  }
  const middle = values.length / 2;
  return Uint8Array.from([
    ...choose(values.slice(0, middle), cares.slice(0, middle)),
    ...choose(values.slice(middle), cares.slice(middle)),
  ]);
}
