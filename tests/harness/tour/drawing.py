"""A dashboard as a picture: places, titles, units and colours from its JSON, lines from what its queries found."""

from __future__ import annotations

import hashlib
import json
import math
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.harness.tour.answers import Line

UNIT_X, UNIT_Y, GAP = 40, 24, 6
COLORS = ("#3274d9", "#e0752d", "#37872d", "#8f3bb8", "#c4162a", "#b58900")
NAMED = {"green": "#37872d", "orange": "#e0752d", "red": "#c4162a"}
STYLE = (
    "text{font:11px sans-serif;fill:#24292e}.t{font-weight:bold}.s{fill:#6a737d;font-size:9px}.b{font-size:22px}"
    "path{fill:none;stroke-width:1.5}.p{fill:#fff;stroke:#d0d7de}.d{stroke-dasharray:4 3}"
)
_STEPS = {
    "percentunit": (100, "%"),
    "s": (1000, " ms"),
    "currencyUSD": (1, " $"),
    "bytes": (2**-30, " GiB"),
    "ops": (1, "/s"),
    "h": (1, " h"),
    "Bps": (2**-20, " MiB/s"),
    "short": (1, ""),
}


def asked(panel: dict[str, Any]) -> str:
    """Return a mark of all that a panel is drawn from, but for what its queries find."""
    told = [panel.get(key) for key in ("title", "type", "targets", "fieldConfig", "gridPos")]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:10]


def drawn(panels: Sequence[dict[str, Any]], found: Callable[[dict[str, Any]], list[Line]]) -> str:
    """Return the picture of some panels of a dashboard, moved up to where there is room."""
    top, parts = 0, []
    rows = sorted({panel["gridPos"]["y"] for panel in panels})
    for y in rows:
        line = [panel for panel in panels if panel["gridPos"]["y"] == y]
        parts += [_panel(panel, top, found) for panel in line]
        top += line[0]["gridPos"]["h"] * UNIT_Y
    width = 24 * UNIT_X
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" width="{width}">'
    back = f'<rect width="{width}" height="{top}" fill="#f6f8fa"/>'
    return "\n".join([head, f"<style>{STYLE}</style>", back, *parts, "</svg>"]) + "\n"


def shown(value: float, unit: str) -> str:
    """Return a value as people read it."""
    factor, word = _STEPS[unit]
    scaled = value * factor
    digits = 0 if abs(scaled) >= 100 or scaled == int(scaled) else 1 if abs(scaled) >= 10 else 2
    return f"{scaled:,.{digits}f}{word}"


