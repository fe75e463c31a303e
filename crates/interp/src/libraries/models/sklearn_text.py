"""scikit-learn's vectorizers of texts (`sklearn/feature_extraction/text.py`): how many documents and words there are.

What each cell holds is not modelled."""

import re

import numpy as np
import scipy.sparse

# Longer texts are not cut into words.
_DOCUMENTS = 500


class CountVectorizer:
    _dtype = np.int64

    def __init__(self, *, input="content", lowercase=True, preprocessor=None, tokenizer=None, stop_words=None,
                 token_pattern=r"(?u)\b\w\w+\b", ngram_range=(1, 1), analyzer="word", max_df=1.0, min_df=1, max_features=None,
                 vocabulary=None, dtype=None, **kwargs):
        self.lowercase, self.stop_words, self.token_pattern = lowercase, stop_words, token_pattern
        self.ngram_range, self.max_df, self.min_df = ngram_range, max_df, min_df
        self.max_features, self.vocabulary = max_features, vocabulary
        self.dtype = self._dtype if dtype is None else dtype
        own = preprocessor, tokenizer
        self._plain = input == "content" and analyzer == "word" and own == (None, None) and not isinstance(stop_words, str)
        self._fitted = False

    def _documents(self, raw_documents):
        if isinstance(raw_documents, str):
            raise ValueError("Iterable over raw text documents expected, string object received.")
        if not hasattr(raw_documents, "__len__"):
            return list(raw_documents)
        return raw_documents

    def _words(self, text):
        text = text.lower() if self.lowercase else text
        words = [word for word in re.findall(self.token_pattern, text) if word not in (self.stop_words or ())]
        low, high = self.ngram_range
        return {" ".join(words[i:i + n]) for n in range(low, high + 1) for i in range(len(words) - n + 1)}

    def _count(self, documents):
        """How many words are kept, and which, as far as that is known."""
        size = len(documents)
        if not self._plain or not is_known(size) or size > _DOCUMENTS or not is_known(documents):
            return unknown_size(), None
        found = {}
        for text in documents:
            if not is_known(str(text)):
                return unknown_size(), None
            for word in self._words(str(text)):
                if not is_known(word):
                    return unknown_size(), None
                found[word] = found.get(word, 0) + 1
        most = self.max_df if isinstance(self.max_df, int) else self.max_df * size
        least = self.min_df if isinstance(self.min_df, int) else self.min_df * size
        if most < least:
            raise ValueError("max_df corresponds to < documents than min_df")
        kept = sorted([word for word, count in found.items() if least <= count <= most])
        if not kept:
            raise ValueError("empty vocabulary; perhaps the documents only contain stop words" if not found else
                             "After pruning, no terms remain. Try a lower min_df or a higher max_df.")
        if self.max_features is not None and self.max_features < len(kept):
            return self.max_features, None
        return len(kept), kept

    def fit(self, raw_documents, y=None):
        documents = self._documents(raw_documents)
        if self.vocabulary is None:
            self._size, words = self._count(documents)
        else:
            self._size, words = len(self.vocabulary), None
        self._names = words
        self.vocabulary_ = unknown() if words is None else {word: i for i, word in enumerate(words)}
        self._fitted = True
        return self

    def _matrix(self, rows):
        return scipy.sparse.csr_matrix(unknown_array((rows, self._size), dtype=self.dtype))

    def fit_transform(self, raw_documents, y=None):
        documents = self._documents(raw_documents)
        return self.fit(documents)._matrix(len(documents))

    def transform(self, raw_documents, copy=True):
        documents = self._documents(raw_documents)
        if not self._fitted and self.vocabulary is None:
            return unknown()
        if not self._fitted:
            self._size = len(self.vocabulary)
        return self._matrix(len(documents))

    def get_feature_names_out(self, input_features=None):
        return unknown_array((self._size,)) if self._names is None else np.array(self._names, dtype=object)


class TfidfVectorizer(CountVectorizer):
    _dtype = np.float64


class HashingVectorizer(CountVectorizer):
    _dtype = np.float64

    def __init__(self, *, n_features=2 ** 20, dtype=None, **kwargs):
        self._size, self._names, self._fitted = n_features, None, True
        self.dtype = self._dtype if dtype is None else dtype

    def fit(self, raw_documents, y=None):
        return self
