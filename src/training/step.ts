/**
 * @file The training step as an ONNX graph: forward, loss, backward, optimizer. Weights and optimizer state go in and
 * come out; nothing of it is hidden in a runtime.
 *
 * Inputs: `p:<parameter>`, `s:<state>`, `data/*` (resident), `index` and `moves` (which examples, how shifted), and one
 * scalar per control (`rate:<group>`, `beta` …). Outputs: `p:…'`, `s:…'` and the metrics.
 */

import type { DType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import { gradients } from "../gradient/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import type { TensorType, Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import {
  expandFunctions,
  foldConstants,
  mergeEqualNodes,
  removeDeadNodes,
  removeIdentities,
} from "../rewrites/index.ts";
import { clipByGlobalNorm } from "./clipping.ts";
import type { Optimizer } from "./optimizers/index.ts";

/** What training changes: a weight, a quantiser's range, a bit-width, a running statistic. */
export interface Parameter {
  readonly name: string;
  readonly value: Tensor;
  /** Names an entry of `groups`; `"statistics"` has no optimizer: the objective says how it changes. */
  readonly group: string;
  readonly decays: boolean;
}

export interface Group {
  readonly optimizer: Optimizer;
  /** Greatest L2 norm of the group's whole gradient. */
  readonly clip?: number;
}

/** What the objective is written with. */
export interface StepContext {
  readonly g: Emit;
  /** Current value of each parameter, by name. */
  readonly parameters: ReadonlyMap<string, Value>;
  readonly batch: Readonly<Record<string, Value>>;
  /** A scalar float32 input that the caller sets at every step. */
  control(name: string): Value;
}

export interface Objective {
  readonly loss: Value;
  /** Scalars or vectors reported for every step, besides the loss. */
  readonly metrics: Readonly<Record<string, Value>>;
  /** New values of the `statistics` parameters. */
  readonly statistics?: ReadonlyMap<string, Value>;
  /** Values through which no gradient flows. */
  readonly stopAt?: ReadonlySet<Value>;
}

export interface StepSpec {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly groups: Readonly<Record<string, Group>>;
  /** Inputs that stay in the engine: the data set. */
  readonly resident: Readonly<Record<string, TensorType>>;
  /** Inputs that change at every step besides the controls: example indices, shifts. */
  readonly scanned: Readonly<Record<string, TensorType>>;
  /** Emits the batch from resident and scanned inputs. */
  batch(g: Emit, inputs: Readonly<Record<string, Value>>): Readonly<Record<string, Value>>;
  objective(context: StepContext): Objective;
}

export interface TrainingStep {
  readonly model: Model;
  /** Output → input: what the next step starts from. */
  readonly carry: Readonly<Record<string, string>>;
  readonly resident: readonly string[];
  readonly scanned: readonly string[];
  readonly controls: readonly string[];
  readonly metrics: readonly string[];
  /** Initial optimizer state, by input name. */
  readonly state: Readonly<Record<string, Tensor>>;
}

/** Writes the step. The graph is the readable form; `loopify` wraps it for speed. */
export function buildStep(spec: StepSpec): TrainingStep {
  const graph = new Graph(spec.name);
  const g = new Emit(graph);
  const model = new Model(graph);
  const controls = new Map<string, Value>();
  const control = (name: string): Value => {
    const known = controls.get(name) ?? graph.addInput(name, scalarType("float32"));
    controls.set(name, known);
    return known;
  };
  const inputs: Record<string, Value> = {};
  for (const [name, type] of Object.entries({ ...spec.resident, ...spec.scanned })) {
    inputs[name] = graph.addInput(name, type);
  }
  const parameters = new Map(
    spec.parameters.map(({ name, value }) => [
      name,
      graph.addInput(`p:${name}`, { dtype: value.dtype, dims: value.dims }),
    ]),
  );
  const batch = spec.batch(g, inputs);
  const { loss, metrics, statistics, stopAt } = spec.objective({ g, parameters, batch, control });
  const carried = new Map<Value, Value>();
  const state: Record<string, Tensor> = {};
  for (const [name, value] of statistics ?? []) carried.set(parameters.get(name)!, value);

  const trained = spec.parameters.filter(({ group }) => group !== "statistics");
  const slopes = gradients(
    g,
    loss,
    trained.map(({ name }) => parameters.get(name)!),
    stopAt === undefined ? {} : { stopAt },
  );
  for (const [groupName, group] of Object.entries(spec.groups)) {
    g.scope = `update/${groupName}`;
    const members = trained.flatMap((parameter, i) => (parameter.group === groupName ? [i] : []));
    if (members.length === 0) continue;
    const clipped = clipByGlobalNorm(
      g,
      members.map((i) => slopes[i]!),
      group.clip,
    );
    const addState = (name: string, initial: Tensor): Value => {
      state[`s:${name}`] = initial;
      return graph.addInput(`s:${name}`, { dtype: initial.dtype, dims: initial.dims });
    };
    const shared = mapValues(group.optimizer.shared(), (initial, key) => addState(`${groupName}/${key}`, initial));
    const advanced = group.optimizer.advance(g, shared);
    for (const [key, value] of Object.entries(advanced)) carried.set(shared[key]!, value);
    const rate = control(`rate:${groupName}`);
    for (const [k, i] of members.entries()) {
      const { name, value, decays } = trained[i]!;
      g.scope = `update/${name}`;
      const own = mapValues(group.optimizer.state(value), (initial, key) => addState(`${name}/${key}`, initial));
      const parameter = parameters.get(name)!;
      const moved = group.optimizer.update(g, {
        parameter,
        gradient: clipped[k]!,
        state: own,
        shared: advanced,
        rate,
        decays,
      });
      carried.set(parameter, moved.parameter);
      for (const [key, fresh] of Object.entries(moved.state)) carried.set(own[key]!, fresh);
    }
  }
  const stray = spec.parameters.find(({ group }) => group !== "statistics" && spec.groups[group] === undefined);
  if (stray) fail({ code: "train.group", message: `parameter ${stray.name} belongs to no group`, got: stray.group });

  g.scope = "";
  const carry: Record<string, string> = {};
  for (const [from, to] of carried) {
    const output = g.op("Identity", [to]);
    output.name = `${from.name}'`;
    graph.addOutput(output);
    carry[output.name] = from.name;
  }
  const named: Record<string, Value> = { loss, ...metrics };
  for (const [name, value] of Object.entries(named)) {
    const output = g.op("Identity", [value]);
    output.name = `metric:${name}`;
    graph.addOutput(output);
  }
  applyPasses(model, [expandFunctions(), foldConstants(), mergeEqualNodes(), removeIdentities, removeDeadNodes]);
  return {
    model,
    carry,
    resident: Object.keys(spec.resident),
    scanned: Object.keys(spec.scanned),
    controls: [...controls.keys()],
    metrics: Object.keys(named),
    state,
  };
}

const scalarType = (dtype: DType): TensorType => ({ dtype, dims: [] });

function mapValues<T, U>(record: Readonly<Record<string, T>>, f: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value, key)]));
}
