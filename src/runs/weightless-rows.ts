/**
 * @file The rows of a comparison with weightless blocks: without MLPs, with tables in their place, dense; all trained on
 * the same number of examples from the same start.
 */

import { type QuweitOptions, quweit } from "../methods/index.ts";
import type { RowSpec } from "./spec.ts";

/** @param isChosen the user named a variant: that row alone */
export function weightlessRows(options: QuweitOptions, isChosen: boolean, seed: number): RowSpec[] {
  const row = (name: string, variant: QuweitOptions["variant"]): RowSpec => {
    const isOwn = variant === "weightless";
    const own = isOwn ? options : { ...options, variant, warmStart: 0, distillation: 0 };
    return { name, kind: isOwn ? "quweit" : "float", method: quweit, options: own, seed };
  };
  const names = { "no-mlp": "no MLP", weightless: "weightless", dense: "dense" } as const;
  const variants = isChosen ? [options.variant] : (["no-mlp", "weightless", "dense"] as const);
  return variants.map((variant) => row(names[variant], variant));
}
