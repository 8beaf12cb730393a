/** @file horowitz-45nm-sram1m: 45 nm logic, weights and activations in a cache of 1 MB (100 pJ for 64 bits). */

import { horowitz, sram } from "./horowitz.ts";

export const text = horowitz("horowitz-45nm-sram1m", "45 nm, 1 MB SRAM (Horowitz 2014)", sram("1 MB", 100));
