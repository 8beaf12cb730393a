/** @file The protobuf door: ONNX files in and out. Nothing protobuf leaves this room. */

export { codeOfDType, dtypeOfCode } from "./dtype-codes.ts";
export { type FileFacts, fileFacts } from "./file-facts.ts";
export { type ReadFileOptions, readModelFile, type WriteFileOptions, writeModelFile } from "./files.ts";
export { LOWEST_WRITTEN_OPSET, lowestOpset } from "./lowest-opset.ts";
export { NEWEST_OPSET, OLDEST_OPSET } from "./operator-sets.ts";
export { QONNX_DOMAIN } from "./qonnx.ts";
export { type ReadOptions, readModel } from "./read-model.ts";
export { readTensor, writeTensor } from "./tensor-file.ts";
export { type WriteOptions, writeModel } from "./write-model.ts";
