/** @file How sure an accuracy is: the interval that the number of test examples alone leaves open. */

export interface Interval {
  readonly lo: number;
  readonly hi: number;
}

/** Wilson's score interval at 95 % for a share of right answers (E. B. Wilson, JASA 22, 1927). */
export function wilson(share: number, examples: number): Interval {
  const z = 1.959964;
  const scale = 1 / (1 + z ** 2 / examples);
  const centre = scale * (share + z ** 2 / (2 * examples));
  const half = scale * z * Math.sqrt((share * (1 - share)) / examples + z ** 2 / (4 * examples ** 2));
  return { lo: Math.max(0, centre - half), hi: Math.min(1, centre + half) };
}
