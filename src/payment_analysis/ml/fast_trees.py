"""Trees for one row at a time, by LightGBM's documented C interface: its Python door costs ten times the trees.

The answers are those of `raw_score` (see the test of equality). The lock of the interpreter is kept during a call: it
is shorter than handing the lock over.
"""

from __future__ import annotations

import ctypes
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from payment_analysis.domain.errors import Unavailable

if TYPE_CHECKING:
    import lightgbm as lgb

    from payment_analysis.ml.arrays import Array

RAW_SCORE, FLOAT32, ALL_TREES = 1, 0, -1  # C_API_PREDICT_RAW_SCORE, C_API_DTYPE_FLOAT32
PARAMETERS: Final = b"num_threads=1 predict_disable_shape_check=true"
FLOAT_BYTES: Final = 4


def _library() -> ctypes.PyDLL:
    spec = find_spec("lightgbm")  # found, not imported: that takes a second
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "lib"
    (found,) = [path for path in folder.iterdir() if path.name.startswith("lib_lightgbm") or path.suffix == ".dll"]
    return ctypes.PyDLL(str(found))


class FastTrees:
    """A copy of a booster that scores rows one after the other. Used by one thread at a time."""

    def __init__(self, booster: lgb.Booster) -> None:
        self._library = _library()
        self._handle, self._fast = ctypes.c_void_p(), ctypes.c_void_p()
        rounds, text = ctypes.c_int(), booster.model_to_string(num_iteration=ALL_TREES).encode()
        self._check(
            self._library.LGBM_BoosterLoadModelFromString(text, ctypes.byref(rounds), ctypes.byref(self._handle))
        )
        self.width = booster.num_feature()
        self._check(
            self._library.LGBM_BoosterPredictForMatSingleRowFastInit(
                self._handle,
                RAW_SCORE,
                0,
                ALL_TREES,
                FLOAT32,
                ctypes.c_int32(self.width),
                PARAMETERS,
                ctypes.byref(self._fast),
            )
        )
        self._length, self._out = ctypes.c_int64(), ctypes.c_double()
        self._places = (ctypes.byref(self._length), ctypes.byref(self._out))
        self._predict = self._library.LGBM_BoosterPredictForMatSingleRowFast

    def __call__(self, rows: Array) -> Array:
        """Log-odds of each row, without the offset the trees were grown on."""
        assert rows.shape[1] == self.width
        narrow = np.ascontiguousarray(rows, dtype=np.float32)
        at, step = narrow.ctypes.data, self.width * FLOAT_BYTES
        scores = np.empty(len(narrow))
        for number in range(len(narrow)):
            self._check(self._predict(self._fast, ctypes.c_void_p(at + number * step), *self._places))
            scores[number] = self._out.value
        return scores

    def _check(self, code: int) -> None:
        if code:
            get = self._library.LGBM_GetLastError
            get.restype = ctypes.c_char_p
            raise Unavailable(f"LightGBM: {get().decode()}", hint="train the model again")
