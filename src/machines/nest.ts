/**
 * @file NestMapping: a loop nest over a unit array and a memory hierarchy, with everything that a ZigZag hardware
 * description says. Energies and sizes in bytes stand with the components; what only the nest needs stands here.
 */

/** The operands of a unit: two inputs and an output. */
export const nestOperands = ["I1", "I2", "O"] as const;
export type NestOperand = (typeof nestOperands)[number];

/** From high, to low, from low, to high: the direction data takes through a port. */
export const nestDirections = ["fh", "tl", "fl", "th"] as const;
export type NestDirection = (typeof nestDirections)[number];

export interface NestPort {
  readonly name: string;
  readonly type: "read" | "write" | "read_write";
  /** Bits per cycle; `bandwidthMin` is the granule in which accesses are billed. */
  readonly bandwidthMin: number;
  readonly bandwidthMax: number;
  readonly allocation: readonly { readonly operand: NestOperand; readonly direction: NestDirection }[];
}

export interface NestMemory {
  /** The component whose `read` and `write` prices pay, per access of the full width that they state. */
  readonly component: string;
  readonly sizeBits: number;
  readonly operands: readonly NestOperand[];
  readonly ports: readonly NestPort[];
  /** Dimensions of the array over which one instance is shared; none: one instance per unit. */
  readonly servedDimensions: readonly string[];
  readonly latencyCycles: number;
  readonly doubleBuffer: boolean;
  /** Smallest access, where it is not the port's lowest bandwidth. */
  readonly readGranuleBits: number | undefined;
  readonly writeGranuleBits: number | undefined;
  /** In the unit of the source, which ZigZag does not state. */
  readonly area: number | undefined;
}

export interface NestLoop {
  /** `K`, `C`, `OX`, `OY`, `FX`, `FY`, `G`, `B`. */
  readonly loop: string;
  readonly size: number;
}

/** Default unrolling for an operator. */
export interface NestSpatial {
  /** `default`, an operator, or the name of a layer. */
  readonly operator: string;
  /** Dimension of the array → loops laid along it. */
  readonly unroll: Readonly<Record<string, readonly NestLoop[]>>;
  /** From the innermost loop out; `*` is the whole of the loop. */
  readonly temporalOrdering: readonly { readonly loop: string; readonly size: number | "*" }[] | undefined;
  /** Tensor of the layer (`W`, `I`, `O`) → operand. */
  readonly links: Readonly<Record<string, NestOperand>>;
}

export interface NestMapping {
  readonly kind: "nest";
  readonly array: {
    /** The arithmetic component that pays one multiply-accumulate. */
    readonly unit: string;
    readonly dimensions: readonly { readonly name: string; readonly size: number }[];
    readonly inputPrecision: readonly [number, number] | undefined;
    readonly unitArea: number | undefined;
  };
  /** From the units out. */
  readonly memories: readonly NestMemory[];
  readonly spatial: readonly NestSpatial[];
}
