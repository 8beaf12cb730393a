import { expect, test } from "vitest";
import { Board } from "./board.ts";
import { kept } from "./captured.fixture.ts";
import { Output } from "./output.ts";

/** A board on a terminal (or not), with a clock that the test turns. */
function setUp(terminal?: { columns: number }) {
  const stderr = kept(terminal);
  const output = new Output({ stdout: kept().stream, stderr: stderr.stream, env: { TERM: "xterm" } }, false);
  const clock = { now: 0 };
  const board = new Board(output, { title: "lenet5 on digits", rows: ["float32", "EQAT"], now: () => clock.now });
  return { board, clock, text: stderr.text };
}

const step = (done: number) => ({ phase: "learn", done, total: 1000, loss: 0.25 });

/** The lines a terminal shows after it has obeyed the control sequences. */
function screen(text: string): string[] {
  let lines: string[] = [""];
  let row = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what a terminal reads
  for (const [piece] of text.matchAll(/\u001B\[\??\d*[A-Za-z]|\n|[^\u001B\n]+/g)) {
    if (piece === "\n") row++;
    else if (piece.endsWith("A") && piece.startsWith("\u001B")) row -= Number.parseInt(piece.slice(2), 10);
    else if (piece === "\u001B[0J") lines = lines.slice(0, row);
    else if (!piece.startsWith("\u001B")) lines[row] = piece;
  }
  return lines.filter((line) => line !== undefined && line !== "");
}

test("two rows at once are redrawn in place", () => {
  const { board, clock, text } = setUp({ columns: 100 });
  board.stage("float32", "training");
  board.stage("EQAT", "training");
  for (const done of [100, 200, 300]) {
    clock.now += 1000;
    board.progress("float32", step(done));
    board.progress("EQAT", step(done / 2));
  }
  board.finish();
  const shown = screen(text());
  expect(shown).toHaveLength(3);
  expect(shown[0]).toBe("lenet5 on digits");
  // 200 examples took 2 s, 700 are left; of EQAT 100 took 2 s, 850 are left.
  expect(shown[1]).toMatch(/^\S float32 {2}\S{24} {2}30 % {2}learn, loss 0\.250, 7\.0 s left$/);
  expect(shown[2]).toMatch(/^\S EQAT {5}\S{24} {2}15 % {2}learn, loss 0\.250, 17\.0 s left$/);
});

test("the time of a finished row stands still", () => {
  const { board, clock, text } = setUp({ columns: 100 });
  board.stage("float32", "training");
  board.record("float32", { epoch: 1, loss: 0.5, testAccuracy: 0.975 });
  clock.now = 4000;
  board.stage("float32", "done");
  clock.now = 60_000;
  board.finish();
  expect(screen(text())[1]).toMatch(/^\S float32 {2}loss 0\.5000, test 97\.50\u00A0%, 4\.0 s$/);
});

test("a remark stands above the lines and stays", () => {
  const { board, text } = setUp({ columns: 100 });
  board.note("Stopping.");
  board.finish();
  expect(screen(text())).toEqual([
    "lenet5 on digits",
    "Stopping.",
    expect.stringContaining("float32"),
    expect.stringContaining("EQAT"),
  ]);
});

test("lines are cut at the width of the terminal", () => {
  const { board, text } = setUp({ columns: 30 });
  board.stage("float32", "training");
  board.progress("float32", step(500));
  board.finish();
  for (const line of screen(text())) expect(line.length).toBeLessThan(30);
});

test("elsewhere: plain lines, no control sequences", () => {
  const { board, clock, text } = setUp();
  board.stage("EQAT", "training");
  board.progress("EQAT", step(100));
  board.record("EQAT", { epoch: 1, loss: 0.123456, testAccuracy: 0.98, energy: 0.42 });
  clock.now = 2500;
  board.stage("EQAT", "done");
  board.finish();
  expect(text()).toBe(
    "lenet5 on digits\nEQAT: training\nEQAT: epoch 1, loss 0.1235, test 98.00\u00A0%, energy 0.420 of 8 bit\nEQAT: done after 2.5 s\n",
  );
});
