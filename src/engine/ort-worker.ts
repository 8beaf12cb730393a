/** @file The thread that owns ONNX Runtime sessions: `run()` blocks, so it must not run where progress is shown. */

import { parentPort } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import type { Tensor } from "../base/tensor.ts";
import type { Answer, Message, Request, SessionNames } from "./ort-protocol.ts";
import { sessionOptions } from "./session-options.ts";

interface Held {
  readonly session: ort.InferenceSession;
  readonly resident: Map<string, ort.Tensor>;
}

const sessions = new Map<number, Held>();

function toOrt({ dtype, dims, data }: Tensor): ort.Tensor {
  const Make = ort.Tensor as unknown as new (type: string, data: unknown, dims: readonly number[]) => ort.Tensor;
  return new Make(dtype, data, dims);
}

const fromOrt = (tensor: ort.Tensor): Tensor => ({
  dtype: tensor.type as Tensor["dtype"],
  dims: [...tensor.dims],
  data: tensor.data as Tensor["data"],
});

async function answer(request: Request): Promise<{ tensors: Record<string, Tensor>; names?: SessionNames }> {
  if (request.kind === "load") {
    const session = await ort.InferenceSession.create(request.bytes, sessionOptions(request.choice));
    sessions.set(request.session, { session, resident: new Map() });
    return { tensors: {}, names: { inputs: [...session.inputNames], outputs: [...session.outputNames] } };
  }
  const held = sessions.get(request.session);
  if (held === undefined) throw new Error("the session has been released");
  if (request.kind === "release") {
    sessions.delete(request.session);
    await held.session.release();
    return { tensors: {} };
  }
  if (request.kind === "hold") {
    for (const [name, tensor] of Object.entries(request.feeds)) held.resident.set(name, toOrt(tensor));
    return { tensors: {} };
  }
  if (request.kind === "read") {
    const tensors: Record<string, Tensor> = {};
    for (const name of request.names) {
      const tensor = held.resident.get(name);
      if (tensor === undefined) throw new Error(`nothing is held under "${name}"`);
      tensors[name] = fromOrt(tensor);
    }
    return { tensors };
  }
  const feeds: Record<string, ort.Tensor> = {};
  for (const name of held.session.inputNames) {
    const fed = request.feeds[name];
    const tensor = fed === undefined ? held.resident.get(name) : toOrt(fed);
    if (tensor !== undefined) feeds[name] = tensor;
  }
  const wanted = [...new Set([...request.fetch, ...Object.keys(request.carry)])];
  const results = await held.session.run(feeds, wanted);
  for (const [output, input] of Object.entries(request.carry)) held.resident.set(input, results[output]!);
  return { tensors: Object.fromEntries(request.fetch.map((name) => [name, fromOrt(results[name]!)])) };
}

async function reply(id: number, request: Request): Promise<void> {
  let result: Answer;
  try {
    result = { id, ok: true, ...(await answer(request)) };
  } catch (error) {
    result = { id, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(result);
}

const underWay = new Set<Promise<void>>();

parentPort?.on("message", async (message: Message) => {
  if (message === "close") {
    await Promise.all(underWay);
    parentPort?.close();
    return;
  }
  const replied = reply(message.id, message.request);
  underWay.add(replied);
  await replied;
  underWay.delete(replied);
});
