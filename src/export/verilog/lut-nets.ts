/** @file Where the signals of a network are in its mapped circuit: nets by the names that the generator gave. */

import type { FpgaNetlist } from "../../circuits/fpga/netlist.ts";
import type { YosysBit } from "../../circuits/netlist/yosys-json.ts";
import type { LutNetlist, Signal } from "../../engine/bits/netlist.ts";

/** The bits of an input port; undefined where there is none, or a wire within has its name. */
export function inputOf(mapped: FpgaNetlist, name: string): readonly YosysBit[] | undefined {
  const bits = mapped.bitsOf(name);
  const isInput = bits?.every((bit) => mapped.latencyOf(bit) === 0 && !mapped.driverOf.has(bit));
  return isInput === true ? bits : undefined;
}

/** The circuit reads the bits of the encoder, instead of having one. */
export const isCore = (mapped: FpgaNetlist): boolean => inputOf(mapped, "code_i") !== undefined;

/** Nets of the signals of a network; of those that are missing or nothing, undefined or none. */
export function netsOf(mapped: FpgaNetlist, { bits }: LutNetlist) {
  const core = isCore(mapped) ? "" : "core.";
  const defined = (name: string): readonly YosysBit[] => {
    const nets = mapped.bitsOf(name) ?? [];
    return nets.some((net) => net === "x" || net === "z") ? [] : nets;
  };
  const code = inputOf(mapped, "code_i") ?? defined("encoder.code_o");
  const count = (k: number) => defined(`${core}count${k}.count_o`);
  const signal = (of: Signal): YosysBit | undefined =>
    of === 0 ? "0" : of <= bits.length ? code[of - 1] : defined(`${core}tables.y${of}`)[0];
  return { code, count, signal };
}

export const present = <T extends { readonly net: YosysBit | undefined }>(of: T): of is T & { net: YosysBit } =>
  of.net !== undefined;
