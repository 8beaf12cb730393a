/**
 * @file The one random number generator: xoshiro128** (Blackman and Vigna 2018), seeded by splitmix32.
 * 32-bit integer steps only, so that TypeScript, WebAssembly, C and Verilog produce the same stream.
 */

export class Rng {
  readonly #state = new Uint32Array(4);
  #spare: number | undefined;

  /** @param seed any integer; `stream` separates independent users of one seed ("init/conv1", "shuffle" …). */
  constructor(seed: number, stream = "") {
    let mix = seed >>> 0;
    // FNV-1a folds the stream name (and the seed's upper half) into the splitmix state.
    for (const byte of new TextEncoder().encode(`${Math.floor(seed / 2 ** 32)}:${stream}`)) {
      mix = Math.imul(mix ^ byte, 0x01000193) >>> 0;
    }
    for (let i = 0; i < 4; i++) {
      mix = (mix + 0x9e3779b9) >>> 0;
      let z = mix;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      this.#state[i] = (z ^ (z >>> 16)) >>> 0;
    }
  }

  /** A generator in a given state (not all zero): how other implementations are held against this one. */
  static fromState(state: readonly [number, number, number, number]): Rng {
    const rng = new Rng(0);
    rng.#state.set(state);
    return rng;
  }

  /** The next 32 random bits. */
  uint32(): number {
    const s = this.#state;
    const product = Math.imul(s[1]!, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result;
  }

  /** Uniform in [0, 1) with 32 bits. */
  uniform(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A uniform integer in [0, bound), without modulo bias (Lemire's rejection). */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return draw % bound;
  }

  /** Standard normal by Box and Muller. */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** 0..count−1 in random order (Fisher and Yates). */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    return order;
  }
}
