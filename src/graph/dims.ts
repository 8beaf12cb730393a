/**
 * @file Dimensions, possibly symbolic: a number, or a product such as `2*N*T`, or an opaque expression `(N+1)`.
 * Products are kept in a canonical order, so that equal products are equal strings.
 */

export type Dim = number | string;

interface Product {
  factor: number;
  symbols: string[];
}

function parse(dim: Dim): Product {
  if (typeof dim === "number") return { factor: dim, symbols: [] };
  const product: Product = { factor: 1, symbols: [] };
  let depth = 0;
  let part = "";
  for (const letter of `${dim}*`) {
    if (letter === "*" && depth === 0) {
      if (/^\d+$/.test(part)) product.factor *= Number(part);
      else if (part !== "") product.symbols.push(part);
      part = "";
      continue;
    }
    if (letter === "(") depth++;
    if (letter === ")") depth--;
    part += letter;
  }
  product.symbols.sort();
  return product;
}

function print({ factor, symbols }: Product): Dim {
  if (factor === 0 || symbols.length === 0) return factor;
  return factor === 1 ? symbols.join("*") : [String(factor), ...symbols].join("*");
}

export function multiplyDims(...dims: readonly Dim[]): Dim {
  const product: Product = { factor: 1, symbols: [] };
  for (const dim of dims) {
    const { factor, symbols } = parse(dim);
    product.factor *= factor;
    product.symbols.push(...symbols);
  }
  product.symbols.sort();
  return print(product);
}

/** a / b where it divides symbolically; an opaque expression otherwise; `undefined` where numbers do not divide. */
export function divideDims(a: Dim, b: Dim): Dim | undefined {
  const over = parse(a);
  const under = parse(b);
  if (under.factor === 0) return undefined;
  const rest = [...over.symbols];
  const open: string[] = [];
  for (const symbol of under.symbols) {
    const index = rest.indexOf(symbol);
    if (index < 0) open.push(symbol);
    else rest.splice(index, 1);
  }
  if (open.length === 0 && over.factor % under.factor === 0)
    return print({ factor: over.factor / under.factor, symbols: rest });
  if (over.symbols.length === 0 && under.symbols.length === 0) return undefined;
  return `(${a}/${b})`;
}

/** a + b, opaque where a symbol takes part. */
export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a + b;
  if (a === 0) return b;
  if (b === 0) return a;
  // (N+2)+3 → (N+5): offsets collect, so that pads and crops cancel.
  const [symbolic, offset] = typeof a === "number" ? [b, a] : [a, b];
  if (typeof offset === "number") {
    const match = /^\((.+)([+-]\d+)\)$/.exec(String(symbolic));
    const base = match?.[1] ?? String(symbolic);
    const sum = Number(match?.[2] ?? 0) + offset;
    return sum === 0 ? base : `(${base}${sum > 0 ? "+" : ""}${sum})`;
  }
  const left = parse(a);
  const right = parse(b);
  if (left.symbols.join("*") === right.symbols.join("*"))
    return print({ factor: left.factor + right.factor, symbols: left.symbols });
  return `(${[a, b].map(String).sort().join("+")})`;
}

/** A function of a dimension that has no product form: evaluated on numbers, kept as an opaque name otherwise. */
export function mapDim(dim: Dim, name: string, evaluate: (size: number) => number): Dim {
  return typeof dim === "number" ? evaluate(dim) : `(${name.replace("_", String(dim))})`;
}

/** Puts numbers in the place of symbols; stays symbolic where a symbol is not bound. */
export function bindDim(dim: Dim, binding: Readonly<Record<string, number>>): Dim {
  if (typeof dim === "number") return dim;
  const direct = binding[dim];
  if (direct !== undefined) return direct;
  const { factor, symbols } = parse(dim);
  let product: Dim = factor;
  for (const symbol of symbols) {
    const bound = binding[symbol] ?? evaluateOpaque(symbol, binding);
    product = multiplyDims(product, bound);
  }
  return product;
}

function evaluateOpaque(expression: string, binding: Readonly<Record<string, number>>): Dim {
  const match = /^\((.+)([+-]\d+)\)$/.exec(expression);
  if (match === null) return expression;
  return addDims(bindDim(match[1]!, binding), Number(match[2]));
}
