"""A fleet from its manifests: autoscalers, namespaces and owners, nodes, public fleets, and export and back."""

import json
import re
import textwrap

import pytest
from import_support import H100, ROOT, TRAFFIC, deployment, imported, keys_of, list_of, refused, write
from support import cases, idlewatt

MANIFESTS = cases("manifests")
INSTANCES = cases("instances")
needs_cases = pytest.mark.skipif(MANIFESTS is None or INSTANCES is None, reason="no ../shared/cases")


HPA = """
    ---
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: chat}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: chat}
      minReplicas: 2
      maxReplicas: 6
      metrics: [{type: Pods, pods: {metric: {name: "vllm:num_requests_running"}, target: {type: AverageValue, averageValue: "16"}}}]
"""


def test_an_autoscaler_beside_it_stands_in_a_file_of_its_own(tmp_path):
    write(tmp_path, textwrap.dedent(deployment(replicas=1)) + textwrap.dedent(HPA))
    text, _ = imported(tmp_path, "deploy.yaml")
    keys = keys_of(text, "chat")
    assert (keys["replicas"], keys["autoscaling"]) == ("{start: 2, min: 2, max: 6}", "{manifest: fleet-chat.yaml}")
    assert "averageValue: \"16\"" in (tmp_path / "fleet-chat.yaml").read_text()


def test_documents_belong_to_their_namespace(tmp_path):
    def space(text, name):
        return textwrap.dedent(text).replace("{name: chat}", f"{{name: chat, namespace: {name}}}", 1)

    config = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: %s}\ndata: {M: Qwen/%s}\n"
    served = deployment(command='envFrom: [{configMapRef: {name: c}}]\n            args: ["--model=$(M)"]')
    write(tmp_path, space(served, "prod") + "---\n" + space(served, "staging") + space(HPA, "prod") + config % ("prod", "Qwen3-8B") + config % ("staging", "Qwen2-7B"))
    text, _ = imported(tmp_path, "deploy.yaml", "--traffic", f"qwen3-8b={TRAFFIC[1]}", "--traffic", f"qwen2-7b={TRAFFIC[1]}")
    prod, staging = keys_of(text, "chat"), keys_of(text, "chat-2")
    assert (prod["model"], "autoscaling" in prod) == ("qwen3-8b", True)
    assert (staging["model"], "autoscaling" in staging) == ("qwen2-7b", False)
    write(tmp_path, space(deployment(), "default") + textwrap.dedent(HPA))
    text, _ = imported(tmp_path, "deploy.yaml", "--force")
    assert "autoscaling" in keys_of(text, "chat")


def test_what_another_document_owns_and_the_same_file_count_once(tmp_path):
    owned = textwrap.dedent(deployment()).replace("kind: Deployment", "kind: ReplicaSet")
    owned = owned.replace("{name: chat}", "{name: chat-1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: chat}]}", 1)
    write(tmp_path, textwrap.dedent(deployment()) + "---\n" + owned)
    text, _ = imported(tmp_path, "deploy.yaml", tmp_path / "deploy.yaml", ".")
    assert text.count("model: llama") == 2, "its traffic, and one pool"
    write(tmp_path, owned)
    (tmp_path / "fleet.yaml").unlink()
    text, _ = imported(tmp_path, "deploy.yaml")
    assert "\n  chat-1:\n" in text, "without its owner it is read"


