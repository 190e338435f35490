"""Line charts on logarithmic axes, as small SVG files whose colours are readable on white and on black."""

import math
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 70, 34, 60, 50
GREY, COLOURS = "#808a94", ("#2f81f7", "#d9730d")


def short(value):
    """1000 as 1 k."""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


class Axis:
    def __init__(self, values, begin, end):
        self.low, self.high = math.floor(math.log10(min(values)) + 1e-9), math.ceil(math.log10(max(values)) - 1e-9)
        self.high = max(self.high, self.low + 1)
        self.begin, self.end = begin, end

    def at(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)

    def ticks(self):
        steps = (1, 2, 5) if self.high - self.low == 1 else (1,)
        ticks = [step * 10.0**power for power in range(self.low, self.high + 1) for step in steps]
        return [tick for tick in ticks if tick <= 10.0**self.high]


def text(x, y, words, anchor="middle", colour=GREY, size=13, more=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}"{more}>{escape(words)}</text>'


def chart(title, x_title, y_title, series, guide=None, ticks=None):
    """`series`: the points of each name. `guide`: "proportional" or "constant", drawn dashed through the first series' last point.
    `ticks`: where the x axis is labelled, if not at the powers of ten."""
    points = [point for each in series.values() for point in each]
    x = Axis([point[0] for point in points], LEFT, WIDTH - RIGHT)
    y = Axis([point[1] for point in points], HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f"<title>{escape(title)}</title>",
        text(LEFT, 20, title, "start", size=15, more=' font-weight="bold"'),
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_title),
        text(16, (TOP + HEIGHT - BOTTOM) / 2, y_title, more=f' transform="rotate(-90 16 {(TOP + HEIGHT - BOTTOM) / 2:.0f})"'),
    ]
    for value in ticks or x.ticks():
        at = x.at(value)
        parts.append(f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{GREY}" stroke-opacity=".25"/>')
        parts.append(text(at, HEIGHT - BOTTOM + 18, short(value)))
    for value in y.ticks():
        at = y.at(value)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="{GREY}" stroke-opacity=".25"/>')
        parts.append(text(LEFT - 8, at + 4, short(value), "end"))
    legend = LEFT
    for colour, (name, line) in zip(COLOURS, series.items()):
        path = " ".join(f"{x.at(a):.1f},{y.at(b):.1f}" for a, b in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x.at(a):.1f}" cy="{y.at(b):.1f}" r="3.5" fill="{colour}"/>' for a, b in line]
        parts.append(f'<circle cx="{legend + 5}" cy="40" r="4" fill="{colour}"/>')
        parts.append(text(legend + 15, 44, name, "start", colour))
        legend += 30 + 8 * len(name)
    if guide:
        last, first = list(series.values())[0][-1], points[0][0]
        begin = last[1] * (first / last[0] if guide == "proportional" else 1)
        # Not below the chart.
        if begin < 10.0**y.low:
            first, begin = first * 10.0**y.low / begin, 10.0**y.low
        parts.append(
            f'<path d="M{x.at(first):.1f} {y.at(begin):.1f}L{x.at(last[0]):.1f} {y.at(last[1]):.1f}" stroke="{GREY}" stroke-dasharray="4 4"/>'
        )
        parts.append(f'<path d="M{legend} 40h24" stroke="{GREY}" stroke-dasharray="4 4"/>')
        parts.append(text(legend + 32, 44, guide, "start"))
    return "\n".join([*parts, "</svg>", ""])
