"""The library next to libcurl at the same work, in turns: one table. `make bench-compare` builds what this runs."""

import argparse
import contextlib
import hashlib
import pathlib
import statistics
import sys

import bench


class Work:
    def __init__(self, title, command, ops=1, tls=False):
        self.title, self.command, self.ops, self.tls = title, command, ops, tls


def document(folder, size):
    """A file of `size` bytes to be uploaded."""
    path = folder / f"document-{size}.pdf"
    if not path.exists() or path.stat().st_size != size:
        block = b"%PDF-1.7\n" + bytes(at * 31 + at // 251 & 255 for at in range(65_536))
        path.write_bytes((block * (size // len(block) + 1))[:size])
    return path


def works(folder, quick):
    """At a tenth of the size if `quick`."""
    share = 10 if quick else 1
    polls, events, mega, jobs = 5000 // share, 100_000 // share, 1_000_000 // share, 1000 // share
    large, small = document(folder, 100 * mega), document(folder, 50_000)
    return [
        Work("start, one poll, exit", ["once", "x"], tls=True),
        Work("status polls, one connection", ["poll", "x", polls], polls, tls=True),
        Work("live events", ["sse", f"sse-{events}"], events),
        Work(f"JSON of {20 // share} MB, checked", ["json", f"json-{20 * mega}", 2], 2, tls=True),
        Work("the same, not checked by libcurl's", ["jsonraw", f"json-{20 * mega}", 2], 2),
        Work("the same, `result` as a string", ["jsonres", f"json-{20 * mega}", 2], 2),
        Work(f"{100 // share} MB to a file", ["bin", f"bin-{100 * mega}", folder / "out", 1], tls=True),
        Work(f"{100 // share} MB uploaded", ["up", large, 5], 5, tls=True),
        Work(f"{jobs} files of 50 kB uploaded, 8 at a time", ["batch", small, jobs, 8], jobs, tls=True),
        Work(f"{jobs} jobs by polls each 250 ms", ["watch-poll", jobs, 1000, 3000, "{tag}", 250]),
        Work(f"{jobs} jobs by streams", ["watch-sse", jobs, 1000, 3000, "{tag}"]),
    ]


def measure(arguments, base, authority, work):
    """The runs of each client. Different results end the program: the clients would not have done the same work."""
    runs = {client: [] for client in bench.CLIENTS}
    for turn in range(arguments.rounds + 1):
        for client in runs:
            command = [str(word).format(tag=f"{client}{turn}{work.command[0]}") for word in work.command]
            took = bench.run(arguments.bin, client, base, *command, authority=authority)
            if work.command[0] == "bin":
                took["check"] = hashlib.sha256(pathlib.Path(command[2]).read_bytes()).hexdigest()
            took["late"] = bench.lateness(base, took["done"]) if took["done"] else []
            # The first turn makes the server's bodies and fills caches: it does not count.
            if turn:
                runs[client].append(took)
    results = {run["check"] for each in runs.values() for run in each}
    if len(results) != 1:
        sys.exit(f"{work.title}: results differ: {results}")
    return runs


def seconds(value):
    for size, unit in ((1, "s"), (1e-3, "ms")):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e6:.3g} µs"


def latest(runs):
    """The median and the 99th percentile of how late the ends were seen."""
    late = [run["late"] for run in runs if run["late"]]
    if not late:
        return ""
    cut = [[each[len(each) * share // 100] for each in late] for share in (50, 99)]
    return " / ".join(f"{statistics.median(values):.3g}" for values in cut) + " ms"


def row(title, work, runs):
    ours, theirs = runs.values()
    cells = [title]
    # Only where starting is the work it counts.
    names = ("whole_cpu", "whole_wall") if work.command[0] == "once" else ("cpu", "secs")
    for name, per in zip(names, (work.ops, 1)):
        cells += [seconds(bench.median(each, name) / per) for each in (ours, theirs)]
        # Of each turn by itself, so that what slows both does not count.
        ratios = [mine[name] / max(yours[name], 1e-6) for mine, yours in zip(ours, theirs)]
        cells.append(f"{statistics.median(ratios):.2f}")
    cells += [f"{bench.median(each, 'peak_kb') / 1024:.1f} MB" for each in (ours, theirs)]
    cells += [latest(each) for each in (ours, theirs)]
    return f"| {' | '.join(cells)} |"


HEAD = """| work | CPU | libcurl | ratio | wall | libcurl | ratio | memory | libcurl | end seen | libcurl |
|---|---|---|---|---|---|---|---|---|---|---|"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="where the built programs are")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="only work whose command begins so, such as sse")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    parser.add_argument("--tls", action="store_true", help="polls, JSON, files and uploads through a TLS front as well")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        base = stack.enter_context(bench.load_server(arguments.bin))
        fronts = [(base, None, "")]
        if arguments.tls:
            fronts.append((*stack.enter_context(bench.tls_front(base)), ", over TLS"))
        where = bench.machine()
        print(HEAD)
        for front, authority, note in fronts:
            for work in works(arguments.bin, arguments.quick):
                if not work.command[0].startswith(arguments.only) or (authority and not work.tls):
                    continue
                runs = measure(arguments, front, authority, work)
                print(row(f"{work.title}{note}", work, runs), flush=True)
    print(f"\nMedians of {arguments.rounds} rounds, ratios within a round; CPU for one poll, event, document or upload. {where}.")


if __name__ == "__main__":
    main()