def test_settings_of_charts_and_of_ray_are_said(tmp_path):
    write(tmp_path, """
        servingEngineSpec:
          modelSpec:
            - name: q
              modelURL: Qwen/Qwen3-8B
              requestGPU: 1
              vllmConfig: {maxNumSeqs: 32, cpuOffloadGb: 20, enforceEager: true, enableLoRA: false, fooBar: 3, more: {a: 1}}
              lmcacheConfig: {enabled: true}
              raySpec: {headNode: {requestCPU: 2}}
    """, "stack.yaml")  # fmt: skip
    text = list_of(imported(tmp_path, "stack.yaml", "--accelerator", "l4")[0])
    for said in ("`cpuOffloadGb: 20`: not simulated", "`enforceEager: true`: not simulated", "`fooBar: 3`: not known here",
                 "`more: {a: 1}`: not known here", "`lmcacheConfig: {enabled: true}` is not simulated", "`raySpec: "):  # fmt: skip
        assert said in text
    assert "LoRA" not in text
    write(tmp_path, """
        applications:
          - name: llm
            args:
              llm_configs:
                - model_loading_config: {model_id: q, model_source: Qwen/Qwen3-8B}
                  accelerator_type: L4
                  deployment_config: {num_replicas: 2, max_ongoing_requests: 16}
                  lora_config: {max_num_adapters_per_replica: 8}
                  engine_kwargs: {max_num_seqs: 128, speculative_config: {method: ngram}, cpu_offload_gb: 2}
    """, "ray.yaml")  # fmt: skip
    text = list_of(imported(tmp_path, "ray.yaml", "--force")[0])
    for said in ("max_ongoing_requests: 16`: requests beyond these wait in Ray's proxies", "`lora_config: {max_num_adapters_per_replica: 8}` is not simulated",
                 "`speculative_config: {method: ngram}`: speculative decoding needs", "`cpu_offload_gb: 2`: not simulated"):  # fmt: skip
        assert said in text


def test_pods_over_which_a_server_is_spread(tmp_path):
    args = "command: [python3, -m, sglang.launch_server, --model-path, Qwen/Qwen3-32B, --tp, '4', --pp-size, '2', --nnodes, '2']"
    spread = deployment(gpus=4, replicas=4, image="lmsysorg/sglang:v0.5.0", command=args)
    write(tmp_path, textwrap.dedent(spread).replace("kind: Deployment", "kind: StatefulSet"))
    keys = keys_of(imported(tmp_path, "deploy.yaml")[0], "chat")
    assert (keys["tensor_parallel"], keys["pipeline_parallel"], keys["replicas"]) == ("4", "2", "2")
    write(tmp_path, spread.replace("--pp-size, '2', ", ""))
    assert "`--nnodes 2`: not simulated: a server stands on 1 pod here" in list_of(imported(tmp_path, "deploy.yaml", "--force")[0])


@pytest.mark.parametrize("resource", ["aws.amazon.com/neuron", "habana.ai/gaudi", "nvidia.com/mig-1g.10gb"])
def test_no_kind_with_accelerators_vanishes(tmp_path, resource):
    other = "---\napiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r}\nspec: {template: {spec: {containers: [{name: s, resources: {limits: {%s: 1}}}]}}}\n"
    write(tmp_path, textwrap.dedent(deployment()) + other % resource)
    assert "deploy.yaml:17:1: a `Rollout` of `argoproj.io/v1alpha1` asks for accelerators and is not read" in refused(tmp_path, "deploy.yaml")
    legacy = "---\napiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: old}\nspec: {predictor: {triton: {resources: {limits: {%s: 1}}}}}\n"
    write(tmp_path, textwrap.dedent(deployment()) + legacy % resource)
    assert "deploy.yaml:17:1: InferenceService `old` asks for accelerators, and no server in it is known; expected" in refused(tmp_path, "deploy.yaml")


def test_an_autoscaler_that_cannot_be_simulated_is_said(tmp_path):
    write(tmp_path, textwrap.dedent(deployment(replicas=2)) + textwrap.dedent(HPA).replace("vllm:num_requests_running", "wva_desired_replicas"))
    text, said = imported(tmp_path, "deploy.yaml")
    assert keys_of(text, "chat")["replicas"] == "2"
    assert "warning: the autoscaler of pool `chat` cannot be simulated; its replicas stay: " in said
    assert "# - the autoscaler of pool `chat` cannot be simulated; its replicas stay" in re.sub(r"\n#  +", " ", text)


