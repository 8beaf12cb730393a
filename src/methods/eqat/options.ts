/** @file Options of EQAT: defaults of the paper where it has them [source], of the sheet where not [reconstructed]. */

import { z } from "zod";
import { scheduleNames, trainingOptions } from "../../training/index.ts";

export const eqatOptions = z
  .object({
    /** Least and greatest bit-width that can be learned (eq. 13 [source]). */
    qMin: z.number().min(1).default(2),
    qMax: z.number().max(16).default(8),
    /** 7.5 is FracBits' start; 8 itself is unreachable through a sigmoid [reconstructed]. */
    qInit: z.number().default(7.5),
    /** Quantise with these bits instead of learning them: the uniform baseline, trained the same way. */
    fixedBits: z.number().int().min(2).max(16).optional(),
    /** Weight of the normalised energy (eq. 9), reached after `warmup` epochs (algorithm 1 [source]). */
    beta: z.number().min(0).default(0.01),
    warmup: z.number().min(0).default(10),
    /** Relative energy to reach: replaces β·Ē by budgetWeight·|Ē − budget| (FracBits), and steers the rounding. */
    budget: z.number().positive().max(1).optional(),
    budgetWeight: z.number().positive().default(1),
    /** Weight of the KL term (eq. 9). */
    alpha: z.number().min(0).default(0.95),
    kl: z.enum(["reverse", "forward"]).default("reverse"),
    mode: z.enum(["frac", "real", "round"]).default("frac"),
    /** Derivative in q: of the rounding error, or with the integer code held constant, an ablation (sheet, gap 5). */
    gradQ: z.enum(["exact", "naive"]).default("exact"),
    /** Derivative in a learned range: LSQ's, or PACT's, which has no part inside the range. */
    gradRange: z.enum(["lsq", "pact"]).default("lsq"),
    /** One bit-width for weight and activation of a layer: the paper's equations; hardware often demands it. */
    tie: z.boolean().default(false),
    perChannel: z.boolean().default(true),
    learnRanges: z.boolean().default(true),
    /** Bits of the network input; `null` learns them too. */
    inputBits: z.number().int().min(1).max(16).nullable().default(8),
    /** Bit-widths the hardware has, e.g. [2, 4, 8]. */
    bitSet: z.array(z.number().int().min(1).max(16)).min(1).optional(),
    /** Share of the epochs after which bits are fixed and only weights go on. */
    freezeAt: z.number().min(0).max(1).default(0.8),
    /** Share of the epochs, at the end, in which batch-norm statistics stand still. */
    settle: z.number().min(0).max(1).default(0.1),
    ...trainingOptions(["epochs", "batchSize", "optimizer", "rate"], { epochs: 100 }),
    schedule: z.enum(scheduleNames).exclude(["step"]).default("cosine"),
    ...trainingOptions(["weightDecay", "smoothing", "clip"]),
    rateBits: z.number().positive().default(1e-2),
    rateRanges: z.number().positive().default(1e-3),
    ...trainingOptions(["augmentation"]),
    /** Batches used to set activation ranges, and the quantile that is kept. */
    calibrationBatches: z.number().int().min(1).default(10),
    quantile: z.number().gt(0.5).max(1).default(0.999),
    ...trainingOptions(["evaluateEvery"]),
  })
  .superRefine((o, context) => {
    const refuse = (path: keyof typeof o, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (o.qMin >= o.qMax) refuse("qMin", `qMin ${o.qMin} must be below qMax ${o.qMax}`);
    if (o.qInit >= o.qMax - 0.05 || o.qInit <= o.qMin + 0.05) {
      refuse(
        "qInit",
        `qInit ${o.qInit} must lie 0.05 inside ${o.qMin}..${o.qMax}: the sigmoid has no slope at its ends`,
      );
    }
    if (o.qMin < 2) refuse("qMin", "weights need 2 bits on the narrow grid; qMin must be at least 2");
    if (Math.ceil(o.qMin) > Math.floor(o.qMax)) refuse("qMax", `no whole bit-width lies in ${o.qMin}..${o.qMax}`);
    if (o.bitSet && !o.bitSet.some((bits) => bits >= o.qMin && bits <= o.qMax)) {
      refuse("bitSet", `no member of [${o.bitSet.join(", ")}] lies in ${o.qMin}..${o.qMax} (qMin..qMax)`);
    }
  });

export type EqatOptions = z.output<typeof eqatOptions>;
