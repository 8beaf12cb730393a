/** @file The training room: losses, optimizers and schedules as graphs; the step; the loop; evaluation. */

export * from "./batches.ts";
export * from "./check-data.ts";
export * from "./classifier.ts";
export * from "./early-stop.ts";
export * from "./evaluate.ts";
export * from "./losses/index.ts";
export * from "./optimizers/index.ts";
export * from "./options.ts";
export * from "./schedules.ts";
export * from "./step.ts";
export * from "./train.ts";
export * from "./trainee.ts";
