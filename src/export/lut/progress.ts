/** @file What a long check or mapping says of itself on the way. */

/**
 * Told of what begins.
 * @param stage what is done, for people: `mapping lut_network to xilinx`
 * @param detail where in it, where that is known: the pass of a synthesis, a number of samples
 */
export type Progress = (stage: string, detail?: string) => void;

export const silent: Progress = () => {};