def test_braces_in_strings_are_no_template(tmp_path):
    rule = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: t}\ndata: {a: \"{{ bos_token }}{{ $labels.pod }}\"}\n"
    write(tmp_path, textwrap.dedent(deployment()) + rule)
    imported(tmp_path, "deploy.yaml")
    write(tmp_path, "kind: Deployment\n{{- if x }}\nspec: 1\n{{- end }}\n")
    (tmp_path / "fleet.yaml").unlink()
    assert refused(tmp_path, "deploy.yaml").startswith("deploy.yaml:2:1: a template of Helm")


def test_folders_and_lists(tmp_path):
    (tmp_path / "fleet").mkdir()
    write(tmp_path / "fleet", deployment(), "b.yaml")
    write(tmp_path / "fleet", textwrap.dedent(deployment()).replace("name: chat", "name: code", 1), "a.yml")
    write(tmp_path / "fleet", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: x}}\n", "c.yaml")
    text, _ = imported(tmp_path, "fleet")
    assert text.index("\n  code:\n") < text.index("\n  chat:\n"), "in the order of the files' names"
    assert "PodDisruptionBudget `x`: limits evictions" in text
    (tmp_path / "fleet" / "Chart.yaml").write_text("name: x\n")
    (tmp_path / "fleet.yaml").unlink()
    assert "a chart of Helm; expected the output of `helm template" in refused(tmp_path, "fleet")


NODES = {
    "kind": "List",
    "apiVersion": "v1",
    "items": [
        {"kind": "Node", "apiVersion": "v1", "metadata": {"name": name, "labels": {"nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB"}},
         "status": {"allocatable": {"nvidia.com/gpu": str(usable)}, "capacity": {"nvidia.com/gpu": "8"},
                    "conditions": [{"type": "Ready", "status": ready}]}}
        for name, usable, ready in [("n1", 8, "True"), ("n2", 7, "True"), ("n3", 8, "False")]
    ],
}  # fmt: skip


def test_nodes_decide_the_accelerator_and_how_many_fit(tmp_path):
    (tmp_path / "nodes.json").write_text(json.dumps(NODES, indent=1))
    write(tmp_path, deployment('["--model=meta-llama/Llama-3.3-70B-Instruct", "--tensor-parallel-size=4"]', labels="", gpus=4, replicas=4))
    text, said = imported(tmp_path, "deploy.yaml", "nodes.json")
    assert keys_of(text, "chat")["replicas"] == "3"
    assert said == "warning: pool `chat`: 4 replicas are asked for, and 3 fit on the nodes: the others stay Pending\n"
    assert "servers: [2 x hgx-a100-80]" in text
    assert "node `n3` is left out: not ready" in text and "node `n2` offers 7 of its 8 accelerators" in text


def node(name, labels, count):
    return ("---\napiVersion: v1\nkind: Node\nmetadata: {name: %s, labels: {%s}}\nstatus: {allocatable: {nvidia.com/gpu: \"%d\"}, "
            "conditions: [{type: Ready, status: \"True\"}]}\n" % (name, labels, count))  # fmt: skip


def test_only_nodes_with_the_labels_of_a_pod_hold_it(tmp_path):
    write(tmp_path, textwrap.dedent(deployment(labels="nvidia.com/gpu.product: NVIDIA-L4")) + node("n1", "node.kubernetes.io/instance-type: p5.48xlarge", 8))
    assert "no replica fits on the nodes; expected one with 1 free accelerators of a `l4-1`" in refused(tmp_path, "deploy.yaml")
    write(tmp_path, textwrap.dedent(deployment(labels=H100)) + node("n1", "node.kubernetes.io/instance-type: p5.48xlarge", 8))
    text, _ = imported(tmp_path, "deploy.yaml")
    assert keys_of(text, "chat")["servers"] == "hgx-h100", "two names of one accelerator"
    write(tmp_path, textwrap.dedent(deployment(labels="team: a", replicas=9)) + node("n1", H100 + ", team: a", 8) + node("n2", H100 + ", team: b", 8) + node("n3", H100, 8))
    text, said = imported(tmp_path, "deploy.yaml", "--force")
    assert keys_of(text, "chat")["replicas"] == "8" and "9 replicas are asked for, and 8 fit on the nodes" in said


