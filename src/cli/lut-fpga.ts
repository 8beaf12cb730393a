/** @file What a lookup-table circuit takes on an FPGA, with and without its encoder, for `femto export`. */

import type { FpgaCounts } from "../circuits/index.ts";
import type { Samples } from "../engine/bits/index.ts";
import { type LutCircuit, type LutSynthesis, type LutSynthesisOptions, synthesiseLutCircuit } from "../export/index.ts";
import { withYosys } from "./circuit-subject.ts";

/** Thousands of tables take minutes, on a busy machine many. */
const PATIENCE_SECONDS = 4 * 3600;

export type FpgaResult = LutSynthesis;

/** @param test samples with the classes that the network gives them */
export const fpgaCounts = (
  made: LutCircuit,
  target: LutSynthesis["target"],
  { samples, classes }: { readonly samples: Samples; readonly classes: Uint8Array },
  how: Pick<LutSynthesisOptions, "isProved" | "keepsTables">,
): Promise<FpgaResult> =>
  withYosys(
    (yosys) =>
      synthesiseLutCircuit(yosys, made, target, {
        // Without an encoder there is nothing that raw samples could go into.
        ...(samples instanceof Uint8Array && { test: { samples, classes } }),
        ...how,
      }),
    { timeoutSeconds: PATIENCE_SECONDS },
  );

/** Lines of a person's report. */
export function fpgaText({ target, engine, core, whole, check, kept, proof }: FpgaResult): string {
  const counted = ({ lut, lutByInputs, carry, flipFlop }: FpgaCounts) => {
    const inputs = Object.entries(lutByInputs).map(([n, count]) => `${count} of ${n}`);
    return `${lut} lookup tables (inputs: ${inputs.join(", ")}), ${carry} carries, ${flipFlop} flip-flops`;
  };
  const lines = [`${target}, ${engine}`, `  core     ${counted(core)}`];
  if (whole !== undefined)
    lines.push(`  whole    ${counted(whole)}`, `  encoder  ${whole.lut - core.lut} lookup tables`);
  if (check !== undefined) {
    const verdict = check.differ === 0 ? "all as the network" : `${check.differ} differ, first ${check.first}`;
    lines.push(`  mapped   run on ${check.samples} samples: ${verdict}`);
  }
  if (kept !== undefined) {
    lines.push(`  tables   ${kept.unchanged} of ${kept.tables} are lookup tables with the same contents and inputs`);
  }
  if (proof !== undefined) {
    const open = proof.unproven.length === 0 ? "" : `, ${proof.unproven.length} signals not shown`;
    lines.push(`  proof    ${proof.method}: ${proof.verdict}${open}`);
  }
  return lines.join("\n");
}
