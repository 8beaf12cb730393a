/** @file What a lookup-table circuit takes on an FPGA, with and without its encoder, for `femto export`. */

import type { FpgaCounts } from "../circuits/index.ts";
import type { Samples } from "../engine/bits/index.ts";
import {
  type LutCircuit,
  type LutProof,
  type LutSynthesis,
  type LutSynthesisOptions,
  synthesiseLutCircuit,
} from "../export/index.ts";
import { withYosys } from "./circuit-subject.ts";

/** Thousands of tables take minutes, on a busy machine many. */
const PATIENCE_SECONDS = 4 * 3600;

export type FpgaResult = LutSynthesis;

/** @param test samples with the classes that the network gives them */
export const fpgaCounts = (
  made: LutCircuit,
  target: LutSynthesis["target"],
  { samples, classes }: { readonly samples: Samples; readonly classes: Uint8Array },
  how: Pick<LutSynthesisOptions, "keepsTables" | "progress">,
): Promise<FpgaResult> =>
  withYosys(
    (yosys) =>
      synthesiseLutCircuit(yosys, made, target, {
        // Without an encoder there is nothing that raw samples could go into.
        ...(samples instanceof Uint8Array && { test: { samples, classes } }),
        ...how,
      }),
    { timeoutSeconds: PATIENCE_SECONDS, ...(how.progress && { onPass: how.progress }) },
  );

/** Lines of a person's report. */
export function fpgaText({ target, engine, core, whole, parts, check, proof, seconds }: FpgaResult): string {
  const counted = ({ lut, lutByInputs, carry, flipFlop }: FpgaCounts) => {
    const inputs = Object.entries(lutByInputs).map(([n, count]) => `${count} of ${n}`);
    return `${lut} lookup tables (inputs: ${inputs.join(", ")}), ${carry} carries, ${flipFlop} flip-flops`;
  };
  const lines = [`${target}, ${engine}`, `  core     ${counted(core)}`];
  if (parts !== undefined) {
    const { tables, counters, argmax } = parts;
    lines.push(`           of which tables ${tables}, counters ${counters}, argmax ${argmax}`);
  }
  if (whole !== undefined)
    lines.push(`  whole    ${counted(whole)}`, `  encoder  ${whole.lut - core.lut} lookup tables`);
  if (check !== undefined) {
    const verdict = check.differ === 0 ? "all as the network" : `${check.differ} differ, first ${check.first}`;
    lines.push(`  mapped   run on ${check.samples} samples: ${verdict}`);
  }
  if (proof !== undefined) lines.push(...proofText(proof));
  lines.push(`  time     ${seconds.toFixed(1)} s`);
  return lines.join("\n");
}

function proofText({ verdict, parts, seconds }: LutProof): string[] {
  const shown = parts.map(({ name, functions, proved }) => `${name} ${proved} of ${functions}`).join(", ");
  const verdictText = verdict === "equal" ? "equal to the network for every sample" : "not shown";
  const failed = parts.flatMap(({ failed }) => failed ?? []);
  return [
    `  proof    ${verdictText}, ${seconds.toFixed(1)} s (functions shown: ${shown})`,
    ...failed.map(({ name, reason, ones }) => {
      const where = ones.length === 0 ? "" : `, where these alone are 1: ${ones.slice(0, 8).join("; ")}`;
      return `           ${name}: ${reason}${where}`;
    }),
  ];
}
