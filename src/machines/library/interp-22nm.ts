/** @file interp-22nm: prices of 22 nm interpolated between 45 and 7 nm. */

import { interpolated } from "./interpolated.ts";

export const text = interpolated(22);
