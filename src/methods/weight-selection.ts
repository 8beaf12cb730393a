/**
 * @file What a method that restricts weights says of its outcome, as plain data: what its networks switch in the array, before
 * and after, beside the ceiling. Accuracy is not in it: that is measured on the exported file.
 */

/** What figures must share to stand in one column; see the report's schema, which adds nothing. */
export interface SelectionBasis {
  readonly id: string;
  readonly netlist: string;
  readonly netlistHash: string;
  readonly isZeroGated: boolean;
  readonly areIdleGated: boolean;
  readonly delay: "behavioural" | "zero" | "unit" | "measured";
  readonly array: {
    readonly rows: number;
    readonly columns: number;
    readonly activationBits: number;
    readonly weightBits: number;
    readonly accumulatorBits: number;
  };
  readonly scale: {
    readonly nodeNm: number | null;
    readonly source: string;
    readonly stimulus: string;
    readonly spread: number | null;
    readonly caveats: readonly string[];
  };
  readonly stimulus: string;
}

export interface Both<T> {
  readonly before: T;
  readonly after: T;
}

export interface SelectionLayer {
  readonly name: string;
  readonly groups: number;
  readonly outputs: number;
  readonly inputs: number;
  /** Uses of each weight in one inference. */
  readonly steps: number;
  /** Ē(w) in femtojoules at index w + 2^(bits − 1). */
  readonly weightFj: readonly number[];
  readonly set: readonly number[] | null;
  readonly histogram: Both<readonly number[]>;
  readonly pJ: Both<number> & { readonly allZero: number };
  readonly share: Both<number>;
  readonly heat: Both<readonly number[]> | null;
}

export type SelectionMethod = "int8" | "lws" | "powerpruning" | "magnitude" | "energy-only" | "loss-only";

export interface SelectionRow {
  readonly method: SelectionMethod;
  readonly detail: string;
  readonly basis: string;
  readonly saving: number;
  readonly savingByOldTables: number | null;
  readonly ceiling: number;
  readonly zeros: Both<number>;
  readonly layers: readonly SelectionLayer[];
  /** Networks on the way, in order. */
  readonly curve?: readonly { readonly step: string; readonly accuracy: number; readonly saving: number }[];
  /** PowerPruning's step on delays and supply, beside `saving`. */
  readonly timing?: {
    readonly share: number;
    readonly supply: Readonly<Record<"nominal" | "threshold" | "alpha" | "least", number>>;
    readonly stimulus: string;
    readonly paths: readonly {
      readonly kind: "sensitised" | "guaranteed";
      readonly gates: Both<number>;
      readonly volts: number;
      readonly energy: number;
      readonly saving: number;
    }[];
  };
}

export interface WeightSelection {
  readonly bases: readonly SelectionBasis[];
  /** One for each basis. */
  readonly rows: readonly SelectionRow[];
  /** What does not depend on weights, in an inference. */
  readonly beside: readonly { readonly name: string; readonly pJ: number; readonly source: string }[];
}
