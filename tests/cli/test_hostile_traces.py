"""Odd and hostile files in the place of a trace: each gets the right requests or one clear line, in little memory and time."""

import gzip
import json
import resource
import subprocess

import pytest
from support import IDLEWATT, environment, idlewatt

MOONCAKE = '{"timestamp": %s, "input_length": %s, "output_length": %s}\n'
OWN = "arrival_s,prompt_tokens,output_tokens\n"
AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens\n"
MAP = "arrival=at,prompt_tokens=in,output_tokens=out"
JSON_MAP = "arrival=t,prompt_tokens=u.p,output_tokens=u.o"
USAGE = '{"ts": "%s", "usage": {"prompt_tokens": %s, "completion_tokens": %s, "total_tokens": 9}}\n'

# name, content, options, what the one line says
REFUSED = [
    ("an empty file", b"", [], ":1:1: the file is empty"),
    ("blanks and nothing else", b" \n\t\n" * 1000, [], "no known trace begins like"),
    ("zeros", b"\0" * 5000, [], "no known trace begins like"),
    ("an ELF file", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 40, [], "no known trace begins like"),
    ("a PNG under the name of a trace", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, [], "no known trace begins like"),
    ("a gzip file that ends early", gzip.compress((OWN + "0,1,1\n" * 9000).encode())[:60], [], "ends early"),
    ("gzip of gzip", gzip.compress(gzip.compress(b"arrival_s")), [], "no known trace begins like"),
    ("a list in a list in a list", "[" * 50_000, [], "no known trace is JSON"),
    ("a deep value in a row", '{"timestamp": 1, "input_length": 1, "x": ' + "[" * 50_000 + "\n", [],
     "a value that is less deep"),
    ("a deep value in a record", '{"arrival_time_ns": ' + '{"a":' * 5000 + "\n", [], "deeper than 64"),
    ("a text that never ends", '{"timestamp": 1, "input_length": "' + "x" * 300_000, [], "closing double quote"),
    ("JSON with single quotes", "{'timestamp': 1, 'input_length': 2, 'output_length': 3}\n", [], "no known trace is JSON"),
    ("JSON with a comment", '{"arrival_time_ns": 1, // ns\n "input_toks": 1}', [], ":1:24: unexpected"),
    ("YAML of nothing known", "a: 1\nb: [2]\n", [], "no known trace begins like `a: 1`"),
    ("HTML of a log-in page", "<!DOCTYPE html><html>" + "<p>" * 40_000, [], "no known trace begins like `<!DOCTYPE"),
    ("a pointer of Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", [],
     "begins like `version https://git-lfs"),
    ("semicolons for commas", OWN.replace(",", ";") + "0;1;1\n", [], "no known trace begins like"),
    ("a decimal comma", OWN + '"0,5",1,1\n', [], ":2:1: arrival_s is `0,5`"),
    ("a negative time", OWN + "-1,1,1\n", [], "arrival_s is `-1`"),
    ("a time that is not a number", OWN + "nan,1,1\n", [], "arrival_s is `nan`"),
    ("infinite time", OWN + "inf,1,1\n", [], "arrival_s is `inf`"),
    ("an exponent beyond all time", OWN + "1e30,1,1\n", [], "arrival_s is `1e30`"),
    ("a hexadecimal length", OWN + "0,0x10,1\n", [], "prompt_tokens is `0x10`"),
    ("a length beyond 32 bits", OWN + "0,4294967297,1\n", [], "prompt_tokens is `4294967297`"),
    ("half a token", OWN + "0,1.5,1\n", [], "prompt_tokens is `1.5`"),
    ("thousands with commas in quotes", OWN + '0,"1,234",1\n', [], "prompt_tokens is `1,234`"),
    ("the 30th of February", AZURE + "2024-02-30 00:00:00,1,1\n", [], "TIMESTAMP is `2024-02-30 00:00:00`"),
    ("25 o'clock", AZURE + "2024-02-01 25:00:00,1,1\n", [], "TIMESTAMP is `2024-02-01 25:00:00`"),
    ("a column twice", "arrival_s,arrival_s,prompt_tokens,output_tokens\n", [], "comes twice"),
    ("a row of one field", OWN + "0\n", [], "prompt_tokens is missing"),
    ("milliseconds since 1970 taken for seconds", "at,in,out\n1780000000000,1,1\n", ["--columns", MAP],
     "too much for seconds since 1970"),
    ("a column that is not there", "when,in,out\n1,1,1\n", ["--columns", MAP], "column at is missing"),
    ("names that name nothing", OWN, ["--columns", "arrival=at"], "no column for prompt_tokens"),
    ("a word for a name", OWN, ["--columns", "when=at"], "`when=at` is no name of a column"),
    ("a format and names", OWN + "0,1,1\n", ["--columns", MAP, "--format", "csv"], "expected one of them"),
    ("keys that no record has", '{"t": 1}\n', ["--columns", JSON_MAP], "no record has `u.p`"),
    ("two times in a log of usage", USAGE.replace('"ts"', '"time": "2026-01-01T00:00:00Z", "ts"') %
     ("2026-01-01T00:00:00Z", 1, 1), [], "both `ts` and `time` may be the arrival"),
    ("a log of usage without a time", '{"usage": {"prompt_tokens": 1, "total_tokens": 1}}\n', [],
     "no key has the arrival time of the request"),
    ("a key twice in a record", '{"t": 1, "t": 5, "u": {"p": 1, "o": 2}}\n', ["--columns", JSON_MAP],
     ":1:1: the key `t` comes twice in one object"),
    ("a key twice in a line", '{"timestamp": 0, "input_length": 1, "input_length": 2, "output_length": 1}\n', [],
     "there is a `input_length`, which the row has already"),
    ("a log with times from its start", USAGE % ("0", 1, 1) + USAGE % ("500", 1, 1), [], "ts is `0` (expected a date, or a number since 1970"),
    ("fractions of seconds under Mooncake's keys", "".join(MOONCAKE % (0.5 * i, 600, 5) for i in range(20)), [],
     "timestamps with decimals look like seconds: as milliseconds they are 2,000 requests per second"),
    ("a page of several", '{"data": [{"startTime": "2026-01-01T00:00:00Z", "prompt_tokens": 1, "completion_tokens": 1, "spend": 0}], '
     '"page": 1, "total_pages": 2}', [], "the file is page 1 of 2"),
    ("rows that follow each other in a circle",
     '{"request_id": "a", "wait_for": ["b"], "input_length": 1, "output_length": 1}\n'
     '{"request_id": "b", "wait_for": ["a"], "input_length": 1, "output_length": 1}\n', [], "follows others that follow it"),
    ("an id twice",
     '{"request_id": "a", "timestamp": 0, "wait_for": [], "input_length": 1, "output_length": 1}\n' * 2, [],
     "another row has the same id"),
    ("a delay of nobody's", '{"delay": 5, "input_length": 1, "output_length": 1}\n', [], "no `session_id` says whose"),
    ("hashes below 0", '{"timestamp": 0, "input_length": 16, "output_length": 1, "hash_ids": [-1]}\n', [],
     "hash_ids is `-1`"),
    ("hashes that fit two sizes of blocks", '{"timestamp": 0, "input_length": 600, "output_length": 1, "hash_ids": [1]}\n',
     [], "fit 1024 as well as 2048"),
    ("lists of a load test that differ in length",
     '{"input_lens": [1, 2], "output_lens": [1], "start_times": [0], "total_input_tokens": 3, "mean_ttft_ms": 1}\n', [],
     "differ in length"),
    ("a client of ServeGen without its lengths", "0,1.0,1,Gamma,1,1\n", [], "chunk-7-trace.csv"),
    ("rows 60 years apart", '{"arrival_time_ns": 1900000000000000000, "input_toks": 1, "output_toks": 1}\n', [],
     "more than 2.8 years from time 0"),
    ("nothing but failures", USAGE % ("2026-01-01T00:00:00Z", 0, 0), [], "no row but the 1 left out"),
]

