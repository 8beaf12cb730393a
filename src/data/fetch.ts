/**
 * @file Downloading one file so that nothing is ever half there: bytes go to `<target>.part`, an interrupted download
 * goes on where it stopped (HTTP Range with If-Range, RFC 9110 13.1.5 and 14.2), the checksum is verified, and only
 * then the file gets its name.
 */

import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { FemtoError, fail } from "../base/errors.ts";
import { fileError, makeFolder } from "./files.ts";

export interface FetchProgress {
  readonly url: string;
  readonly received: number;
  /** Size of the whole file, where the server says it. */
  readonly total: number | undefined;
}

export interface FetchOptions {
  /** Accepted checksums of the whole file. */
  readonly sha256: readonly string[];
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Tries in all (5). */
  readonly attempts?: number;
  /** Pause before the second try; it doubles each time (500 ms). */
  readonly backoffMs?: number;
  /** A connection that sends nothing for so long counts as broken (30 s). */
  readonly idleMs?: number;
  readonly signal?: AbortSignal;
}

/** Answers that another try may mend. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Marks a failure that is worth another try. */
class Interrupted extends Error {}

/** Downloads `url` to `target`; returns without a request where the right file is there already. */
export async function fetchFile(url: string, target: string, options: FetchOptions): Promise<void> {
  const part = `${target}.part`;
  if (existsSync(target) && options.sha256.includes(await fileSha256(target))) return;
  makeFolder(dirname(target));
  const attempts = options.attempts ?? 5;
  const whole = existsSync(part) && statSync(part).isFile() && options.sha256.includes(await fileSha256(part));
  for (let attempt = 1; !whole; attempt++) {
    try {
      await receive(url, part, options);
      break;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      if (attempt >= attempts) throw unreachable(url, part, error);
      await pause((options.backoffMs ?? 500) * 2 ** (attempt - 1), undefined, { signal: options.signal });
    }
  }
  const sum = await fileSha256(part);
  if (!options.sha256.includes(sum)) {
    const { size } = statSync(part);
    rmSync(part, { force: true });
    rmSync(`${part}.json`, { force: true });
    fail({
      code: "fetch.checksum",
      where: url,
      message: "the downloaded file is not the one expected; it was removed",
      expected: `sha256 ${options.sha256.join(" or ")}`,
      got: `sha256 ${sum} (${size} bytes)`,
      hint: "try again; if it stays so, the file was changed at its origin, or a proxy puts a page of its own in its place",
    });
  }
  try {
    renameSync(part, target);
  } catch (cause) {
    throw fileError(target, "write", cause);
  }
  rmSync(`${part}.json`, { force: true });
}

/** One connection: goes on behind the bytes at hand if the server still has the same file, else starts anew. */
async function receive(url: string, part: string, options: FetchOptions): Promise<void> {
  const { from, validator } = resumePoint(url, part);
  const stop = new AbortController();
  const watch = setTimeout(() => stop.abort(new Interrupted("no data came")), options.idleMs ?? 30_000);
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  let file: FileHandle | undefined;
  try {
    const response = await connect(url, from, validator, signal);
    if (response.status === 416) {
      // What is at hand is as long as the file or longer, and not the file: start anew.
      rmSync(part, { force: true });
      throw new Interrupted("the server refuses to go on");
    }
    if (!response.ok) refused(url, response);
    const resumed = response.status === 206 && firstByte(response) === from;
    if (response.status === 206 && !resumed) {
      rmSync(part, { force: true });
      throw new Interrupted("the server answered with another range");
    }
    const start = resumed ? from : 0;
    const length = Number(response.headers.get("content-length") ?? Number.NaN);
    const total = Number.isNaN(length) ? undefined : start + length;
    file = await openPart(part, resumed);
    if (!resumed) remember(url, part, response);
    let received = start;
    options.onProgress?.({ url, received, total });
    const body = response.body?.getReader();
    while (body !== undefined) {
      const { done, value } = await body.read().catch((cause) => broken(cause, options.signal));
      if (done) break;
      watch.refresh();
      await onDisk(part, file.appendFile(value));
      received += value.length;
      options.onProgress?.({ url, received, total });
    }
    await onDisk(part, file.sync());
    if (total !== undefined && received < total)
      throw new Interrupted(`connection closed at ${received} of ${total} bytes`);
  } finally {
    clearTimeout(watch);
    stop.abort();
    await file?.close();
  }
}

async function connect(url: string, from: number, validator: string, signal: AbortSignal): Promise<Response> {
  // Bytes as they lie there: a server that unpacks .gz on the way would change the checksum.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (from > 0) Object.assign(headers, { range: `bytes=${from}-`, "if-range": validator });
  try {
    return await fetch(url, { headers, signal });
  } catch (cause) {
    return broken(cause, signal.reason instanceof Interrupted ? undefined : signal);
  }
}

/** A user's abort stays what it is; everything else on the wire may pass. */
function broken(cause: unknown, signal: AbortSignal | undefined): never {
  if (signal?.aborted) throw signal.reason;
  const { message, cause: inner } = cause as Error;
  throw new Interrupted(
    inner instanceof Error ? `${message}: ${inner.message || (inner as NodeJS.ErrnoException).code}` : message,
  );
}

function refused(url: string, response: Response): never {
  const got = `HTTP ${response.status} ${response.statusText}`.trim();
  if (passing.has(response.status)) throw new Interrupted(got);
  return fail({
    code: "fetch.http",
    where: url,
    message:
      response.status === 404 || response.status === 410 ? "there is no such file" : "the server refuses the file",
    expected: "HTTP 200",
    got,
    hint: "the origin may have moved; fetch the file by hand and give its directory as --data-dir",
  });
}

const firstByte = (response: Response): number =>
  Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? Number.NaN);

/** How many bytes are at hand and what proves that they are of the same file. */
function resumePoint(url: string, part: string): { from: number; validator: string } {
  try {
    const note = JSON.parse(readFileSync(`${part}.json`, "utf8")) as { url?: string; validator?: string };
    const { size } = statSync(part);
    if (note.url === url && note.validator) return { from: size, validator: note.validator };
  } catch {
    // Nothing at hand, or nothing that could be trusted.
  }
  return { from: 0, validator: "" };
}

/** A weak ETag does not promise equal bytes, so that only a strong one, or a date, is kept. */
function remember(url: string, part: string, response: Response): void {
  const etag = response.headers.get("etag");
  const validator = etag !== null && !etag.startsWith("W/") ? etag : response.headers.get("last-modified");
  try {
    writeFileSync(`${part}.json`, JSON.stringify({ url, validator }));
  } catch (cause) {
    throw fileError(part, "write", cause);
  }
}

const openPart = (part: string, resumed: boolean): Promise<FileHandle> => onDisk(part, open(part, resumed ? "a" : "w"));

async function onDisk<T>(part: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (cause) {
    throw fileError(part, "write", cause);
  }
}

function unreachable(url: string, part: string, error: Interrupted): FemtoError {
  const kept = existsSync(part) ? statSync(part).size : 0;
  return new FemtoError(
    {
      code: "fetch.network",
      where: url,
      message: "the download did not succeed",
      got: error.message,
      hint: `check the network and try again${kept > 0 ? `; ${kept} bytes are kept and the download goes on from there` : ""}`,
    },
    { cause: error },
  );
}

async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  return hash.digest("hex");
}
