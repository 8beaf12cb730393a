import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DataSetEntry } from "./data-set-entry.ts";
import { type FetchProgress, fetchFile } from "./fetch.ts";
import { fetchEntry } from "./fetch-set.ts";
import { wine } from "./sets/wine.ts";

const body = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) >> 3));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const sum = sha256(body);

let folder: string;
let target: string;
let server: Server;
let base: string;
let handle: (request: IncomingMessage, response: ServerResponse, attempt: number) => void;
let requests: IncomingMessage[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "femto-fetch-"));
  target = join(folder, "set", "file.bin");
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    handle(request, response, requests.length);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true });
});

const quick = { sha256: [sum], backoffMs: 5 };
const get = (options: object = {}) => fetchFile(`${base}/file.bin`, target, { ...quick, ...options });
const headers = { etag: '"v1"', "content-length": body.length };

/** A server that knows ranges and If-Range. */
function ranged(
  request: IncomingMessage,
  response: ServerResponse,
  contents = body,
  etag = '"v1"',
  stopAfter = Infinity,
): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const partial = from > 0 && request.headers["if-range"] === etag;
  const rest = contents.subarray(partial ? from : 0);
  response.writeHead(partial ? 206 : 200, {
    etag,
    "content-length": rest.length,
    ...(partial ? { "content-range": `bytes ${from}-${contents.length - 1}/${contents.length}` } : {}),
  });
  if (rest.length <= stopAfter) response.end(rest);
  else response.write(rest.subarray(0, stopAfter), () => setTimeout(() => response.destroy(), 20));
}

const expectWhole = () => {
  expect(readFileSync(target).equals(body)).toBe(true);
  expect(readdirSync(join(folder, "set"))).toEqual(["file.bin"]);
};

test("downloads, tells the progress, and asks for plain bytes", async () => {
  handle = (request, response) => ranged(request, response);
  const seen: FetchProgress[] = [];
  await get({ onProgress: (progress: FetchProgress) => seen.push(progress) });
  expectWhole();
  expect(seen[0]).toMatchObject({ received: 0, total: body.length });
  expect(seen.at(-1)).toMatchObject({ received: body.length, total: body.length });
  expect(requests[0]!.headers["accept-encoding"]).toBe("identity");
});

test("what is there already is not fetched again; a wrong file is replaced", async () => {
  handle = (request, response) => ranged(request, response);
  await get();
  await get();
  expect(requests).toHaveLength(1);
  writeFileSync(target, "damaged");
  await get();
  expectWhole();
});

test("a connection cut midway goes on where it stopped", async () => {
  handle = (request, response, attempt) => ranged(request, response, body, '"v1"', attempt === 1 ? 70_000 : Infinity);
  await get();
  expectWhole();
  expect(requests[1]!.headers).toMatchObject({ range: "bytes=70000-", "if-range": '"v1"' });
});

test("a later process goes on, too", async () => {
  handle = (request, response) => ranged(request, response, body, '"v1"', 70_000);
  await expect(get({ attempts: 1 })).rejects.toThrow(
    expect.objectContaining({ code: "fetch.network", hint: expect.stringContaining("70000 bytes are kept") }),
  );
  expect(existsSync(target)).toBe(false);
  handle = (request, response) => ranged(request, response);
  await get({ attempts: 1 });
  expectWhole();
  expect(requests[1]!.headers.range).toBe("bytes=70000-");
});

test("a download that was complete but for its name needs no request", async () => {
  handle = (request, response) => ranged(request, response, body, '"v1"', 10);
  await expect(get({ attempts: 1 })).rejects.toThrow();
  writeFileSync(`${target}.part`, body);
  await get();
  expectWhole();
  expect(requests).toHaveLength(1);
});

test("a server without ranges sends all again", async () => {
  handle = (_, response, attempt) => {
    response.writeHead(200, headers);
    if (attempt > 1) response.end(body);
    else response.write(body.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20));
  };
  await get();
  expectWhole();
});

test("a file that changed meanwhile is fetched from its beginning", async () => {
  const older = Buffer.alloc(body.length, 7);
  handle = (request, response, attempt) =>
    attempt === 1 ? ranged(request, response, older, '"v0"', 60_000) : ranged(request, response);
  await get();
  expectWhole();
  expect(requests[1]!.headers["if-range"]).toBe('"v0"');
});

test("without a strong validator nothing is glued together", async () => {
  handle = (_, response, attempt) => {
    response.writeHead(200, { ...headers, etag: 'W/"v1"' });
    if (attempt > 1) response.end(body);
    else response.write(body.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20));
  };
  await get();
  expectWhole();
  expect(requests[1]!.headers.range).toBeUndefined();
});

test("a refused range starts anew", async () => {
  handle = (request, response, attempt) => {
    if (attempt === 1) ranged(request, response, body, '"v1"', 50_000);
    else if (request.headers.range) response.writeHead(416).end();
    else ranged(request, response);
  };
  await get();
  expectWhole();
  expect(requests).toHaveLength(3);
});