# name, content, options, arrivals in s, prompt tokens
READ = [
    ("1e-05 s", OWN + "1e-05,1,1\n2.5E+1,2,1\n", [], [1e-05, 25], [1, 2]),
    ("a byte-order mark and CR LF", "\ufeff" + (OWN + "0,1,1\n1,2,1").replace("\n", "\r\n"), [], [0, 1], [1, 2]),
    ("offsets of zones", USAGE % ("2026-08-15T12:00:00+02:00", 1, 1) + USAGE % ("2026-08-15T10:00:01Z", 2, 1), [],
     [0, 1], [1, 2]),
    ("a log in the order of its ends", USAGE % ("2026-08-15T10:00:05Z", 1, 1) + USAGE % ("2026-08-15T10:00:01Z", 2, 1),
     [], [0, 4], [2, 1]),
    ("nanoseconds since 1970 to the last digit",
     '{"t": 1759813207532900363, "u": {"p": 1, "o": 1}}\n{"t": 1759813207532900364, "u": {"p": 2, "o": 1}}\n',
     ["--columns", JSON_MAP, "--time-unit", "ns"], [0, 1e-09], [1, 2]),
    ("names with dots, and a list for lines", '[{"t": 2, "u.p": 7, "u": {"o": 1}}, {"t": 3, "u": {"p": 8, "o": 2}}]',
     ["--columns", JSON_MAP], [2, 3], [7, 8]),
    ("columns in any order, with others and blanks", "out,x,at,in\n1,q, 5 , 7 \n1,q,3,8\n", ["--columns", MAP, "--sort"],
     [3, 5], [8, 7]),
    ("dates in a column", "at,in,out\n2024-02-29T23:59:59.5Z,1,1\n2024-03-01 00:00:01,2,1\n", ["--columns", MAP], [0, 1.5],
     [1, 2]),
    ("semicolons between named columns", "at;in;out\n5;7;1\n6;8;1\n", ["--columns", MAP], [5, 6], [7, 8]),
    ("tabs between named columns", 'at\tin\tout\n5\t"7"\t1\n', ["--columns", MAP], [5], [7]),
    ("UTC as a word, and a comma before decimals", "at;in;out\n2026-01-01 00:00:00,5 UTC;1;1\n2026-01-01T00:00:01Z;2;1\n",
     ["--columns", MAP], [0, 0.5], [1, 2]),
    ("the one page of LiteLLM's list", '{"data": [{"startTime": "2026-01-01T00:00:01Z", "prompt_tokens": 3, "completion_tokens": 1, "spend": 0}, '
     '{"startTime": "2026-01-01T00:00:00Z", "prompt_tokens": 2, "completion_tokens": 1, "spend": 0}], "total": 2, "page": 1, "total_pages": 1}',
     [], [0, 1], [2, 3]),
    ("fractions of milliseconds at a usual rate", "".join(MOONCAKE % (500.25 * i, 600, 5) for i in range(3)), [],
     [0, 0.50025, 1.0005], [600] * 3),
    ("tokens as texts and with .0", '{"t": 0, "u": {"p": "12", "o": "3.0"}}\n', ["--columns", JSON_MAP], [0], [12]),
    ("many requests at one instant", OWN + "0,5,1\n" * 3, [], [0, 0, 0], [5, 5, 5]),
]


