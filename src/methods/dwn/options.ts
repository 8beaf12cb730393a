/** @file Options of DWN: defaults of the authors' code where it has them [source], of the sheet where not [reconstructed]. */

import { z } from "zod";
import { thermometerKinds } from "../../formats/index.ts";
import { trainingOptions } from "../../training/index.ts";

export const dwnOptions = z
  .object({
    /** Tables of each layer [source: MNIST]. */
    layers: z.array(z.number().int().min(1)).min(1).default([2000, 1000]),
    /** Inputs of a table; six fill one lookup table of an FPGA [source]. */
    inputs: z.number().int().min(1).max(10).default(6),
    /** `gates`: two inputs, sixteen gates mixed by softmax in training (differentiable logic gates), for comparison. */
    tables: z.enum(["lut", "gates"]).default("lut"),
    /** Thresholds of a feature: 3 for images, 8 for features, 200 for jets [source]. */
    bits: z.number().int().min(1).max(1024).default(3),
    thermometer: z.enum(thermometerKinds).default("distributive"),
    featureWise: z.boolean().default(true),
    /** A bit takes part where at least this share of the training examples has its rarer value [reconstructed]. */
    leastShare: z.number().min(0).max(0.5).default(0.001),
    /** How the first layer finds its inputs: learned among candidates, or balanced at random. */
    mapping: z.enum(["learned", "random"]).default("learned"),
    /** Candidates of a slot; `null` for every bit that takes part, the authors' full matrix. */
    candidates: z.number().int().min(1).nullable().default(64),
    /** τ of the softmax through which a learned mapping passes gradients on [source]. */
    temperature: z.number().positive().default(0.001),
    /** Form of the extended finite differences; `exponential` is what the authors recommend [source]. */
    difference: z.enum(["exponential", "linear", "plain"]).default("exponential"),
    /** `sum`: ones are counted for each class; `learned`: a pyramid of LUT layers down to a bit a class, for tiny networks. */
    reduction: z.enum(["sum", "learned"]).default("sum"),
    /** τ of the sum; a thirtieth of a group, at least 10/3, unless given [reconstructed from published pairs]. */
    tau: z.number().positive().optional(),
    /** The last group is filled up with zeros where the tables do not divide by the classes. */
    pad: z.boolean().default(false),
    /** Weight of the mean square of the tables (the spectral form of DWN is this very term). */
    decay: z.number().min(0).default(0),
    /** Weight of total influence: entries follow their Hamming neighbours. */
    influence: z.number().min(0).default(0),
    /** The rate falls after every 14 epochs [source: MNIST]. */
    ...trainingOptions(
      ["epochs", "batchSize", "rate", "schedule", "step", "warmup", "smoothing", "augmentation", "evaluateEvery"],
      { epochs: 30, batchSize: 100, rate: 1e-2, schedule: "step", step: { every: 14, factor: 0.1 } },
    ),
  })
  .superRefine((o, context) => {
    if (o.tables === "gates" && o.inputs !== 2) {
      context.addIssue({ code: "custom", path: ["inputs"], message: "a gate has 2 inputs: set inputs to 2" });
    }
  });

export type DwnOptions = z.output<typeof dwnOptions>;
