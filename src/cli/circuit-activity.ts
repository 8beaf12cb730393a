/** @file What another simulator saw switching, from the VCD or SAIF file that it wrote. */

import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { fail } from "../base/errors.ts";
import {
  type Annotated,
  annotate,
  type DelayModel,
  readSaif,
  readVcd,
  type SwitchingRecord,
} from "../circuits/gates/index.ts";
import type { Netlist } from "../circuits/netlist/index.ts";

export const activityArgs = {
  activity: {
    type: "string",
    valueHint: "FILE",
    description: "instead of vectors: what another simulator saw, .vcd or .saif",
  },
  transitions: {
    type: "string",
    valueHint: "N",
    description: "operand changes that --activity covers (with a clock: its cycles)",
  },
  instance: {
    type: "string",
    valueHint: "PATH",
    description: "of the netlist in --activity: tb/dut (found by its nets)",
  },
  delay: {
    type: "string",
    valueHint: "MODEL",
    description: "of what simulated --activity: zero, or unit with glitches (default)",
  },
} as const;

interface Asked {
  readonly delay: DelayModel;
  readonly transitions?: number | undefined;
  readonly instance?: string | undefined;
}

/** Lays the file onto the netlist. @throws FemtoError for a missing file, wrong syntax, too few nets, no transitions */
export function activityFrom(path: string, netlist: Netlist, { delay, transitions, instance }: Asked): Annotated {
  if (!existsSync(path)) fail({ code: "file.missing", where: path, message: "there is no such file" });
  const record = recordIn(path);
  const covered = transitions ?? cyclesOf(netlist, record, instance);
  if (covered === undefined) {
    const expected = "how many operand changes the file covers, since there is no clock in it to count";
    return fail({ code: "option.missing", where: "--transitions", message: "must be given with --activity", expected });
  }
  return annotate(netlist, record, { delay, transitions: covered, ...(instance !== undefined && { instance }) });
}

function recordIn(path: string): SwitchingRecord {
  if (/\.saif$/i.test(path)) return readSaif(readFileSync(path, "utf8"));
  if (/\.vcd$/i.test(path)) return readVcd(pieces(path));
  return fail({
    code: "option.range",
    where: "--activity",
    message: "has a wrong value",
    expected: "a .vcd or .saif file",
    got: path,
  });
}

/** Such files outgrow what one string holds. */
function* pieces(path: string): Generator<string> {
  const [file, buffer, decoder] = [openSync(path, "r"), Buffer.alloc(2 ** 20), new StringDecoder("utf8")];
  try {
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
      yield decoder.write(buffer.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}

/** A clock rises and falls once a cycle. */
function cyclesOf({ clock }: Netlist, { bits, divider }: SwitchingRecord, instance: string | undefined) {
  if (clock === undefined) return undefined;
  const name = clock.port;
  const found = [...bits].find(([full]) =>
    instance === undefined ? full === name || full.endsWith(divider + name) : full === instance + divider + name,
  );
  return found && Math.floor(found[1].toggles / 2);
}
