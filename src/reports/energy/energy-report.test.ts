import { describe, expect, test } from "vitest";
import { sankeyFlows } from "../charts/sankey.ts";
import { explainPath, renderCsv, renderEnergyHtml, renderEnergyTerminal } from "../index.ts";
import { smallEnergyReport } from "./report.fixture.ts";
import { energyReportSchema } from "./schema.ts";

const report = smallEnergyReport(8);
const pair = smallEnergyReport(8, 4);
const [subject] = report.subjects;

test("a report survives JSON", () => {
  expect(energyReportSchema.parse(JSON.parse(JSON.stringify(pair)))).toEqual(pair);
});

test("rows and causes add up to the total", () => {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const { rows, byCause, total } = subject!;
  expect(sum(rows.map(({ energy }) => energy.mid)) / total.mid).toBeCloseTo(1, 12);
  expect(sum(Object.values(byCause)) / total.mid).toBeCloseTo(1, 12);
});

describe("terminal", () => {
  const text = renderEnergyTerminal(report);

  test("says the total as a lower bound, and what is missing", () => {
    expect(text).toMatch(/energy +≥ \d/);
    expect(text).toMatch(/not priced: 1 × Softmax: the machine has no price for exponential \(10 exponential\)/);
    expect(text).toContain("literature");
  });

  test("keeps every line of the table in its columns", () => {
    const lines = text.split("\n");
    const from = lines.findIndex((line) => line.startsWith("layer"));
    const to = lines.findIndex((line) => line.startsWith("sum"));
    const ends = lines.slice(from, to + 1).map((line) => line.trimEnd().length);
    expect(new Set(ends).size).toBe(1);
  });

  test("two subjects end with the comparison", () => {
    expect(renderEnergyTerminal(pair)).toMatch(/needs 50 % of .*that order holds in 100\.0 % of 10 price lists/);
  });

  test("the dearest rows are printed, the others summed", () => {
    expect(renderEnergyTerminal(report, { most: 1 })).toMatch(/\n2 more /);
  });
});

test("CSV quotes what needs it and has one line a row", () => {
  const lines = renderCsv(pair).trimEnd().split("\r\n");
  expect(lines).toHaveLength(1 + 2 * subject!.rows.length);
  expect(lines[1]!.startsWith('"small ""8"", <b>",')).toBe(true);
  const columns = lines[0]!.split(",");
  expect(columns).toEqual(expect.arrayContaining(["compute_energy", "energy_low", "unit"]));
});

describe("page", () => {
  const page = renderEnergyHtml(pair);

  test("is the same for the same report, escapes names, and loads nothing", () => {
    expect(renderEnergyHtml(pair)).toBe(page);
    expect(page).toContain("small &quot;8&quot;, &lt;b&gt;");
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)[^"<\s]*\.(js|css)|src=/);
  });

  test("has a Sankey diagram and bars for each subject", () => {
    expect(page.match(/<svg/g)).toHaveLength(4);
  });

  test("every cell of a table stands under a heading", () => {
    for (const [text] of page.matchAll(/<table[\s\S]*?<\/table>/g)) {
      const cells = [...text.matchAll(/<tr[\s\S]*?<\/tr>/g)].map(([row]) => row.match(/<t[hd][ >]/g)!.length);
      expect(new Set(cells).size).toBe(1);
    }
  });

  test("the flows of the diagram keep the energy", () => {
    const flows = sankeyFlows(subject!);
    const causes = Object.keys(subject!.byCause);
    for (const cause of causes) {
      const into = flows.filter(({ target }) => target === cause).reduce((sum, { value }) => sum + value, 0);
      const out = flows.filter(({ source }) => source === cause).reduce((sum, { value }) => sum + value, 0);
      expect(into).toBeCloseTo(out, 6);
      expect(into).toBeCloseTo(subject!.byCause[cause]!, 6);
    }
  });
});

describe("explain", () => {
  const layer = subject!.rows[0]!.name;

  test("a layer's cause down to the citation", () => {
    const lines = explainPath(report, `${layer}/weights`);
    expect(lines.join("\n")).toMatch(
      /count +36 +read once[\s\S]*sram\.read on int8[\s\S]*10 pJ for 64 bits[\s\S]*Horowitz/,
    );
  });

  test("total, cause, layer, and the second subject", () => {
    expect(explainPath(report, "total")[0]).toMatch(/^total: ≥/);
    expect(explainPath(report, "weights")).toHaveLength(1 + 2);
    expect(explainPath(report, layer)[0]).toContain(layer);
    expect(explainPath(pair, "2/total")[0]).not.toBe(explainPath(pair, "1/total")[0]);
  });

  test("a path that is not there", () => {
    expect(() => explainPath(report, "conv9/weights")).toThrow(expect.objectContaining({ code: "report.path" }));
    expect(() => explainPath(report, `${layer}/leakage`)).toThrow(
      expect.objectContaining({ expected: expect.stringContaining("compute") }),
    );
  });
});