def test_pools_reserve_their_start_and_only_nodes_of_their_server(tmp_path):
    two = textwrap.dedent(deployment(labels=H100, replicas=2)) + textwrap.dedent(HPA).replace("maxReplicas: 6", "maxReplicas: 8")
    four = textwrap.dedent(deployment(labels=H100, replicas=4)).replace("{name: chat}", "{name: code}", 1)
    write(tmp_path, two + "---\n" + four + node("n1", H100, 8))
    text, said = imported(tmp_path, "deploy.yaml")
    assert keys_of(text, "chat")["replicas"] == "{start: 2, min: 2, max: 8, pending: allowed}"
    assert keys_of(text, "code")["replicas"] == "4" and said == "" and "; 4 fit on the nodes" in list_of(text)
    write(tmp_path, textwrap.dedent(deployment(labels=H100, replicas=10)) + node("n1", H100, 8) + node("n2", H100, 1) + node("n3", H100, 1))
    text, said = imported(tmp_path, "deploy.yaml", "--force")
    assert keys_of(text, "chat")["replicas"] == "8" and "10 replicas are asked for, and 8 fit" in said


def test_slurm_nodes(tmp_path):
    write(tmp_path, deployment(labels="", replicas=9))
    (tmp_path / "slurm.conf").write_text(
        "NodeName=DEFAULT CPUs=8 State=UNKNOWN\nNodeName=l4-[01-02] Gres=gpu:l4:4(S:0-1),shard:8 \\\n  CPUs=64\n"
        "NodeName=mixed State=DOWN Gres=gpu:t4:2\nNodeName=cpu-[1-9]\n"
    )
    text, said = imported(tmp_path, "deploy.yaml", "slurm.conf")
    assert "servers: [2 x l4-4]" in text and "8 fit on the nodes" in said
    (tmp_path / "slurm.conf").write_text("NodeName=a[1-2] Gres=gpu:a100:4\n")
    (tmp_path / "fleet.yaml").unlink()
    assert "node `a1` does not say which accelerators it has, or `a100` may be several; --accelerator a1=NAME says it" in refused(
        tmp_path, "deploy.yaml", "slurm.conf"
    )


def test_parts_of_a_server(tmp_path):
    write(tmp_path, deployment('["--model=Qwen/Qwen3-8B", "--data-parallel-size=2", "--tensor-parallel-size=2", "--pipeline-parallel-size=2"]', gpus=8, replicas=1))
    text, _ = imported(tmp_path, "deploy.yaml")
    keys = keys_of(text, "chat")
    assert (keys["tensor_parallel"], keys["pipeline_parallel"], keys["replicas"]) == ("2", "2", "2")


def test_prefill_and_decode_apart(tmp_path):
    roles = ""
    for name, role in (("chat-p", "kv_producer"), ("chat-d", "kv_consumer")):
        args = '["--model=Qwen/Qwen3-8B", "--kv-transfer-config", \'{"kv_connector":"NixlConnector","kv_role":"%s"}\']' % role
        roles += "---\n" + textwrap.dedent(deployment(args)).replace("name: chat", "name: " + name, 1)
    write(tmp_path, roles)
    text, _ = imported(tmp_path, "deploy.yaml")
    prefill, decode = keys_of(text, "chat-p"), keys_of(text, "chat-d")
    assert (prefill["role"], prefill["decode"], decode["role"]) == ("prefill", "chat-d", "decode")


