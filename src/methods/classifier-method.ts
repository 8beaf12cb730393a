/** @file A method that trains a classifier: data that cannot train it are refused, and an engine is there until the method ends. */

import { OrtEngine } from "../engine/index.ts";
import type { Model } from "../graph/model.ts";
import { checkClassifierData } from "../training/index.ts";
import { type Method, type MethodContext, method, type Outcome } from "./method.ts";

export interface ClassifierContext extends MethodContext {
  /** Closed when the method ends, however it does. */
  readonly engine: OrtEngine;
}

export interface ClassifierMethod<Options> extends Omit<Method<Options>, "apply"> {
  apply(context: ClassifierContext, model: Model, options: Options): Promise<Outcome>;
}

/** Defines a method for classifiers. */
export const classifierMethod = <Options>(definition: ClassifierMethod<Options>): Method<Options> =>
  method<Options>({
    ...definition,
    async apply(context, model, options) {
      checkClassifierData(model, context.data);
      const engine = new OrtEngine();
      try {
        return await definition.apply({ ...context, engine }, model, options);
      } finally {
        await engine.close();
      }
    },
  });
