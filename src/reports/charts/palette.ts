/**
 * @file Colours of the charts: names of the page's custom properties, with the light value as fallback, so that a
 * picture follows light and dark and still stands alone. The series colours are those of Okabe and Ito ("Color Universal
 * Design", 2008), which all common kinds of colour blindness tell apart.
 */

const colour = (name: string, light: string): string => `var(--${name},${light})`;

export const ink = colour("ink", "#1b1f24");
export const muted = colour("muted", "#5b6470");
export const grid = colour("grid", "#dfe3e8");
export const paper = colour("paper", "#ffffff");

/** The method in question. */
export const accent = colour("s1", "#0072b2");
/** What it is compared with. */
export const baseline = colour("s2", "#d55e00");

export const series: readonly string[] = [
  accent,
  baseline,
  colour("s3", "#009e73"),
  colour("s4", "#a8558a"),
  colour("s5", "#b8860b"),
  colour("s6", "#56b4e9"),
  colour("s7", "#6b7280"),
  colour("s8", "#7a5230"),
];

/** Line patterns repeat later than colours, so that 24 lines differ. */
export const dashes: readonly ("solid" | "dashed" | "dotted")[] = ["solid", "dashed", "dotted"];

export const seriesColour = (index: number): string => series[index % series.length]!;
export const seriesDash = (index: number): "solid" | "dashed" | "dotted" =>
  dashes[Math.floor(index / series.length) % dashes.length]!;

/** Dark on light to light on dark in equal steps of lightness (viridis, S. van der Walt and N. Smith 2015). */
export const ramp: readonly string[] = ["#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725"];
