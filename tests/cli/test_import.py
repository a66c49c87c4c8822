"""One server from its manifest: what arguments, images, labels and instance types say, what is asked for, what is refused."""

import textwrap

import pytest
from import_support import H100, ROOT, deployment, imported, keys_of, list_of, refused, write
from support import idlewatt


def test_a_deployment_says_where_each_value_comes_from(tmp_path):
    args = '["--model=meta-llama/Llama-3.1-8B-Instruct", "--tensor-parallel-size=2", "--max-num-seqs", "64", "--max-model-len", "8192", "--gpu-memory-utilization=0.9"]'
    write(tmp_path, deployment(args, gpus=2))
    text, said = imported(tmp_path, "deploy.yaml")
    assert said == ""
    assert keys_of(text, "chat") == {
        "model": "llama-3.1-8b", "servers": "hgx-a100-80", "engine": "vllm-2025", "tensor_parallel": "2", "replicas": "3",
        "batching": "{policy: continuous, max_sequences: 64}", "prefix_cache": "{policy: lru}", "memory_utilisation": "0.9",
    }  # fmt: skip
    assert "tensor_parallel: 2   # deploy.yaml:14 (--tensor-parallel-size=2)" in text
    assert "replicas: 3   # deploy.yaml:5" in text
    assert "- models: {llama-3.1-8b: {context_tokens: 8192}}" in text
    assert "memory_utilisation: 0.9   # deploy.yaml:14 (--gpu-memory-utilization=0.9)" in text


@pytest.mark.parametrize(
    "command",
    [
        'command: ["vllm", "serve", "Qwen/Qwen3-8B", "--tensor-parallel-size", "2"]',
        'command: [python3, -m, vllm.entrypoints.openai.api_server]\n            args: [--model, Qwen/Qwen3-8B, -tp, "2"]',
        'command: ["/bin/bash", "-c", "export TP=2; exec vllm serve \'Qwen/Qwen3-8B\' --tensor-parallel-size $TP > /log 2>&1"]',
        'command: [sh, -c]\n            args: ["MODEL=Qwen3-8B && vllm serve Qwen/${MODEL} --tensor_parallel_size=${TP:-2}"]',
        'env: [{name: M, value: Qwen/Qwen3-8B}, {name: N, value: "2"}]\n            args: ["--model", "$(M)", "--tensor-parallel-size=$(N)"]',
        "command: [bash, -lc]\n            args:\n            - |\n              # a comment\n              ulimit -l unlimited\n              python3 -m vllm.entrypoints.openai.api_server \\\n                --model /models/Qwen3-8B \\\n                --tensor-parallel-size 2",
    ],
)
def test_arguments_in_every_form(tmp_path, command):
    write(tmp_path, deployment(gpus=2, command=command))
    text, _ = imported(tmp_path, "deploy.yaml")
    keys = keys_of(text, "chat")
    assert (keys["model"], keys["tensor_parallel"]) == ("qwen3-8b", "2")


def test_line_of_a_script(tmp_path):
    write(tmp_path, deployment(gpus=2, command="command: [sh, -c]\n            args:\n            - |\n              ulimit -l unlimited\n              vllm serve Qwen/Qwen3-8B \\\n                --tensor-parallel-size 2"))  # fmt: skip
    text, _ = imported(tmp_path, "deploy.yaml")
    assert "tensor_parallel: 2   # deploy.yaml:19 (--tensor-parallel-size 2)" in text


@pytest.mark.parametrize(
    ("image", "command", "engine", "keys"),
    [
        ("lmsysorg/sglang:v0.5.0",
         'command: [python3, -m, sglang.launch_server, --model-path, Qwen/Qwen3-8B, --tp, "2", --max-running-requests, "48", --chunked-prefill-size, "4096", --disable-radix-cache]',
         "sglang-2026", {"batching": "{policy: continuous, max_sequences: 48, token_budget: 4096}", "prefix_cache": "{policy: none}"}),
        ("ghcr.io/huggingface/text-generation-inference:3.0.1", 'args: ["--model-id=Qwen/Qwen3-8B", "--max-concurrent-requests", "64"]',
         "vllm-2025", {"batching": "{policy: continuous, max_sequences: 64}"}),
        ("nvcr.io/nvidia/tensorrt-llm/release:1.0", 'command: [trtllm-serve, Qwen/Qwen3-8B, --tp_size, "2", --max_batch_size, "32"]',
         "tensorrt-llm-2026", {"batching": "{policy: continuous, max_sequences: 32}"}),
    ],
)  # fmt: skip
def test_engines(tmp_path, image, command, engine, keys):
    write(tmp_path, deployment(gpus=2, image=image, command=command))
    text, _ = imported(tmp_path, "deploy.yaml")
    found = keys_of(text, "chat")
    assert (found["model"], found["engine"], found["tensor_parallel"]) == ("qwen3-8b", engine, "2")
    assert {key: found[key] for key in keys} == keys


