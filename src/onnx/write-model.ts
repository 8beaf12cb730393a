/** @file The way out: a Model → the bytes of an ONNX file of the lowest operator set that its content allows. */

import { create } from "@bufbuild/protobuf";
import { ModelProtoSchema, OperatorSetIdProtoSchema } from "onnx-buf";
import { at } from "../base/errors.ts";
import type { Model } from "../graph/model.ts";
import { verifyModel } from "../graph/verify.ts";
import { domainsIn, requireFunctions } from "./domains.ts";
import { irVersionOf } from "./ir-version.ts";
import { lowestOpset } from "./lowest-opset.ts";
import { writeMetadata } from "./metadata.ts";
import { encode } from "./protobuf.ts";
import type { ExternalSink } from "./tensor-write.ts";
import { functionToProto } from "./write-function.ts";
import { graphToProto } from "./write-graph.ts";

export interface WriteOptions {
  /** What error paths begin with; usually the file name. */
  readonly name?: string;
}

/**
 * Writes an ONNX model. The same model gives the same bytes, and so does one that was written and read again.
 * @example await download("model.onnx", writeModel(model));
 * @throws FemtoError `graph.*` where the verifier refuses the model, `onnx.*` where ONNX cannot hold it
 */
export function writeModel(model: Model, { name = "model" }: WriteOptions = {}): Uint8Array<ArrayBuffer> {
  return writeModelWith(model, name);
}

/** The same with a place for tensors outside the file. @internal */
export function writeModelWith(model: Model, name: string, sink?: ExternalSink): Uint8Array<ArrayBuffer> {
  return at(name, () => {
    verifyModel(model);
    requireFunctions(model);
    const opset = lowestOpset(model);
    const opsetImport = opsetImports(model, opset);
    const proto = create(ModelProtoSchema, {
      irVersion: BigInt(irVersionOf(model, opset)),
      opsetImport,
      graph: graphToProto(model.graph, { opset, sink }),
      functions: [...model.functions.values()].map((fn) => functionToProto(fn, opsetImport, opset)),
      metadataProps: writeMetadata(model.metadata),
      ...(model.producer !== "" && { producerName: model.producer }),
      ...(model.doc !== "" && { docString: model.doc }),
    });
    return encode(ModelProtoSchema, proto);
  });
}

/** Versions of all domains: the standard one as computed, others as the model has them, used ones without version as 1. */
function opsetImports(model: Model, opset: number) {
  const versions = new Map([["", opset]]);
  for (const [domain, version] of model.opsets) if (domain !== "") versions.set(domain, version);
  const own = [...model.functions.values()].map(({ domain }) => domain);
  for (const domain of [...domainsIn(model), ...own]) if (!versions.has(domain)) versions.set(domain, 1);
  return [...versions].map(([domain, version]) =>
    create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
  );
}
