/** @file `femto circuit delays`: how long a multiply-accumulate takes to settle with each weight, and what supply that allows. */

import { defaultArray, weightDelays } from "../../circuits/characterise/index.ts";
import { buildMac, type Multiplier, multipliers } from "../../circuits/netlist/index.ts";
import { checkValueSet, defaultSupply, loweredSupply, setDelay } from "../../methods/index.ts";
import { trafficDraws } from "../../runs/index.ts";
import { command } from "../command.ts";
import { alignColumns } from "../output.ts";
import { trafficArgs, trafficOf } from "../traffic.ts";
import { choiceOf, listOf, numberOf, wholeOf } from "../values.ts";

export const circuitDelays = command({
  name: "circuit delays",
  about: [
    "Simulates a multiply-accumulate unit with every gate taking one unit of time, once for each weight value, and prints how many values settle within each number of gates: by the longest path that the transitions sensitise (fewer transitions find shorter ones), and by the longest that the netlist has with that weight held, which is guaranteed.",
    "Beside each limit stands the supply at which it takes as long as all values do at the nominal one, by the alpha-power law of delay, and what is left of dynamic energy there, by the square. The law's figures are assumed (--volts, --threshold, --alpha); gates of one delay are a model; no library, layout or margin is in it.",
  ],
  examples: [
    "femto circuit delays --draws 1024",
    "femto circuit delays --values 0,1,-1,2,-2,4,-4,8,-8,16,-16,32,-32,64,-64",
  ],
  args: {
    multiplier: { type: "string", valueHint: "KIND", description: "booth4 or baughWooley (booth4)" },
    separate: { type: "boolean", description: "the product is complete before the partial sum is added" },
    "zero-gated": { type: "boolean", description: "a weight of zero holds the arithmetic still" },
    "activation-bits": { type: "string", valueHint: "N", description: "signed activations of so many bits (8)" },
    ...trafficArgs,
    values: { type: "string", valueHint: "LIST", description: "only these values, 0 among them (-127 to 127)" },
    draws: { type: "string", valueHint: "N", description: "transitions for each weight (512)" },
    seed: { type: "string", valueHint: "N", description: "seed of the transitions (1)" },
    volts: { type: "string", valueHint: "V", description: "nominal supply (0.9)" },
    threshold: { type: "string", valueHint: "V", description: "threshold voltage of the law (0.35)" },
    alpha: { type: "string", valueHint: "X", description: "exponent of the law (1.3)" },
    least: { type: "string", valueHint: "V", description: "the lowest supply (0.5)" },
  },
  async run({ args, output }) {
    const activationBits = wholeOf("activation-bits", args["activation-bits"], { least: 2, most: 10 }) ?? 8;
    const array = { ...defaultArray, activationBits, accumulatorBits: activationBits + 14 };
    const mac = buildMac({
      multiplier: choiceOf("multiplier", args.multiplier, Object.keys(multipliers) as Multiplier[]) ?? "booth4",
      isFused: args.separate !== true,
      isZeroGated: args["zero-gated"] === true,
      activationBits,
      accumulatorBits: array.accumulatorBits,
    });
    const draws = {
      count: wholeOf("draws", args.draws, { least: 16, most: 1_000_000 }) ?? 512,
      seed: wholeOf("seed", args.seed, { least: 0 }) ?? 1,
    };
    const supply = {
      nominal: numberOf("volts", args.volts) ?? defaultSupply.nominal,
      threshold: numberOf("threshold", args.threshold) ?? defaultSupply.threshold,
      alpha: numberOf("alpha", args.alpha) ?? defaultSupply.alpha,
      least: numberOf("least", args.least) ?? defaultSupply.least,
    };
    const all = Array.from({ length: 255 }, (_, i) => i - 127);
    const values = checkValueSet(listOf("values", args.values) ?? all, 8, "--values");
    loweredSupply(1, 1, supply);
    const delays = weightDelays(mac, trafficDraws(array, draws, await trafficOf(args)));
    const rows = (["longest", "bound"] as const).flatMap((kind) => {
      const most = setDelay(all, delays, kind);
      const zero = delays[kind][128]!;
      return limits(
        values.map((value) => delays[kind][value + 128]!),
        zero,
      ).map((limit) => {
        const kept = values.filter((value) => delays[kind][value + 128]! <= limit);
        return { kind, limit, values: kept, ...loweredSupply(most, limit, supply) };
      });
    });
    const { longest, bound, mean, depth, netlistHash, stimulus } = delays;
    const perWeight = { longest: [...longest], bound: [...bound], mean: [...mean] };
    output.json({ netlist: mac.name, netlistHash, stimulus, depth, supply, perWeight, rows });
    output.print(
      [
        `${mac.name} (${netlistHash}): ${stimulus}`,
        `${values.length} weight values; longest path of the netlist: ${depth} gates`,
        alignColumns(
          [
            ["path", "settle within", "values", "supply", "dynamic energy"],
            ...rows.map(({ kind, limit, values: kept, volts, energy }) => [
              kind === "longest" ? "sensitised" : "guaranteed",
              `${limit} gates`,
              `${kept.length}`,
              `${volts.toFixed(3)} V`,
              `${(100 * energy).toFixed(1)} %`,
            ]),
          ],
          [0],
        ),
      ].join("\n"),
    );
  },
});

/** Numbers of gates within which at least three values settle, the most first. */
function limits(found: readonly number[], zero: number): number[] {
  const distinct = [...new Set(found)].sort((a, b) => b - a);
  return distinct.filter((limit) => limit >= zero && found.filter((gates) => gates <= limit).length >= 3);
}