# What idlewatt makes of each fleet of ../shared/cases/manifests: options, and keys of its pools; or the line of a refusal.
CASES = {
    "74-fleet-sglang-dp-attention": ([], {"pool-a": {"model": "deepseek-v3", "servers": "hgx-h200", "precision": "fp8", "parallelism": "{tensor: 1, pipeline: 1, data_attention: 8, expert: 8}", "replicas": "2", "batching": "{policy: continuous, max_sequences: 512, token_budget: 8192}"}}),
    "57-rayservice-llm": ([], {"pool-a": {"model": "qwen2-7b", "servers": "l4-1", "tensor_parallel": "1", "replicas": "{start: 1, min: 1, max: 4}", "batching": "{policy: continuous, max_sequences: 128}"}}),
    "65-fleet-vllm-args-list": ([], {"pool-a": {"model": "llama-3.3-70b", "servers": "hgx-h100", "tensor_parallel": "4", "replicas": "3", "batching": "{policy: continuous, max_sequences: 128}"}}),
    "66-fleet-vllm-shell-string": (["--accelerator", "a100-sxm-80"], {"pool-a": {"model": "qwen3-32b", "tensor_parallel": "4", "replicas": "2", "batching": "{policy: continuous, prefill: first}"}}),
    "67-fleet-vllm-env": ([], {"pool-a": {"model": "mixtral-8x7b", "servers": "hgx-a100-80", "tensor_parallel": "2", "precision": "bf16", "replicas": "1"}}),
    "69-fleet-vllm-dp-pp": ([], {"pool-a": {"model": "deepseek-r1-distill-qwen-32b", "servers": "l40s-8", "tensor_parallel": "2", "pipeline_parallel": "2", "precision": "fp8", "replicas": "2", "prefix_cache": "{policy: lru}"}}),
    "70-fleet-vllm-configmap": (["--model", "gpt-oss-20b"], {"pool-a": {"tensor_parallel": "2", "servers": "hgx-h100", "replicas": "2", "batching": "{policy: continuous, max_sequences: 512}"}}),
    "71-fleet-vllm-statefulset": ([], {"pool-a": {"model": "phi-4", "servers": "a100-pcie-80-1", "replicas": "4"}}),
    "73-fleet-lws-sglang-tp-over-nodes": (["--accelerator", "l4"], "goes from node to node without NVLink"),
    "75-fleet-tgi-num-shard": ([], {"pool-a": {"model": "gemma-7b", "servers": "l4-4", "tensor_parallel": "2", "batching": "{policy: continuous, max_sequences: 64}", "replicas": "1"}}),
    "77-fleet-triton-trtllm": ([], "does not say which model it serves"),
    "78-fleet-triton-trtllm-helm-values": ([], "the document says neither `apiVersion` nor `kind`"),
    "79-fleet-lws-trtllm": ([], "serves `meta-llama/Llama-3.1-405B-Instruct`, which the catalogue lacks"),
    "81-fleet-ollama-helm-values": ([], "the document says neither `apiVersion` nor `kind`"),
    "82-fleet-isvc-huggingface": (["--accelerator", "a100-sxm-40"], {"pool-a": {"model": "llama-3.1-8b", "tensor_parallel": "1", "replicas": "2", "precision": "bf16"}}),
    "83-fleet-isvc-multinode": ([], "does not say which model it serves"),
    "85-fleet-llmisvc-prefill-decode": (["--accelerator", "l4"], {"pool-a-prefill": {"role": "prefill", "replicas": "2", "model": "qwen2-7b"}, "pool-a-decode": {"role": "decode", "replicas": "1"}}),
    "86-fleet-llmisvc-dp-ep": ([], "serves `deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct`, which the catalogue lacks"),
    "87-fleet-production-stack-values": (["--accelerator", "mistral=l4", "--traffic", "mistral-7b=" + str(TRAFFIC[1]), "--traffic", "llama-3.1-8b=" + str(TRAFFIC[1])],
                                         {"llama3": {"model": "llama-3.1-8b", "servers": "a100-80-1", "replicas": "2", "batching": "{policy: continuous, max_sequences: 32, prefill: first}", "prefix_cache": "{policy: lru}", "routing": "{policy: prefix-affinity, by: session}"},
                                          "mistral": {"model": "mistral-7b", "servers": "l4-1", "replicas": "1"}}),
    "89-fleet-production-stack-values-keda": (["--accelerator", "l4"], {"m": {"model": "qwen3-8b", "replicas": "{start: 1, min: 0, max: 5}", "autoscaling": "{manifest: fleet-m.yaml}"}}),
    "90-fleet-llmd-modelservice-values": ([], "`prefill`: model `llama-3.3-70b` in bf16 does not fit"),
    "91-fleet-llmd-wide-ep": (["--accelerator", "h200"], {"decode": {"model": "deepseek-r1", "precision": "fp8", "parallelism": "{tensor: 1, pipeline: 1, data_attention: 16, expert: 16}", "role": "decode", "replicas": "1"}, "prefill": {"role": "prefill", "decode": "decode", "replicas": "1"}}),
    "94-fleet-dynamo-sglang-multinode": (["--accelerator", "h200"], {"pool-a-decode": {"model": "deepseek-r1", "parallelism": "{tensor: 1, pipeline: 1, data_attention: 16, expert: 1}", "role": "decode"}, "pool-a-prefill": {"replicas": "1"}}),
    "93-fleet-dynamo-disaggregated": (["--accelerator", "l4"], {"pool-a-vllmprefillworker": {"role": "prefill", "tensor_parallel": "2", "replicas": "3", "model": "qwen3-8b"}, "pool-a-vllmdecodeworker": {"role": "decode", "tensor_parallel": "2", "replicas": "1"}}),
    "95-fleet-aibrix-stormservice": (["--accelerator", "a100-sxm-80"], {"pool-a-prefill": {"role": "prefill", "tensor_parallel": "4", "replicas": "2", "model": "qwen3-32b"}, "pool-a-decode": {"replicas": "1"}}),
    "97-fleet-kaito-workspace": ([], {"pool-a": {"model": "llama-3.3-70b", "tensor_parallel": "2", "replicas": "1"}}),
    "98-fleet-kaito-mig": ([], "a partition of an accelerator (mig 2g.24gb) is not simulated"),
    "99-fleet-mig-deployment": ([], "is a part of an accelerator"),
    "101-fleet-nodes-and-deployment": ([], {"pool-a": {"model": "llama-3.3-70b", "servers": "hgx-a100-80", "tensor_parallel": "4", "replicas": "3"}}),
    "102-fleet-amd": ([], {"pool-a": {"model": "qwen2-7b", "servers": "mi300x-1", "precision": "fp16", "replicas": "1"}}),
    "103-fleet-tpu": ([], "`tpu-v6e-slice` is no accelerator of the catalogue"),
    "105-fleet-tp-exceeds-gpus": ([], "4-way tensor parallelism takes 4 accelerators, and a server has 2"),
    "106-fleet-helm-template": ([], "a template of Helm"),
    "107-fleet-kustomization": ([], "expected the output of `kubectl kustomize"),
    "109-fleet-deployment-hpa-list": ([], {"pool-a": {"model": "gemma-2-9b", "servers": "l4-4", "tensor_parallel": "2", "replicas": "{start: 2, min: 2, max: 6}", "autoscaling": "{manifest: fleet-pool-a.yaml}"}}),
}  # fmt: skip


