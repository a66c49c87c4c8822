"""What the tests of `idlewatt import` share: a manifest to vary, and the scenario that comes out of it."""

import pathlib
import re
import textwrap

from support import idlewatt

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRAFFIC = ["--traffic", ROOT / "workloads" / "chat-hour.yaml"]


def write(folder, text, name="deploy.yaml"):
    path = folder / name
    path.write_text(textwrap.dedent(text).lstrip("\n"))
    return path


def imported(folder, *arguments, output="fleet.yaml"):
    """The scenario that comes out, which idlewatt check passes, and what was said."""
    result = idlewatt("import", *arguments, *TRAFFIC, "-o", output, cwd=folder)
    assert result.returncode == 0, result.stderr
    checked = idlewatt("check", output, cwd=folder)
    assert checked.returncode == 0, checked.stderr
    return (folder / output).read_text(), result.stderr


def refused(folder, *arguments, traffic=TRAFFIC):
    """The one line that is said; nothing is written."""
    before = sorted(folder.iterdir())
    result = idlewatt("import", *arguments, *traffic, "-o", "fleet.yaml", cwd=folder)
    assert result.returncode == 2, (result.returncode, result.stdout, result.stderr)
    assert result.stdout == "" and result.stderr.count("\n") == 1, result.stderr
    assert sorted(folder.iterdir()) == before
    return result.stderr


def keys_of(text, pool):
    """The keys of a pool, comments aside."""
    block = re.search(rf"\n  {re.escape(pool)}:\n((?:    .*\n|  #.*\n)+)", text)
    assert block, text
    found = {}
    for line in block[1].splitlines():
        key = re.match(r"    ([a-z_]+): (.*?)(?:   # .*)?$", line)
        if key:
            found[key[1]] = key[2]
    return found


H100 = "nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3"


def list_of(text):
    """What a scenario lists as not simulated, with each sentence in one line."""
    return re.sub(r"\n#  +", " ", text)


DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: chat}}
    spec:
      replicas: {replicas}
      selector: {{matchLabels: {{app: chat}}}}
      template:
        metadata: {{labels: {{app: chat}}}}
        spec:
          nodeSelector: {{{labels}}}
          containers:
          - name: server
            image: {image}
            {command}
            resources: {{limits: {{nvidia.com/gpu: "{gpus}"}}}}
"""


def deployment(args='["--model=meta-llama/Llama-3.1-8B-Instruct"]', labels="nvidia.com/gpu.product: NVIDIA-A100-SXM4-80GB", gpus=1,
               replicas=3, image="vllm/vllm-openai:v0.10.2", command=None):  # fmt: skip
    return DEPLOYMENT.format(labels=labels, gpus=gpus, replicas=replicas, image=image, command=command or f"args: {args}")
