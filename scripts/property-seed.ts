/**
 * @file Property tests draw the same cases every time, so that a change is judged by the change and not by the draw.
 * `FEMTO_SEED=random npm test` looks for new counterexamples, `FEMTO_SEED=123` repeats a run.
 */

import fc from "fast-check";

const asked = process.env.FEMTO_SEED ?? "1";
if (asked !== "random") fc.configureGlobal({ seed: Number(asked) });
