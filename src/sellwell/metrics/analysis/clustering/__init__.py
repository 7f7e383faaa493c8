"""Clustering: like rows found together, with a measure of how well, and labels that stay from run to run.

Plain Python on purpose: a few thousand rows of a handful of features are a second's work, and every step can be followed.
Binary floats are fine here: nothing of it is money that is kept.
"""

from sellwell.metrics.analysis.clustering.agreement import adjusted_rand, matched
from sellwell.metrics.analysis.clustering.kmeans import Clustering, best, nearest, silhouette, standardised

__all__ = ["Clustering", "adjusted_rand", "best", "matched", "nearest", "silhouette", "standardised"]
