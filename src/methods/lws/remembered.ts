/** @file What was found of the last few networks, and of the one that a row starts from. */

import type { NetworkState } from "./network.ts";

/** The pinned network, the last good one, and the one under way: a schedule asks for no other again. */
const MOST = 3;

/**
 * Results by network. Traces of a deep network take a dozen megabytes and a schedule makes dozens of networks, so what was found of
 * older ones is let go and found anew if it is asked for.
 */
export class Remembered<T> {
  readonly #pinned: NetworkState;
  readonly #held = new Map<NetworkState, Promise<T>>();

  constructor(pinned: NetworkState) {
    this.#pinned = pinned;
  }

  get(state: NetworkState, find: () => Promise<T>): Promise<T> {
    const found = this.#held.get(state) ?? find();
    // Latest last.
    this.#held.delete(state);
    this.#held.set(state, found);
    const oldest = [...this.#held.keys()].find((one) => one !== this.#pinned);
    if (this.#held.size > MOST) this.#held.delete(oldest!);
    return found;
  }
}
