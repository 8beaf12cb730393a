/** @file What a file says about itself before anything is read into a model: versions, producer. */

import { ModelProtoSchema } from "onnx-buf";
import { at } from "../base/errors.ts";
import { decode } from "./protobuf.ts";
import { readOpsets } from "./read-opsets.ts";

export interface FileFacts {
  readonly irVersion: number;
  /** Domain → version, as the file has them; the standard domain is "". */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
}

/** @throws FemtoError `onnx.truncated`, `onnx.opset` */
export function fileFacts(bytes: Uint8Array, name = "model"): FileFacts {
  return at(name, () => {
    const { irVersion, opsetImport, producerName, producerVersion } = decode(ModelProtoSchema, bytes);
    return {
      irVersion: Number(irVersion),
      opsets: readOpsets(opsetImport),
      producer: [producerName, producerVersion].filter((text) => text !== "").join(" "),
    };
  });
}
