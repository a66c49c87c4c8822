"""The twin of the step formula against the program's own: every engine, accelerator and model, parallelism, precision."""

import json

import pytest

pytest.importorskip("numpy")
yaml = pytest.importorskip("yaml")

from calibration import catalogue, step  # noqa: E402

# Latent attention and experts, small enough to fit anywhere.
MIXED = """
models:
  mixed:
    title: A made-up model with latent attention and experts
    parameters: {value: 2.2e9, status: derived, source: "made up"}
    active_parameters: {value: 6e8, status: derived, source: "made up"}
    layers: 12
    hidden: 2048
    heads: 16
    kv_heads: 16
    head_dim: 192
    intermediate: 10944
    vocabulary: 102400
    context_tokens: 32768
    latent_attention: {kv_rank: 512, rope_dim: 64, nope_dim: 128, value_dim: 128, query_rank: 768}
    experts: {experts: 64, experts_per_token: 6, shared_experts: 2, intermediate: 704, dense_layers: 1}
    status: assumed
    source: "made up"
"""

BATCHES, CONTEXTS, PROMPTS = (1, 2, 8, 64, 256), (1, 500, 2000), (1, 100, 2000)


BOARDS = ("l4", "t4", "h100-sxm")


def names(kind):
    return sorted(path.stem for path in (catalogue.PLATFORMS / kind).glob("*.yaml"))


@pytest.fixture
def against_program(idlewatt, tmp_path):
    """Compares all steps of the program's tables; returns how many: none where it refuses the combination."""

    def compare(name, accelerator, engine, precision, tp=1, pp=1, kv="auto"):
        (tmp_path / "mixed.yaml").write_text(MIXED, encoding="utf-8")
        answer = idlewatt("physics", "--model", name, "--accelerator", accelerator, "--engine", engine, "--precision",
                          precision, "--kv-cache-dtype", kv, "--tensor-parallel", tp, "--pipeline-parallel", pp, "--json",
                          "--catalog", tmp_path / "mixed.yaml", *(("--batch", ",".join(map(str, BATCHES)))),
                          "--context", ",".join(map(str, CONTEXTS)), "--prompt", ",".join(map(str, PROMPTS)))
        if answer.returncode == 2 and any(w in answer.stderr for w in ("fit", "divide", "cannot compute")):
            return 0
        assert answer.returncode == 0, answer.stderr
        answer = json.loads(answer.stdout)
        model = catalogue.model_of(yaml.safe_load(MIXED)["models"]["mixed"]) if name == "mixed" else catalogue.model(name)
        server = catalogue.read("servers", answer["server"])
        options = {"tp": tp, "pp": pp, "precision": precision, "kv": kv, "ticks": True,
                   "stage_bandwidth": catalogue.quantity(server["nic"]["value"]),
                   "stage_latency": catalogue.quantity(server["nic_latency"]["value"])}
        acc, profile = catalogue.accelerator(accelerator), catalogue.engine(engine)
        for row in answer["decode"]:
            seconds, joules = step.decode(model, acc, profile, row["batch"], row["context_tokens"], **options)
            assert float(seconds) == pytest.approx(row["step_s"], rel=1e-6), (row, options)
            assert float(joules / seconds) == pytest.approx(row["accelerator_power_w"], rel=1e-6), (row, options)
        for row in answer["prefill"]:
            seconds, joules = step.prefill(model, acc, profile, 1, row["prompt_tokens"], **options)
            assert float(seconds) == pytest.approx(row["step_s"], rel=1e-6), (row, options)
            assert float(joules / seconds) == pytest.approx(row["accelerator_power_w"], rel=1e-6), (row, options)
        return len(answer["decode"]) + len(answer["prefill"])

    return compare


@pytest.mark.parametrize("engine", names("engines"))
def test_engines(against_program, engine):
    assert against_program("llama-3-8b", "a100-sxm-80", engine, "bf16", tp=4) > 0
    assert against_program("mixed", "a100-sxm-80", engine, "bf16") > 0


@pytest.mark.parametrize("accelerator", names("accelerators"))
def test_accelerators(against_program, accelerator):
    assert against_program("mixed", accelerator, "vllm-2025", step.sixteen_bits(catalogue.accelerator(accelerator))) > 0


@pytest.mark.parametrize("precision", ["fp16", "bf16", "fp8", "int8", "int8-weights", "int4", "int4-int8", "nvfp4", "mxfp4"])
def test_precisions(against_program, precision):
    arithmetic = [step.arithmetic(catalogue.accelerator(a), precision) in catalogue.accelerator(a).peak for a in BOARDS]
    if not any(arithmetic):
        pytest.skip(f"none of {', '.join(BOARDS)} has {precision}")
    assert sum(against_program("llama-3-8b", a, "vllm-2025", precision) for a in BOARDS) > 0
    if precision == "mxfp4":  # of the experts alone
        assert against_program("mixed", "h100-sxm", "vllm-2025", precision) > 0


@pytest.mark.parametrize("engine", ["vllm-2025", "tensorrt-llm-2026", "sglang-2026"])
def test_a_kv_cache_in_eight_bits(against_program, engine):
    for model in ("llama-3-8b", "mixed"):
        assert against_program(model, "h200", engine, "fp8", kv="fp8") > 0
        assert against_program(model, "l4", engine, "bf16", kv="int8") > 0
    assert against_program("mixed", "h100-sxm", engine, "bf16", tp=2, pp=2, kv="fp8") > 0


# Windows, states and sparse attention are the program's alone.
OF_ONE_KIND = [name for name in names("models") if "layer_kinds" not in catalogue.read("models", name)]


def test_most_models_have_layers_of_one_kind():
    assert len(OF_ONE_KIND) > len(names("models")) / 2
    for name in set(names("models")) - set(OF_ONE_KIND):
        with pytest.raises(ValueError, match="layers of several kinds"):
            catalogue.model_of(catalogue.read("models", name))


@pytest.mark.parametrize("model", OF_ONE_KIND)
def test_models(against_program, model):
    compared = [against_program(model, "h100-sxm", "vllm-2025", "int4", tp=tp, pp=pp) for tp, pp in ((2, 1), (4, 1), (4, 4))]
    assert sum(compared) > 0


@pytest.mark.parametrize("tp,pp", [(2, 1), (8, 1), (1, 2), (4, 3)])
def test_parallelism(against_program, tp, pp):
    assert against_program("llama-3-8b", "l4", "vllm-2025", "bf16", tp=tp, pp=pp) > 0
    assert against_program("mixed", "a100-sxm-40", "splitwise-2023", "bf16", tp=tp, pp=pp) > 0
    if tp in (4, 8):  # whose links depend on the size of the group
        assert against_program("llama-3-8b", "l40s", "vllm-2025", "bf16", tp=tp, pp=pp) > 0
