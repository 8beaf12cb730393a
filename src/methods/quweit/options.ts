/** @file Options of a quasi-weightless transformer, as users and recipes give them. */

import { z } from "zod";
import { BLOCK_DEFAULTS } from "../../rewrites/index.ts";
import { trainingOptions } from "../../training/index.ts";

export const variants = ["weightless", "no-mlp", "dense"] as const;

export const quweitOptions = z
  .object({
    /** What stands in the place of the MLPs: tables; nothing; the MLPs themselves. The latter two are the scale's ends. */
    variant: z.enum(variants).default("weightless"),
    /** Tables of each layer of a block [source: 256 and 512; one layer learns faster, ours]. */
    layers: z
      .array(z.number().int().min(1))
      .min(1)
      .default([...BLOCK_DEFAULTS.layers]),
    /** n, inputs of a table. */
    inputs: z.number().int().min(1).max(10).default(BLOCK_DEFAULTS.inputs),
    /** T, learned thresholds of a feature [source]. */
    bits: z.number().int().min(1).default(BLOCK_DEFAULTS.bits),
    /** How the first layer of a block finds its inputs: learned among candidates, or balanced at random. */
    mapping: z.enum(["learned", "random"]).default(BLOCK_DEFAULTS.mapping),
    /** Candidates of a slot; `null` for every bit. */
    candidates: z.number().int().min(1).nullable().default(BLOCK_DEFAULTS.candidates),
    /** Whose bits select vectors: those of the last layer [source], or of all layers. */
    selects: z.enum(["last", "all"]).default(BLOCK_DEFAULTS.selects),
    /** Initial tables: of random threshold units, or `uniform` in −1..1 [source]. */
    entries: z.enum(["threshold", "uniform"]).default(BLOCK_DEFAULTS.entries),
    temperature: z.number().positive().default(BLOCK_DEFAULTS.temperature),
    /** Form of the extended finite differences. */
    difference: z.enum(["exponential", "linear", "plain"]).default(BLOCK_DEFAULTS.difference),
    /** How the vectors are stored afterwards: int8 with one scale a block [source], or float32. */
    vectors: z.enum(["int8", "float32"]).default("int8"),
    /** Export the whole network in whole numbers, attention included (I-ViT). */
    integer: z.boolean().default(false),
    /** Root of its layer norms: exact, or I-ViT's ten steps. */
    root: z.enum(["exact", "ten-step"]).default("exact"),
    /** Of these epochs, those (0.2: a fifth of the first) in which every block learns what its MLP does. Wants a trained model. */
    warmStart: z.number().min(0).default(0),
    /** Weight of the Kullback–Leibler divergence to the logits of the given model. Wants a trained model. */
    distillation: z.number().min(0).default(0),
    /** The rate is that of the network's own weights (AdamW). */
    ...trainingOptions(["epochs", "batchSize", "rate"]),
    /** Of tables and scores (Adam) [source: 1e-2]. */
    tableRate: z.number().positive().default(1e-2),
    /** Of vectors (Adam). */
    vectorRate: z.number().positive().default(3e-3),
    /** Of thresholds (Adam) [source: 3e-3 in the toy experiment]. */
    thresholdRate: z.number().positive().default(3e-3),
    ...trainingOptions(
      ["weightDecay", "clip", "schedule", "step", "warmup", "smoothing", "augmentation", "evaluateEvery"],
      { weightDecay: 0.1 },
    ),
  })
  .superRefine((o, context) => {
    if (o.variant !== "weightless" && o.warmStart > 0) {
      context.addIssue({
        code: "custom",
        path: ["warmStart"],
        message: `there are no blocks to fit in variant ${o.variant}`,
      });
    }
    if (o.warmStart >= o.epochs) {
      context.addIssue({
        code: "custom",
        path: ["warmStart"],
        message: `leaves none of the ${o.epochs} epochs to train everything together in`,
      });
    }
  });

export type QuweitOptions = z.output<typeof quweitOptions>;
