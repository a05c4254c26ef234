"""With real weights: texts that people rate as alike are close."""

from __future__ import annotations

import numpy as np
from embed.model import EmbeddingModel
from scipy.stats import spearmanr

# Rated by hand from 0, unrelated, to 5, the same.
PAIRS = [
    ("A man is playing a guitar.", "A man plays the guitar.", 5.0),
    ("A plane is taking off.", "An aircraft is departing.", 4.6),
    ("The cat sleeps on the sofa.", "A cat is napping on the couch.", 4.7),
    ("Revenue grew by ten percent.", "Sales increased 10 %.", 4.4),
    ("The company cut its dividend.", "The firm reduced the dividend it pays.", 4.7),
    ("A child is eating an apple.", "A kid eats fruit.", 3.9),
    ("A dog runs through the snow.", "A dog is running in snow.", 4.8),
    ("The stock fell sharply.", "Shares dropped a lot.", 4.4),
    ("Two women are talking.", "Two ladies have a conversation.", 4.5),
    ("How do I reset my password?", "I forgot my password, what can I do?", 4.0),
    ("A man is cooking pasta.", "Somebody prepares dinner.", 3.0),
    ("The train is late.", "The bus was delayed.", 2.6),
    ("A woman is slicing an onion.", "A woman is cutting a tomato.", 2.6),
    ("A boy plays football.", "A girl plays tennis.", 2.0),
    ("The bank raised interest rates.", "Mortgages became more expensive.", 2.6),
    ("It is raining in London.", "The weather in London is sunny.", 2.4),
    ("He drives a red car.", "He rides a bicycle.", 1.9),
    ("The movie was wonderful.", "I disliked the film.", 2.3),
    ("A cat chases a mouse.", "A dog chases a ball.", 1.8),
    ("The engineer wrote the code.", "The engineer repaired the bridge.", 1.6),
    ("Profit rose in the first quarter.", "The team won the first match.", 0.8),
    ("She bought bread at the bakery.", "She sold her house.", 0.9),
    ("The river flooded the village.", "The bank opened a branch.", 0.4),
    ("Penguins live in Antarctica.", "The printer has no paper.", 0.0),
    ("A man is playing a guitar.", "The recipe needs two eggs.", 0.0),
    ("The server returned an error.", "A horse stands in the field.", 0.0),
    ("Inflation slowed in May.", "The baby laughed.", 0.0),
    ("She teaches mathematics.", "The lake is frozen.", 0.1),
    ("The contract expires in June.", "Lions hunt at night.", 0.0),
    ("He repaired the roof.", "Quantum computers use qubits.", 0.0),
]


def test_similarity_follows_the_ratings(minilm: EmbeddingModel) -> None:
    first = minilm.embed(minilm.tokenize([pair[0] for pair in PAIRS], ""))
    second = minilm.embed(minilm.tokenize([pair[1] for pair in PAIRS], ""))
    cosines = [np.dot(a.values, b.values) for a, b in zip(first, second, strict=True)]
    assert spearmanr(cosines, [pair[2] for pair in PAIRS]).statistic >= 0.75
