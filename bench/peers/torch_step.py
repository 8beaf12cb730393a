"""PyTorch's eager training step, timed on request: reads lines `network steps`, answers `milliseconds parameters`.

The same work as Femto's float step: gather a batch of 64 from resident uint8 images, normalise, forward, cross-entropy,
backward, Adam. One thread, processor time. Started by bench/torch.ts.
"""

import sys
import time

import torch
from torch import nn

BATCH, EXAMPLES = 64, 256


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )


def cnn5():
    layers, channels = [], 1
    for width in (32, 64, 64):
        layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2)]
        channels = width
    return nn.Sequential(
        *layers, nn.Flatten(), nn.Linear(576, 128, bias=False), nn.BatchNorm1d(128), nn.ReLU(), nn.Linear(128, 10)
    )


class Block(nn.Module):
    def __init__(self, channels, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.extra = (width - channels) // 2

    def forward(self, x):
        y = torch.relu(self.norm1(self.conv1(x)))
        if self.extra > 0:  # the shortcut without parameters: every second pixel, channels of zeros on both sides
            x = nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.extra, self.extra))
        return torch.relu(self.norm2(self.conv2(y)) + x)


def resnet20():
    layers, channels = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
    for width, stride in ((16, 1), (32, 2), (64, 2)):
        for block in range(3):
            layers.append(Block(channels, width, stride if block == 0 else 1))
            channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


BUILDERS = {"lenet5": (lenet5, (1, 28, 28)), "cnn5": (cnn5, (1, 28, 28)), "resnet20": (resnet20, (3, 32, 32))}


class Step:
    def __init__(self, name):
        build, dims = BUILDERS[name]
        self.model = build().train()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-4)
        self.images = torch.randint(0, 256, (EXAMPLES, *dims), dtype=torch.uint8)
        self.labels = torch.randint(0, 10, (EXAMPLES,))
        self.parameters = sum(p.numel() for p in self.model.parameters())

    def run(self, steps):
        for step in range(steps):
            index = torch.arange(step * BATCH, (step + 1) * BATCH) % EXAMPLES
            x = (self.images[index].float() / 255 - 0.5) / 0.3
            loss = nn.functional.cross_entropy(self.model(x), self.labels[index])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return loss.item()


torch.manual_seed(1)
torch.set_num_threads(1)
print(torch.__version__, flush=True)
known = {}
for line in sys.stdin:
    name, steps = line.split()
    if name not in known:
        known[name] = Step(name)
    start = time.process_time()
    known[name].run(int(steps))
    print((time.process_time() - start) * 1000, known[name].parameters, flush=True)
