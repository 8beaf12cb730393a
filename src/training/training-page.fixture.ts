import { Rng } from "../base/rng.ts";
import { f32, tensor } from "../base/tensor.ts";
import { inlineModel } from "../rewrites/index.ts";
import { adam, buildStep, cosine, crossEntropy, networkParameters, planBatches, train } from "../training/index.ts";
import { mlp } from "../zoo/index.ts";

// 200 points of the plane in three classes: how many of the two coordinates are positive.
const rng = new Rng(1, "points");
const points = Array.from({ length: 200 }, () => [rng.normal(), rng.normal()]);
const inputs = f32([200, 2], points.flat());
const classes = points.map((point) => point.filter((coordinate) => coordinate > 0).length);
const labels = tensor("int64", [200], classes);

const model = mlp({ inputs: 2, hidden: [16], classes: 3, seed: 1 });
const parameters = networkParameters(model);
const batches = planBatches({ inputs, labels }, 20);
const step = buildStep({
  name: "points",
  parameters,
  groups: { weights: { optimizer: adam(), clip: 1 } },
  ...batches,
  objective: ({ g, parameters, batch }) => {
    const [logits] = inlineModel(g, model, new Map([["x", batch.x!], ...parameters]));
    return { loss: crossEntropy(g, logits!, batch.y!), metrics: {} };
  },
});
const rate = cosine(0.02);
export const trained = await train<number>({
  seed: 1,
  resident: batches.tensors,
  examples: 200,
  batchSize: 20,
  phases: [
    {
      name: "all",
      epochs: 10,
      plan: () => ({ step, parameters }),
      controls: (moment) => ({ "rate:weights": rate(moment) }),
    },
  ],
  blockSteps: 10,
  fingerprint: "points, seed 1",
  onEpoch: async ({ metrics }) => ({ record: metrics.loss! }),
});
// trained.history: the mean loss of each epoch; trained.parameters: the weights by name
