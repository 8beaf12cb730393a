/** @file Branded numbers: adding picojoules to cycles does not compile. */

declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

export type Picojoules = Unit<"pJ">;
export type Bits = Unit<"bits">;
export type Cycles = Unit<"cycles">;
export type Nanometres = Unit<"nm">;

export const pJ = (value: number): Picojoules => value as Picojoules;
export const bits = (value: number): Bits => value as Bits;
export const cycles = (value: number): Cycles => value as Cycles;
export const nm = (value: number): Nanometres => value as Nanometres;

/** 1.23 nJ, 45.6 µJ …: three significant digits with the SI prefix that keeps the mantissa in 1..999. */
export function formatEnergy(energy: Picojoules): string {
  const prefixes = ["pJ", "nJ", "µJ", "mJ", "J"];
  let value: number = energy;
  let index = 0;
  while (Math.abs(value) >= 999.5 && index < prefixes.length - 1) {
    value /= 1000;
    index++;
  }
  return `${value.toPrecision(3)} ${prefixes[index]}`;
}

/** 512 B, 12.3 kB, 4.56 MB. */
export function formatBytes(count: number): string {
  const prefixes = ["B", "kB", "MB", "GB"];
  let value = count;
  let index = 0;
  while (value >= 999.5 && index < prefixes.length - 1) {
    value /= 1000;
    index++;
  }
  return index === 0 ? `${value} B` : `${value.toPrecision(3)} ${prefixes[index]}`;
}
