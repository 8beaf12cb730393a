/** @file Timeloop: counts of a given loop nest in its terms. */

export * from "./count.ts";
