"""Which tests go to one worker together: those of a file, and all that read the same synthesis of the stacks."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

_TOGETHER = ("tests/infra/",)
"""Folders whose files share what takes seconds to make (`tests/infra/conftest.py`): each worker would make it anew."""


class ByFile(LoadFileScheduling):
    """`--dist loadfile`, and a folder of `_TOGETHER` as one file."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in _TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid))
