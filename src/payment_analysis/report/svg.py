"""SVG as text: elements, attributes, escaping and axis ticks, and nothing more."""

from __future__ import annotations

import math
from html import escape


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """Write one element; `class_` becomes class, underscores become hyphens, attributes that are None are left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def text(content: str, x: float, y: float, class_: str = "", anchor: str = "start") -> str:
    return element("text", escape(content), x=x, y=y, class_=class_ or None, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def rect(corner: tuple[float, float], size: tuple[float, float], class_: str, title: str = "") -> str:
    inside = (element("title", escape(title)),) if title else ()
    (x, y), (width, height) = corner, size
    return element("rect", *inside, x=x, y=y, width=max(width, 0.5), height=max(height, 0.5), rx=2, class_=class_)


def path(points: list[tuple[float, float]], class_: str, *, closed: bool = False) -> str:
    d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if closed else "")
    return element("path", d=d, class_=class_)


def picture(width: float, height: float, label: str, *children: str) -> str:
    """Wrap a drawing: it scales with its column and says in words what it shows."""
    return element(
        "svg",
        element("title", escape(label)),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        role="img",
        aria_label=label,
        class_="chart",
    )


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers that cover low to high, so that axis labels read well."""
    assert high > low
    raw = (high - low) / about
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(size * magnitude for size in (1, 2, 2.5, 5, 10) if size * magnitude >= raw * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [index * step for index in range(first, last + 1)]
