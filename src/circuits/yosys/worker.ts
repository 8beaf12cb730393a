/** @file The thread in which Yosys runs as WebAssembly: a run blocks for seconds and takes some 300 MB. */

import { parentPort } from "node:worker_threads";
import type { RunAnswer, RunRequest } from "./protocol.ts";

type Tree = { [name: string]: Tree | string | Uint8Array };

const decode = (bytes: string | Uint8Array): string =>
  typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);

async function run({ id, script, files, outputs }: RunRequest): Promise<RunAnswer> {
  const { runYosys, Exit } = await import("@yowasp/yosys");
  const chunks: Uint8Array[] = [];
  const stream = (bytes: Uint8Array | null) => {
    if (bytes !== null) chunks.push(bytes.slice());
  };
  const log = () => Buffer.concat(chunks).toString("utf8");
  const pick = (tree: Tree | undefined) =>
    Object.fromEntries(
      outputs.flatMap((name) => {
        const file = tree?.[name];
        return typeof file === "string" || file instanceof Uint8Array ? [[name, decode(file)]] : [];
      }),
    );
  try {
    const tree = await runYosys(["-Q", "-T", "-p", script], { ...files }, { stdout: stream, stderr: stream });
    return { id, ok: true, log: log(), files: pick(tree) };
  } catch (error) {
    if (error instanceof Exit) return { id, ok: false, log: log(), files: pick(error.files) };
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
