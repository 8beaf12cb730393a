/** @file All upgrades, and the way a call takes through them. */

import { axes13 } from "./axes-13.ts";
import { batchNormalization9 } from "./batch-normalization-9.ts";
import { batchNormalization14 } from "./batch-normalization-14.ts";
import { clip11 } from "./clip-11.ts";
import { dft20 } from "./dft-20.ts";
import { dropout10 } from "./dropout-10.ts";
import { dropout12 } from "./dropout-12.ts";
import { gridSample20 } from "./grid-sample-20.ts";
import { groupNormalization21 } from "./group-normalization-21.ts";
import { pad11 } from "./pad-11.ts";
import { reduce18 } from "./reduce-18.ts";
import { resize11 } from "./resize-11.ts";
import { resize13 } from "./resize-13.ts";
import { roiAlign16 } from "./roi-align-16.ts";
import { scan9 } from "./scan-9.ts";
import { scatter11 } from "./scatter-11.ts";
import { slice10 } from "./slice-10.ts";
import { softmax13 } from "./softmax-13.ts";
import { split13 } from "./split-13.ts";
import { split18 } from "./split-18.ts";
import { topK10 } from "./top-k-10.ts";
import type { Draft, Upgrade, UpgradeContext } from "./upgrade.ts";

export type { Draft };

import { upsample9 } from "./upsample-9.ts";
import { upsample11 } from "./upsample-11.ts";

export const upgrades: readonly Upgrade[] = [
  axes13,
  batchNormalization9,
  batchNormalization14,
  clip11,
  dft20,
  dropout10,
  dropout12,
  gridSample20,
  groupNormalization21,
  pad11,
  reduce18,
  resize11,
  resize13,
  roiAlign16,
  scan9,
  scatter11,
  slice10,
  softmax13,
  split13,
  split18,
  topK10,
  upsample9,
  upsample11,
];

const byOp = new Map<string, readonly Upgrade[]>();
for (const op of new Set(upgrades.flatMap(({ ops }) => ops))) {
  byOp.set(
    op,
    upgrades.filter(({ ops }) => ops.includes(op)).sort((a, b) => a.to - b.to),
  );
}

/**
 * Carries a standard call from operator set `version` to the present form. What an upgrade emits counts as a call of
 * the operator set that made the change, and goes on from there; finished calls leave through `emit`, in order.
 */
export function upgradeCall(
  call: Draft,
  version: number,
  context: Omit<UpgradeContext, "emit">,
  emit: (call: Draft) => void,
): void {
  const step = call.domain === "" ? byOp.get(call.op)?.find(({ to }) => to > version) : undefined;
  if (step === undefined) {
    emit(call);
    return;
  }
  step.rewrite(call, {
    ...context,
    emit: (next) => upgradeCall({ domain: "", name: "", attributes: {}, ...next }, step.to, context, emit),
  });
}
