/**
 * @file The way in: the bytes of an ONNX file → a verified Model in the one form that Femto knows (operator set 26,
 * Constants as initializers, one QONNX domain, every dimension a number or a symbol). Left behind: doc strings of
 * nodes and values, denotations, device annotations; training information is left behind and noted in the metadata.
 */

import { type ModelProto, ModelProtoSchema } from "onnx-buf";
import { at, FemtoError, fail } from "../base/errors.ts";
import { Model } from "../graph/model.ts";
import { verifyModel } from "../graph/verify.ts";
import { domainsIn, kindsIn, requireFunctions } from "./domains.ts";
import { wholeFiles } from "./external-data.ts";
import { readMetadata } from "./metadata.ts";
import { decode } from "./protobuf.ts";
import { QONNX_DOMAIN } from "./qonnx.ts";
import { ReadContext } from "./read-context.ts";
import { canonicalOpsets, functionKey, readFunction } from "./read-function.ts";
import { readGraph } from "./read-graph.ts";
import { readOpsets } from "./read-opsets.ts";
import { Symbols } from "./symbols.ts";
import type { TensorSource } from "./tensor-read.ts";
import { inMemory, withoutWeights } from "./without-weights.ts";

export interface ReadOptions {
  /** What error paths begin with; usually the file name. */
  readonly name?: string;
  /** Gives the files that hold tensors outside the model, by their checked path relative to it. */
  readonly externalData?: (path: string) => Uint8Array;
  /** `absent`: elements of large tensors are not read, and files that hold them need not be there. Default: `read`. */
  readonly weights?: "read" | "absent";
}

/** IR versions of files that Femto reads. */
const OLDEST_IR = 3;
const NEWEST_IR = 13;

/**
 * Reads an ONNX model.
 * @example const model = readModel(new Uint8Array(await file.arrayBuffer()), { name: file.name });
 * @throws FemtoError `onnx.*` with a path such as `model.onnx › node 17 Conv "stage2/conv1" › input 1`
 */
export function readModel(
  bytes: Uint8Array,
  { name = "model", externalData, weights = "read" }: ReadOptions = {},
): Model {
  const external = externalData && wholeFiles(externalData);
  const needed = weights === "read" ? bytes : at(name, () => withoutWeights(inMemory(bytes)));
  return readModelWith(needed, name, { external, weights });
}

/** The same with a reader of pieces of external files. @internal */
export function readModelWith(bytes: Uint8Array, name: string, tensors: TensorSource): Model {
  return at(name, () => fromProto(decode(ModelProtoSchema, bytes), tensors));
}

function fromProto(proto: ModelProto, tensors: TensorSource): Model {
  if (proto.graph === undefined) {
    return fail({
      code: "onnx.truncated",
      message: "the file holds no ONNX graph",
      hint: "the file is empty, cut off, or not an ONNX model",
    });
  }
  const irVersion = checkedIr(proto.irVersion);
  const opsets = readOpsets(proto.opsetImport);
  const functions = new Set(proto.functions.map(functionKey));
  const shared = { irVersion, opsets, functions, symbols: new Symbols(proto), tensors };
  const context = new ReadContext({ ...shared, inFunction: false }, proto.graph);
  const model = new Model(readGraph(proto.graph, context));
  for (const [domain, version] of canonicalOpsets(opsets)) model.opsets.set(domain, version);
  for (const fn of proto.functions) {
    const key = functionKey(fn);
    at(`function ${key}`, () => {
      if (model.functions.has(key)) fail({ code: "onnx.duplicate", message: "the function is defined twice" });
      model.functions.set(key, readFunction(fn, shared));
    });
  }
  requireFunctions(model);
  refuseRecursion(model);
  // Old QONNX exports use the domain without importing it.
  const isBare = domainsIn(model).has(QONNX_DOMAIN) && !model.opsets.has(QONNX_DOMAIN);
  if (isBare) model.opsets.set(QONNX_DOMAIN, 1);
  readMetadata(proto.metadataProps, model.metadata);
  if (proto.trainingInfo.length > 0) model.metadata.set("femto.dropped", "training_info");
  model.producer = proto.producerName;
  model.doc = proto.docString;
  verify(model);
  return model;
}

function checkedIr(version: bigint): number {
  if (version >= BigInt(OLDEST_IR) && version <= BigInt(NEWEST_IR)) return Number(version);
  return fail({
    code: "onnx.ir",
    message: "the file's IR version is out of range",
    expected: `${OLDEST_IR} to ${NEWEST_IR}`,
    got: `${version}`,
  });
}

/** Functions must not call themselves, directly or through others. */
function refuseRecursion(model: Model): void {
  const finished = new Set<string>();
  const visit = (key: string, path: readonly string[]): void => {
    const fn = model.functions.get(key);
    if (fn === undefined || finished.has(key)) return;
    if (path.includes(key)) {
      fail({
        code: "onnx.cycle",
        where: `function ${key}`,
        message: `the function calls itself`,
        got: [...path, key].join(" → "),
      });
    }
    for (const kind of kindsIn(fn.graph)) visit(kind, [...path, key]);
    finished.add(key);
  };
  for (const key of model.functions.keys()) visit(key, []);
}

/** What the verifier would refuse must not pass, even where no earlier check has seen it. */
function verify(model: Model): void {
  try {
    verifyModel(model);
  } catch (error) {
    if (!(error instanceof FemtoError)) throw error;
    throw new FemtoError({ ...error.toJSON(), code: error.code.replace(/^graph\./, "onnx.") }, { cause: error });
  }
}
