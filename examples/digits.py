"""Scores of a classifier on handwritten digits, as an input for `lse softmax` and `lse loss`.

Fits scikit-learn's logistic regression on the first half of its bundled digits, and writes the
decision scores of the other half, 899 rows of 10, twice: as digits_scores.npy and digits_scores.csv.
The digits that they are go to digits_labels.npy.

    python examples/digits.py [FOLDER]
    lse softmax digits_scores.npy -o probabilities.npy
    lse loss digits_scores.npy digits_labels.npy

The probabilities are those of `predict_proba`. scikit-learn computes them as exp(x - max) / sum in
float64, where rounding x - max moves exp(x - max) by up to |x - max| ulp: the smaller a
probability, the fewer of its last digits are right. `lse` keeps them all.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler


def fit() -> tuple[Pipeline, np.ndarray]:
    """The classifier, and the images it has not seen."""
    images, labels = load_digits(return_X_y=True)
    seen, unseen, known, _ = train_test_split(images, labels, test_size=0.5, shuffle=False)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return classifier.fit(seen, known), unseen


def main(folder: Path) -> None:
    """Write the scores of the unseen images into `folder`."""
    classifier, unseen = fit()
    scores = classifier.decision_function(unseen)
    np.save(folder / "digits_scores.npy", scores)
    np.save(folder / "digits_labels.npy", load_digits().target[-len(unseen) :])
    header = ",".join(f"digit_{label}" for label in classifier.classes_)
    # 17 digits bring back the same float64; every line then holds the bits of the .npy file.
    np.savetxt(
        folder / "digits_scores.csv", scores, fmt="%.17g", delimiter=",", header=header, comments=""
    )
    print(f"{len(scores)} rows of {scores.shape[1]} scores: digits_scores.npy, digits_scores.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path())
