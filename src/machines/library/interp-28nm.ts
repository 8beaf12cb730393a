/** @file interp-28nm: prices of 28 nm interpolated between 45 and 7 nm. */

import { interpolated } from "./interpolated.ts";

export const text = interpolated(28);
