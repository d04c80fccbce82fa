"""Gradient norms of models at initialisation: python3 measure.py FILE... > JSON, ten seeds each.

A model file opens with `# bench: class=Net input=randn:64,3,32,32 loss=ce`; several inputs are joined by `+`. A model without a class
says `loose=forward params=W1,b1`: its function, and the module-level tensors (or lists of objects that hold some) that are its weights.
"""
import contextlib
import importlib.util
import json
import math
import os
import sys

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
SEEDS = 10


def header(path):
    with open(path) as fh:
        line = fh.readline()
    if not line.startswith("# bench:"):
        raise ValueError("no bench line in " + path)
    return dict(part.split("=", 1) for part in line[len("# bench:"):].split())


def make_input(spec):
    kind, sizes, *rest = spec.split(":")
    shape = [int(s) for s in sizes.split(",")]
    if kind == "tokens":
        return torch.randint(0, int(rest[0]), shape)
    return torch.randn(*shape)


def loss_of(kind, out, x):
    if isinstance(out, (tuple, list)):
        out = out[0]
    if kind == "ce":
        if out.dim() == 3:
            out = out.reshape(-1, out.shape[-1])
        if out.dim() == 4:
            out = out.permute(0, 2, 3, 1).reshape(-1, out.shape[1])
        return F.cross_entropy(out, torch.randint(0, out.shape[1], (out.shape[0],)))
    if kind == "mse":
        return F.mse_loss(out, x if out.shape == x.shape else torch.randn_like(out))
    if kind == "bce":
        return F.binary_cross_entropy_with_logits(out, torch.randint(0, 2, out.shape).float())
    raise ValueError(kind)


def loose_parameters(module, names):
    """The tensors behind the names, as a reader would call them: `W1`, `layers.0.weight`."""
    def walk(name, value):
        if isinstance(value, torch.Tensor):
            yield name, value
        elif isinstance(value, (list, tuple)):
            for i, item in enumerate(value):
                yield from walk("%s.%d" % (name, i), item)
        elif hasattr(value, "__dict__"):
            for key, item in vars(value).items():
                if isinstance(item, torch.Tensor) and item.is_leaf:
                    yield from walk("%s.%s" % (name, key), item)
    return [pair for name in names for pair in walk(name, getattr(module, name)) if pair[1].requires_grad]


def measure(path):
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = header(path)
    rows = {}
    for seed in range(SEEDS):
        torch.manual_seed(seed)
        loader = importlib.util.spec_from_file_location("bench_model", path)
        module = importlib.util.module_from_spec(loader)
        sys.modules["bench_model"] = module  # data classes look their module up
        loader.loader.exec_module(module)
        if "loose" in spec:
            model = getattr(module, spec["loose"])
            parameters = loose_parameters(module, spec["params"].split(","))
        else:
            made = getattr(module, spec.get("make", spec["class"]))
            model = made() if isinstance(made, type) or not isinstance(made, torch.nn.Module) else made
            model.train()
            parameters = list(model.named_parameters())
        inputs = [make_input(part) for part in spec["input"].split("+")]
        loss_of(spec["loss"], model(*inputs), inputs[0]).backward()
        for name, p in parameters:
            norm = 0.0 if p.grad is None else p.grad.double().norm().item()
            rows.setdefault(name, {"dims": p.dim(), "norms": []})["norms"].append(norm)
    return {"class": spec["class"], "parameters": [
        {"name": name, "dims": row["dims"], "norms": ["%.4g" % n for n in row["norms"]]} for name, row in rows.items()]}


def main(paths):
    result = {}
    for path in paths:
        name = os.path.splitext(os.path.basename(path))[0]
        try:
            with contextlib.redirect_stdout(sys.stderr):
                result[name] = measure(path)
        except Exception as error:  # one broken model must not lose the others
            print("%s: %s" % (name, error), file=sys.stderr)
    json.dump(result, sys.stdout, indent=None, separators=(",", ":"))
    assert math.isfinite(len(result))


main(sys.argv[1:])
