/** @file The export room: what a quantised model leaves as. */

export { toC } from "./c/lut-network.ts";
export * from "./codebook.ts";
export { type Comparison, compareWithReference } from "./equivalence.ts";
export { toJs } from "./js/lut-network.ts";
export { toFloat } from "./lower.ts";
export { checkLutFiles, type FileCheck } from "./lut/check-files.ts";
export { describe as describeLutNetwork } from "./lut/description.ts";
export { edgeSamples } from "./lut/edge-samples.ts";
export { type LutFile, type LutFiles, type LutForm, lutFiles, lutForms } from "./lut/files.ts";
export type { Progress } from "./lut/progress.ts";
export { compareLutNetwork, samplesOf } from "./lut-equivalence.ts";
export { toLutNetwork } from "./lut-network.ts";
export { type IntegerModel, toInteger } from "./onnx/integer.ts";
export { type QdqModel, toQdq } from "./onnx/qdq.ts";
export { toQonnx } from "./qonnx/index.ts";
export { withRawSamples } from "./raw-samples.ts";
export * from "./read-quantised.ts";
export { type LutSynthesis, type LutSynthesisOptions, synthesiseLutCircuit } from "./verilog/lut-check.ts";
export { type LutCircuit, type LutCircuitOptions, toLutCircuit } from "./verilog/lut-network.ts";
export type { LutProof } from "./verilog/lut-proof.ts";
export { toWasmFiles, type WasmFiles } from "./wasm/lut-network.ts";
