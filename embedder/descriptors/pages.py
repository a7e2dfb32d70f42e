"""Rows of a table that grows, in pages that go back to the system once they are joined."""

import numpy as np
import numpy.typing as npt

PAGE = 4096  # rows: beyond what an allocator keeps for itself


class Pages:
    """A table of some columns and one kind of number."""

    def __init__(self, columns: int, kind: npt.DTypeLike) -> None:
        """Begin without rows."""
        self._columns, self._kind = columns, np.dtype(kind)
        self._pages = list[npt.NDArray[np.generic]]()
        self._rows = 0

    def append(self, rows: npt.NDArray[np.floating]) -> None:
        """Copy rows to the end, shape=(n, columns), n a divisor of ``PAGE`` and the same each time."""
        at = self._rows % PAGE
        if not at:
            self._pages.append(np.empty((PAGE, self._columns), self._kind))
        self._pages[-1][at : at + len(rows)] = rows
        self._rows += len(rows)

    def joined(self) -> npt.NDArray[np.floating]:
        """Hand over the table, shape=(rows, columns); it is empty afterwards."""
        table = np.empty((self._rows, self._columns), self._kind)
        for start in range(0, self._rows, PAGE):
            page = self._pages.pop(0)
            table[start : start + PAGE] = page[: self._rows - start]
        self._rows = 0
        return table
