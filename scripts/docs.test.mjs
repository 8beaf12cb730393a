import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { listFiles, root } from "./sources.mjs";

const pages = ["README.md", "CHANGELOG.md", ...listFiles(root, "docs").filter((file) => file.endsWith(".md"))];

/** @param {string} page */
const read = (page) => readFileSync(join(root, page), "utf8");

describe.each(pages)("%s", (page) => {
  test("every link to a file leads to one", () => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link.replace(/#.*$/, ""));
    const lost = links.filter((link) => link !== "" && !/^[a-z]+:/.test(link));
    expect(lost.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
  });

  test("every npm script it names exists", () => {
    const { scripts } = JSON.parse(read("package.json"));
    const named = [...read(page).matchAll(/\bnpm (?:run )?(start|test|(?<=run )[a-z:-]+)/g)].map(
      ([, name = ""]) => name,
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