@pytest.mark.parametrize(
    "args",
    [
        '["--model", "Qwen/Qwen3-8B", "--served-model-name", "big", "llama-3-8b"]',
        '["--model=Qwen/Qwen3-8B", "--enable-lora", "--lora-modules", "a=/x/qwen3-32b", "qwen3-32b"]',
        '["Qwen/Qwen3-8B", "--allowed-origins", "a", "qwen3-32b"]',
    ],
)
def test_further_values_of_a_flag_are_no_model(tmp_path, args):
    write(tmp_path, deployment(args))
    text, _ = imported(tmp_path, "deploy.yaml")
    assert keys_of(text, "chat")["model"] == "qwen3-8b"


@pytest.mark.parametrize(
    "command",
    [
        "command: [/bin/bash, /scripts/start.sh]",
        'command: [python3, /app/serve.py, --tensor-parallel-size, "1"]',
        'command: [sh, -c, "ulimit -l unlimited; ./qwen3-8b --tensor-parallel-size 1"]',
    ],
)
def test_a_script_is_no_model(tmp_path, command):
    write(tmp_path, deployment(command=command))
    assert "Deployment `chat` does not say which model it serves" in refused(tmp_path, "deploy.yaml")


@pytest.mark.parametrize(
    ("script", "tensor"),
    [("exec vllm serve Qwen/Qwen3-8B $ARGS", "2"), ('A=$ARGS; vllm serve Qwen/Qwen3-8B $A', "2"), ('vllm serve Qwen/Qwen3-8B $NONE --served-model-name "$ARGS"', None)],
)
def test_a_variable_without_quotes_is_several_words(tmp_path, script, tensor):
    env = 'env: [{name: ARGS, value: "--tensor-parallel-size 2  --max-num-seqs 16"}, {name: NONE, value: ""}]'
    write(tmp_path, deployment(gpus=2, command=f"{env}\n            command: [sh, -c, '{script}']"))
    text, _ = imported(tmp_path, "deploy.yaml")
    keys = keys_of(text, "chat")
    assert keys.get("tensor_parallel") == tensor
    assert ("max_sequences: 16" in keys["batching"]) == (tensor is not None)


def test_two_servers_in_a_pod_are_refused(tmp_path):
    other = '- {name: other, image: "vllm/vllm-openai:v0.10.2", args: [--model, Qwen/Qwen3-32B], resources: {limits: {nvidia.com/gpu: 1}}}'
    write(tmp_path, textwrap.dedent(deployment()) + "      " + other + "\n")
    assert refused(tmp_path, "deploy.yaml") == (
        "deploy.yaml:16:9: container `other` is a second server, beside container `server`; expected one server a pod\n"
    )
    for script, said in (("vllm serve Qwen/Qwen3-8B & vllm serve Qwen/Qwen3-32B & wait", True),
                         ("if x; then vllm serve Qwen/Qwen3-8B; else vllm serve Qwen/Qwen3-8B --headless; fi", False),
                         ("vllm serve Qwen/Qwen3-8B &> /log && vllm serve Qwen/Qwen3-32B", False)):  # fmt: skip
        write(tmp_path, deployment(command=f'command: [sh, -c, "{script}"]'))
        if said:
            assert "deploy.yaml:14:27: a second server, beside `vLLM`; expected one server a pod" in refused(tmp_path, "deploy.yaml")
        else:
            imported(tmp_path, "deploy.yaml", "--force")


