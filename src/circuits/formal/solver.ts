/** @file z3 from npm, loaded when it is first asked, ended when it has answered or its time is up. */

import { fork } from "node:child_process";
import { fail } from "../../base/errors.ts";
import type { SolverAnswer, SolverRequest } from "./solver-process.ts";

/**
 * Asks z3. @throws FemtoError `circuits.no-z3`, `circuits.z3`, `circuits.timeout`
 */
export async function solve(request: SolverRequest, timeoutSeconds = 300): Promise<SolverAnswer> {
  // Run from source (tests), the built file is used.
  const isSource = import.meta.url.endsWith(".ts");
  const entry = isSource ? "../../../dist/circuits/formal/solver-process.js" : "./solver-process.js";
  const child = fork(new URL(entry, import.meta.url), { stdio: ["ignore", "ignore", "ignore", "ipc"], execArgv: [] });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, timeoutSeconds * 1000);
  const broken = (text: string): SolverAnswer => ({ passed: 0, verdict: "unknown", model: {}, broken: text });
  const answer = await new Promise<SolverAnswer>((resolve) => {
    child.once("message", (message) => resolve(message as SolverAnswer));
    child.once("error", (error) => resolve(broken(error.message)));
    child.once("exit", (code, signal) => resolve(broken(`ended with ${signal ?? code} before it answered`)));
    child.send(request);
  });
  clearTimeout(timer);
  child.kill("SIGKILL");
  if (answer.broken === undefined) return answer;
  if (isLate) {
    const hint = "ask for fewer cycles";
    fail({ code: "circuits.timeout", where: "z3", message: `no answer within ${timeoutSeconds} s`, hint });
  }
  const isMissing = /Cannot find (package|module)/.test(answer.broken);
  return fail({
    code: isMissing ? "circuits.no-z3" : "circuits.z3",
    where: "z3",
    message: answer.broken,
    ...(isMissing && { hint: "npm install z3-solver (35 MB, runs everywhere)" }),
  });
}
