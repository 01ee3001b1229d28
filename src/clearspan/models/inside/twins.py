"""Several module trees on one model's weights, and whose turn it is to look inside one.

Hooks change a module while it is in use: a thread that is inside of it may see a hook half registered, and one that
copies it a list of hooks that grows meanwhile. Who runs a model all the time therefore has a tree of its own, and
everybody else takes turns at the one that was loaded.
"""

import copy
import itertools
import threading
from typing import TypeVar
from weakref import WeakKeyDictionary

from torch import nn

Copied = TypeVar("Copied")

_turns: "WeakKeyDictionary[nn.Module, threading.RLock]" = WeakKeyDictionary()
_lock = threading.Lock()


def turn(model: nn.Module) -> "threading.RLock":
    """What a thread holds while hooks of it are on a model, or while it copies one.

    Whoever holds it waits for no other lock meanwhile.
    """
    with _lock:
        return _turns.setdefault(model, threading.RLock())


def sharing_weights(model: nn.Module, copied: Copied) -> Copied:
    """A copy of a model, or of something that refers to its modules, on the same weights."""
    with turn(model):
        shared = itertools.chain(model.parameters(), model.buffers())
        return copy.deepcopy(copied, {id(tensor): tensor for tensor in shared})