def test_arguments_in_the_environment_of_tgi(tmp_path):
    write(tmp_path, deployment(gpus=2, image="ghcr.io/huggingface/text-generation-inference:3.0.1",
                               command='env: [{name: MODEL_ID, value: Qwen/Qwen3-8B}, {name: NUM_SHARD, value: "2"}, {name: MAX_CONCURRENT_REQUESTS, value: "9"}]'))  # fmt: skip
    text, _ = imported(tmp_path, "deploy.yaml")
    keys = keys_of(text, "chat")
    assert (keys["model"], keys["tensor_parallel"], keys["batching"]) == ("qwen3-8b", "2", "{policy: continuous, max_sequences: 9}")
    assert "(NUM_SHARD=2)" in text


RUNTIME = """
    apiVersion: serving.kserve.io/v1alpha1
    kind: ServingRuntime
    metadata: {name: mine}
    spec:
      containers:
      - {name: kserve-container, image: "vllm/vllm-openai:v0.10.2", args: ["--max-num-seqs=24"]}
    ---
    apiVersion: serving.kserve.io/v1beta1
    kind: InferenceService
    metadata: {name: chat}
    spec:
      predictor:
        minReplicas: 2
        maxReplicas: 2
        nodeSelector: {nvidia.com/gpu.product: NVIDIA-L4}
        model:
          runtime: mine
          storageUri: hf://Qwen/Qwen3-8B
          args: ["--dtype=bfloat16"]
          resources: {limits: {nvidia.com/gpu: "1"}}
"""


def test_a_runtime_of_kserve(tmp_path):
    write(tmp_path, RUNTIME)
    text, _ = imported(tmp_path, "deploy.yaml")
    keys = keys_of(text, "chat")
    assert (keys["model"], keys["precision"], keys["replicas"]) == ("qwen3-8b", "bf16", "2")
    assert keys["batching"] == "{policy: continuous, max_sequences: 24}"


def test_a_group_of_pods_in_stages(tmp_path):
    pod = '{containers: [{name: v, image: "vllm/vllm-openai:v0.10.2", command: [sh, -c, "bash /start.sh leader --ray_cluster_size=$(LWS_GROUP_SIZE); vllm serve meta-llama/Llama-3.3-70B-Instruct --tensor-parallel-size 8 --pipeline-parallel-size $(LWS_GROUP_SIZE)"], resources: {limits: {nvidia.com/gpu: "8"}}}]}'
    write(tmp_path, "apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\nmetadata: {name: big}\nspec:\n  replicas: 2\n"
                    f"  leaderWorkerTemplate:\n    size: 2\n    workerTemplate: {{spec: {pod}}}\n")  # fmt: skip
    text, _ = imported(tmp_path, "deploy.yaml", "--accelerator", "l4")
    keys = keys_of(text, "big")
    assert (keys["servers"], keys["tensor_parallel"], keys["pipeline_parallel"], keys["replicas"]) == ("l4-8", "8", "2", "2")


@pytest.mark.parametrize(
    ("args", "precision"),
    [
        ('["--model=Qwen/Qwen3-8B", "--dtype", "bfloat16"]', "bf16"),
        ('["--model=Qwen/Qwen3-8B", "--quantization", "fp8"]', "fp8"),
        ('["--model=Qwen/Qwen3-8B-FP8"]', "fp8"),
        ('["--model=Qwen/Qwen3-8B-AWQ"]', "int4"),
        ('["--model=Qwen/Qwen3-8B"]', None),
    ],
)
def test_precision(tmp_path, args, precision):
    write(tmp_path, deployment(args, labels="nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3"))
    text, _ = imported(tmp_path, "deploy.yaml")
    assert keys_of(text, "chat").get("precision") == precision


@pytest.mark.parametrize(
    ("labels", "server"),
    [
        ("nvidia.com/gpu.product: NVIDIA-L4", "l4-1"),
        ("cloud.google.com/gke-accelerator: nvidia-tesla-a100", "a100-40-1"),
        ("cloud.google.com/gke-accelerator: nvidia-a100-80gb", "a100-80-1"),
        ("amd.com/gpu.product-name: AMD_Instinct_MI300X", "mi300x-1"),
        ("node.kubernetes.io/instance-type: p4d.24xlarge", "hgx-a100-40"),
        ("node.kubernetes.io/instance-type: g2-standard-8", "l4-1"),
        ("node.kubernetes.io/instance-type: Standard_ND96asr_v4", "hgx-a100-40"),
        ("node.kubernetes.io/instance-type: standard_nc24ads_a100_v4", "a100-pcie-80-1"),
        ("node.kubernetes.io/instance-type: g2-standard-24", "l4-4-2"),
    ],
)
def test_accelerators_by_labels_and_instance_types(tmp_path, labels, server):
    write(tmp_path, deployment(labels=labels))
    text, _ = imported(tmp_path, "deploy.yaml")
    assert keys_of(text, "chat")["servers"] == server


