/** @file The page docs/operators.md, written from the operator table: what is known about each operator, and how it is checked. */

import { build, differentiated } from "../engine/operator-example.fixture.ts";
import {
  type AttributeSpec,
  allOperators,
  count,
  type Example,
  hasGradient,
  inferModel,
  type NoGradient,
  type Operator,
  opKinds,
  readAttributes,
  writeAttributes,
} from "./index.ts";

const kindOf = (op: Operator): string => (op.domain === "" ? op.name : `${op.domain}.${op.name}`);

/** Output dimensions of an example that inference cannot number. */
function isShapeOpen(op: Operator, example: Example): boolean {
  const test = build({ ...op, body: undefined } as unknown as Operator, example);
  inferModel(test.model);
  return test.outputs.some(({ type }) => type?.dims?.every((dim) => typeof dim === "number") !== true);
}

/** Kinds of operations counted in any example. */
function kindsOf(op: Operator): string[] {
  const found = new Set<string>();
  for (const example of op.examples) {
    const test = build({ ...op, body: undefined } as unknown as Operator, example);
    inferModel(test.model);
    const types = test.outputs.map(({ type }) => type);
    if (types.some((type) => type?.dims?.every((dim) => typeof dim === "number") !== true)) continue;
    const at = readAttributes(op.attributes, writeAttributes(op.attributes, example.attributes ?? {}));
    const work = op.work(example.inputs as never, types as never, at);
    for (const kind of opKinds) if (count(work, kind) > 0) found.add(kind);
  }
  return [...found];
}

/** 🟢 for all, 🟡 for some, 🔴 for none. */
const light = (good: number, all: number): string => (good === all ? "🟢" : good > 0 ? "🟡" : "🔴");

const share = (good: number, all: number): string =>
  good === all ? light(good, all) : `${light(good, all)} ${good} of ${all}`;

interface Facts {
  readonly op: Operator;
  readonly open: number;
  readonly compared: number;
  readonly differentiated: number;
  readonly kinds: readonly string[];
}

function factsOf(op: Operator): Facts {
  const { examples } = op;
  return {
    op,
    open: examples.filter((example) => isShapeOpen(op, example)).length,
    compared: op.isRandom ? 0 : examples.filter(({ notInRuntime }) => notInRuntime === undefined).length,
    differentiated: examples.filter((example) => differentiated(op, example).length > 0).length,
    kinds: kindsOf(op),
  };
}

function gradientOf({ op, differentiated: checked }: Facts): string {
  if (hasGradient(op)) return checked > 0 ? "🟢" : "🟡 tested apart";
  return (op.gradient as NoGradient).isFlat ? "⚪ flat" : "⚪ none";
}

function row(facts: Facts): string {
  const { op, open, compared, kinds } = facts;
  const total = op.examples.length;
  const [least, most] = op.arity;
  const cells = [
    `\`${kindOf(op)}\``,
    `${op.since}`,
    least === most ? `${least}` : `${least}–${most === Number.POSITIVE_INFINITY ? "∞" : most}`,
    open === 0 ? "🟢" : "🟡 at run time",
    op.isRandom ? "🟡 random" : "🟢",
    op.isRandom ? "🟡 random" : share(compared, total),
    gradientOf(facts),
    op.body === undefined ? "" : "🟢",
    kinds.join(", ") || "moves",
    `${total}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

const head = [
  "| operator | since | inputs | shape | reference | ONNX Runtime | gradient | body | work | examples |",
  "| --- | ---: | ---: | --- | --- | --- | --- | --- | --- | ---: |",
];

function attribute([name, spec]: [string, AttributeSpec<unknown>]): string {
  const type = spec.isFlag ? "flag" : spec.isElementType ? "element type" : spec.type;
  if (spec.choices) return `\`${name}\` ${spec.choices.map((choice) => `"${choice}"`).join(" or ")}`;
  if (spec.isRequired) return `\`${name}\` ${type}, required`;
  return spec.fallback === undefined ? `\`${name}\` ${type}` : `\`${name}\` ${type} = ${JSON.stringify(spec.fallback)}`;
}

const listOf = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");

/** The whole page. */
export function operatorsPage(): string {
  const facts = allOperators()
    .toSorted((a, b) => (kindOf(a) < kindOf(b) ? -1 : 1))
    .map(factsOf);
  const sum = (of: (f: Facts) => number) => facts.reduce((total, f) => total + of(f), 0);
  const number = (is: (f: Facts) => boolean) => facts.filter(is).length;
  const isFlat = ({ op }: Facts) => !hasGradient(op) && (op.gradient as NoGradient).isFlat === true;
  const own = facts.filter(({ op }) => op.domain !== "");
  const standard = facts.filter(({ op }) => op.domain === "");
  const silent = facts.filter(({ op }) => !hasGradient(op));
  const skipped = facts.flatMap(({ op }) =>
    op.examples.flatMap(({ name, notInRuntime }) =>
      notInRuntime === undefined ? [] : [`\`${kindOf(op)}\`, ${name}: ${notInRuntime}`],
    ),
  );
  const reasons = (wanted: readonly Facts[]) =>
    listOf(wanted.map(({ op }) => `\`${kindOf(op)}\`: ${(op.gradient as NoGradient).none}`));
  return `# Operators

<!-- Written by src/operators/operators-page.test.ts: FEMTO_UPDATE=1 npx vitest run src/operators/operators-page.test.ts -->

| | |
| --- | ---: |
| operators | ${facts.length} |
| – of ONNX | ${standard.length} |
| – of other domains | ${own.length} |
| with a gradient | ${number(({ op }) => hasGradient(op))} |
| with a gradient that is zero wherever it exists | ${number(isFlat)} |
| without a gradient | ${silent.length - number(isFlat)} |
| that count multiply-accumulates | ${number(({ kinds }) => kinds.includes("mac"))} |
| examples | ${sum(({ op }) => op.examples.length)} |
| – compared with ONNX Runtime | ${sum(({ compared }) => compared)} |
| – whose gradient is compared with central differences | ${sum((f) => f.differentiated)} |

One file an operator in \`src/operators/\`; [the house](house.md) says how to add one. What the columns say, and
\`src/engine/operator-table.test.ts\` checks for every example:

- **since**: the oldest operator set in which this form exists; files of older sets are rewritten when they are read.
- **shape**: the inferred types are the actual ones. *At run time*: some dimension depends on the data and gets a name.
- **reference**: the plain loops of the operator give the expected output, worked out apart from them.
- **ONNX Runtime** gives the same as the reference; operators of other domains run there as their body.
- **gradient**: the emitted gradient, in float64, is that of central differences, and again in ONNX Runtime in float32.
  *Flat*: zero wherever it exists, so that nothing flows back; *none*: there is none, for the reason given below.
- **body**: written as standard operators, so that any runtime can run it.
- **work**: the operations that are counted from shapes, besides what is read and written; multiply-accumulates are
  compared with those that really happen in the reference.

## ONNX

${[...head, ...standard.map(row)].join("\n")}

## Other domains

${[...head, ...own.map(row)].join("\n")}

## Attributes

${listOf(
  facts
    .filter(({ op }) => Object.keys(op.attributes).length > 0)
    .map(({ op }) => `\`${kindOf(op)}\`: ${Object.entries(op.attributes).map(attribute).join("; ")}`),
)}

## Flat: the gradient is zero wherever it exists

${reasons(silent.filter(isFlat))}

## Without a gradient

${reasons(silent.filter((f) => !isFlat(f)))}

## Examples that ONNX Runtime cannot run

${listOf(skipped)}
`;
}
