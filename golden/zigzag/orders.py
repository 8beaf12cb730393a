"""Random orders of random layers: where ZigZag places them, and what they cost. Mappings that nobody would choose.

usage: python orders.py OUT.json    (in a checkout of ZigZag, with this folder in PYTHONPATH)
"""

import copy
import json
import logging
import random
import sys

from run import figures, shape, write
from zigzag.cost_model.cost_model import CostModelEvaluation
from zigzag.mapping.temporal_mapping import TemporalMappingType
from zigzag.opt.loma.engine import LomaEngine
from zigzag.opt.loma.memory_allocator import (
    MemoryAllocator,
    MemoryHierarchyTooSmallException,
    MemoryTooSmallException,
)
from zigzag.parser.onnx.onnx_model_parser import ONNXModelParser
from zigzag.stages.mapping.spatial_mapping_conversion import SpatialMappingConversionStage
from zigzag.stages.mapping.spatial_mapping_generation import SpatialMappingGeneratorStage
from zigzag.stages.parser.accelerator_parser import AcceleratorParserStage
from zigzag.workload.layer_node import LayerNode

SPATIAL = {
    "tpu_like": {"D1": ["K, 32"], "D2": ["C, 32"]},
    "meta_prototype": {"D1": ["K, 32"], "D2": ["C, 2"], "D3": ["OX, 4"], "D4": ["OY, 4"]},
    "edge_tpu_like": {"D1": ["K, 8"], "D2": ["C, 8"], "D3": ["OX, 4"], "D4": ["OY, 4"]},
    "ascend_like": {"D1": ["K, 16"], "D2": ["C, 16"], "D3": ["OX, 2"], "D4": ["OY, 2"]},
    "eyeriss_like": {"D1": ["OX, 14"], "D2": ["K, 12"]},
}
NETWORKS = ("resnet18", "mobilenetv2", "alexnet")
FITTING, MISSING = 40, 5


def layers_of(chip):
    """Layers of different shape."""
    path = f"mapping_{chip}.yaml"
    links = {"O": "O", "W": "I2", "I": "I1"}
    with open(path, "w", encoding="utf-8") as file:
        json.dump([{"name": "default", "spatial_mapping": SPATIAL[chip], "memory_operand_links": links}], file)
    found = {}
    for network in NETWORKS:
        workload = ONNXModelParser(f"zigzag/inputs/workload/{network}.onnx", path).run()
        for node in workload.topological_sort():
            if isinstance(node, LayerNode):
                found.setdefault(json.dumps({**shape(node), "name": ""}), node)
    return list(found.values())


def spread(accelerator, node):
    layer = copy.copy(node)
    stage = SpatialMappingGeneratorStage([None], accelerator=accelerator, layer=layer)
    wanted = copy.deepcopy(node.spatial_mapping)
    wanted.initialize_oa_dims(stage.oa_dim_sizes)
    wanted.check_and_reduce(stage.get_max_unrolling(), stage.layer_dim_sizes.data)
    layer.spatial_mapping = wanted
    conversion = SpatialMappingConversionStage([None], accelerator=accelerator, layer=layer)
    return layer, *conversion.convert_user_spatial_mapping(wanted)


def cases(chip, rnd):
    accelerator = AcceleratorParserStage.parse_accelerator(f"zigzag/inputs/hardware/{chip}.yaml")
    layers = layers_of(chip)
    fitting, missing = 0, 0
    while fitting < FITTING or missing < MISSING:
        node = rnd.choice(layers)
        try:
            layer, exact, whole = spread(accelerator, node)
        except KeyError:  # a loop of the wish that the layer lacks
            continue
        engine = LomaEngine(
            accelerator=accelerator,
            layer=layer,
            spatial_mapping=exact,
            mapping_type=TemporalMappingType.UNEVEN,
            loma_lpf_limit=rnd.choice([5, 6, 7, 8, 20]),
        )
        engine.temporal_loop_dim_size = engine.get_temporal_loops()
        engine.update_min_lpf_factor(engine.temporal_loop_dim_size)
        engine.get_prime_factors()
        order = list(engine.lpfs)
        rnd.shuffle(order)
        case = {"chip": chip, "spatial": SPATIAL[chip], "order": [[str(dim), size] for dim, size in order]}
        try:
            temporal = MemoryAllocator(accelerator, layer, exact, order, TemporalMappingType.UNEVEN).run()
        except (MemoryHierarchyTooSmallException, MemoryTooSmallException):
            missing += 1
            if missing <= MISSING:
                yield case | {"fits": False, "layer": shape(layer)}
            continue
        if fitting == FITTING:
            missing += 1  # it may be that every order fits
            continue
        fitting += 1
        cme = CostModelEvaluation(
            accelerator=accelerator,
            layer=layer,
            spatial_mapping=exact,
            spatial_mapping_int=whole,
            temporal_mapping=temporal,
        )
        yield case | {"fits": True, "layer": shape(layer) | figures(cme)}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    write(sys.argv[1], None, [case for chip in SPATIAL for case in cases(chip, random.Random(7))])
