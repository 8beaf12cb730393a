/**
 * @file The histories of a report as columns to draw. Methods add columns of their own to a record, so every field is
 * looked at before it is believed.
 */

import type { Report } from "./schema.ts";

type Records = Report["history"][string];

/** Bit-widths of all layers, one value an epoch. */
export interface BitHistory {
  readonly epochs: readonly number[];
  readonly layers: readonly {
    readonly name: string;
    readonly weight: readonly number[];
    readonly input: readonly number[];
  }[];
  /** The epoch after which the bits stood still. */
  readonly fixedAt: number | undefined;
}

/** One column of one row. */
export interface Course {
  readonly row: string;
  /** Epoch and value. */
  readonly points: readonly (readonly [number, number])[];
}

interface LayerBits {
  readonly layer: string;
  readonly weight: number;
  readonly input: number;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

function isBits(value: unknown): value is LayerBits[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((entry) => typeof entry?.layer === "string" && isNumber(entry.weight) && isNumber(entry.input))
  );
}

/** `undefined` for rows that keep no bits, and for those whose bits never changed (nothing to see). */
export function bitHistory(records: Records): BitHistory | undefined {
  const kept = records.flatMap(({ bits, fixed }, i) =>
    isBits(bits) ? [{ bits, epoch: i + 1, isFixing: fixed !== undefined }] : [],
  );
  const first = kept[0];
  if (first === undefined || kept.some(({ bits }) => bits.length !== first.bits.length)) return undefined;
  const layers = first.bits.map(({ layer }, at) => ({
    name: layer,
    weight: kept.map(({ bits }) => bits[at]!.weight),
    input: kept.map(({ bits }) => bits[at]!.input),
  }));
  const moves = layers.some(({ weight, input }) => new Set(weight).size > 1 || new Set(input).size > 1);
  if (!moves) return undefined;
  return { epochs: kept.map(({ epoch }) => epoch), layers, fixedAt: kept.find(({ isFixing }) => isFixing)?.epoch };
}

/** One column of every row that has it. Epochs count through the phases of a row. */
export function courses(history: Report["history"], column: string): Course[] {
  return Object.entries(history).flatMap(([row, records]) => {
    const points = records.flatMap((record, i) => {
      const value = record[column];
      return isNumber(value) ? [[i + 1, value] as const] : [];
    });
    return points.length === 0 ? [] : [{ row, points }];
  });
}
