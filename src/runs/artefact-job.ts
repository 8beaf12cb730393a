/** @file What the fresh process that measures an artefact is told and answers: plain JSON over its standard streams. */

import type { Normalisation } from "../base/normalisation.ts";
import type { Comparison } from "../export/index.ts";

export interface ArtefactJob {
  /** The file whose accuracy is stated. */
  readonly artefact: string;
  /** Test inputs and labels as TensorProto files. */
  readonly inputs: string;
  readonly labels: string;
  readonly normalisation?: Normalisation | undefined;
  /** The integer form and the values to compare with the reference engine; absent for float models. */
  readonly integer?: {
    readonly path: string;
    readonly codes: readonly string[];
    readonly accumulators: readonly string[];
  };
  /** Examples that are compared with the reference engine, which is slow; all, unless given. */
  readonly checked?: number | undefined;
  /** The network of lookup tables, to be compared with the artefact; absent for other models. */
  readonly lookup?: string;
  /** Codes of the artefact itself, in the order of the integer form's. */
  readonly codes?: readonly string[];
}

export interface ArtefactResult {
  readonly accuracy: number;
  readonly loss: number;
  readonly examples: number;
  /** Accuracy under ONNX Runtime's default options, as users will run the file; absent where it refuses. */
  readonly defaultAccuracy?: number;
  readonly defaultRefusal?: string;
  /** Examples whose class changes under default options. */
  readonly defaultDiffers?: number;
  readonly integerAccuracy?: number;
  readonly lookup?: Comparison;
  readonly comparison?: { readonly integer: Comparison; readonly qdq: Comparison };
}
