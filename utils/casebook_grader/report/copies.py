"""Finds learners whose answers are nearly the same, as a hint for a person to read both.

What many learners share is no sign of anything: fingerprints of the released code, and those of
more than a few answers, do not count. The others lie in an inverted index, so the time follows
what is shared, not the number of pairs. One short answer alone never suffices (`ALONE`). The
numbers below were set on classes of invented honest answers to two exercises of ten lines, some of
them copied with other names: nine in ten copies were found in any size of class, and one honest
pair was named in a class of 300, none in those of 10, 30, 100 and 1,000.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from casebook_grader.report.tokens import grams, imported, tokens, winnow

COMMON = 0.2  # share of the class from which on a passage is common
FEW = 3  # but this many learners may share it in any class
MANY = 100  # and no more than this many in any class
LIKE = 0.6  # share of an answer's fingerprints that count which makes two answers alike
SLIGHT = 5  # shared fingerprints below which an answer does not count at all
ENOUGH = 30  # shared fingerprints of several answers together that are worth reading
ALONE = 45  # shared fingerprints of one answer alone that are, about 130 tokens
MOST_PAIRS = 20_000_000  # of learners in one exercise, whom one fingerprint or more connects


@dataclass(frozen=True)
class Alike:
    """One answer of two learners.

    Attributes:
        answer: The grade_id of its cell.
        shared: Fingerprints that both have, and few others.
        share: What part that is of those that count in the answer with fewer of them, 0 to 1.
    """

    answer: str
    shared: int
    share: float


@dataclass(frozen=True)
class Pair:
    """Two learners, by their numbers, and their answers that are alike."""

    one: int
    other: int
    answers: tuple[Alike, ...]

    @property
    def shared(self) -> int:
        """Fingerprints that both have, and few others, in all these answers."""
        return sum(alike.shared for alike in self.answers)


class Answers:
    """The fingerprints of a class's answers."""

    def __init__(self, given: Iterable[str]):
        """Begin with none.

        Args:
            given: Code that all learners received.
        """
        given = list(given)
        self._known = imported(given)
        self._given = np.unique(
            np.concatenate([np.empty(0, np.uint64), *(grams(self._tokens(text)) for text in given)])
        )
        self._hashes: dict[str, array] = defaultdict(lambda: array("Q"))
        self._learners: dict[str, array] = defaultdict(lambda: array("I"))
        self._sizes: dict[str, array] = defaultdict(lambda: array("I"))
        self.count = 0

    def add(self, learner: int, answers: dict[str, str]) -> None:
        """Add a learner's answers, by the grade_ids of their cells.

        Args:
            learner: A number, greater than those before.
            answers: The text of each.
        """
        self.count += 1
        for answer, text in answers.items():
            own = self._own(text)
            if len(own) >= SLIGHT:
                self._hashes[answer].frombytes(own.tobytes())
                self._learners[answer].append(learner)
                self._sizes[answer].append(len(own))

    @property
    def limit(self) -> int:
        """How many learners may share a fingerprint that counts."""
        return int(min(MANY, max(FEW, COMMON * self.count)))

    def pairs(self) -> list[Pair]:
        """Learners whose answers are nearly the same, those who share most first."""
        alike = defaultdict(list)
        for answer in self._hashes:
            for one, other, shared, share in self._alike(answer):
                alike[one, other].append(Alike(answer, shared, share))
        pairs = [Pair(*learners, tuple(answers)) for learners, answers in alike.items()]
        pairs = [pair for pair in pairs if pair.shared >= (ENOUGH if pair.answers[1:] else ALONE)]
        return sorted(pairs, key=lambda pair: (-pair.shared, pair.one, pair.other))

    def passages(self, one: str, other: str) -> tuple[set[int], set[int]]:
        """The lines, from 0, of two texts where they share what was not given."""
        rows = [self._tokens(text) for text in (one, other)]
        hashes = [grams(row) for row in rows]
        shared = np.setdiff1d(np.intersect1d(*hashes), self._given)
        lines = []
        for row, found in zip(rows, hashes, strict=True):
            starts = np.flatnonzero(np.isin(found, shared))
            width = len(row) - len(found) + 1
            lines.append({line for n in starts for _, line in row[n : n + width]})
        return lines[0], lines[1]

    def _tokens(self, text: str) -> list[tuple[str, int]]:
        return tokens(text, self._known)

    def _own(self, text: str) -> np.ndarray:
        """The fingerprints of an answer that are not those of the released code."""
        found = winnow(grams(self._tokens(text)))
        return found[~np.isin(found, self._given, assume_unique=True)]

    def _alike(self, answer: str) -> Iterable[tuple[int, int, int, float]]:
        """Pairs of learners whose texts of one answer are alike: shared fingerprints, and share."""
        hashes = np.frombuffer(self._hashes[answer], np.uint64)
        sizes = np.frombuffer(self._sizes[answer], np.uint32)
        place = np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)
        order = np.argsort(hashes, kind="stable")
        hashes, place = hashes[order], place[order]
        starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]]))
        groups = np.diff(np.append(starts, len(hashes)))
        codes, room = [], MOST_PAIRS
        rare = np.zeros(len(sizes), np.uint32)  # fingerprints of each text that count
        for size in range(1, self.limit + 1):
            which = starts[groups == size]
            members = place[which[:, None] + np.arange(size)]  # ascending in each row
            room -= len(which) * size * (size - 1) // 2
            if room < 0:
                break
            np.add.at(rare, members.ravel(), 1)
            left, right = np.triu_indices(size, 1)
            codes.append((members[:, left].astype(np.uint64) << 32 | members[:, right]).ravel())
        found, shared = np.unique(np.concatenate(codes), return_counts=True)
        enough = shared >= SLIGHT
        found, shared = found[enough], shared[enough]
        one, other = (found >> 32).astype(np.int64), (found & 0xFFFFFFFF).astype(np.int64)
        share = shared / np.minimum(rare[one], rare[other])
        learners = np.frombuffer(self._learners[answer], np.uint32)
        for n in np.flatnonzero(share >= LIKE):
            yield int(learners[one[n]]), int(learners[other[n]]), int(shared[n]), float(share[n])