test("a busy server is asked again, with growing pauses", async () => {
  const times: number[] = [];
  handle = (request, response, attempt) => {
    times.push(performance.now());
    if (attempt < 4) response.writeHead(503).end();
    else ranged(request, response);
  };
  await get({ backoffMs: 40 });
  expectWhole();
  expect(times[3]! - times[2]!).toBeGreaterThan(150);
  expect(times[1]! - times[0]!).toBeGreaterThan(35);
});

test("a silent connection counts as broken", async () => {
  handle = (request, response, attempt) => {
    if (attempt > 1) return ranged(request, response);
    response.writeHead(200, headers);
    response.write(body.subarray(0, 30_000));
  };
  await get({ idleMs: 100 });
  expectWhole();
});

describe("errors", () => {
  test("wrong bytes are removed", async () => {
    handle = (_, response) => response.writeHead(200).end("<html>please log in</html>");
    await expect(get()).rejects.toThrow(
      expect.objectContaining({ code: "fetch.checksum", where: `${base}/file.bin`, expected: `sha256 ${sum}` }),
    );
    expect(readdirSync(join(folder, "set"))).toEqual([]);
  });

  test("not found: at once, without another try", async () => {
    handle = (_, response) => response.writeHead(404).end("no");
    await expect(get()).rejects.toThrow(
      expect.objectContaining({ code: "fetch.http", message: "there is no such file", got: "HTTP 404 Not Found" }),
    );
    expect(requests).toHaveLength(1);
  });

  test("no server", async () => {
    const closed = createServer();
    await new Promise<void>((done) => closed.listen(0, "127.0.0.1", done));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    await expect(fetchFile(`http://127.0.0.1:${port}/x`, target, { ...quick, attempts: 2 })).rejects.toThrow(
      expect.objectContaining({ code: "fetch.network", got: expect.stringContaining("ECONNREFUSED") }),
    );
  });

  test("stays broken", async () => {
    handle = (_, response) => response.destroy();
    await expect(get({ attempts: 3 })).rejects.toThrow(expect.objectContaining({ code: "fetch.network" }));
    expect(requests).toHaveLength(3);
  });

  test("a place that cannot be written", async () => {
    handle = (request, response) => ranged(request, response);
    writeFileSync(join(folder, "set"), "a file where a directory must be");
    await expect(get()).rejects.toThrow(expect.objectContaining({ code: "file.write" }));
    expect(requests).toHaveLength(0);
  });

  test.skipIf(!existsSync("/dev/full"))("a full disk (needs /dev/full)", async () => {
    handle = (request, response) => ranged(request, response);
    symlinkSync("/dev/full", join(folder, "file.part"));
    await expect(fetchFile(`${base}/x`, join(folder, "file"), quick)).rejects.toThrow(
      expect.objectContaining({ code: "file.write", message: "the disk is full" }),
    );
  });

  test("a user's abort ends it and keeps what came", async () => {
    const stop = new AbortController();
    handle = (_, response) => {
      response.writeHead(200, headers);
      response.write(body.subarray(0, 30_000));
    };
    const onProgress = ({ received }: FetchProgress) => received > 0 && stop.abort();
    await expect(get({ signal: stop.signal, onProgress })).rejects.toThrow(
      expect.objectContaining({ name: "AbortError" }),
    );
    expect(requests).toHaveLength(1);
    expect(existsSync(`${target}.part`)).toBe(true);
  });
});

describe("a data set", () => {
  const entry = (...urls: string[]): DataSetEntry => ({
    ...wine,
    files: [{ path: "set/file.bin", sha256: [sum], urls: urls.map((path) => `${base}/${path}`) }],
  });

  test("comes from the next place when one fails", async () => {
    handle = (request, response) =>
      request.url === "/gone" ? response.writeHead(404).end() : ranged(request, response);
    const seen: string[] = [];
    const onProgress = ({ file }: { file: string }) => seen.push(file);
    expect(await fetchEntry(entry("gone", "here"), { directory: folder, backoffMs: 5, onProgress })).toBe(folder);
    expectWhole();
    expect(new Set(seen)).toEqual(new Set(["set/file.bin"]));
  });

  test("names all places when all fail", async () => {
    handle = (_, response) => response.writeHead(404).end();
    await expect(fetchEntry(entry("a", "b"), { directory: folder })).rejects.toThrow(
      expect.objectContaining({ code: "fetch.http", got: expect.stringMatching(/\/a: HTTP 404.*\/b: HTTP 404/) }),
    );
  });

  test("that nobody serves says where it is described", async () => {
    const files = [{ path: "x", sha256: [sum] }];
    await expect(fetchEntry({ ...wine, files }, { directory: folder })).rejects.toThrow(
      expect.objectContaining({ code: "fetch.no-source", hint: expect.stringContaining(wine.homepage) }),
    );
  });
});
