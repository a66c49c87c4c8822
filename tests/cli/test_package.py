"""What an installed idlewatt brings along: completion, a manual, a package."""

import pathlib
import shutil
import subprocess

import pytest
from support import IDLEWATT, copy_data, environment, idlewatt

BUILD = pathlib.Path(IDLEWATT).parent
ROOT = pathlib.Path(__file__).parents[2]


def candidates(*words, cwd):
    result = idlewatt("complete", "--", *words, cwd=cwd)
    assert result.returncode == 0 and result.stderr == "", result
    return result.stdout.splitlines()


def test_completion_knows_commands_options_and_names(tmp_path):
    copy_data(tmp_path)
    assert {"init", "run", "size", "trace", "grid", "completion"} <= set(candidates("", cwd=tmp_path))
    assert candidates("ru", cwd=tmp_path) == ["run"]
    assert set(candidates("trace", "", cwd=tmp_path)) >= {"formats", "stats", "convert", "cut", "generate"}
    assert candidates("run", "data/small.yaml", "--fail", cwd=tmp_path) == ["--fail-if"]
    assert candidates("run", "data/small.yaml", "--variant", "", cwd=tmp_path) == ["four replicas", "one replica", "no batching"]
    assert candidates("run", "--seed", "3", "data/small.yaml", "--variant", "o", cwd=tmp_path) == ["one replica"]
    assert candidates("size", "x.yaml", "--servers", "l4-1,l4-", cwd=tmp_path) == ["l4-1,l4-1", "l4-1,l4-4", "l4-1,l4-8"]
    assert "llama-3-8b" in candidates("physics", "--model", "llama", cwd=tmp_path)
    assert candidates("size", "x.yaml", "--minimize", "c", cwd=tmp_path) == ["cost", "carbon"]
    assert candidates("completion", "", cwd=tmp_path) == ["bash", "zsh", "fish"]
    for hopeless in (["run", ""], ["no-such-command", ""], ["run", "none.yaml", "--variant", ""], []):
        found = candidates(*hopeless, cwd=tmp_path)
        assert found == [] or not hopeless, "the shell then completes names of files"


def test_bash_completes(tmp_path):
    copy_data(tmp_path)
    script = idlewatt("completion", "bash", cwd=tmp_path).stdout
    (tmp_path / "completion.sh").write_text(script)
    test = (
        "source ./completion.sh; COMP_WORDS=(idlewatt run data/small.yaml --variant o); COMP_CWORD=4; _idlewatt; "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    path = {**environment(), "PATH": f"{BUILD}:/usr/bin:/bin"}
    result = subprocess.run(["bash", "-c", test], cwd=tmp_path, env=path, capture_output=True, text=True, check=False)
    assert result.stdout == "one\\ replica\n", result


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_of_its_shell(tmp_path, shell):
    script = idlewatt("completion", shell, cwd=tmp_path).stdout
    assert "idlewatt" in script
    if shutil.which(shell):
        (tmp_path / "script").write_text(script)
        assert subprocess.run([shell, "-n", "script"], cwd=tmp_path, check=False).returncode == 0
    unknown = idlewatt("completion", "bsh", cwd=tmp_path)
    assert unknown.returncode == 2 and "did you mean `bash`?" in unknown.stderr


def test_the_manual_has_every_command_and_option(tmp_path):
    page = idlewatt("man", cwd=tmp_path).stdout
    assert page.startswith(".TH IDLEWATT 1")
    plain = page.replace("\\-", "-")
    for word in candidates("", cwd=tmp_path):
        assert f'"idlewatt {word}' in plain, word
    assert "--fail-if" in plain and "interrupted by Ctrl-C" in plain
    if shutil.which("groff"):
        (tmp_path / "page").write_text(page)
        shown = subprocess.run(["groff", "-man", "-Tascii", "page"], cwd=tmp_path, capture_output=True, text=True, check=False)
        complaints = [line for line in shown.stderr.splitlines() if "cannot adjust line" not in line]
        assert shown.returncode == 0 and not complaints, shown.stderr


def test_the_package_for_debian_works_where_it_is_unpacked(tmp_path):
    if not (BUILD / "CPackConfig.cmake").is_file() or not shutil.which("dpkg-deb") or not shutil.which("dpkg-shlibdeps"):
        pytest.skip("needs a build folder, dpkg-deb and dpkg-shlibdeps")
    packed = subprocess.run(["cpack", "--config", BUILD / "CPackConfig.cmake", "-B", tmp_path / "made"], cwd=tmp_path,
                            capture_output=True, text=True, check=False, timeout=300)  # fmt: skip
    assert packed.returncode == 0, packed
    (package,) = (tmp_path / "made").glob("*.deb")
    fields = subprocess.run(["dpkg-deb", "-f", package], capture_output=True, text=True, check=True).stdout
    for library in ("libsimgrid", "libhdf5", "libyaml-cpp", "libmuparser", "libfmt", "libstdc++6"):
        assert library in fields, "the package says what it needs"
    root = tmp_path / "root"
    subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    for made in ("man/man1/idlewatt.1", "bash-completion/completions/idlewatt", "zsh/vendor-completions/_idlewatt",
                 "fish/vendor_completions.d/idlewatt.fish", "idlewatt/workloads/chat-spiky-day.yaml"):  # fmt: skip
        assert (root / "usr/share" / made).stat().st_size > 0, made
    program = root / "usr/bin/idlewatt"
    run = subprocess.run([program, "run", root / "usr/share/idlewatt/scenarios/quickstart.yaml", "--set", "horizon=10 min"],
                         cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)  # fmt: skip
    assert run.returncode == 0 and "Results in out/quickstart/" in run.stdout, run
    strings = program.read_bytes()
    assert str(ROOT / "platforms").encode() not in strings, "the catalogue is the installed one"
