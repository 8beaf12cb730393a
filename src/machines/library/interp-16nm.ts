/** @file interp-16nm: prices of 16 nm interpolated between 45 and 7 nm. */

import { interpolated } from "./interpolated.ts";

export const text = interpolated(16);
