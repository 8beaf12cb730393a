/** @file Options of LWS: defaults of the sheet, section "Faithful minimal implementation" [reconstructed]. */

import { z } from "zod";
import { trainingOptions } from "../../training/index.ts";
import { defaultSupply } from "./timing.ts";

export const WEIGHT_BITS = 8;

/** Sizes that a strategy goes through, ever more aggressive: values of a set, or per cent of the weights that are kept. */
const ladders = {
  lws: [32, 16, 8, 5],
  powerpruning: [64, 48, 32, 24, 16, 12, 8, 5],
  magnitude: [70, 60, 50, 40, 30, 25, 20, 15, 10],
  int8: [255],
} as const;

/** Bits of a full column of products: 8 + 8 + log2 64 = 22. */
export const sumBits = ({ rows, activationBits }: { readonly rows: number; readonly activationBits: number }): number =>
  activationBits + WEIGHT_BITS + Math.ceil(Math.log2(rows));

export const lwsOptions = z
  .object({
    /** `lws`; what it is held against; or the baseline: all values, trained as long. */
    strategy: z.enum(["lws", "powerpruning", "magnitude", "int8"]).default("lws"),
    /** How values are taken out; `energy-only` and `loss-only` are ablations. */
    score: z.enum(["ratio", "energy-only", "loss-only"]).default("ratio"),
    /** Whether the foretold loss has its first-order term, as the sheet has it; see docs/methods/lws.md. */
    gradientTerm: z.boolean().default(false),
    /** Layer by layer; otherwise all layers at once (an ablation, and what the other strategies do). */
    schedule: z.boolean().default(true),
    /** k, falling; for `magnitude` the per cent of a layer's weights that are not zero. */
    sizes: z.array(z.number().int().min(3).max(255)).min(1).optional(),
    /** PowerPruning by price instead of number: all values up to so many picojoules. */
    threshold: z.number().positive().optional(),
    /**
     * LWS: before sets are chosen, these per cents of the weights stay in every layer worth it; the smallest others go to zero
     * for good. Empty: no pruning.
     */
    prune: z.array(z.number().int().min(3).max(99)).default([70, 60, 50, 40, 30, 25, 20, 15, 10]),
    /** How the files hold weights: as codes, or as indices into a table of the layer's values where that is smaller. */
    storage: z.enum(["bytes", "codebook"]).default("bytes"),
    /**
     * PowerPruning's step (d): values with which a multiply-accumulate settles later than `share` of the longest time of all values,
     * on the traces that the row starts from, are left out; the supply falls until what is left takes as long as all values did.
     * Delay by the alpha-power law; its figures are assumed.
     */
    timing: z
      .object({
        share: z.number().gt(0).max(1).default(0.8),
        nominal: z.number().positive().default(defaultSupply.nominal),
        threshold: z.number().min(0).default(defaultSupply.threshold),
        alpha: z.number().min(1).max(2).default(defaultSupply.alpha),
        least: z.number().positive().default(defaultSupply.least),
      })
      .refine(({ nominal, threshold, least }) => threshold < least && least <= nominal, {
        message: "volts must rise from threshold over least to nominal",
      })
      .optional(),
    /** Points of accuracy that may be lost on the validation examples. */
    maxDrop: z.number().min(0).max(100).default(2),
    /** ρ_min: layers with a smaller share of the energy keep all values. */
    leastShare: z.number().min(0).max(1).default(0.03),
    sweeps: z.number().int().min(1).default(1),
    /** Tables of the traces of every accepted network; otherwise those of the baseline until the end. */
    recharacterise: z.boolean().default(true),
    /** The unit and its array. 7-bit activations (0 … 127) are the most that a signed 8-bit operand takes. */
    rows: z.number().int().min(1).max(65_536).default(64),
    columns: z.number().int().min(1).max(65_536).default(64),
    activationBits: z.number().int().min(2).max(10).default(8),
    /** Of the partial sums; as many as a full column needs, unless given. */
    accumulatorBits: z.number().int().min(2).max(31).optional(),
    multiplier: z.enum(["booth4", "baughWooley"]).default("booth4"),
    /** The partial sum enters the multiplier's own adder tree. */
    fused: z.boolean().default(true),
    /** Sets are chosen for a unit that stands still where a weight is zero. */
    zeroGating: z.boolean().default(false),
    delay: z.enum(["unit", "zero"]).default("unit"),
    /** Operations that one multiply-accumulate is priced as. */
    published: z.enum(["mac8 45nm", "mac8 7nm"]).default("mac8 45nm"),
    /** A measured table instead of the unit's netlist: picojoules of −128 … 127, the same in every layer. */
    weightTable: z
      .object({
        name: z.string(),
        energies: z.array(z.number().min(0)).length(256),
        isZeroGated: z.boolean().default(false),
      })
      .optional(),
    /** Transitions that every weight is characterised with (S). */
    draws: z.number().int().min(16).default(2048),
    /** Images whose layers are traced, and output channels that are looked at for partial sums. */
    images: z.number().int().min(2).default(16),
    tracedOutputs: z.number().int().min(1).default(16),
    /** Images over which the saving is also simulated element by element, without tables; 0: not at all. */
    exactImages: z.number().int().min(0).default(0),
    /** Whether networks on the way are measured on the test examples and priced, for comparisons at equal accuracy: see `curve.ts`. */
    curve: z.boolean().default(true),
    /** Examples for gradient and Fisher term. */
    calibration: z.number().int().min(1).default(256),
    /** Share of the training examples that decisions are measured on, where no validation part is given. */
    validation: z.number().gt(0).max(0.5).default(0.1),
    /** Epochs of fine-tuning after each restriction, each over so many examples (all, unless given). */
    tuneEpochs: z.number().int().min(1).default(4),
    tuneExamples: z.number().int().min(1).optional(),
    /** A restriction that loses too much is tuned so many times more before it is given up. */
    retunes: z.number().int().min(0).default(1),
    /** Epochs at the end, over all examples. */
    ...trainingOptions(["epochs", "batchSize", "optimizer"]),
    /** Half the rate of quantisation-aware training. */
    ...trainingOptions(["rate", "weightDecay", "augmentation"], { rate: 5e-4 }),
  })
  .superRefine((options, context) => {
    const { sizes = [], prune, strategy, timing, weightTable } = options;
    const needed = sumBits(options);
    if (options.accumulatorBits === undefined && needed > 31) {
      const message = `a column of so many rows needs ${needed} bits for its partial sums; accumulators have at most 31`;
      context.addIssue({ code: "custom", path: ["rows"], message });
    }
    if (timing !== undefined && (strategy !== "powerpruning" || weightTable !== undefined)) {
      const message =
        strategy !== "powerpruning" ? "timing belongs to powerpruning" : "a measured table says nothing of delays";
      context.addIssue({ code: "custom", path: ["timing"], message });
    }
    for (const [path, steps] of Object.entries({ sizes, prune })) {
      if (!steps.some((size, i) => i > 0 && size >= steps[i - 1]!)) continue;
      context.addIssue({ code: "custom", path: [path], message: "the steps must fall" });
    }
    if (strategy === "magnitude" && sizes.some((size) => size > 100)) {
      context.addIssue({
        code: "custom",
        path: ["sizes"],
        message: "per cent of the weights that are kept: at most 100",
      });
    }
  });

export type LwsOptions = z.output<typeof lwsOptions>;

/** A threshold is one step, whatever the number of values below it. */
export const ladderOf = ({ sizes, strategy, threshold }: LwsOptions): readonly number[] =>
  strategy === "powerpruning" && threshold !== undefined ? [255] : (sizes ?? ladders[strategy]);

/**
 * Networks that a row tunes before its last one, at most.
 * @param macs of every layer, standing for its share of the energy
 */
export function mostSteps(options: LwsOptions, macs: readonly number[]): number {
  const { strategy, schedule, prune, leastShare, sweeps } = options;
  if (strategy === "int8") return 0;
  const sizes = ladderOf(options).length;
  if (strategy !== "lws") return sizes;
  const total = macs.reduce((sum, own) => sum + own, 0);
  const worthy = macs.filter((own) => own >= leastShare * total).length;
  return prune.length + sizes * (schedule ? worthy * sweeps : 1);
}
