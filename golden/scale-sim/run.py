"""Runs SCALE-Sim 3.0.0 layer by layer and appends one line per layer, array and dataflow to outputs.csv.

python3 run.py WORKDIR [--arrays 32x32 64x64] [--up-to CYCLES] [--layers NETWORK/LAYER ...]

Lines that are there already are not run again. Layers with fewest cycles first; about a thousand cycles take a second.
"""

import argparse
import contextlib
import csv
import io
import math
import os
import sys

from scalesim.scale_sim import scalesim

HERE = os.path.dirname(os.path.abspath(__file__))
OUTPUTS = os.path.join(HERE, "outputs.csv")
COLUMNS = ["network", "layer", "rows", "cols", "dataflow", "totalCycles", "stallCycles", "ifmapReads", "filterReads", "ofmapWrites"]

CONFIG = """[general]
run_name = run

[architecture_presets]
ArrayHeight: {rows}
ArrayWidth: {cols}
IfmapSramSzkB: 1024
FilterSramSzkB: 1024
OfmapSramSzkB: 1024
IfmapOffset: 0
FilterOffset: 10000000
OfmapOffset: 20000000
Bandwidth: 10
Dataflow: {dataflow}
MemoryBanks: 1
ReadRequestBuffer: 32
WriteRequestBuffer: 32

[layout]
IfmapCustomLayout: False
IfmapSRAMBankBandwidth: 10
IfmapSRAMBankNum: 10
IfmapSRAMBankPort: 2
FilterCustomLayout: False
FilterSRAMBankBandwidth: 10
FilterSRAMBankNum: 10
FilterSRAMBankPort: 2

[sparsity]
SparsitySupport: false
SparseRep: ellpack_block
OptimizedMapping: false
BlockSize: 8
RandomNumberGeneratorSeed: 40

[run_presets]
InterfaceBandwidth: CALC
UseRamulatorTrace: False
"""


def estimate(layer, rows, cols, dataflow):
    """Rough cycles, to run the short jobs first."""
    h, w, kh, kw, c, m, s = (int(layer[k]) for k in ("ifmapHeight", "ifmapWidth", "filterHeight", "filterWidth", "channels", "filters", "stride"))
    t = ((h - kh) // s + 1) * ((w - kw) // s + 1)
    k = kh * kw * c
    a, b, time = {"ws": (k, m, t), "os": (t, m, k), "is": (k, t, m)}[dataflow]
    return math.ceil(a / rows) * math.ceil(b / cols) * (2 * rows + cols + time)


def run(layer, rows, cols, dataflow, work):
    topology = os.path.join(work, "topology.csv")
    config = os.path.join(work, "run.cfg")
    with open(topology, "w") as file:
        file.write("Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n")
        sizes = ("ifmapHeight", "ifmapWidth", "filterHeight", "filterWidth", "channels", "filters", "stride")
        file.write(layer["layer"] + "," + ",".join(layer[size] for size in sizes) + ",\n")
    with open(config, "w") as file:
        file.write(CONFIG.format(rows=rows, cols=cols, dataflow=dataflow))
    with contextlib.redirect_stdout(io.StringIO()):
        # the layout file is read but not used; the topology file stands in for it
        scalesim(save_disk_space=True, verbose=False, config=config, topology=topology, layout=topology).run_scale(top_path=work)

    def report(name):
        with open(os.path.join(work, "run", name)) as file:
            rows = list(csv.reader(file, skipinitialspace=True))
        return dict(zip(rows[0], rows[1]))

    compute, detail = report("COMPUTE_REPORT.csv"), report("DETAILED_ACCESS_REPORT.csv")
    return [compute["Total Cycles"], compute["Stall Cycles"], detail["SRAM IFMAP Reads"], detail["SRAM Filter Reads"], detail["SRAM OFMAP Writes"]]


def main(work, arrays, up_to, names):
    os.makedirs(work, exist_ok=True)
    with open(os.path.join(HERE, "layers.csv")) as file:
        layers = list(csv.DictReader(file))
    done = set()
    if os.path.exists(OUTPUTS):
        with open(OUTPUTS) as file:
            done = {tuple(row[:5]) for row in csv.reader(file)}
    else:
        with open(OUTPUTS, "w") as file:
            file.write(",".join(COLUMNS) + "\n")
    jobs = [(estimate(layer, r, c, d), layer, r, c, d) for layer in layers for r, c in arrays for d in ("ws", "os", "is")]
    for cycles, layer, rows, cols, dataflow in sorted(jobs, key=lambda job: job[0]):
        key = (layer["network"], layer["layer"], str(rows), str(cols), dataflow)
        if key in done or cycles > up_to or (names and "/".join(key[:2]) not in names):
            continue
        row = [*key, *run(layer, rows, cols, dataflow, work)]
        with open(OUTPUTS, "a") as file:
            file.write(",".join(row) + "\n")
        print(cycles, *row, file=sys.stderr, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("--arrays", nargs="+", default=["32x32", "64x64"])
    parser.add_argument("--up-to", type=float, default=math.inf)
    parser.add_argument("--layers", nargs="+", default=[])
    options = parser.parse_args()
    main(options.work, [tuple(int(n) for n in array.split("x")) for array in options.arrays], options.up_to, options.layers)
