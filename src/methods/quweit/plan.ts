/**
 * @file The training steps. Warm start: every block learns from the input and the output of the MLP that it replaces, all
 * blocks at once, on activations of the given model. Then all weights together, on the labels and, if asked, on the logits
 * of the given model.
 */

import type { Model } from "../../graph/model.ts";
import type { Value } from "../../graph/value.ts";
import { dimsOf, type Emit } from "../../operators/index.ts";
import { extractModel, inlineModel } from "../../rewrites/index.ts";
import {
  adam,
  adamw,
  asNetworkInput,
  type BatchPlan,
  buildStep,
  clamped,
  classifierObjective,
  type Group,
  klDivergence,
  type PhasePlan,
  type StepContext,
  sorted,
  squaredError,
  type Tensors,
  withStatistics,
} from "../../training/index.ts";
import type { QuweitOptions } from "./options.ts";
import { parametersOf, type Student } from "./variant.ts";

/** Greatest magnitude of a table entry [source]. */
const BOUND = 1;

/** Adam's β₂ where gradients of rare tokens must not be forgotten at once [source: nanoGPT]. */
const BETA2 = 0.99;

function groups({ weightDecay, clip }: QuweitOptions): Record<string, Group> {
  const limit = clip === undefined ? {} : { clip };
  return {
    weights: { optimizer: adamw({ weightDecay, beta2: BETA2 }), ...limit },
    tables: { optimizer: clamped(adam(), BOUND) },
    scores: { optimizer: adam() },
    thresholds: { optimizer: sorted(adam()) },
    vectors: { optimizer: adam(), ...limit },
  };
}

/** Logits as rows, [batch·tokens, classes]. */
const rows = (g: Emit, logits: Value): Value => g.reshape(logits, [-1, dimsOf(logits).at(-1)!]);

/** All weights on the labels. @param teacher the given model, for `distillation` */
export function planTraining(
  student: Student,
  teacher: Model,
  batches: BatchPlan,
  options: QuweitOptions,
  earlier: Tensors = {},
): PhasePlan {
  const trainee = withStatistics(student.model);
  const parameters = parametersOf(student.model, earlier);
  const objective = (context: StepContext) => {
    const { g } = context;
    const { smoothing, distillation } = options;
    const { x, logits, loss, ...rest } = classifierObjective(trainee, context, { smoothing });
    if (distillation === 0) return { loss, ...rest };
    g.scope = "teacher";
    const wanted = inlineModel(g, teacher, new Map([[teacher.graph.inputs[0]!.name, x]]))[0]!;
    g.scope = "";
    const apart = klDivergence(g, rows(g, logits), rows(g, wanted), "forward");
    return { loss: g.add(loss, g.scale(apart, distillation)), stopAt: new Set([wanted]), ...rest };
  };
  return {
    step: buildStep({ name: "quweit", parameters, groups: groups(options), ...batches, objective }),
    parameters,
  };
}

/**
 * Every block on what its MLP reads and puts out in the given model. The loss is the mean over the blocks of |block(x) −
 * MLP(x)|²/|MLP(x)|²: 1 for a block that says nothing, 0 for one that is the MLP.
 */
export function planWarmStart(
  { model, blocks }: Student,
  teacher: Model,
  batches: BatchPlan,
  options: QuweitOptions,
  earlier: Tensors = {},
): PhasePlan {
  const parameters = parametersOf(model, earlier).filter(({ group }) => group !== "weights" && group !== "statistics");
  const input = teacher.graph.inputs[0]!.name;
  const inputs = [...new Set(blocks.map((block) => block.input))];
  const shown = extractModel(teacher, { inputs: [input], outputs: [...inputs, ...blocks.map(({ output }) => output)] });
  const own = extractModel(model, { inputs, outputs: blocks.map(({ sums }) => sums) });
  const objective = ({ g, parameters: values, batch }: StepContext) => {
    const x = asNetworkInput(g, batch.x!, teacher);
    g.scope = "teacher";
    const seen = inlineModel(g, shown, new Map([[input, x]]));
    g.scope = "";
    const given = new Map(inputs.map((name, i): [string, Value] => [name, seen[i]!]));
    const wanted = seen.slice(inputs.length);
    const made = inlineModel(g, own, new Map([...given, ...values]));
    const errors = made.map((sums, i) => {
      const target = wanted[i]!;
      return g.div(squaredError(g, sums, target), squaredError(g, target, g.scalar(target, 0)));
    });
    const loss = g.scale(
      errors.reduce((sum, error) => g.add(sum, error)),
      1 / errors.length,
    );
    return { loss, metrics: {}, stopAt: new Set(seen) };
  };
  return {
    step: buildStep({ name: "warm-start", parameters, groups: groups(options), ...batches, objective }),
    parameters,
  };
}
