/**
 * @file Remove MLPs: every MLP of a transformer is left out, its shortcut stays: attention alone. The lower end of the
 * scale on which weightless blocks are measured.
 */

import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import { inferModel } from "../operators/index.ts";
import { removeDeadNodes } from "./remove-dead-nodes.ts";
import { transformerMlps } from "./transformer-mlps.ts";

/** A copy without MLPs. @throws FemtoError `rewrite.mlp` where there is none */
export function removeMlp(model: Model): Model {
  const copy = cloneModel(model);
  inferModel(copy);
  for (const { residual, other } of transformerMlps(copy)) copy.graph.replace(residual.outputs[0]!, other);
  removeDeadNodes.run(copy);
  inferModel(copy);
  return copy;
}
