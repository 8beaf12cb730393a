/**
 * @file The card of a network: what a file must say about itself so that somebody can feed it and read its answer. It
 * stands in the model's metadata under `femto.network`, `femto.task`, `femto.input` and `femto.options`.
 */

import type { Model } from "../graph/model.ts";

export type Task = "classification" | "language";

/** How raw data become the input: value = (raw·scale − mean) / std, mean and std one number a channel. */
export interface InputCard {
  /** `NCHW` images (or maps of features), `NF` rows of features, `NT` token numbers. */
  readonly layout: "NCHW" | "NF" | "NT";
  readonly scale?: number;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}

export interface NetworkCard {
  readonly network: string;
  readonly task: Task;
  readonly input: InputCard;
  /** What the builder was given. */
  readonly options: Readonly<Record<string, unknown>>;
}

export function writeCard(model: Model, { network, task, input, options }: NetworkCard): void {
  model.metadata.set("femto.network", network);
  model.metadata.set("femto.task", task);
  model.metadata.set("femto.input", JSON.stringify(input));
  model.metadata.set("femto.options", JSON.stringify(options));
}

/** The card of a model that the zoo has built; `undefined` for others. */
export function readCard(model: Model): NetworkCard | undefined {
  const [network, task, input, options] = ["network", "task", "input", "options"].map((key) =>
    model.metadata.get(`femto.${key}`),
  );
  if (network === undefined || task === undefined || input === undefined || options === undefined) return undefined;
  return { network, task: task as Task, input: JSON.parse(input), options: JSON.parse(options) };
}
