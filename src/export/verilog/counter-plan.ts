/**
 * @file Which counters make a number of the bits of one class for the fewest lookup tables. A counter takes up to as many bits
 * as a lookup table has inputs, of one weight and of the next, and puts their sum out, one table for each bit of it. Six
 * bits to three, or five and one of twice the weight to three, take one table for a bit fewer, where full adders take two.
 */

/** The most bits that a counter takes: the inputs of the fabric's lookup tables. */
export type CounterInputs = 4 | 6;

export interface CounterStep {
  readonly weight: number;
  /** Bits taken of that weight, and of twice that weight. */
  readonly low: number;
  readonly high: number;
  /** Bits put out, the first of that weight. */
  readonly outputs: number;
}

interface Plan {
  readonly cost: number;
  readonly first?: CounterStep;
  readonly rest?: Plan;
}

/** The counters in the order in which they take their bits. Their tables are the sum of their outputs. */
export function counterPlan(inputs: number, widest: CounterInputs): CounterStep[] {
  const known = new Map<string, Plan>();
  const steps: CounterStep[] = [];
  for (let plan: Plan | undefined = best(0, [inputs]); plan?.first !== undefined; plan = plan.rest) {
    steps.push(plan.first);
  }
  return steps;

  /** @param bits how many there are of the weight, of twice the weight, and so on */
  function best(weight: number, bits: readonly number[]): Plan {
    const [here = 0, ...above] = bits;
    if (bits.length === 0) return { cost: 0 };
    if (here <= 1) return best(weight + 1, above);
    const key = `${weight}:${bits.join()}`;
    let plan = known.get(key);
    if (plan === undefined) {
      const plans = choices(here, above[0] ?? 0, widest).map(([low, high]): Plan => {
        // All bits of a weight and above count at most this together, so that more can never come out.
        const most = Math.min(low + 2 * high, Math.floor(inputs / 2 ** weight));
        const first = { weight, low, high, outputs: Math.floor(Math.log2(most)) + 1 };
        const rest = best(weight, after(bits, first));
        return { cost: first.outputs + rest.cost, first, rest };
      });
      plan = plans.reduce((least, one) => (one.cost < least.cost ? one : least));
      known.set(key, plan);
    }
    return plan;
  }
}

/** Of many bits those that do most for their tables, of a few all that there are. */
const MANY = 20;
const FEW = 8;

/** How many bits of a weight and of the next a counter could take. */
function choices(here: number, above: number, widest: CounterInputs): [low: number, high: number][] {
  if (widest === 4 && here > FEW) return [[3, 0]];
  if (here > MANY || (here > FEW && above === 0)) return [[6, 0]];
  if (here > FEW) {
    return [
      [6, 0],
      [5, 1],
    ];
  }
  const found: [number, number][] = [];
  for (let low = Math.min(here, widest); low >= 2; low--) {
    for (let high = Math.min(above, widest - low); high >= 0; high--) found.push([low, high]);
  }
  return found;
}

function after(bits: readonly number[], { low, high, outputs }: CounterStep): number[] {
  const next = Array.from({ length: Math.max(bits.length, outputs) }, (_, k) => (bits[k] ?? 0) + (k < outputs ? 1 : 0));
  next[0]! -= low;
  if (high > 0) next[1]! -= high;
  return next;
}
