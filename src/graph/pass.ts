/** @file Pass: the only way a model changes. A pass says what it requires and what it ensures; both can be checked. */

import { at } from "../base/errors.ts";
import type { Model } from "./model.ts";
import { verifyModel } from "./verify.ts";

export interface Pass {
  readonly name: string;
  /** Throws where the model is not fit for this pass. */
  requires?(model: Model): void;
  /** Changes the model in place; says whether it changed anything. */
  run(model: Model): boolean;
  /** Throws where the pass did not keep its word. */
  ensures?(model: Model): void;
}

export interface PassOptions {
  /** Run the verifier and `ensures` after every pass (always so in tests). */
  check?: boolean;
}

/** Runs passes in order, in place; returns whether anything changed. */
export function applyPasses(model: Model, passes: readonly Pass[], { check = true }: PassOptions = {}): boolean {
  let modified = false;
  for (const pass of passes) {
    at(`pass ${pass.name}`, () => {
      pass.requires?.(model);
      modified = pass.run(model) || modified;
      if (!check) return;
      verifyModel(model);
      pass.ensures?.(model);
    });
  }
  return modified;
}
