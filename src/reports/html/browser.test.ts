/** @file The page in a browser: pictures keep their words inside themselves and apart, and nothing is wider than the window. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { syntheticReport } from "../report.fixture.ts";
import { realSelection } from "../weight-selection/real.fixture.ts";
import { renderHtml } from "./page.ts";

const executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (executable === undefined) console.warn("no Chromium: the page is not looked at in a browser");

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Boxes of all words of a picture, in pixels of the screen. */
interface Words {
  readonly picture: string;
  readonly frame: Box;
  readonly texts: readonly { readonly text: string; readonly box: Box }[];
}

/** What the page runs: opens every fold, then measures. */
const measure = `(() => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  return [...document.querySelectorAll("svg")].map((svg) => ({
    picture: svg.querySelector("title").textContent,
    frame: svg.getBoundingClientRect().toJSON(),
    texts: [...svg.querySelectorAll("text")].map((text) => ({
      text: text.textContent,
      box: text.getBoundingClientRect().toJSON(),
    })),
  }));
})()`;

describe.skipIf(executable === undefined)("in headless Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "femto-page-"));
  let browser: Browser;
  let page: Page;
  let pictures: readonly Words[];

  beforeAll(async () => {
    writeFileSync(join(folder, "report.html"), renderHtml({ ...syntheticReport(), weightSelection: realSelection() }));
    const switches = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
    ];
    browser = await chromium.launch({ executablePath: executable!, args: switches });
    page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    await page.goto(`file://${join(folder, "report.html")}`);
    pictures = await page.evaluate<readonly Words[]>(measure);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("no word leaves its picture", () => {
    expect(pictures.length).toBeGreaterThan(20);
    const outside = pictures.flatMap(({ picture, frame, texts }) =>
      texts
        .filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
        .map(({ text }) => `${text} in ${picture.slice(0, 60)}`),
    );
    expect(outside).toEqual([]);
  });

  test("in pictures of restricted weights no two words lie on each other", () => {
    const own = pictures.filter(({ picture }) =>
      /^(Accuracy against saving|Energy of a transition|Energy of each element|Switching energy per layer)/.test(
        picture,
      ),
    );
    expect(own.length).toBe(2 * (1 + 1 + 1 + 3 + 3));
    const clashes = own.flatMap(({ picture, texts }) =>
      texts.flatMap(({ text, box }, i) =>
        texts.slice(i + 1).flatMap((other) => {
          const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
          const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
          // Boxes of lines have air above and below the letters.
          return wide > 2 && high > 5 ? [`${text} on ${other.text} in ${picture.slice(0, 50)}`] : [];
        }),
      ),
    );
    expect(clashes).toEqual([]);
  });

  test.each([1100, 390])("at a width of %i pixels the page itself does not scroll sideways", async (width) => {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  });
});
