"""What the scripts beside this file share: the load server, its TLS front, one measured run, and who measured where."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLIENTS = {"nitro-jobs": "nitro_bench", "libcurl": "curl_bench"}


@contextlib.contextmanager
def ended(process):
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def load_server(folder):
    """Its base URL."""
    program = folder / "load/release/nitro-load"
    with ended(subprocess.Popen([program], stdout=subprocess.PIPE, text=True)) as server:
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def tls_front(upstream):
    """An nginx before `upstream`: its base URL, and the file of the authority to trust."""
    for tool in ("nginx", "openssl"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing: install it, for example 'apt-get install nginx-light openssl'")
    with tempfile.TemporaryDirectory() as folder:
        certificate, key, port = f"{folder}/certificate.pem", f"{folder}/key.pem", free_port()
        make = f"req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 2 -subj /CN=localhost -keyout {key} -out {certificate}"
        # An end of a chain that is no authority: what both TLS libraries take as a certificate of its own.
        extensions = ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"]
        subprocess.run(["openssl", *make.split(), *extensions], check=True, capture_output=True)
        kinds = "client_body proxy fastcgi uwsgi scgi".split()
        temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        configuration = pathlib.Path(folder, "nginx.conf")
        configuration.write_text(
            f"daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}}\n"
            f"http {{ access_log off; {temporary} keepalive_requests 1000000; tcp_nodelay on;\n"
            f"upstream load {{ server {upstream.removeprefix('http://')}; keepalive 16; keepalive_requests 1000000; }}\n"
            f"server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};\n"
            f"location / {{ proxy_pass http://load; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_buffering off;\n"
            # Uploads are passed on as they come.
            f"client_max_body_size 0; proxy_request_buffering off; }} }} }}\n"
        )
        command = ["nginx", "-p", folder, "-c", configuration, "-e", "stderr"]
        with ended(subprocess.Popen(command, stderr=subprocess.DEVNULL)):
            for _ in range(200):
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                time.sleep(0.05)
            yield f"https://127.0.0.1:{port}", certificate


def run(folder, client, base, *command, authority=None):
    """One run: what it took, the fields of its last line, and when it reports that each job was done."""
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    if authority:
        environment["BENCH_CA"] = authority
    words = [folder / "measure", folder / CLIENTS[client], base, *map(str, command)]
    ran = subprocess.run(words, capture_output=True, text=True, env=environment)
    if ran.returncode:
        sys.exit(f"{client} {' '.join(map(str, command))}: exit {ran.returncode}\n{ran.stderr}")
    lines = ran.stdout.splitlines()
    took = json.loads(ran.stderr.splitlines()[-1]) | json.loads(lines[-1])
    took["cpu"] = took["user"] + took["sys"]
    took["done"] = {job: int(at) for _, job, at in (line.split() for line in lines[:-1])}
    return took


def lateness(base, done):
    """How many milliseconds after its end each job was reported as done, sorted."""
    with urllib.request.urlopen(f"{base}/load/live") as response:
        ends = dict(line.split() for line in response.read().decode().splitlines())
    return sorted((at - int(ends[job])) / 1e6 for job, at in done.items())


def median(runs, name):
    return statistics.median(run[name] for run in runs)


def machine():
    """Where, when, of which commit, and beside what else."""
    def output_of(*command):
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.strip()

    info = pathlib.Path("/proc/cpuinfo").read_text()
    model = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "?")
    commit = output_of("git", "rev-parse", "--short", "HEAD") or "no commit"
    load, (system, release) = os.getloadavg()[0], (os.uname().sysname, os.uname().release)
    curl = output_of("curl-config", "--version")
    date = time.strftime("%Y-%m-%d", time.gmtime())
    return f"{date}, commit {commit}, {model}, {os.cpu_count()} cores under a load of {load:.1f}, {system} {release}, {curl}"
