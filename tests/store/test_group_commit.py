"""Who comes while a group is being committed makes the next one; whatever happens to a group, everybody is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from payment_analysis.store.group_commit import GroupCommit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.store.wire import Wire


class Open:
    """A connection that nobody asks anything."""

    is_open = True

    def close(self) -> None:
        self.is_open = False


async def connect() -> Wire:
    return cast("Wire", Open())


class Groups:
    """What is committed, group by group; a word that says so fails."""

    def __init__(self) -> None:
        self.seen = list[list[str]]()

    async def commit(self, _wire: Wire, group: Sequence[str]) -> list[Any]:
        self.seen.append(list(group))
        await asyncio.sleep(0)
        if "bug" in group:
            raise ZeroDivisionError
        return [f"{word} is stored" for word in group]


def test_the_next_group_is_everybody_who_came_meanwhile() -> None:
    groups = Groups()

    async def main() -> list[str]:
        writer = GroupCommit[str](connect, groups.commit)
        first = [asyncio.create_task(writer.put(word)) for word in ("a", "b")]
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # the first group is on its way
        return list(await asyncio.gather(*first, writer.put("c"), writer.put("d")))

    answers = asyncio.run(main())

    assert answers == [f"{word} is stored" for word in "abcd"]
    assert groups.seen == [["a", "b"], ["c", "d"]]


def test_an_error_nobody_foresaw_is_told_and_the_next_group_goes_on() -> None:
    async def main() -> str:
        writer = GroupCommit[str](connect, Groups().commit)
        with pytest.raises(ZeroDivisionError):
            await writer.put("bug")
        return str(await writer.put("a"))

    assert asyncio.run(main()) == "a is stored"


def test_a_caller_who_gives_up_does_not_undo_the_group_of_the_others() -> None:
    async def main() -> str:
        writer = GroupCommit[str](connect, Groups().commit)
        gone = asyncio.create_task(writer.put("a"))
        stays = asyncio.create_task(writer.put("b"))
        await asyncio.sleep(0)
        gone.cancel()
        return str(await stays)

    assert asyncio.run(main()) == "b is stored"
