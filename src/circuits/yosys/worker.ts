/** @file The thread in which Yosys runs as WebAssembly: a run blocks for seconds and takes some 300 MB. */

import { parentPort } from "node:worker_threads";
import { passIn } from "./pass-heading.ts";
import { printedFiles, printing } from "./printed-files.ts";
import { PrintedText } from "./printed-text.ts";
import type { PassNotice, RunAnswer, RunRequest } from "./protocol.ts";

type Tree = { [name: string]: Tree | string | Uint8Array };

const decode = (bytes: string | Uint8Array): string =>
  typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);

async function run({ id, script, files, outputs }: RunRequest): Promise<RunAnswer> {
  const { runYosys, Exit } = await import("@yowasp/yosys");
  const printed = new PrintedText();
  const stream = (bytes: Uint8Array | null) => {
    if (bytes === null) return;
    printed.append(bytes);
    const pass = passIn(bytes);
    if (pass !== undefined) parentPort?.postMessage({ id, pass } satisfies PassNotice);
  };
  const answer = (ok: boolean, tree: Tree | undefined): RunAnswer => {
    const { log, files: apart } = printedFiles(printed.toString());
    const written = outputs.flatMap((name) => {
      const file = tree?.[name];
      return typeof file === "string" || file instanceof Uint8Array ? [[name, decode(file)]] : [];
    });
    return { id, ok, log, files: { ...Object.fromEntries(written), ...apart } };
  };
  const words = ["-Q", "-T", "-p", printing(script, outputs)];
  try {
    return answer(true, await runYosys(words, { ...files }, { stdout: stream, stderr: stream }));
  } catch (error) {
    if (error instanceof Exit) return answer(false, error.files);
    throw error;
  }
}

parentPort?.on("message", async (request: RunRequest) => {
  let answer: RunAnswer;
  try {
    answer = await run(request);
  } catch (error) {
    const broken = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    answer = { id: request.id, ok: false, log: "", files: {}, broken };
  }
  parentPort?.postMessage(answer);
});