def test_what_is_missing_is_asked_for(tmp_path):
    write(tmp_path, deployment())
    assert refused(tmp_path, "deploy.yaml", traffic=[]) == (
        "no file says which requests come for `llama-3.1-8b`; --traffic FILE names a workload or a trace "
        "(workloads/chat-hour.yaml is one)\n"
    )
    write(tmp_path, deployment(labels=""))
    assert refused(tmp_path, "deploy.yaml").startswith(
        "deploy.yaml:1:1: Deployment `chat` does not say which accelerators it runs on; --accelerator chat=NAME or --server chat=NAME says it"
    )
    text, _ = imported(tmp_path, "deploy.yaml", "--accelerator", "l4")
    assert keys_of(text, "chat")["servers"] == "l4-1"
    assert "servers: l4-1   # --accelerator l4" in text
    text, _ = imported(tmp_path, "deploy.yaml", "--server", "chat=l4-8", output="other.yaml")
    assert keys_of(text, "chat")["servers"] == "l4-8"
    write(tmp_path, deployment('["--model=openai/gpt-oss-120b"]'))
    (tmp_path / "fleet.yaml").unlink()
    assert refused(tmp_path, "deploy.yaml") == (
        "deploy.yaml:14:16: Deployment `chat` serves `openai/gpt-oss-120b`, which the catalogue lacks; --model chat=NAME names one "
        "that stands in for it, or the path of its config.json\n"
    )
    text, _ = imported(tmp_path, "deploy.yaml", "--model", "chat=gpt-oss-20b", output="third.yaml")
    assert keys_of(text, "chat")["model"] == "gpt-oss-20b"


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (["--server", "nope=l4-1"], "--server: nothing here is called `nope`; expected"),
        (["--accelerator", "zz=l4"], "--accelerator: nothing here is called `zz`; expected"),
        (["--model", "kq=qwen3-8b"], "--model: nothing here is called `kq`; expected"),
        (["--traffic", "kq=x.csv"], "--traffic: nothing here is called `kq`; expected"),
    ],
)
def test_answers_to_no_question_are_refused(tmp_path, option, expected):
    write(tmp_path, deployment())
    said = refused(tmp_path, "deploy.yaml", *option)
    assert said.startswith(expected) and "`chat`" in said


def test_a_stand_in_keeps_the_format_of_the_weights(tmp_path):
    for name in ("Qwen/Qwen3-8B-AWQ", "nobody/Unheard-of-8B-AWQ"):
        write(tmp_path, deployment(f'["--model={name}"]'))
        text, _ = imported(tmp_path, "deploy.yaml", "--model", "chat=qwen3-8b", "--force")
        assert keys_of(text, "chat")["precision"] == "int4"


def test_a_container_of_formats_asks_for_the_format(tmp_path):
    write(tmp_path, deployment('["--model=/models/qwen3-8b", "--quantization", "compressed-tensors"]'))
    assert refused(tmp_path, "deploy.yaml") == (
        "deploy.yaml:14:44: Deployment `chat`: which format `compressed-tensors` holds stands in the model's config.json; "
        "--model chat=PATH names that file\n"
    )
    write(tmp_path, deployment('["--model=RedHatAI/Qwen3-8B-FP8-dynamic", "--quantization", "compressed-tensors"]', labels=H100))
    assert keys_of(imported(tmp_path, "deploy.yaml")[0], "chat")["precision"] == "fp8"


