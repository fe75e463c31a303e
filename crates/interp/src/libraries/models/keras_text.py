"""Keras' text preprocessing of old: words to numbers."""

import random

import numpy as np

PUNCTUATION = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def text_to_word_sequence(input_text, filters=PUNCTUATION, lower=True, split=" "):
    if lower:
        input_text = input_text.lower()
    for letter in filters:
        input_text = input_text.replace(letter, split)
    return [word for word in input_text.split(split) if word]


def hashing_trick(text, n, hash_function=None, filters=PUNCTUATION, lower=True, split=" ", analyzer=None):
    words = analyzer(text) if analyzer else text_to_word_sequence(text, filters, lower, split)
    return [unknown_size() for _ in words]


def one_hot(input_text, n, filters=PUNCTUATION, lower=True, split=" ", analyzer=None):
    return hashing_trick(input_text, n, None, filters, lower, split, analyzer)


def skipgrams(sequence, vocabulary_size, window_size=4, negative_samples=1.0, shuffle=True, categorical=False,
              sampling_table=None, seed=None):
    """Pairs of a word and one near it, and pairs of words that need not be near each other; which pair stands where is
    not known once they are shuffled."""
    if sampling_table is not None or not is_known(list(sequence)):
        return unknown(), unknown()
    words = list(sequence)
    couples = [
        [word, words[at]]
        for place, word in enumerate(words)
        for at in range(max(0, place - window_size), min(len(words), place + window_size + 1))
        if at != place and word and words[at]
    ]
    others = int(len(couples) * negative_samples) if negative_samples > 0 else 0
    kinds = ([0, 1], [1, 0]) if categorical else (1, 0)
    labels = [kinds[0]] * len(couples) + [kinds[1]] * others
    if negative_samples > 0:
        firsts = [first for first, _ in couples]
        random.shuffle(firsts)
        last = int(vocabulary_size - 1)
        couples += [[firsts[at % len(firsts)], random.randint(1, last)] for at in range(others)]
    if shuffle and is_carried_out():
        seed = random.randint(0, 10_000_000) if seed is None else seed
        for shuffled in (couples, labels):
            random.seed(seed)
            random.shuffle(shuffled)
    elif shuffle:
        couples = [[unknown_size(), unknown_size()] for _ in couples]
        if not categorical:
            shuffle_list(labels)
        else:
            labels = [[unknown_size(), unknown_size()] for _ in labels]
    return couples, labels


