import { expect, test } from "vitest";
import { formatBytes } from "../../base/units.ts";
import { energyText, percentText, ratioText } from "../format.ts";
import { syntheticReport } from "../report.fixture.ts";
import { escapeHtml } from "./html.ts";
import { renderHtml } from "./page.ts";

test("the same report gives the same page", () => {
  expect(renderHtml(syntheticReport())).toBe(renderHtml(syntheticReport()));
});

test("the page stands alone: no script, nothing loaded from elsewhere", () => {
  const page = renderHtml(syntheticReport());
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\((?!#)|\son\w+=/);
  const addresses = [...page.matchAll(/https?:\/\/[^"'\s<]+/g)].map(([address]) => address);
  expect(new Set(addresses)).toEqual(new Set(["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"]));
});

test("every row's numbers stand in the page, formatted", () => {
  const report = syntheticReport();
  const page = renderHtml(report);
  for (const { accuracy, energy, bytes, layers } of report.rows) {
    expect(page).toContain(percentText(accuracy.value));
    expect(page).toContain(ratioText(energy.relative));
    expect(page).toContain(energyText(energy.pJ, report.machine.unit));
    expect(page).toContain(formatBytes(bytes));
    for (const { pJ } of layers) expect(page).toContain(energyText(pJ, report.machine.unit));
  }
});

const evil = ['<script>alert("x")</script>', "\"><img src=x onerror=alert('x')>", "a & b < c"];

test.each(evil)("a name cannot break out of its place: %s", (name) => {
  const report = syntheticReport();
  report.model.name = name;
  report.data.notes = [name];
  report.warnings = [name];
  report.rows[1]!.layers[0]!.name = name;
  report.method.published!.inconsistencies = [name];
  report.history = { [name]: report.history.EQAT! };
  report.rows[1]!.name = name;
  const page = renderHtml(report);
  expect(page).toContain(escapeHtml(name));
  expect(page).not.toMatch(/<script|<img| onerror=alert\('/);
});

test("every picture has a title and a caption, and no id occurs twice", () => {
  const page = renderHtml(syntheticReport());
  const figures = page.match(/<figure>[\s\S]*?<\/figure>/g)!;
  expect(figures.length).toBeGreaterThanOrEqual(8);
  for (const figure of figures) {
    expect(figure).toMatch(/<svg role="img"/);
    expect(figure).toMatch(/<title>[^<]{20,}<\/title>/);
    expect(figure).toMatch(/<figcaption>[^<]+<\/figcaption>/);
  }
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(ids).toEqual([...new Set(ids)]);
});

test("paper's table and inconsistencies only where the report has them", () => {
  const report = syntheticReport();
  expect(renderHtml(report)).toContain("What does not fit together in the eqat paper");
  delete report.method.published;
  expect(renderHtml(report)).not.toContain("The paper’s figures");
});

test("energies of all rows in 8 bits are drawn, also of those that a weightless row is held against", () => {
  const report = syntheticReport();
  const [float32, own, eight] = report.rows;
  const dense = { ...eight!, name: "dense", kind: "float" };
  const page = renderHtml({ ...report, rows: [dense, own!] });
  expect(page).toContain("dense: modelled energy of each layer");
  expect(page).toContain("mean 8 / 8 bits");
  expect(renderHtml({ ...report, rows: [float32!, own!] })).not.toContain("float32: modelled energy");
});

test("a report of one float row has no front and no empty section", () => {
  const report = syntheticReport();
  report.rows = [report.rows[0]!];
  report.history = {};
  const page = renderHtml(report);
  expect(page).not.toContain('id="bits"');
  expect(page).not.toContain('id="training"');
  expect(page).toContain("No file of this report is quantised");
});
