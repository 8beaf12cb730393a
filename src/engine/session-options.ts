/**
 * @file The one place that decides how ONNX Runtime runs: every session of Femto is opened with these options, and they
 * stand in the report, because thread count, optimisation level and fusions change bits.
 */

import type { InferenceSession } from "onnxruntime-node";

export interface SessionChoice {
  /** Intra-op threads. Training uses 1 a session and several sessions. */
  threads?: number;
  /** `all` by default; tests compare with `disabled`. */
  optimisation?: "disabled" | "basic" | "extended" | "layout" | "all";
  /** `blocked`: convolutions whose weights are not constant use ONNX Runtime's blocked layout, where it has one. */
  layout?: "plain" | "blocked";
  /** Keep ONNX Runtime from fusing Q/DQ pairs: training graphs and 2-bit artefacts need it. */
  keepQdq?: boolean;
  /** What a user gets who opens the file without options; used to report how an artefact behaves elsewhere. */
  isDefault?: boolean;
}

/**
 * Session options. `qdq_matmulnbits_accuracy_level=0` stops the silent rewrite of DQ→MatMul into an int8-activation
 * kernel (2 % error measured); spinning threads halve the speed on shared cores.
 */
export function sessionOptions(choice: SessionChoice = {}): InferenceSession.SessionOptions {
  const { threads = 1, optimisation = "all", keepQdq = false, isDefault = false } = choice;
  if (isDefault) return { logSeverityLevel: 4, intraOpNumThreads: threads };
  return {
    executionProviders: ["cpu"],
    graphOptimizationLevel: optimisation,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 4,
    extra: {
      session: {
        qdq_matmulnbits_accuracy_level: "0",
        intra_op: { allow_spinning: "0" },
        ...(keepQdq && { disable_quant_qdq: "1" }),
      },
    },
  };
}
