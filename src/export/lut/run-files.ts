/** @file Runs what stands in exported files, read again from disk, on raw samples. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FemtoError, fail } from "../../base/errors.ts";
import { Yosys } from "../../circuits/index.ts";
import type { Samples } from "../../engine/bits/index.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";
import { answersOfDesign } from "../verilog/lut-answers.ts";
import type { LutFiles, LutForm } from "./files.ts";
import type { Progress } from "./progress.ts";

export interface Answers {
  /** What ran the files. */
  readonly by: string;
  readonly classes: Uint8Array;
  /** Ones of every class, [samples, classes]; a circuit puts out its class alone. */
  readonly sums?: Uint16Array;
}

/** Where something that is no part of Femto is missing: what, for people. */
export interface NotRun {
  readonly missing: string;
}

interface Written extends LutFiles {
  readonly network: LutNetwork;
  readonly folder: string;
  readonly progress: Progress;
}

type Runner = (written: Written, samples: Samples) => Promise<Answers | NotRun> | Answers | NotRun;

/** @throws FemtoError `export.compiler` where a compiler refuses the file */
export const runLutFiles = (form: LutForm, written: Written, samples: Samples): Promise<Answers | NotRun> =>
  Promise.resolve(runners[form](written, samples));

const runners: Readonly<Record<LutForm, Runner>> = { c: runC, js: runModule, wasm: runWasm, verilog: runVerilog };

/** A module is read once for each path: the number makes a file that was written anew another module. */
let imports = 0;

async function runModule({ files, folder }: Written, samples: Samples): Promise<Answers> {
  const { name } = files.find((file) => file.name.endsWith(".mjs"))!;
  const address = pathToFileURL(join(folder, name));
  address.search = String(imports++);
  const module = await import(/* @vite-ignore */ address.href);
  return { by: `Node ${process.versions.node}`, classes: module.classify(samples), sums: module.sums(samples) };
}

/** The module has the bare file inside, so that one run is of both. */
async function runWasm(written: Written, samples: Samples): Promise<Answers> {
  const [bare, module] = written.files.map(({ name }) => join(written.folder, name));
  if (!readFileSync(module!, "utf8").includes(readFileSync(bare!).toString("base64"))) {
    fail({ code: "export.differs", where: bare!, message: "is not what the module beside it contains" });
  }
  return runModule(written, samples);
}

const compilers = ["cc", "gcc", "clang"];

function runC({ files, folder, network }: Written, samples: Samples): Answers | NotRun {
  const compiler = compilers.find((name) => spawnSync(name, ["--version"]).status === 0);
  if (compiler === undefined) return { missing: `a C compiler (${compilers.join(", ")})` };
  const [version] = spawnSync(compiler, ["--version"], { encoding: "utf8" }).stdout.split("\n");
  const scratch = mkdtempSync(join(tmpdir(), "femto-c-"));
  try {
    const source = join(folder, files[0]!.name);
    const program = join(scratch, "network");
    const words = ["-std=c99", "-O1", "-DFEMTO_MAIN", source, "-o", program];
    const compiled = spawnSync(compiler, words, { encoding: "utf8" });
    if (compiled.status !== 0) {
      const got = compiled.stderr.trim().split("\n").slice(0, 3).join(" | ");
      fail({ code: "export.compiler", where: source, message: `${compiler} does not compile the file`, got });
    }
    const input = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    const run = (...options: string[]) => {
      const { status, stdout, stderr } = spawnSync(program, options, { input, maxBuffer: 2 ** 30 });
      if (status === 0) return stdout;
      return fail({ code: "export.compiler", where: source, message: "the program failed", got: `${stderr}`.trim() });
    };
    const sums = run("sums");
    const count = samples.length / network.input.features;
    return {
      by: `${compiler} -O1 (${version!.trim()})`,
      classes: Uint8Array.from(run()),
      sums: Uint16Array.from({ length: count * network.classes }, (_, i) => sums.readUInt16LE(2 * i)),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Reading thousands of tables takes a minute, on a busy machine many. */
const PATIENCE_SECONDS = 2 * 3600;

async function runVerilog(
  { files, folder, circuit, network, progress }: Written,
  samples: Samples,
): Promise<Answers | NotRun> {
  const sources = files
    .filter(({ name }) => name.endsWith(".v"))
    .map(({ name }) => ({ file: name, text: readFileSync(join(folder, name), "utf8") }));
  const yosys = new Yosys({ timeoutSeconds: PATIENCE_SECONDS, onPass: progress });
  try {
    const classes = await answersOfDesign(yosys, circuit!, sources, network, samples, progress);
    return { by: `gates of ${yosys.engine}`, classes };
  } catch (error) {
    if (error instanceof FemtoError && error.code === "circuits.no-yosys") return { missing: error.expected! };
    throw error;
  } finally {
    await yosys.close();
  }
}
