/**
 * @file The literature's shortcut: 0.9 pJ for each addition that a spike causes against 4.6 pJ for each
 * multiply-accumulate. Arithmetic in 32-bit floats at 45 nm and nothing else. Shown beside the full bill, never in it.
 */

/** Horowitz 2014: a float32 addition, and a multiplication (3.7 pJ) with an addition. */
export const shortcutPrices = {
  label: "literature convention: arithmetic only, 32-bit floats at 45 nm; no memory, no movement, no state",
  source:
    "M. Horowitz, Computing's energy problem (and what we can do about it), ISSCC 2014, doi:10.1109/ISSCC.2014.6757323",
  synapticOperation: { value: 0.9, unit: "pJ" },
  multiplyAccumulate: { value: 4.6, unit: "pJ" },
} as const;

export interface Shortcut {
  readonly label: string;
  readonly source: string;
  /** In pJ. */
  readonly snn: number;
  readonly ann: number;
  readonly ratio: number;
}

/** `shortcut([{ macs, events, isAnalogue }])`, events being spikes per neuron and inference. An analogue first layer is a MAC layer on both sides. */
export function shortcut(layers: readonly { macs: number; events: number; isAnalogue: boolean }[]): Shortcut {
  const { label, source, synapticOperation, multiplyAccumulate } = shortcutPrices;
  let [snn, ann] = [0, 0];
  for (const { macs, events, isAnalogue } of layers) {
    ann += macs * multiplyAccumulate.value;
    snn += macs * (isAnalogue ? multiplyAccumulate.value : events * synapticOperation.value);
  }
  return { label, source, snn, ann, ratio: snn / ann };
}