def test_tensorrts_share_of_free_memory_is_no_share_of_all(tmp_path):
    write(tmp_path, deployment(image="nvcr.io/nvidia/tensorrt-llm/release:1.0", command='command: [trtllm-serve, Qwen/Qwen3-8B, --kv_cache_free_gpu_memory_fraction, "0.5"]'))
    text, _ = imported(tmp_path, "deploy.yaml")
    assert "memory_utilisation" not in text and "`--kv_cache_free_gpu_memory_fraction 0.5`: not simulated" in list_of(text)
    scenario = ROOT / "scenarios" / "quickstart.yaml"
    result = idlewatt("export", scenario, "--variant", "a100 static", "--set", "pools.chat.engine=tensorrt-llm-2026", "--set", "pools.chat.memory_utilisation=80 %", "-o", "out", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "TensorRT-LLM has no argument for the share of memory 0.8" in result.stdout


ODD = [
    (deployment('["--model=meta-llama/Llama-3.1-8B-Instruct", "--tensor-parallel-size=4"]', gpus=2),
     "deploy.yaml:14:60: Deployment `chat`: 4-way tensor parallelism takes 4 accelerators, and a server has 2 (nvidia.com/gpu: 2); expected at most as many"),
    (deployment('["--model=meta-llama/Llama-3.1-8B-Instruct", "--tensor-parallel-size=3"]', gpus=3), "which does not divide the 32 attention heads"),
    (deployment('["--model=meta-llama/Llama-3.3-70B-Instruct"]'), "deploy.yaml:14:16: Deployment `chat`: model `llama-3.3-70b` in bf16 does not fit"),
    (deployment('["--model=Qwen/Qwen3-8B", "--max-num-seqs=many"]'), "`--max-num-seqs=many`: `many` is no whole number"),
    (deployment('["--model=Qwen/Qwen3-8B", "--max-num-seqs"]'), "`--max-num-seqs` has no value behind it"),
    (deployment('["--model=Qwen/Qwen3-8B", "--quantization=bitsandbytes"]'), "the quantisation `bitsandbytes` is not simulated"),
    (deployment('["--model=Qwen/Qwen3-8B", "--config=/etc/x.yaml"]'), "the arguments are in a file that no ConfigMap of these documents holds"),
    (deployment('["--tensor-parallel-size=1"]'), "does not say which model it serves; --model chat=NAME"),
    (deployment(labels="nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3-MIG-1g.10gb"), "is a part of an accelerator"),
    (deployment(labels="nvidia.com/gpu.product: NVIDIA-L4-SHARED"), "is a part of an accelerator"),
    (deployment(labels="accelerator: a100"), "`a100` may be `a100-sxm-40`, `a100-sxm-80`, `a100-pcie-80`; --accelerator chat=NAME says which"),
    (deployment(labels="nvidia.com/gpu.product: NVIDIA-A100-PCIE-40GB"), "`NVIDIA-A100-PCIE-40GB` is no accelerator of the catalogue; --accelerator chat=NAME"),
    (deployment(labels="node.kubernetes.io/instance-type: Standard_NV6ads_A10_v5"), "(a sixth of an A10)"),
    (deployment().replace("nvidia.com/gpu:", "nvidia.com/mig-1g.10gb:"), "is a part of an accelerator, which is not simulated"),
    (deployment(replicas="lots"), "`spec.replicas: lots`: `lots` is no whole number"),
    ("kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\nresources: [a.yaml]\n", "expected the output of `kubectl kustomize"),
    ("kind: Deployment\nspec: {replicas: {{ .Values.n }}}\n", "deploy.yaml:2:18: a template of Helm says nothing before its values are filled in; expected the output of `helm template"),
    ("replicaCount: 2\nimage: {repository: x}\n", "deploy.yaml:1:1: the document says neither `apiVersion` nor `kind`"),
    ("", "deploy.yaml: holds no manifest"),
    ("[1, 2]\n", "the document is no map"),
    ("apiVersion: v1\nkind: Service\nmetadata: {name: x}\n", "no server of a model is among the documents"),
    ("apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {template: {spec: {containers: [{resources: {limits: {nvidia.com/gpu: 1}}}]}}}\n",
     "a `Job` of `batch/v1` asks for accelerators and is not read"),
    (deployment() + "---\n" + "a: [\n", "deploy.yaml:"),
    (deployment('["--model=Qwen/Qwen3-8B", "--kv-transfer-config", "{kv_role: kv_producer}"]'), "does the prefill part of requests, and no server does the decode part"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ODD)))
def test_odd_inputs_get_one_line(tmp_path, number):
    manifest, expected = ODD[number]
    write(tmp_path, manifest)
    assert expected in refused(tmp_path, "deploy.yaml")
