"""Runs QTools of qkeras 0.9.0 on small networks and writes cases.json: what it derived of every layer, and its energies.

python3 run.py > cases.json

QTools rounds the energies of a layer to two decimals; they are taken before that, by giving it a `format` that does not.
"""

import itertools
import json
import sys

import numpy as np
import tensorflow.keras as keras
from qkeras import QActivation, QConv2D, QDense, QDepthwiseConv2D
from qkeras import quantizers
from qkeras.qtools import run_qtools
from qkeras.qtools.qenergy import qenergy

q = quantizers


def mixed_dense():
    """The network of qtools/examples: dense layers with and without quantizers."""
    x = x_in = keras.layers.Input((784,), name="input")
    x = keras.layers.Dense(300, name="d0")(x)
    x = keras.layers.Activation("relu", name="d0_act")(x)
    x = QDense(100, kernel_quantizer=q.quantized_bits(4, 0, 1), bias_quantizer=q.quantized_bits(4, 0, 1), name="d1")(x)
    x = QActivation("quantized_relu(4,0)", name="d1_qr4")(x)
    x = QDense(10, kernel_quantizer=q.quantized_bits(4, 0, 1), bias_quantizer=q.quantized_bits(4, 0, 1), name="d2")(x)
    x = keras.layers.Activation("softmax", name="softmax")(x)
    return keras.Model(inputs=[x_in], outputs=[x])


def convolutions():
    """Unequal widths, a depthwise layer, a residual sum, an average pool."""
    x = x_in = keras.layers.Input((28, 28, 3), name="input")
    x = QConv2D(16, (3, 3), kernel_quantizer=q.quantized_bits(6, 1, 1), bias_quantizer=q.quantized_bits(8, 2, 1), name="c0")(x)
    x = QActivation("quantized_relu(5,1)", name="c0_act")(x)
    y = QConv2D(16, (3, 3), padding="same", kernel_quantizer=q.quantized_bits(3, 0, 1), use_bias=False, name="c1")(x)
    y = QActivation("quantized_relu(5,1)", name="c1_act")(y)
    x = keras.layers.Add(name="sum")([x, y])
    x = QActivation("quantized_relu(7,2)", name="sum_act")(x)
    x = QDepthwiseConv2D((3, 3), depthwise_quantizer=q.quantized_bits(4, 0, 1), bias_quantizer=q.quantized_bits(4, 0, 1), name="dw")(x)
    x = QActivation("quantized_relu(2,0)", name="dw_act")(x)
    x = keras.layers.AveragePooling2D((2, 2), name="pool")(x)
    x = QActivation("quantized_bits(8,0,1)", name="pool_act")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    x = QDense(10, kernel_quantizer=q.quantized_bits(2, 1, 1), bias_quantizer=q.quantized_bits(8, 0, 1), name="fc")(x)
    return keras.Model(inputs=[x_in], outputs=[x])


def codes():
    """Binary and ternary weights and activations: multiplexers and gates instead of multipliers."""
    x = x_in = keras.layers.Input((64,), name="input")
    x = QDense(48, kernel_quantizer=q.ternary(alpha=1), bias_quantizer=q.quantized_bits(8, 3, 1), name="t_fixed")(x)
    x = QActivation("ternary(alpha=1)", name="to_ternary")(x)
    x = QDense(48, kernel_quantizer=q.quantized_bits(5, 1, 1), bias_quantizer=q.quantized_bits(8, 3, 1), name="fixed_t")(x)
    x = QActivation("quantized_relu(6,2)", name="relu6")(x)
    x = QDense(48, kernel_quantizer=q.binary(alpha=1), bias_quantizer=q.quantized_bits(8, 3, 1), name="b_fixed")(x)
    x = QActivation("binary(alpha=1)", name="to_binary")(x)
    x = QDense(48, kernel_quantizer=q.binary(alpha=1), bias_quantizer=q.quantized_bits(8, 3, 1), name="b_b")(x)
    x = QActivation("binary(use_01=True, alpha=1)", name="to_01")(x)
    x = QDense(32, kernel_quantizer=q.quantized_bits(4, 1, 1), bias_quantizer=q.quantized_bits(8, 3, 1), name="fixed_01")(x)
    x = QActivation("ternary(alpha=1)", name="to_ternary2")(x)
    x = QDense(16, kernel_quantizer=q.binary(alpha=1), use_bias=False, name="b_t")(x)
    x = QActivation("quantized_relu(3,1)", name="relu3")(x)
    x = QDense(10, kernel_quantizer=q.ternary(alpha=1), use_bias=False, name="t_relu")(x)
    return keras.Model(inputs=[x_in], outputs=[x])


