"""Whole servings of equal requests, from the steps that the program gives: held batches and closed loops.

A batch that is held together computes its prompts, then decodes in step; its contexts grow evenly and a step's time is
linear in them, so that a step at the mean context stands for all. In a closed loop each request also waits for the
prompts of all others that start during its life. Where the KV cache holds fewer sequences, the rest waits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from .program import DecodeShape, PrefillShape, Shape

MOST_PROMPT_TOKENS = 8192  # of a step with prompts


@dataclass(frozen=True)
class Serving:
    """`sequences` at a time, of `requests` in all, each with a prompt and an output of so many tokens."""

    sequences: int
    prompt: int
    output: int
    most: int = 10**9  # sequences of a step

    def held(self, kv_tokens: float) -> int:
        """Of the sequences, those that a step and the KV cache hold, at the mean of their growth."""
        return max(1, min(self.sequences, self.most, int(kv_tokens / (self.prompt + self.output / 2))))

    def context(self) -> int:
        """Tokens of a sequence in the middle of its growth."""
        return max(1, round(self.prompt + self.output / 2))

    def together(self, held: int, limit: int) -> int:
        """Prompts of a step, where many start; `limit`: tokens that the model takes."""
        return max(1, min(held, min(MOST_PROMPT_TOKENS, limit) // max(1, self.prompt)))

    def shapes(self, kv_tokens: float, limit: int) -> Iterator[Shape]:
        """Steps that `answer` asks for."""
        held = self.held(kv_tokens)
        yield DecodeShape(held, self.context())
        yield PrefillShape(self.prompt)
        yield PrefillShape(self.prompt * self.together(held, limit))


@dataclass(frozen=True)
class Answer:
    """Seconds of a decode step, and to the first token, between later ones and in all, of a request; output tokens/s of
    all; watts of an accelerator."""

    step_s: float
    first_s: float
    between_s: float
    whole_s: float
    tokens_per_s: float
    watts: float


class StepTimes(Protocol):
    """Seconds, and watts of an accelerator, of steps: `program.Steps` asks the program."""

    def decode(self, batch: int, context: int) -> tuple[float, float]: ...

    def prefill(self, prompt: int, count: int) -> tuple[float, float]: ...


def answer(serving: Serving, steps: StepTimes, kv_tokens: float, limit: int) -> Answer:
    """What the program's steps make of a serving."""
    held = serving.held(kv_tokens)
    together = serving.together(held, limit)
    step, step_w = steps.decode(held, serving.context())
    prompt, prompt_w = steps.prefill(serving.prompt, together)
    prompts, later = held / together * prompt, (serving.output - 1) * step
    life = prompts + later
    first = steps.prefill(serving.prompt, 1)[0]
    return Answer(step, first, (life - first) / max(1, serving.output - 1), life * serving.sequences / held,
                  held * serving.output / life, (prompts * prompt_w + later * step_w) / life)
