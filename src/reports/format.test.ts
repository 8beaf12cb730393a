import { expect, test } from "vitest";
import {
  bitsText,
  countText,
  energyText,
  meanBits,
  percentText,
  pointsText,
  ratioText,
  secondsText,
} from "./format.ts";
import { syntheticReport } from "./report.fixture.ts";

const joules = { kind: "picojoules", label: "pJ" } as const;

test("numbers as text", () => {
  expect(percentText(0.9945)).toBe("99.45\u00A0%");
  expect(pointsText(0.0012)).toBe("+0.12");
  expect(pointsText(-0.0163)).toBe("−1.63");
  expect(pointsText(-0.000001)).toBe("0.00");
  expect(countText(61706)).toBe("61,706");
  expect(energyText(66_123, joules)).toBe("66.1 nJ");
  expect(energyText(66_123, { kind: "relative", label: "register reads" })).toBe("66,100");
  expect(ratioText(0.4213)).toBe("0.421");
  expect(ratioText(18.46)).toBe("18.5");
  expect([bitsText(6), bitsText(5.75)]).toEqual(["6", "5.8"]);
  expect([secondsText(21.5), secondsText(600), secondsText(7200)]).toEqual(["21.5 s", "10.0 min", "2.0 h"]);
});

test("mean bits are unweighted over the layers", () => {
  const { rows } = syntheticReport();
  expect(meanBits(rows[1]!)).toEqual({ weight: (6 + 4 + 3 + 4 + 6) / 5, input: (8 + 5 + 4 + 5 + 7) / 5 });
});
