/** @file horowitz-45nm-sram8k: 45 nm logic, weights and activations in a cache of 8 KB (10 pJ for 64 bits). */

import { horowitz, sram } from "./horowitz.ts";

export const text = horowitz("horowitz-45nm-sram8k", "45 nm, 8 KB SRAM (Horowitz 2014)", sram("8 KB", 10));
