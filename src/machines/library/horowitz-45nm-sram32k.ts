/** @file horowitz-45nm-sram32k: 45 nm logic, weights and activations in a cache of 32 KB (20 pJ for 64 bits). */

import { horowitz, sram } from "./horowitz.ts";

export const text = horowitz("horowitz-45nm-sram32k", "45 nm, 32 KB SRAM (Horowitz 2014)", sram("32 KB", 20));
