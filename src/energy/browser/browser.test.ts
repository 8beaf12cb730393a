/** @file The energy room in a browser: bundled without Node, it gives the numbers that it gives here. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeModel } from "../../onnx/index.ts";
import { zoo } from "../../zoo/index.ts";
import { price } from "./page.fixture.ts";

const executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (executable === undefined) console.warn("no Chromium: the energy room is not tested in a browser");

describe.skipIf(executable === undefined)("in headless Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "femto-browser-"));
  let browser: Browser;
  let page: Page;
  let script: string;
  const troubles: string[] = [];

  beforeAll(async () => {
    await build({
      configFile: false,
      logLevel: "error",
      root: folder,
      build: {
        outDir: join(folder, "out"),
        minify: false,
        lib: {
          entry: fileURLToPath(new URL("page.fixture.ts", import.meta.url)),
          formats: ["iife"],
          name: "femto",
          fileName: () => "page.js",
        },
      },
    });
    script = readFileSync(join(folder, "out/page.js"), "utf8");
    browser = await chromium.launch({
      executablePath: executable!,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    page = await browser.newPage();
    page.on("pageerror", (error) => troubles.push(error.message));
    await page.addScriptTag({ content: script });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("the bundle asks for nothing of Node", () => {
    expect(script).not.toMatch(/require\(["']node:|from ["']node:|__vite-browser-external/);
  });

  test.each([
    ["horowitz-45nm-sram32k", 8],
    ["lpddr4-edge", 4],
    ["mcu-sram", 8],
    ["isaac-like", 8],
  ])("%s at %i bits costs there what it costs here", async (machine, bits) => {
    const bytes = writeModel(zoo.lenet5({}));
    const there = await page.evaluate(
      ([numbers, name, width]) =>
        (globalThis as unknown as { price: typeof price }).price(new Uint8Array(numbers), name, width),
      [[...bytes], machine, bits] as const,
    );
    expect(troubles).toEqual([]);
    const here = price(bytes, machine, bits);
    expect(there).toEqual({ ...here, ...(here.cycles === undefined && { cycles: undefined }) });
  });
});