def stats(tmp_path, content, *options):
    path = tmp_path / "input"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return idlewatt("trace", "stats", "input", *options, cwd=tmp_path, timeout=60)


@pytest.mark.parametrize("name, content, options, text", REFUSED, ids=[case[0] for case in REFUSED])
def test_one_line_says_what_is_wrong(name, content, options, text, tmp_path):
    result = stats(tmp_path, content, *options)
    assert result.returncode == 2, result.stdout
    assert result.stderr.count("\n") == 1 and text in result.stderr, result.stderr
    assert "(expected " in result.stderr or "did you mean" in result.stderr
    assert all(len(piece) <= 120 for piece in result.stderr.split("`")[1::2])


@pytest.mark.parametrize("name, content, options, arrivals, prompts", READ, ids=[case[0] for case in READ])
def test_odd_but_right(name, content, options, arrivals, prompts, tmp_path):
    (tmp_path / "input").write_text(content, newline="")
    result = idlewatt("trace", "convert", "input", "out.csv", *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    rows = [line.split(",") for line in (tmp_path / "out.csv").read_text().splitlines()[1:]]
    assert [float(row[0]) for row in rows] == pytest.approx(arrivals, abs=1e-11)
    assert [int(row[1]) for row in rows] == prompts


def test_no_rate_follows_from_one_instant(tmp_path):
    result = stats(tmp_path, OWN + "0,5,1\n" * 3, "--json")
    assert json.loads(result.stdout)["mean_rate_rps"] is None
    assert "all requests arrive at one instant" in stats(tmp_path, OWN + "0,5,1\n" * 3).stdout


@pytest.mark.parametrize("content, options, said", [
    ("at,in,out\n0,1,1\n", ["--columns", MAP], "times are seconds from the trace's start (`time_unit` says otherwise)"),
    ("at,in,out\n1786788000,1,1\n", ["--columns", MAP], "times are seconds since 1970 (`time_unit` says otherwise)"),
    ("at,in,out\n0,1,1\n", ["--columns", MAP, "--time-unit", "ms"], "times are milliseconds from the trace's start"),
    ("at,in,out\n2026-01-01T00:00Z,1,1\n", ["--columns", MAP], "times are dates"),
    ('{"t": 5, "u": {"p": 1, "o": 1}}\n', ["--columns", JSON_MAP], "times are seconds from the trace's start"),
    (MOONCAKE % ('"2026-01-01T00:00:00Z"', 1, 1), [], "times are dates, and the first is time 0"),
    (MOONCAKE % (27482, 1, 1), [], "times are milliseconds from the trace's start, as Mooncake's are"),
])
def test_the_unit_of_times_is_said(content, options, said, tmp_path):
    figures = json.loads(stats(tmp_path, content, "--json", *options).stdout)
    assert any(said in note for note in figures["notes"]), figures["notes"]


def test_what_is_shorter_than_a_window_has_no_peak_in_it(tmp_path):
    content = OWN + "0,1,1\n0.0095,1,1\n"
    figures = json.loads(stats(tmp_path, content, "--json").stdout)
    assert figures["peak_to_mean_1s"] is None and figures["peak_to_mean_1min"] is None
    assert "first and last arrival    0 s, 9.5 ms" in stats(tmp_path, content).stdout


def test_least_and_most_are_exact(tmp_path):
    figures = json.loads(stats(tmp_path, OWN + "0,1001,3\n1,123457,1\n2,5000,2\n", "--json").stdout)["prompt_tokens"]
    assert figures["min"] == 1001 and figures["max"] == 123457


def limited(path, tmp_path, *options):
    """In 1.5 GB and a minute."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))

    return subprocess.run([IDLEWATT, "trace", "stats", str(path), *options], cwd=tmp_path, timeout=120, env=environment(),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, preexec_fn=limit)


@pytest.mark.parametrize("unit, text", [
    (b" ", "no known trace begins like"),
    (b"\0", "no known trace begins like"),
    (b"[", "no known trace is JSON"),
    (b"x", "no known trace begins like"),
])
def test_a_compressed_bomb_is_refused_in_little_memory(unit, text, tmp_path):
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        for _ in range(64):
            file.write(unit * (16 << 20))  # a gibibyte
    result = limited(path, tmp_path)
    assert result.returncode == 2 and text in result.stderr, result.stderr
    assert len(result.stderr) < 2000


@pytest.mark.parametrize("start, text", [
    (b'{"arrival_time_ns": "', "longer than 268435456 bytes"),
    (b'{"arrival_time_ns": 0, "input_toks": 1, "output_toks": 1}\n' + b" " * 100_000, "no such end"),
])
def test_a_record_without_an_end_is_bounded(start, text, tmp_path):
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(start)
        for _ in range(20):
            file.write((b"x" if text != "no such end" else b" ") * (16 << 20))
    result = limited(path, tmp_path)
    if text == "no such end":
        assert result.returncode == 0, result.stderr
    else:
        assert result.returncode == 2 and text in result.stderr, result.stderr


def test_a_bare_path_is_read_as_a_trace_or_quoted_briefly(tmp_path):
    scenario = """title: bare
traffic: [{source: %s, model: llama-3-8b}]
racks: [{servers: 1 x hgx-a100-80, uplink: 100 Gbps}]
pools: {chat: {model: llama-3-8b, precision: bf16, servers: hgx-a100-80, replicas: {start: 1, min: 1, max: 1}}}
site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}
"""
    rows = "".join(f"{i},100,10\n" for i in range(60_000))
    (tmp_path / "my.csv").write_text(OWN + rows)
    (tmp_path / "my.txt").write_text(OWN + rows)
    (tmp_path / "notes.yaml").write_text("x " * 300_000)
    for name in ("my.csv", "my.txt"):
        (tmp_path / "s.yaml").write_text(scenario % name)
        result = idlewatt("check", "s.yaml", cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        assert "60,000 requests" in result.stdout and "taken for csv: it has a column arrival_s" in result.stdout
    (tmp_path / "s.yaml").write_text(scenario % "notes.yaml")
    result = idlewatt("check", "s.yaml", cwd=tmp_path)
    assert result.returncode == 2 and result.stderr.count("\n") == 1
    assert len(result.stderr) < 500, result.stderr
    (tmp_path / "log.jsonl").write_text('{"t": "2026-01-01T00:00:00Z", "u": {"p": 1, "o": 2}}\n')
    (tmp_path / "s.yaml").write_text(
        scenario % "{path: log.jsonl, columns: {arrival: t, prompt_tokens: u.p, output_tokens: u.o}, sort: true}")
    assert idlewatt("check", "s.yaml", cwd=tmp_path).returncode == 0
