/** @file Puts a node in the place of another one: same position, same output values, so that no reader notices. */

import { fail } from "../base/errors.ts";
import { Node, type NodeFields } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";

/**
 * Replaces `old` by a node with the given fields; what is not given stays as it was. The new node takes over the output
 * values (`outputs` may add to them or leave trailing unused ones out).
 */
export function substitute(old: Node, fields: Partial<NodeFields>): Node {
  const graph = old.graph ?? fail({ code: "graph.node", message: `${old.describe()} is in no graph` });
  const node = new Node({
    op: fields.op ?? old.op,
    domain: fields.domain ?? old.domain,
    name: fields.name ?? old.name,
    inputs: trimmed(fields.inputs ?? old.inputs),
    outputs: trimmed(fields.outputs ?? old.outputs),
    attributes: fields.attributes ?? old.attributes,
  });
  for (const [key, text] of old.metadata) node.metadata.set(key, text);
  graph.addNode(node, old);
  // The subgraphs, if any, now belong to the new node: letting the old one go must not detach their nodes.
  old.attributes = {};
  graph.removeNodes([old]);
  return node;
}

/** Absent inputs or outputs at the end are not written. */
function trimmed(values: readonly (Value | undefined)[]): (Value | undefined)[] {
  const kept = Array.from(values);
  while (kept.length > 0 && kept.at(-1) === undefined) kept.pop();
  return kept;
}
