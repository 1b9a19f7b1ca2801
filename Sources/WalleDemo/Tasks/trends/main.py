"""Draw what streams found, day by day.

Takes
-----
found : dict
    ``days``, rows with ``window_start`` in microseconds, ``events``, ``users`` and ``purchases``; ``nudges``, the
    times of triggers in microseconds.

Gives
-----
str
    An SVG.
"""

from datetime import UTC, datetime

DAY = 86_400_000_000
WIDTH, HEIGHT, LEFT, RIGHT = 900, 150, 70, 20
COLORS = ("#1f6feb", "#8250df", "#2da44e", "#bc4c00")


def run(found: dict) -> str:
    """Draw a chart below the other, with the days side by side."""
    days = sorted(found["days"], key=lambda row: row["window_start"])
    if not days:
        return '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'
    first, last = days[0]["window_start"] // DAY, days[-1]["window_start"] // DAY
    span = last - first + 1
    series = {name: [0] * span for name in ("events", "users", "purchases", "triggers")}
    for row in days:
        for name in ("events", "users", "purchases"):
            series[name][row["window_start"] // DAY - first] = row[name]
    for time in found["nudges"]:
        if first <= time // DAY <= last:
            series["triggers"][time // DAY - first] += 1
    charts = [chart(name, values, index, first) for index, (name, values) in enumerate(series.items())]
    height = HEIGHT * len(charts) + 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="11">'
        '<rect width="100%" height="100%" fill="white"/>' + "".join(charts) + "</svg>"
    )


def chart(name: str, values: list[int], index: int, first: int) -> str:
    """Draw a bar a day."""
    top, bottom = 34 + index * HEIGHT, index * HEIGHT + HEIGHT - 6
    most = max(max(values), 1)
    step = (WIDTH - LEFT - RIGHT) / len(values)
    parts = [
        f'<text x="{LEFT}" y="{top - 12}" font-size="13">{name} a day</text>',
        f'<text x="{LEFT - 8}" y="{top + 4}" text-anchor="end">{most:,}</text>',
        f'<text x="{LEFT - 8}" y="{bottom}" text-anchor="end">0</text>',
        f'<line x1="{LEFT}" y1="{bottom}" x2="{WIDTH - RIGHT}" y2="{bottom}" stroke="#888"/>',
    ]
    for day, value in enumerate(values):
        height = value / most * (bottom - top)
        parts.append(
            f'<rect x="{LEFT + day * step:.1f}" y="{bottom - height:.1f}" width="{max(step - 1, 0.5):.1f}" '
            f'height="{height:.1f}" fill="{COLORS[index]}"/>'
        )
        date = datetime.fromtimestamp((first + day) * 86_400, UTC)
        if date.day == 1 or (day == 0 and date.day < 22):
            x = LEFT + day * step
            parts.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="#ddd"/>')
            parts.append(f'<text x="{x + 3:.1f}" y="{bottom + 13}">{date:%b %Y}</text>')
    return "".join(parts)
