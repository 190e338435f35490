"""Measures how the cost grows with the work and draws docs/performance/*.svg. `make bench-plots` builds the programs."""

import argparse
import pathlib
import sys

import bench
import svg

OUT = bench.ROOT / "docs/performance"


class Plots:
    def __init__(self, folder, base, rounds):
        self.folder, self.base, self.rounds = folder, base, rounds
        self.tags = 0

    def runs(self, client, *command):
        """The runs of one point; the first generates the server's bodies and does not count."""
        runs = []
        for _ in range(self.rounds + 1):
            self.tags += 1
            words = [str(word).format(tag=f"plot{self.tags}") for word in command]
            runs.append(bench.run(self.folder, client, self.base, *words))
        return runs[1:]

    def cpu(self, client, *command):
        """Milliseconds for one operation."""
        runs = self.runs(client, *command)
        return bench.median(runs, "cpu") * 1000 / runs[0]["ops"]

    def draw(self, name, *chart, **more):
        for each, points in chart[3].items():
            print(f"{name}: {each}: " + ", ".join(f"{x:g} {y:.3g}" for x, y in points), flush=True)
        (OUT / f"{name}.svg").write_text(svg.chart(*chart, **more))

    def threads(self):
        counts = (1, 2, 4, 8)
        points = [(n, 1000 * self.cpu("nitro-jobs", "threads", "x", 20_000, n)) for n in counts]
        title = "Status polls: threads that share one client"
        self.draw("threads", title, "threads", "CPU for a poll, µs", {"nitro-jobs": points}, guide="constant", ticks=counts)

    def events(self):
        series = {}
        for client in bench.CLIENTS:
            sizes = {100: 200_000, 1_000: 50_000, 10_000: 10_000, 100_000: 1_000, 1_000_000: 100}
            points = [(size, 1000 * self.cpu(client, "sse", f"sse-{count}-{size}")) for size, count in sizes.items()]
            series[client] = points
        self.draw("events", "Live events: size", "bytes of an event", "CPU for an event, µs", series, guide="proportional")

    def json(self):
        series = {}
        for client in bench.CLIENTS:
            sizes = {10_000: 5_000, 100_000: 1_000, 1_000_000: 100, 10_000_000: 10, 50_000_000: 2}
            series[client] = [(size, self.cpu(client, "json", f"json-{size}", count)) for size, count in sizes.items()]
        title = "Results as checked JSON: size"
        self.draw("json", title, "bytes of a document", "CPU for a document, ms", series, guide="proportional")

    def watch(self):
        cpu, memory = {}, {}
        for client in bench.CLIENTS:
            cpu[client], memory[client] = [], []
            for jobs in (1, 10, 100, 1_000, 10_000):
                runs = self.runs(client, "watch-poll", jobs, 2000, 4000, "{tag}", 1000)
                cpu[client].append((jobs, bench.median(runs, "cpu") * 1000))
                memory[client].append((jobs, bench.median(runs, "peak_kb") / 1024))
        title = "Jobs watched, each polled every second for 2 to 4 s"
        self.draw("watch", title, "jobs", "CPU of all, ms", cpu, guide="proportional")
        self.draw("watch-memory", title, "jobs", "peak memory, MB", memory)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="the folder of the built programs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="threads,events,json,watch")
    arguments = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    with bench.load_server(arguments.bin) as base:
        plots = Plots(arguments.bin, base, arguments.rounds)
        for name in arguments.only.split(","):
            getattr(plots, name)()
    print(bench.machine(), file=sys.stderr)


if __name__ == "__main__":
    main()
