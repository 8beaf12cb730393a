/** @file The messages between the main thread and the thread that owns the ONNX Runtime sessions. */

import type { Tensor } from "../base/tensor.ts";
import type { Feeds } from "./feeds.ts";
import type { SessionChoice } from "./session-options.ts";

export type Request =
  | { readonly kind: "load"; readonly session: number; readonly bytes: Uint8Array; readonly choice: SessionChoice }
  | { readonly kind: "release"; readonly session: number }
  /** Keeps tensors in the thread as inputs of later runs. */
  | { readonly kind: "hold"; readonly session: number; readonly feeds: Feeds }
  /** Copies held tensors back. */
  | { readonly kind: "read"; readonly session: number; readonly names: readonly string[] }
  | {
      readonly kind: "run";
      readonly session: number;
      readonly feeds: Feeds;
      /** Outputs to send back. */
      readonly fetch: readonly string[];
      /** Output → input: what becomes a held tensor for the next run (weights, optimizer state). */
      readonly carry: Readonly<Record<string, string>>;
    };

/** What the thread is sent: a numbered request, or the word to end once everything asked before is answered. */
export type Message = { readonly id: number; readonly request: Request } | "close";

export type Answer =
  | { readonly id: number; readonly ok: true; readonly tensors: Record<string, Tensor>; readonly names?: SessionNames }
  | { readonly id: number; readonly ok: false; readonly message: string };

export interface SessionNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}
