"""Trees for one row at a time, by LightGBM's documented C interface: its Python door costs ten times the trees.

The answers are those of `raw_score` (see the test of equality). The lock of the interpreter is kept during a call: it
is shorter than handing the lock over.
"""

from __future__ import annotations

import ctypes
import re
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from payment_analysis.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import lightgbm as lgb

    from payment_analysis.ml.arrays import Array

RAW_SCORE, FLOAT32, ALL_TREES = 1, 0, -1  # C_API_PREDICT_RAW_SCORE, C_API_DTYPE_FLOAT32
PARAMETERS: Final = b"num_threads=1 predict_disable_shape_check=true"
ROWS_MAX: Final = 256  # at once; a decision asks for a dozen
FLOAT_BYTES, DOUBLE_BYTES = 4, 8
_TREE: Final = re.compile(r"^Tree=\d+$", re.MULTILINE)
_SPLITS: Final = re.compile(r"^split_feature=(.*)$", re.MULTILINE)
_SIZES: Final = re.compile(r"^tree_sizes=.*\n", re.MULTILINE)  # left out, the trees are read one after the other
_END: Final = "end of trees"


def _library() -> ctypes.PyDLL:
    spec = find_spec("lightgbm")  # found, not imported: that takes a second
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "lib"
    (found,) = [path for path in folder.iterdir() if path.name.startswith("lib_lightgbm") or path.suffix == ".dll"]
    return ctypes.PyDLL(str(found))


class FastTrees:
    """A copy of a booster that scores rows one after the other, for one thread after the other.

    With `differs`, columns, the rows of a call may differ in these only: trees that do not look at them are asked once.
    """

    def __init__(self, booster: lgb.Booster, differs: Collection[int] | None = None) -> None:
        text, self.width = booster.model_to_string(num_iteration=ALL_TREES), booster.num_feature()
        shared, own = ("", text) if differs is None else _split(text, differs)
        self._shared = _Trees(shared, self.width) if shared else None
        self._own = _Trees(own, self.width) if own else None
        self._rows = np.zeros((ROWS_MAX, self.width), dtype=np.float32)
        self._scores, self._lock = np.zeros(ROWS_MAX), threading.Lock()
        self._rows_at, self._scores_at = self._rows.ctypes.data, self._scores.ctypes.data

    def __call__(self, rows: Array) -> Array:
        """Log-odds of each row, without the offset the trees were grown on."""
        assert rows.shape[1] == self.width
        if len(rows) > ROWS_MAX:
            return np.concatenate([self(rows[:ROWS_MAX]), self(rows[ROWS_MAX:])])
        with self._lock:
            return self._scored(rows)

    def _scored(self, rows: Array) -> Array:
        self._rows[: len(rows)] = rows
        shared = 0.0
        if self._shared is not None:
            self._shared.score(self._rows_at, self._scores_at, 1)
            shared = float(self._scores[0])
        if self._own is None:
            return np.full(len(rows), shared)
        self._own.score(self._rows_at, self._scores_at, len(rows))
        return np.asarray(self._scores[: len(rows)] + shared)


class _Trees:
    """Trees in the memory of LightGBM."""

    def __init__(self, text: str, width: int) -> None:
        self._library = _library()
        self._handle, fast = ctypes.c_void_p(), ctypes.c_void_p()
        rounds, self._length = ctypes.c_int(), ctypes.c_int64()
        self._check(
            self._library.LGBM_BoosterLoadModelFromString(
                text.encode(), ctypes.byref(rounds), ctypes.byref(self._handle)
            )
        )
        self._check(
            self._library.LGBM_BoosterPredictForMatSingleRowFastInit(
                self._handle,
                RAW_SCORE,
                0,
                ALL_TREES,
                FLOAT32,
                ctypes.c_int32(width),
                PARAMETERS,
                ctypes.byref(fast),
            )
        )
        self._step = width * FLOAT_BYTES
        self._fast, self._length_at = fast.value, ctypes.addressof(self._length)
        self._predict = self._library.LGBM_BoosterPredictForMatSingleRowFast
        self._predict.argtypes = [ctypes.c_void_p] * 4

    def score(self, rows_at: int, scores_at: int, count: int) -> None:
        """From so many rows at an address to scores at another one."""
        predict, fast, length_at = self._predict, self._fast, self._length_at
        for number in range(count):
            code = predict(fast, rows_at + number * self._step, length_at, scores_at + number * DOUBLE_BYTES)
            if code:
                self._check(code)

    def _check(self, code: int) -> None:
        if code:
            get = self._library.LGBM_GetLastError
            get.restype = ctypes.c_char_p
            raise Unavailable(f"LightGBM: {get().decode()}", hint="train the model again")


def _split(text: str, differs: Collection[int]) -> tuple[str, str]:
    """Two models whose scores add up: the trees that look at none of the columns, and the others."""
    begins = [found.start() for found in _TREE.finditer(text)]
    end = text.index(_END)
    head, tail = _SIZES.sub("", text[: begins[0]]), text[end:]
    trees = [text[begin:next_] for begin, next_ in zip(begins, [*begins[1:], end], strict=True)]
    columns = frozenset(differs)
    own = [not columns.isdisjoint(_columns(tree)) for tree in trees]
    parts = ([tree for tree, is_own in zip(trees, own, strict=True) if is_own is wanted] for wanted in (False, True))
    shared, others = (head + _numbered(part) + tail if part else "" for part in parts)
    return shared, others


def _columns(tree: str) -> list[int]:
    found = _SPLITS.search(tree)
    return [] if found is None else [int(column) for column in found.group(1).split()]


def _numbered(trees: Sequence[str]) -> str:
    return "".join(_TREE.sub(f"Tree={number}", tree, count=1) for number, tree in enumerate(trees))
