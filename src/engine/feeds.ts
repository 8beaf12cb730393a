/** @file What an engine is fed with: tensors by input name. */

import type { Tensor } from "../base/tensor.ts";

export type Feeds = Readonly<Record<string, Tensor>>;
