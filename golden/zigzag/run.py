"""Runs ZigZag on a workload and writes, for each layer, the mapping it chose and the figures of its cost model.

usage: python run.py HARDWARE MAPPING WORKLOAD PIECES OBJECTIVE OUT.json    (in a checkout of ZigZag)
"""

import json
import logging
import sys

FOLDERS = ("hardware", "mapping", "workload")


def loops(levels_of):
    return {str(op): [[[str(dim), size] for dim, size in level] for level in levels] for op, levels in levels_of.items()}


def shape(layer):
    return {
        "name": layer.name,
        "equation": layer.equation.data,
        "loops": {str(dim): size for dim, size in layer.layer_dim_sizes.items()},
        "relations": [relation.data for relation in layer.dimension_relations],
        "inputDims": {str(dim): size for dim, size in layer.pr_layer_dim_sizes.items()},
        "bits": {str(op): bits for op, bits in layer.operand_precision.data.items()},
    }


def figures(cme):
    from zigzag.mapping.data_movement import DataDirection as D

    ways = {"fh": D.WR_IN_BY_HIGH, "tl": D.RD_OUT_TO_LOW, "fl": D.WR_IN_BY_LOW, "th": D.RD_OUT_TO_HIGH}
    return {
        "temporal": loops(cme.temporal_mapping.mapping_dic_origin),
        "accesses": {
            str(op): [{way: level.get(direction) for way, direction in ways.items()} for level in levels]
            for op, levels in cme.memory_word_access.items()
        },
        "levelEnergy": {str(op): energies for op, energies in cme.mem_energy_breakdown.items()},
        "macEnergy": cme.mac_energy,
        "energy": cme.energy_total,
        "idealCycles": cme.ideal_cycle,
        "temporalCycles": cme.ideal_temporal_cycle,
        "stall": cme.stall_slack_comb,
        "onload": cme.data_onloading_cycle,
        "offload": cme.data_offloading_cycle,
        "cycles": cme.latency_total2,
    }


def write(path, head, rows):
    """One row a line."""
    def text(value):
        return json.dumps(value, separators=(",", ":"))

    lines = ",\n".join(text(row) for row in rows)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"[\n{lines}\n]\n" if head is None else f'{text(head)[:-1]},"layers":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    from zigzag.api import get_hardware_performance_zigzag

    logging.disable(logging.CRITICAL)
    hardware, mapping, workload, pieces, objective, out = sys.argv[1:]
    energy, cycles, cmes = get_hardware_performance_zigzag(
        f"zigzag/inputs/workload/{workload}",
        f"zigzag/inputs/hardware/{hardware}.yaml",
        f"zigzag/inputs/mapping/{mapping}.yaml",
        lpf_limit=int(pieces),
        opt=objective,
        dump_folder="outputs/femto",
        loma_show_progress_bar=False,
    )
    head = {
        "hardware": f"hardware/{hardware}.yaml",
        "mapping": f"mapping/{mapping}.yaml",
        "workload": f"workload/{workload}",
        "pieces": int(pieces),
        "objective": objective,
        "energy": energy,
        "cycles": cycles,
    }
    write(out, head, [shape(cme.layer) | figures(cme) for cme, _ in cmes[0][1]])
    print(hardware, objective, energy, cycles)
