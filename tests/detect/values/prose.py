"""Made-up English prose: a vocabulary with natural word frequencies and a small sentence grammar."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TypeVar

Item = TypeVar("Item")

VOCABULARY = tomllib.loads((Path(__file__).parents[1] / "vocabulary.toml").read_text(encoding="utf-8"))
WORDS = {kind: text.split() for kind, text in VOCABULARY.items() if kind != "patterns"}
PATTERNS = [line.split() for line in VOCABULARY["patterns"].strip().split("\n")]


class Prose:
    """Sentences drawn from one generator of random numbers."""

    def __init__(self, rng: Random, names: bool = True) -> None:
        self.rng = rng
        self.names = names
        self.words = {
            "D": self.drawn(WORDS["determiners"], 0),
            "J": self.drawn(WORDS["adjectives"], 0.8),
            "N": self.drawn(WORDS["nouns"], 0.8),
            "V": self.drawn(WORDS["verbs"], 0.7),
            "R": self.drawn(WORDS["adverbs"], 0.6),
            "P": self.drawn(WORDS["prepositions"], 0),
            "C": self.drawn(WORDS["conjunctions"], 0),
            "X": self.drawn(WORDS["names"], 0),
        }
        patterns = [pattern for pattern in PATTERNS if names or "X" not in pattern]
        self.patterns = self.drawn(patterns, 0.3)

    def drawn(self, words: list[Item], slope: float) -> Iterator[Item]:
        """Words without end, the first ones more often (Zipf's law with the exponent `slope`)."""
        weights = list(itertools.accumulate((rank + 1) ** -slope for rank in range(len(words))))
        while True:
            yield from self.rng.choices(words, cum_weights=weights, k=4096)

    def sentence(self) -> str:
        rng, words = self.rng, self.words
        text = " ".join(next(words[part]) if part in words else part for part in next(self.patterns))
        text = text.replace(" ,", ",").replace("( ", "(").replace(" )", ")").replace('" ', "“", 1).replace(', "', ",”")
        if rng.random() < 0.125:
            text += f" {next(words['P'])} {self.number()} {next(words['N'])}s"
        if rng.random() < 0.04:
            text += " – it’s so"
        first = 1 if text[0] == "“" else 0
        return text[:first] + text[first].upper() + text[first + 1 :] + rng.choice("........!?;")

    def number(self) -> str:
        rng = self.rng
        return rng.choice(
            [
                str(rng.randint(2, 99)),
                f"{rng.randint(1, 99)},{rng.randint(0, 999):03}",
                f"{rng.uniform(0, 100):.1f}",
                str(rng.randint(1900, 2030)),
            ]
        )

    def paragraph(self, least: int) -> str:
        """Sentences of at least so many characters."""
        sentences, size = [], 0
        while size < least:
            sentences.append(self.sentence())
            size += len(sentences[-1]) + 1
        return " ".join(sentences)
