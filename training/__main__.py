"""Make `bot/topic_head.npz`: a multinomial logistic regression over the embeddings of labelled prompts."""

from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from bot.classifier import HEAD, Embedder
from bot.duel import Topic
from bot.topics import SURE

PROMPTS = Path(__file__).parent / "prompts.tsv"
FOLDS = 8
RIDGES = (0.00003, 0.0001, 0.0003, 0.001)
"""Weights of the penalty that are tried."""
STEPS = 2_000
TOPICS = tuple(Topic)

Matrix = NDArray[np.float64]


def read(path: Path) -> tuple[list[Topic], list[str]]:
    """Labelled prompts: a topic and a prompt a line, with a tab between them."""
    rows = [line.split("\t", 1) for line in path.read_text().splitlines()]
    return [Topic(topic) for topic, _ in rows], [prompt for _, prompt in rows]


def softmax(scores: Matrix) -> Matrix:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fit(points: Matrix, labels: NDArray[np.intp], ridge: float) -> tuple[Matrix, Matrix]:
    """Weights (topics × dimensions) and biases (topics), by accelerated gradient descent.

    E5's embeddings lie in a narrow cone: they are centred and scaled first, and both is folded into the
    result, so that it takes embeddings as they are.
    """
    mean = points.mean(axis=0)
    scale = float(np.linalg.norm(points - mean, axis=1).mean())
    known = np.hstack([(points - mean) / scale, np.ones((len(points), 1))])
    wanted = np.eye(len(TOPICS))[labels]
    penalty = np.full(known.shape[1], ridge)
    penalty[-1] = 0
    weights = before = np.zeros((len(TOPICS), known.shape[1]))
    for step in range(STEPS):
        ahead = weights + step / (step + 3) * (weights - before)
        slope = (softmax(known @ ahead.T) - wanted).T @ known / len(known) + penalty * ahead
        before, weights = weights, ahead - slope
    matrix = weights[:, :-1] / scale
    return matrix, weights[:, -1] - matrix @ mean


def unseen(points: Matrix, labels: NDArray[np.intp], ridge: float, rng: np.random.Generator) -> Matrix:
    """Probabilities of each prompt, by a head that was made without it."""
    fold = rng.permutation(len(points)) % FOLDS
    found = np.zeros((len(points), len(TOPICS)))
    for number in range(FOLDS):
        weights, biases = fit(points[fold != number], labels[fold != number], ridge)
        found[fold == number] = softmax(points[fold == number] @ weights.T + biases)
    return found


@click.command()
def main() -> None:
    """Choose the penalty by cross-validation, fit on all prompts, and write the head."""
    topics, prompts = read(PROMPTS)
    labels = np.array([TOPICS.index(topic) for topic in topics])
    embedder = Embedder()
    points = np.array([embedder.embed(prompt) for prompt in prompts], dtype=np.float64)
    losses = {}
    for ridge in RIDGES:
        found = unseen(points, labels, ridge, np.random.default_rng(1))
        losses[ridge] = float(-np.log(found[np.arange(len(labels)), labels]).mean())
        right, sure = found.argmax(axis=1) == labels, found.max(axis=1) >= SURE
        click.echo(
            f"ridge {ridge}: loss {losses[ridge]:.3f}, right {right.mean():.1%}; "
            f"said {sure.mean():.1%}, of these right {right[sure].mean():.1%}"
        )
    weights, biases = fit(points, labels, min(losses, key=lambda ridge: losses[ridge]))
    np.savez(HEAD, topics=TOPICS, weights=weights.astype(np.float32), biases=biases.astype(np.float32))
    click.echo(f"{HEAD.name}: {len(prompts)} prompts, {HEAD.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
