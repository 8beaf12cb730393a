/** @file Files of a lookup-table network in one folder: written, read again and checked; a circuit also mapped to an FPGA. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Fabric, tableInputs } from "../circuits/verilog/index.ts";
import { makeFolder } from "../data/index.ts";
import type { LutNetwork, Samples } from "../engine/bits/index.ts";
import { checkLutFiles, type FileCheck, type LutForm, lutFiles, type Progress } from "../export/index.ts";
import { write } from "../runs/index.ts";
import { type FpgaResult, fpgaCounts } from "./lut-fpga.ts";

export interface Writing {
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
  readonly check: FileCheck;
  /** Clock cycles from sample to class; of circuits. */
  readonly latency?: number;
  readonly fpga?: FpgaResult;
}

interface WritingOptions {
  readonly name: string;
  readonly isPipelined: boolean;
  /** Counters take as many bits as its lookup tables have inputs, so that every fabric has a circuit of its own. */
  readonly fabric: Fabric | undefined;
  readonly keepsTables: boolean;
  readonly progress: Progress;
}

/** @throws FemtoError `export.differs` where the files do not answer what the network answers */
export async function written(
  network: LutNetwork,
  form: LutForm,
  folder: string,
  samples: Samples,
  { name, isPipelined, fabric, keepsTables, progress }: WritingOptions,
): Promise<Writing> {
  const made = lutFiles(network, form, { name, isPipelined, ...(fabric && { counterInputs: tableInputs[fabric] }) });
  makeFolder(folder);
  for (const { name, content } of made.files) write(join(folder, name), content);
  // Only circuits take long enough to ask what goes on.
  const check = await checkLutFiles(form, made, network, folder, samples, form === "verilog" ? progress : undefined);
  const files = made.files.map(({ name }) => {
    const bytes = readFileSync(join(folder, name));
    return { path: join(folder, name), bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  });
  if (made.circuit === undefined) return { files, check };
  const { latency } = made.circuit.circuit ?? made.circuit.core;
  if (fabric === undefined) return { files, check, latency };
  const test = { samples, classes: check.classes };
  return { files, check, latency, fpga: await fpgaCounts(made.circuit, fabric, test, { keepsTables, progress }) };
}
