import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { f32, type Tensor, tensor } from "../base/tensor.ts";
import { Model } from "../graph/model.ts";
import { readModelFile, writeModelFile } from "./files.ts";
import { encode } from "./protobuf.ts";
import { readModel } from "./read-model.ts";
import { writeModel } from "./write-model.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "femto-onnx-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tensors: Record<string, Tensor> = {
  big: f32(
    [300],
    Array.from({ length: 300 }, (_, i) => i),
  ),
  packed: tensor(
    "int4",
    [5001],
    Array.from({ length: 5001 }, (_, i) => (i % 16) - 8),
  ),
  small: f32([2], [1, 2]),
};

function sample(): Model {
  const model = new Model();
  for (const [name, constant] of Object.entries(tensors))
    model.graph.addOutput(model.graph.addInitializer(name, constant));
  return model;
}

const constants = (model: Model) => Object.fromEntries(model.graph.initializers.map((v) => [v.name, v.constant]));

const errorOf = (body: () => unknown): FemtoError | undefined => {
  try {
    body();
  } catch (error) {
    if (error instanceof FemtoError) return error;
    throw error;
  }
  return undefined;
};

describe("model files", () => {
  it("come back as they were written, with nothing else left in the folder", () => {
    const path = join(folder, "m.onnx");
    writeModelFile(sample(), path);
    expect(readdirSync(folder)).toEqual(["m.onnx"]);
    expect(new Uint8Array(readFileSync(path))).toEqual(writeModel(sample()));
    expect(constants(readModelFile(path))).toEqual(tensors);
  });

  it("keep big tensors beside them, at multiples of the page size", () => {
    const path = join(folder, "m.onnx");
    writeModelFile(sample(), path, { externalDataAbove: 1000 });
    expect(readdirSync(folder).sort()).toEqual(["m.onnx", "m.onnx.data"]);
    const entries = fromBinary(ModelProtoSchema, readFileSync(path)).graph!.initializer.map((proto) =>
      Object.fromEntries(proto.externalData.map(({ key, value }) => [key, value])),
    );
    expect(entries).toEqual([
      { location: "m.onnx.data", offset: "0", length: "1200" },
      { location: "m.onnx.data", offset: "4096", length: "2501" },
      {},
    ]);
    expect(constants(readModelFile(path))).toEqual(tensors);
    const data = new Uint8Array(readFileSync(join(folder, "m.onnx.data")));
    const model = readModel(readFileSync(path), { externalData: () => data });
    expect(constants(model)).toEqual(tensors);
    expect(errorOf(() => readModel(readFileSync(path)))?.code).toBe("onnx.external");
    writeModelFile(model, path, { externalDataAbove: 1000 });
    expect(constants(readModelFile(path))).toEqual(tensors);
    expect(readdirSync(folder).sort()).toEqual(["m.onnx", "m.onnx.data"]);
  });

  it("are refused where their external file is too short or missing", () => {
    const path = join(folder, "m.onnx");
    writeModelFile(sample(), path, { externalDataAbove: 1000 });
    writeFileSync(join(folder, "m.onnx.data"), new Uint8Array(4100));
    const short = errorOf(() => readModelFile(path));
    expect([short?.code, short?.where]).toEqual(["onnx.external", 'm.onnx › initializer "packed" › m.onnx.data']);
    rmSync(join(folder, "m.onnx.data"));
    expect(errorOf(() => readModelFile(path))?.code).toBe("onnx.external");
  });

  it.each(["../secret", "/etc/passwd", "a/../../secret", "..\\secret", "C:secret", "", "a//b", "link/secret"])(
    "do not lead out of their folder by %j",
    (location) => {
      const inner = join(folder, "inner");
      mkdirSync(inner);
      writeFileSync(join(folder, "secret"), new Uint8Array(1200));
      symlinkSync(folder, join(inner, "link"));
      const path = join(inner, "m.onnx");
      writeModelFile(sample(), path, { externalDataAbove: 1000 });
      const proto = fromBinary(ModelProtoSchema, readFileSync(path));
      proto.graph!.initializer[0]!.externalData[0]!.value = location;
      writeFileSync(path, encode(ModelProtoSchema, proto));
      expect(errorOf(() => readModelFile(path))?.message).toBe("the tensor lies outside the model's folder");
    },
  );

  it("are one clear error where they cannot be read", () => {
    const error = errorOf(() => readModelFile(join(folder, "none.onnx")));
    expect([error?.code, error?.message]).toEqual(["onnx.read", "the model cannot be read"]);
    expect(errorOf(() => readModelFile(folder))?.code).toBe("onnx.read");
  });

  it("are one clear error where they cannot be written", () => {
    const error = errorOf(() => writeModelFile(sample(), join(folder, "none", "m.onnx")));
    expect([error?.code, error?.message]).toEqual(["onnx.write", "the model cannot be written"]);
  });

  it("are one clear error where the disk is full, and the old file stays", () => {
    const path = join(folder, "m.onnx");
    writeModelFile(sample(), path);
    const before = readFileSync(path);
    // No full disk can be had in a test: the system's write fails as it would.
    const write = vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockImplementation(() => {
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    });
    const error = errorOf(() => writeModelFile(sample(), path, { externalDataAbove: 1000 }));
    write.mockRestore();
    expect([error?.code, error?.got]).toEqual(["onnx.write", "ENOSPC: no space left on device, write"]);
    expect(readdirSync(folder)).toEqual(["m.onnx"]);
    expect(readFileSync(path)).toEqual(before);
  });

  it("bring the data file back where the model itself cannot take its place", () => {
    const path = join(folder, "m.onnx");
    writeModelFile(sample(), path, { externalDataAbove: 1000 });
    const before = ["m.onnx", "m.onnx.data"].map((name) => readFileSync(join(folder, name)));
    const system = process.getBuiltinModule("node:fs");
    const { renameSync } = system;
    const rename = vi.spyOn(system, "renameSync").mockImplementation((from, to) => {
      if (to === path) throw Object.assign(new Error("EACCES: permission denied, rename"), { code: "EACCES" });
      renameSync(from, to);
    });
    const other = sample();
    other.graph.initializers[0]!.constant = f32([300], new Float32Array(300));
    const error = errorOf(() => writeModelFile(other, path, { externalDataAbove: 1000 }));
    rename.mockRestore();
    expect([error?.code, error?.where]).toEqual(["onnx.write", path]);
    expect(["m.onnx", "m.onnx.data"].map((name) => readFileSync(join(folder, name)))).toEqual(before);
    expect(readdirSync(folder).sort()).toEqual(["m.onnx", "m.onnx.data"]);
  });

  it("never replace folders or devices, and follow links", () => {
    mkdirSync(join(folder, "taken"));
    expect(errorOf(() => writeModelFile(sample(), join(folder, "taken")))?.got).toBe("a folder or a device");
    writeFileSync(join(folder, "real.onnx"), "old");
    symlinkSync("real.onnx", join(folder, "link.onnx"));
    writeModelFile(sample(), join(folder, "link.onnx"));
    expect(constants(readModelFile(join(folder, "real.onnx")))).toEqual(tensors);
    expect(readdirSync(folder).sort()).toEqual(["link.onnx", "real.onnx", "taken"]);
  });
});
