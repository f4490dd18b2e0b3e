"""Made-up English prose: a vocabulary with natural word frequencies and a small sentence grammar."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from random import Random

NOUNS = """time year day thing way part place week point hand case number group problem fact room water night line month question
story side kind head house service friend power hour game end law car process level door person history party result change morning
reason moment air force education foot boy age policy music market sense nation plan interest death experience effect use class
control field development role effort rate heart light voice wife police mind price report decision son view relation town road
difference value building action season society tax director position record paper space ground form event official matter center
couple site project activity table need court oil situation cost industry figure street image phone data picture practice piece land
product doctor wall patient worker news test movie north love support technology step baby computer type attention film tree source
hair window culture chance brother energy period course summer plant opportunity term letter condition choice rule daughter south
husband floor campaign material population economy hospital church risk fire future defense security bank west sport board subject
officer rest behavior performance top goal bed order author blood agency nature color store sound movement page race concern series
language response animal factor decade article east artist scene stock career treatment approach size dog fund media sign thought
list individual quality pressure answer resource meeting disease success cup amount ability staff character growth loss degree attack
region television box training trade deal election feeling standard bill message lake bridge garden engine kettle ladder harbor
lantern orchard meadow ribbon barrel compass saddle thimble gravel thread anvil basket chimney furnace hinge jar kiln loom mast nozzle
oven pulley quilt rudder sieve trowel valve wrench yarn ferry granary mill quarry tannery wharf almanac ledger pamphlet café façade naïveté
résumé""".split()
VERBS = """said made went took came saw knew got gave found thought told became left felt put brought began kept held wrote stood heard
let meant set met ran paid sat spoke lay led read grew lost fell sent built understood drew broke spent cut rose drove bought wore
chose carried followed turned opened closed watched counted measured repaired painted lifted moved noticed checked reported offered
answered described explained gathered mended polished sorted tested weighed wrapped""".split()
ADJECTIVES = """other new good high old great big small large national young different black long little important political bad white
real best right social only public sure low early able human local late hard major better economic strong possible whole free military
true federal international full special easy clear recent certain personal open red difficult available likely short single medical
current wrong private past foreign fine common poor natural significant similar hot dead central happy serious ready simple left
physical general environmental financial blue democratic dark various entire close legal religious cold final main green nice huge
popular traditional cultural wide quiet narrow wooden rusty gentle brittle hollow sturdy pale crooked""".split()
ADVERBS = """also just then more now well even back only still too never again often always however almost later far sometimes perhaps
once ever especially probably quite already recently finally certainly quickly slowly carefully quietly nearly twice""".split()
DETERMINERS = "the the the the the a a a this that every some no each another its their our his her".split()
PREPOSITIONS = "of of of in in to for with on at from by about into through after over between under against during without near".split()
CONJUNCTIONS = "and and and but or so while because although when until".split()
NAMES = """Alder Brandt Corwin Delmar Elric Farrow Gable Hadley Ilsa Jorin Kestrel Lomas Merrin Nolan Orla Pascoe Quill Rowan Sable Tamsin
Ulric Verity Wendell Yarrow Zelda Hollowell Brackenridge Thornbury Ashcombe Fairweather""".split()
# D determiner, J adjective, N noun, V verb, R adverb, P preposition, C conjunction, X name.
PATTERNS = [pattern.split() for pattern in """D N V D N|D J N V P D N|D N V R|R , D N V D J N|D N P D N V D N|D J N V D N P D N|D N V D N C D N V P D N
D N R V D N P D J N|P D N , D N V D N|D J J N V|D N V C V D N|D N C D N V P D N|D N P D J N V R C D N V D N P D N|C D N V , D N V D J N
X V D N|D N V P X|X C D N V D J N P D N|D N , D J N , C D N V P D N|" D N V D N , " V D J N|D N ( P D N ) V D N""".replace("\n", "|").split("|")]


class Prose:
    """Sentences drawn from one generator of random numbers."""

    def __init__(self, rng: Random, names: bool = True) -> None:
        self.rng = rng
        self.names = names
        self.words = {
            "D": self.drawn(DETERMINERS, 0),
            "J": self.drawn(ADJECTIVES, 0.8),
            "N": self.drawn(NOUNS, 0.8),
            "V": self.drawn(VERBS, 0.7),
            "R": self.drawn(ADVERBS, 0.6),
            "P": self.drawn(PREPOSITIONS, 0),
            "C": self.drawn(CONJUNCTIONS, 0),
            "X": self.drawn(NAMES, 0),
        }
        patterns = [pattern for pattern in PATTERNS if names or "X" not in pattern]
        self.patterns = self.drawn(patterns, 0.3)

    def drawn(self, words: list, slope: float) -> Iterator:
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
        return rng.choice([str(rng.randint(2, 99)), f"{rng.randint(1, 99)},{rng.randint(0, 999):03}", f"{rng.uniform(0, 100):.1f}", str(rng.randint(1900, 2030))])

    def paragraph(self, least: int) -> str:
        """Sentences of at least so many characters."""
        sentences, size = [], 0
        while size < least:
            sentences.append(self.sentence())
            size += len(sentences[-1]) + 1
        return " ".join(sentences)
