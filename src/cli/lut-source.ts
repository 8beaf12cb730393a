/** @file A network of lookup tables from its ONNX file, held against that file, or from its data. */

import { readFileSync } from "node:fs";
import { at, fail } from "../base/errors.ts";
import { tensor } from "../base/tensor.ts";
import { type Dataset, fileError } from "../data/index.ts";
import { fromJson, type LutNetwork, type Samples } from "../engine/bits/index.ts";
import { OrtEngine } from "../engine/index.ts";
import { type Comparison, compareLutNetwork, toLutNetwork } from "../export/index.ts";
import { type RawSamples, rawSamplesOf } from "../formats/index.ts";
import type { Model } from "../graph/model.ts";

interface Given {
  readonly raw: RawSamples;
  readonly network: LutNetwork;
}

/** A file of the schema `femto.lut-network/1`, which says itself what raw samples are. @throws FemtoError `bits.*`, `file.*` */
export function readNetworkData(path: string): Given {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw fileError(path, "read", cause);
    return fail({ code: "bits.json", where: path, message: "the file is not JSON", got: cause.message });
  }
  const network = fromJson(content, path);
  return { network, raw: { dtype: network.input.dtype } };
}

/** @throws FemtoError `export.lut` where the model is no network of lookup tables */
export function networkOf(model: Model, name: string, test: Dataset | undefined): Given {
  const raw = rawSamplesOf(model) ?? rawOf(model, test);
  return { raw, network: at(name, () => toLutNetwork(model, raw)) };
}

/** Where the file does not say what stands in front of it: the data named, else what the model itself reads. */
function rawOf(model: Model, test: Dataset | undefined): RawSamples {
  const dtype = (model.graph.inputs[0]?.type?.dtype ?? test?.inputs.dtype) === "uint8" ? "uint8" : "float32";
  if (test === undefined || dtype === "uint8") return { dtype };
  return { dtype: test.inputs.dtype === "uint8" ? "uint8" : "float32", normalisation: test.normalisation };
}

/** The network as data is the ONNX file. @throws FemtoError `export.differs` */
export async function compareWithModel(
  model: Model,
  name: string,
  network: LutNetwork,
  { dtype, normalisation }: RawSamples,
  samples: Samples,
): Promise<Comparison> {
  const shape = model.graph.inputs[0]!.type!.dims!.slice(1) as number[];
  const inputs = tensor(dtype, [samples.length / network.input.features, ...shape], samples);
  const engine = new OrtEngine();
  const same = await compareLutNetwork(engine, model, network, { inputs, normalisation }).finally(() => engine.close());
  if (same.verdict === "bit-exact") return same;
  return fail({
    code: "export.differs",
    where: name,
    message: "the network as data does not answer what the file answers in ONNX Runtime",
    got: `${same.argmaxDiffers} of ${same.examples} classes and ${same.codesDiffer} of ${same.codes} counts differ`,
  });
}
