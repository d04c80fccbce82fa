"""Records where torchvision's builders define each parameter: the truth that test/bench/link.ts compares with.

    /usr/bin/python3 test/bench/link_oracle.py > oracle.json

Patches nn.Module so that every registration and every construction remembers the first stack frame outside torch.
A parameter's definition line is
- the `self.name = ...` line where its module (or the parameter itself) becomes an attribute of a module, and
- the line of the constructor call where its module enters a container by position or key.
Prints {"root": <folder of torchvision>, "models": {builder: {parameter: "file:line"}}}; files are relative to the root.
"""
import inspect
import json
import os
import sys
import warnings

import torch
import torchvision
from torch import nn

warnings.filterwarnings("ignore")
TORCH = os.path.dirname(torch.__file__) + os.sep
ROOT = os.path.dirname(torchvision.__file__) + os.sep

registered = {}  # (id of owner, name) -> (place, whether it is an attribute assignment of the user's)
built = {}  # id of module -> place of its constructor call
kept = []  # keeps objects alive, so that ids stay unique


def place():
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(TORCH) and name != __file__ and not name.startswith("<"):
            return f"{os.path.relpath(name, ROOT)}:{frame.f_lineno}"
        frame = frame.f_back
    return None


plain = {name: getattr(nn.Module, name) for name in ("__init__", "__setattr__", "add_module", "register_parameter")}


def init(self, *args, **kwargs):
    if id(self) not in built:
        frame = sys._getframe(1)
        # Constructors of subclasses call each other: the caller of the outermost one builds the object.
        while frame is not None and frame.f_code.co_name == "__init__" and frame.f_locals.get(
            frame.f_code.co_varnames[0]
        ) is self:
            frame = frame.f_back
        while frame is not None and frame.f_code.co_filename.startswith(TORCH):
            frame = frame.f_back
        built[id(self)] = f"{os.path.relpath(frame.f_code.co_filename, ROOT)}:{frame.f_lineno}"
        kept.append(self)
    plain["__init__"](self, *args, **kwargs)


def outside():
    return not sys._getframe(2).f_code.co_filename.startswith(TORCH)


def setattr_(self, name, value):
    if isinstance(value, (nn.Module, nn.Parameter)):
        registered[id(self), name] = (place(), outside())
        kept.append(self)
    plain["__setattr__"](self, name, value)


def add_module(self, name, module):
    registered[id(self), name] = (place(), False)
    kept.append(self)
    plain["add_module"](self, name, module)


def register_parameter(self, name, param):
    registered.setdefault((id(self), name), (place(), outside()))
    kept.append(self)
    plain["register_parameter"](self, name, param)


def definition(model, path):
    """The definition line of a parameter."""
    owners = [model]
    names = path.split(".")
    for name in names[:-1]:
        owners.append(owners[-1]._modules[name])
    leaf = owners[-1]
    own, users = registered.get((id(leaf), names[-1]), (None, False))
    if users:
        return own  # the class that registers it is the user's
    # The class that registers it is torch's: where the user registers or builds the module.
    for depth in range(len(owners) - 1, 0, -1):
        where, assigned = registered.get((id(owners[depth - 1]), names[depth - 1]), (None, False))
        if type(owners[depth - 1]).__module__.startswith("torch.nn.modules.") and not isinstance(
            owners[depth - 1], (nn.Sequential, nn.ModuleList, nn.ModuleDict)
        ):
            continue  # an inner module of torch's own
        site = where if assigned else built.get(id(owners[depth]))
        if site is not None:
            return site
    return None


def main():
    nn.Module.__init__ = init
    nn.Module.__setattr__ = setattr_
    nn.Module.add_module = add_module
    nn.Module.register_parameter = register_parameter
    models = {}
    for name in torchvision.models.list_models():
        if name.startswith("quantized_"):
            continue
        registered.clear()
        built.clear()
        kept.clear()
        options = {"weights": None}
        builder = torchvision.models.get_model_builder(name)
        if "weights_backbone" in inspect.signature(inspect.unwrap(builder)).parameters:
            options["weights_backbone"] = None  # nothing is downloaded
        with torch.no_grad():
            model = builder(**options)
        models[name] = {path: definition(model, path) for path, _ in model.named_parameters()}
    json.dump({"root": ROOT, "models": models}, sys.stdout)


if __name__ == "__main__":
    for init_name in [name for name in dir(nn.init) if name.endswith("_")]:
        setattr(nn.init, init_name, lambda tensor, *args, **kwargs: tensor)  # values do not matter, time does
    main()