def quantizer(value):
    """Name and numbers of a quantizer."""
    if value is None:
        return None
    kinds = {0: "fixed", 1: "power-of-two", 2: "ternary", 3: "binary", 4: "zero-one", 5: "float"}
    return {
        "kind": kinds[value.mode],
        "bits": int(value.bits),
        "integerBits": int(value.int_bits),
        "signed": bool(value.is_signed),
    }


def elements(shape):
    return int(np.prod(shape))


def describe(layer, item, layer_map):
    """What QTools derived of a layer."""
    get = lambda key: item.get(key) if isinstance(item, dict) else getattr(item, key, None)
    shapes = layer.input_shape if isinstance(layer.input_shape, list) else [layer.input_shape]
    inputs = get("input_quantizer_list")
    record = {
        "name": layer.name,
        "class": layer.__class__.__name__,
        "isInput": layer in layer_map["input_layers"],
        "isOutput": layer in layer_map["output_layers"],
        "inputs": [{"elements": elements(s[1:]), **quantizer(i)} for s, i in zip(shapes, inputs)],
        "output": {"elements": elements(get("output_shapes")[1:]), **quantizer(get("output_quantizer"))},
        "operationCount": int(get("operation_count")),
        "parameters": [],
    }
    if get("weight_quantizer"):
        shape = get("w_shapes")
        record["parameters"].append({"elements": elements(shape), **quantizer(get("weight_quantizer"))})
        record["kernel"] = [int(n) for n in shape]
        if get("bias_quantizer"):
            record["parameters"].append({"elements": elements(get("b_shapes")), **quantizer(get("bias_quantizer"))})
    for key in ("multiplier", "accumulator"):
        unit = get(key)
        if unit:
            record[key] = {
                "as": unit.implemented_as(),
                "factor": float(getattr(unit, "gate_factor", 1)),
                "gateBits": float(getattr(unit, "gate_bits", unit.output.bits)),
                "isFloat": bool(unit.output.is_floating_point),
                "bits": int(unit.output.bits),
            }
    return record


class Exact(str):
    """A format string that keeps every digit."""

    def format(self, value):
        return repr(float(value))


def main():
    # "{0:.2f}".format(x) stands in the source of energy_estimate; give it one that does not round
    source = open(qenergy.__file__).read().replace('"{0:.2f}".format', "Exact().format")
    module = {"Exact": Exact, "__name__": "exact_qenergy"}
    exec(compile(source, "qenergy.py", "exec"), module)
    energy_estimate = module["energy_estimate"]

    cases = []
    for build in (mixed_dense, convolutions, codes):
        for internal, accumulator, reference in (("fp32", "fp32", False), ("int8", "int32", False), ("fp16", "fp16", True)):
            if reference and build is codes:
                continue
            model = build()
            tools = run_qtools.QTools(
                model,
                process="horowitz",
                source_quantizers=[q.quantized_bits(8, 0, 1)],
                is_inference=False,
                weights_path=None,
                keras_quantizer=internal,
                keras_accumulator=accumulator,
                for_reference=reference,
            )
            items = tools._layer_map["layer_data_type_map"]
            layers = [describe(layer, items[layer], tools._layer_map) for layer in model.layers if layer in items]
            runs = []
            for weights, activations, smallest, io in (
                ("dram", "dram", 0, True),
                ("sram", "sram", 0, False),
                ("sram", "sram", 8 * 16 * 1024 * 1024, False),
                ("fixed", "sram", 8 * 1024, True),
                ("dram", "sram", 2**15, False),
                ("sram", "dram", 2**15, False),
            ):
                rounded = tools.pe(weights_on_memory=weights, activations_on_memory=activations, min_sram_size=smallest, rd_wr_on_io=io)
                exact = energy_estimate(model, tools._layer_map, weights, activations, smallest, io)
                for name, layer in exact.items():
                    if name == "total_cost":
                        assert layer == rounded[name]
                    else:
                        for part, value in layer["energy"].items():
                            assert abs(value - rounded[name]["energy"][part]) <= 0.005000001, (name, part)
                runs.append(
                    {
                        "weightsOn": weights,
                        "activationsOn": activations,
                        "minSramBits": smallest,
                        "readsAndWritesOnIo": io,
                        "total": exact["total_cost"],
                        "layers": {name: layer["energy"] for name, layer in exact.items() if name != "total_cost"},
                    }
                )
            cases.append({"network": build.__name__, "unquantised": internal, "reference": reference, "layers": layers, "runs": runs})
    json.dump(cases, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