@needs_cases
@pytest.mark.parametrize("case", sorted(CASES))
def test_fleets_of_others(tmp_path, case):
    options, expected = CASES[case]
    folder = MANIFESTS / case
    if not folder.is_dir():
        pytest.skip("not there")
    files = [path for path in sorted(folder.iterdir()) if path.suffix == ".yaml"]
    if isinstance(expected, str):
        assert expected in refused(tmp_path, *files, *options)
        return
    traffic = [] if "--traffic" in options else TRAFFIC
    result = idlewatt("import", *files, *options, *traffic, "-o", "fleet.yaml", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    checked = idlewatt("check", "fleet.yaml", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    text = (tmp_path / "fleet.yaml").read_text()
    for pool, keys in expected.items():
        found = keys_of(text, pool)
        assert {key: found.get(key) for key in keys} == keys, text


@needs_cases
def test_a_config_of_hugging_face_for_a_model_that_the_catalogue_lacks(tmp_path):
    config = MANIFESTS.parent / "models" / "deepseek-v2-lite" / "config.json"
    text, _ = imported(tmp_path, MANIFESTS / "86-fleet-llmisvc-dp-ep" / "manifest.yaml", "--model", config)
    keys = keys_of(text, "pool-a")
    assert (keys["model"], keys["servers"], keys["replicas"]) == ("deepseek-v2-lite", "hgx-h100", "1")
    assert keys["parallelism"] == "{tensor: 1, pipeline: 1, data_attention: 16, expert: 16}"


@needs_cases
def test_nodes_of_a_cluster_of_others(tmp_path):
    write(tmp_path, deployment(labels="", replicas=30))
    result = idlewatt("import", "deploy.yaml", INSTANCES / "kubectl-nodes-cloud" / "nodes.json", *TRAFFIC, "--accelerator", "h100-sxm", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    text = (tmp_path / "fleet.yaml").read_text()
    assert "1 x hgx-h100" in text and "1 x l4-4" in text and "1 x tpu-v5e-4" in text
    assert "aks-a100-123-vmss000000` is left out: not ready" in text
    assert "offers 3 of its 4 accelerators" in text


def test_export_and_back(tmp_path):
    result = idlewatt("export", ROOT / "scenarios" / "autoscaling.yaml", "--variant", "hpa", "--to", "kubernetes", "-o", "out", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Written: out/chat.yaml\n" in result.stdout and "Not in there: pool `chat`: the idle policy `power-off-after`\n" in result.stdout
    text = (tmp_path / "out" / "chat.yaml").read_text()
    assert "kind: Deployment" in text and "kind: HorizontalPodAutoscaler" in text and "nvidia.com/gpu.product: NVIDIA-L4" in text
    text, said = imported(tmp_path, "out")
    keys = keys_of(text, "chat")
    assert said == "" and keys["servers"] == "l4-1" and keys["replicas"] == "{start: 12, min: 2, max: 56}"
    again = idlewatt("export", ROOT / "scenarios" / "autoscaling.yaml", "--variant", "hpa", "-o", "out", cwd=tmp_path)
    assert again.returncode == 2 and again.stderr == "out/chat.yaml: is there already (expected a new name, or --force to replace it)\n"


def test_what_cannot_be_exported(tmp_path):
    scenario = ROOT / "scenarios" / "autoscaling.yaml"
    several = idlewatt("export", scenario, cwd=tmp_path)
    assert several.returncode == 2 and "has several variants; --variant NAME chooses one of `static peak`" in several.stderr
    for variant, said in (("predictive", "the autoscaler `predictive` cannot be exported; expected static, hpa or keda"),
                          ("hpa manifest", "its autoscaler is read from a manifest, which can be applied as it is")):  # fmt: skip
        result = idlewatt("export", scenario, "--variant", variant, cwd=tmp_path)
        assert result.returncode == 2 and said in result.stderr
    result = idlewatt("export", scenario, "--variant", "hpa", "--to", "nomad", cwd=tmp_path)
    assert result.returncode == 2 and result.stderr == "--to: `nomad` is no format of manifests (expected kubernetes)\n"
