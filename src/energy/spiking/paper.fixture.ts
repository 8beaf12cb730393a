/** @file The paper's constants and published figures out of golden/snn-energy, for tests. */

import { readFileSync } from "node:fs";
import { checkSpikingPrices, pointOf, type SpikingPrices } from "./index.ts";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../golden/snn-energy/${name}.json`, import.meta.url), "utf8"));

export const paperPrices = checkSpikingPrices(read("prices") as SpikingPrices);
export const paper = pointOf(paperPrices);

interface Fixture {
  readonly hops: number;
  readonly tolerance: number;
  readonly steps: readonly number[];
  readonly rate: readonly number[];
}

export const published = read("published") as {
  readonly breakEven: readonly {
    readonly steps: number;
    readonly weightBits: number;
    readonly fanIn: number;
    readonly published: number;
    readonly tolerance: number;
  }[];
  readonly sensitivity: {
    readonly steps: number;
    readonly weightBits: number;
    readonly share: number;
    readonly tolerance: number;
    readonly movement: readonly [number, number];
    readonly weights: readonly [number, number];
    readonly arithmeticShift: number;
  };
  readonly denseAbove: Readonly<Record<"4" | "8", number>> & { readonly published: readonly [number, number] };
  readonly calibrated: {
    readonly steps: readonly number[];
    readonly "4": readonly number[];
    readonly "8": readonly number[];
  } & Readonly<Record<"worst-case" | "theoretical-minimum", Readonly<Record<string, number>>>>;
  readonly vgg16Cifar10: Fixture & {
    readonly ttfs: readonly number[];
    readonly eta: Readonly<Record<string, readonly [number, number]>>;
    readonly fitted: { readonly spikeRate: readonly number[]; readonly active: readonly number[] };
  };
  readonly sst2Transformer: Fixture & { readonly fitted: { readonly spikeRate: readonly number[] } };
  readonly missing: readonly {
    readonly case: string;
    readonly published: readonly number[];
    readonly reason: string;
  }[];
};
