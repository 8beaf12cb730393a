/** @file Model: an ONNX graph with its operator sets, functions and metadata; Femto's only intermediate representation. */

import { Graph } from "./graph.ts";
import type { Attribute } from "./node.ts";

/** In memory, nodes of the standard domain always have the form of this operator set; the door upgrades and writes lower. */
export const CANONICAL_OPSET = 26;

/** The domain of Femto's own operators. */
export const FEMTO_DOMAIN = "femto";

/** A model-local function: an operator written as a graph of others. */
export interface ModelFunction {
  readonly domain: string;
  readonly name: string;
  /** Attribute names without default, and attributes with one. */
  readonly attributes: readonly string[];
  readonly defaults: Readonly<Record<string, Attribute>>;
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: Graph;
  readonly doc: string;
}

export class Model {
  graph: Graph;
  /** Domain → version. The standard domain is "". */
  readonly opsets = new Map<string, number>([["", CANONICAL_OPSET]]);
  /** `domain.name` → function. */
  readonly functions = new Map<string, ModelFunction>();
  readonly metadata = new Map<string, string>();
  producer = "femto";
  doc = "";

  constructor(graph = new Graph()) {
    this.graph = graph;
  }
}
