/** @file The network a user names: an ONNX file, or one of the zoo in the shape that the data ask for. */

import { existsSync } from "node:fs";
import { basename } from "node:path";
import { fail } from "../base/errors.ts";
import { describe } from "../base/tensor.ts";
import { type Dataset, exampleShape, isText } from "../data/index.ts";
import type { Model } from "../graph/model.ts";
import { readModelFile } from "../onnx/index.ts";
import { prepareForTraining } from "../rewrites/index.ts";
import { type NetworkName, zoo } from "../zoo/index.ts";
import { didYouMean } from "./suggest.ts";

export interface Network {
  readonly name: string;
  readonly model: Model;
}

/** Whether a word means a file: it is one, or it looks like a path. */
export const isPath = (word: string): boolean => existsSync(word) || /[\\/]|\.\w+$/.test(word);

/** @throws FemtoError `onnx.*` of reading, `zoo.unknown`, and where network and data do not fit */
/** @param context characters of an example, for networks of the zoo that read text */
export function readNetwork(word: string, data: Dataset, seed: number, context = 64): Network {
  const network = isPath(word)
    ? { name: basename(word), model: prepareForTraining(readModelFile(word)) }
    : { name: word, model: buildFor(findBuilder(word), data, seed, context) };
  if (isText(data)) refuseText(network, data);
  else refuseMisfit(network, data);
  return network;
}

/** The builder of a name of the zoo. */
export function findBuilder(word: string): NetworkName {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const found = Object.keys(zoo).find((name) => plain(name) === plain(word));
  if (found !== undefined) return found as NetworkName;
  const hint = didYouMean(word, Object.keys(zoo));
  return fail({
    code: "zoo.unknown",
    where: word,
    message: "this is neither a file nor a network of the zoo",
    expected: `the path of an .onnx file, or one of ${Object.keys(zoo).join(", ")}`,
    ...(hint && { hint }),
  });
}

/** A network of the zoo with inputs and classes of the data. */
function buildFor(name: NetworkName, data: Dataset, seed: number, context: number): Model {
  const shape = exampleShape(data);
  const classes = data.classes ?? 0;
  const build = zoo[name] as (options: Readonly<Record<string, number>>) => Model;
  if (name === "charGpt" && isText(data)) return build({ vocabulary: data.classNames!.length, context, seed });
  if (name === "mlp" && shape.length === 1) return build({ inputs: shape[0]!, classes, seed });
  const [channels, height, width] = shape;
  if (name === "dsCnn" && shape.length === 3 && channels === 1) {
    return build({ frames: height!, coefficients: width!, classes, seed });
  }
  const isForImages = !["mlp", "dsCnn", "bertTiny", "charGpt"].includes(name);
  if (isForImages && shape.length === 3 && height === width) {
    return build({ channels: channels!, size: height!, classes, seed });
  }
  return fail({
    code: "zoo.shape",
    where: name,
    message: "this network does not take examples of such a shape",
    expected: expectedShapes[name] ?? "square images [channels, size, size]",
    got: `${describe({ dtype: data.inputs.dtype, dims: shape })} an example`,
  });
}

const expectedShapes: Readonly<Record<string, string>> = {
  mlp: "rows of features [features]",
  dsCnn: "one map of features [1, frames, coefficients]",
  bertTiny: "token numbers; training on text is not offered by this command",
  charGpt: "a text, such as tiny-shakespeare",
};

/** A text wants logits for every character of the vocabulary, at every place. */
function refuseText({ name, model }: Network, data: Dataset): void {
  const dims = model.graph.outputs[0]?.type?.dims;
  const characters = data.classNames!.length;
  const last = dims?.at(-1);
  if (dims?.length === 3 && (typeof last === "string" || last! >= characters)) return;
  fail({
    code: "data.classes",
    where: `${name} › output ${model.graph.outputs[0]?.name}`,
    message: "the network is no language model for this text",
    expected: `[N, context, ${characters}] for ${characters} characters`,
    got: `[${dims?.join(", ")}]`,
  });
}

/** What would otherwise show up deep inside a training graph. */
function refuseMisfit({ name, model }: Network, data: Dataset): void {
  const [input] = model.graph.inputs;
  const [output] = model.graph.outputs;
  const taken = input?.type?.dims?.slice(1);
  const given = exampleShape(data);
  const fits =
    taken?.length === given.length && taken.every((dim, axis) => typeof dim === "string" || dim === given[axis]);
  if (model.graph.inputs.length !== 1 || taken === undefined || !fits) {
    fail({
      code: "data.shape",
      where: name,
      message: "the network does not take the examples of these data",
      expected: model.graph.inputs
        .map(
          (value) =>
            `${value.name} ${value.type?.dims ? describe({ dtype: value.type.dtype, dims: value.type.dims }) : "of any shape"}`,
        )
        .join(", "),
      got: `${describe(data.inputs)} (${data.name})`,
      hint: "images are channels first; see --layout for other orders",
    });
  }
  const logits = output?.type?.dims;
  const last = logits?.at(-1);
  const classes = data.classes;
  if (classes === undefined) {
    fail({
      code: "data.classes",
      where: data.name,
      message: "the labels are quantities, and only classifiers can be trained so far",
      hint: "whole numbers of a floating-point type are taken as quantities; store class indices as integers",
    });
  }
  if (logits?.length !== 2 || (typeof last === "number" && last < classes)) {
    fail({
      code: "data.classes",
      where: `${name} › output ${output?.name}`,
      message: "the network's answer does not fit the labels",
      expected: `[N, ${classes}] for ${classes} classes`,
      got: `[${logits?.join(", ")}]`,
    });
  }
}