def _panel(panel: dict[str, Any], top: int, found: Callable[[dict[str, Any]], list[Line]]) -> str:
    place = panel["gridPos"]
    width, height = place["w"] * UNIT_X - GAP, place["h"] * UNIT_Y - GAP
    head = f'<g transform="translate({place["x"] * UNIT_X + GAP // 2},{top + GAP // 2})" data-asked="{asked(panel)}">'
    if panel["type"] == "row":
        return f'{head}<text class="t" x="2" y="14">{escape(panel["title"])}</text></g>'
    box = f'<rect class="p" width="{width}" height="{height}"/>'
    title = f'<text class="t" x="8" y="15">{escape(panel["title"][: width // 6])}</text>'
    lines = found(panel)
    body = _KINDS[panel["type"]](panel, lines, width, height) if lines else [_text(8, height // 2, "unknown", "s")]
    return "".join([head, box, title, *body, "</g>"])


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}">{escape(text)}</text>'


def _steps(panel: dict[str, Any]) -> list[tuple[float, str]]:
    found = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return [(-math.inf if step["value"] is None else step["value"], NAMED[step["color"]]) for step in found]


def _color(panel: dict[str, Any], value: float) -> str:
    return [color for least, color in _steps(panel) if value >= least][-1]


def _number(panel: dict[str, Any], lines: list[Line], width: int, height: int) -> list[str]:
    value = next((value for value in lines[0].values if value is not None), 0.0)
    told = panel["fieldConfig"]["defaults"]
    words = [mapping["options"] for mapping in told.get("mappings", [])]
    said = [option[f"{value:g}"]["text"] for option in words if f"{value:g}" in option]
    text = said[0] if said else shown(value, told["unit"])
    bar = []
    if panel["type"] == "gauge":
        share = min(1.0, value / told.get("max", value or 1))
        bar.append(f'<rect x="8" y="{height - 18}" width="{width - 16}" height="8" fill="#e1e4e8"/>')
        bar.append(
            f'<rect x="8" y="{height - 18}" width="{share * (width - 16):.0f}" height="8" '
            f'fill="{_color(panel, value)}"/>'
        )
    color = _color(panel, value)
    return [f'<text class="b" x="8" y="{height // 2 + 12}" style="fill:{color}">{escape(text)}</text>', *bar]


def _graph(panel: dict[str, Any], lines: list[Line], width: int, height: int) -> list[str]:
    left, top, bottom = 8, 36, height - 26
    limits = [least for least, _ in _steps(panel) if least > 0]
    values = [value for line in lines for value in line.values if value is not None]
    most = max([*values, 1e-9])
    most = max([most, *(limit for limit in limits if limit < 3 * most)]) * 1.05
    parts = [_text(left, 29, shown(most, panel["fieldConfig"]["defaults"]["unit"]), "s")]
    for least, color in _steps(panel):
        if 0 < least <= most:
            y = bottom - least / most * (bottom - top)
            parts.append(f'<path class="d" stroke="{color}" d="M{left} {y:.0f}H{width - 8}"/>')
    step = (width - 16) / max(1, len(lines[0].values) - 1)
    for number, line in enumerate(lines):
        points, is_drawing = "", False
        for place, value in enumerate(line.values):
            if value is None:
                is_drawing = False
                continue
            at = f"{left + place * step:.0f} {bottom - value / most * (bottom - top):.0f}"
            points += at.join([" " if is_drawing else "M", ""])
            is_drawing = True
        parts.append(f'<path stroke="{COLORS[number % len(COLORS)]}" d="{points}"/>')
    return [*parts, *_legend(lines, width, height)]


def _legend(lines: list[Line], width: int, height: int) -> list[str]:
    parts, x = [], 8
    for number, line in enumerate(lines):
        name = line.name.split(": ")[-1][:26]
        if not name or x + 6 * len(name) + 20 > width:
            break
        parts.append(f'<rect x="{x}" y="{height - 13}" width="8" height="3" fill="{COLORS[number % len(COLORS)]}"/>')
        parts.append(_text(x + 11, height - 8, name, "s"))
        x += 6 * len(name) + 20
    return parts


def _bars(panel: dict[str, Any], lines: list[Line], width: int, height: int) -> list[str]:
    most = max(line.values[0] or 0 for line in lines) or 1
    each = (height - 30) / len(lines)
    parts = []
    for number, line in enumerate(lines):
        value, y = line.values[0] or 0, 26 + number * each
        long = value / most * (width - 16)
        parts.append(f'<rect x="8" y="{y + 14:.0f}" width="{long:.0f}" height="8" fill="{_color(panel, value)}"/>')
        said = f"{line.name}: {shown(value, panel['fieldConfig']['defaults']['unit'])}"
        parts.append(_text(8, y + 11, said, "s"))
    return parts


def _pie(_: dict[str, Any], lines: list[Line], width: int, height: int) -> list[str]:
    total = sum(line.values[0] or 0 for line in lines) or 1
    radius, x, y = height // 2 - 30, width // 2, height // 2 - 2
    parts, turned = [], 0.0
    for number, line in enumerate(lines):
        share = (line.values[0] or 0) / total
        ends = [
            (x + radius * math.sin(turn), y - radius * math.cos(turn)) for turn in (turned, turned + share * math.tau)
        ]
        turned += share * math.tau
        arc = f"A{radius} {radius} 0 {int(share > 1 / 2)} 1 {ends[1][0]:.1f} {ends[1][1]:.1f}"
        color = COLORS[number % len(COLORS)]
        parts.append(f'<path d="M{x} {y}L{ends[0][0]:.1f} {ends[0][1]:.1f}{arc}Z" style="fill:{color}"/>')
    return [*parts, *_legend(lines, width, height)]


def _heat(panel: dict[str, Any], lines: list[Line], width: int, height: int) -> list[str]:
    """Draw how many are between two limits: buckets count all below theirs."""
    rows = sorted(lines, key=lambda line: float(line.name))
    columns = range(0, len(rows[0].values), 2)
    counts = [
        [max(0.0, (row.values[c] or 0) - ((rows[n - 1].values[c] or 0) if n else 0)) for c in columns]
        for n, row in enumerate(rows)
    ]
    most = max(max(row) for row in counts) or 1
    wide, high = (width - 16) / len(columns), (height - 56) / len(rows)
    parts = [_text(8, 29, f"up to {shown(float(rows[-1].name), panel['fieldConfig']['defaults']['unit'])}", "s")]
    for n, row in enumerate(counts):
        for place, count in enumerate(row):
            if (depth := round(9 * count / most)) > 0:
                at = f'x="{8 + place * wide:.0f}" y="{height - 20 - (n + 1) * high:.0f}"'
                parts.append(f'<rect {at} width="{wide:.0f}" height="{high:.0f}" fill="#d9480f" opacity=".{depth}"/>')
    return parts


_KINDS: dict[str, Callable[[dict[str, Any], list[Line], int, int], list[str]]] = {
    "stat": _number,
    "gauge": _number,
    "timeseries": _graph,
    "bargauge": _bars,
    "piechart": _pie,
    "heatmap": _heat,
}