class Tokenizer:
    def __init__(self, num_words=None, filters=PUNCTUATION, lower=True, split=" ", char_level=False,
                 oov_token=None, analyzer=None, **kwargs):
        self.num_words, self.filters, self.lower, self.split = num_words, filters, lower, split
        self.char_level, self.oov_token, self.analyzer = char_level, oov_token, analyzer
        self.word_counts, self.word_docs = {}, {}
        self.word_index, self.index_word = {}, {}
        self.document_count = 0
        # Whether it is known which word has which number.
        self._ranked = True

    def _words(self, text):
        if isinstance(text, list):
            return [word.lower() for word in text] if self.lower else text
        if self.char_level:
            return list(text.lower() if self.lower else text)
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts):
        if not is_known(texts):
            self.word_index = self.index_word = self.word_counts = unknown()
            return
        if not isinstance(texts, (list, tuple)) and not all([is_known(text) for text in texts]):
            self._fit_on_some(texts)
            return
        for text in texts:
            self.document_count += 1
            for word in self._words(text):
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
        if not is_known(self.word_counts):
            self.word_index = self.index_word = unknown()
            return
        ordered = sorted(self.word_counts.items(), key=lambda pair: pair[1], reverse=True)
        words = [] if self.oov_token is None else [self.oov_token]
        words.extend(word for word, _ in ordered)
        self.word_index = {word: number + 1 for number, word in enumerate(words)}
        self.index_word = {number: word for word, number in self.word_index.items()}

    def _fit_on_some(self, texts):
        """Texts of which is known which ones there are, but not how many of each: words are known and what numbers there
        are, but not which word has which; each has the one that is the likeliest."""
        kinds = set(np.asarray(texts))
        if not is_known(len(kinds)):
            self.word_index = self.index_word = self.word_counts = unknown()
            return
        words = [] if self.oov_token is None else [self.oov_token]
        for text in kinds:
            words += self._words(text)
        counts = {word: words.count(word) for word in words if word != self.oov_token}
        ordered = sorted(counts, key=lambda word: counts[word], reverse=True)
        self.word_counts = {word: unknown_size() for word in counts}
        words = ([] if self.oov_token is None else [self.oov_token]) + ordered
        self.word_index = {word: number + 1 for number, word in enumerate(words)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        self._ranked = False

    def fit_on_sequences(self, sequences):
        return None

    def texts_to_sequences(self, texts):
        if is_known(texts) and is_known(self.word_index):
            known = isinstance(texts, (list, tuple)) or all([is_known(text) for text in texts])
            if known and self._ranked:
                return [self._numbers(text) for text in texts]
            if known:
                numbers = sorted(self.word_index.values())
                lengths = [len(self._numbers(text)) for text in texts]
                return [list_of_draws(numbers, [length]) if length else [] for length in lengths]
            drawn = self._drawn_numbers(texts) if self._ranked is False else None
            if drawn is not None:
                return drawn
        sized = isinstance(texts, (list, tuple, np.ndarray)) or hasattr(texts, "__len__")
        if not sized or not is_known(len(texts)):
            return unknown()
        # So many sequences of numbers, of which none is known.
        return [unknown_array((unknown_size(),), dtype="int64") for text in texts]

    def _drawn_numbers(self, texts):
        """The sequences of texts that were drawn from some: of as many numbers as one of those, each number drawn from
        those of their words."""
        kinds = set(np.asarray(texts))
        if not is_known(len(kinds)) or not is_known(len(texts)) or self.num_words:
            return None
        numbers = [self._numbers(text) for text in kinds]
        values = sorted({number for own in numbers for number in own})
        lengths = sorted({len(own) for own in numbers})
        return [list_of_draws(values, lengths) for _ in range(len(texts))]

    def _numbers(self, text):
        other = self.word_index.get(self.oov_token)
        numbers = []
        for word in self._words(text):
            number = self.word_index.get(word)
            if number is not None and self.num_words and number >= self.num_words:
                number = other
            elif number is None:
                number = other
            if number is not None:
                numbers.append(number)
        return numbers

    def texts_to_sequences_generator(self, texts):
        return iter(self.texts_to_sequences(texts))

    def sequences_to_texts(self, sequences):
        if not is_known(sequences) or not is_known(self.index_word):
            return unknown()
        return [" ".join(self.index_word.get(number, "") for number in sequence) for sequence in sequences]

    def texts_to_matrix(self, texts, mode="binary"):
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences, mode="binary"):
        if not self.num_words:
            if not is_known(self.word_index):
                return unknown_array((unknown_size(), unknown_size()))
            if not self.word_index:
                raise ValueError("Specify a dimension (`num_words` argument), or fit on some text data first.")
            columns = len(self.word_index) + 1
        else:
            columns = self.num_words
        rows = len(sequences) if is_known(sequences) else unknown_size()
        if mode not in ("binary", "count", "freq") or not is_carried_out() or not is_known(sequences):
            return unknown_array((rows, columns))
        table = np.zeros((rows, columns))
        for row, numbers in enumerate(sequences):
            found = {}
            for number in numbers:
                if number < columns:
                    found[number] = found.get(number, 0) + 1
            for number, count in found.items():
                table[row, number] = 1 if mode == "binary" else count if mode == "count" else count / len(numbers)
        return table

    def get_config(self):
        return unknown()

    def to_json(self, **kwargs):
        return str(unknown())


def tokenizer_from_json(text):
    return unknown()
