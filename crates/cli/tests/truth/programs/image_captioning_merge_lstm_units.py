import numpy as np
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.utils import to_categorical
from tensorflow.keras.layers import Input, Dense, LSTM, Embedding, Dropout, add
from tensorflow.keras.models import Model

descriptions = {
    "img1": ["startseq a dog runs endseq", "startseq brown dog outside endseq"],
    "img2": ["startseq two children play endseq"],
    "img3": ["startseq a man on a bike endseq", "startseq man rides endseq"],
}
photos = {k: np.random.rand(1, 64).astype("float32") for k in descriptions}


def to_lines(descriptions):
    all_desc = list()
    for key in descriptions.keys():
        [all_desc.append(d) for d in descriptions[key]]
    return all_desc


tokenizer = Tokenizer()
tokenizer.fit_on_texts(to_lines(descriptions))
vocab_size = len(tokenizer.word_index) + 1
max_length = max(len(d.split()) for d in to_lines(descriptions))


def create_sequences(tokenizer, max_length, desc_list, photo):
    X1, X2, y = list(), list(), list()
    for desc in desc_list:
        seq = tokenizer.texts_to_sequences([desc])[0]
        for i in range(1, len(seq)):
            in_seq, out_seq = seq[:i], seq[i]
            in_seq = pad_sequences([in_seq], maxlen=max_length)[0]
            out_seq = to_categorical([out_seq], num_classes=vocab_size)[0]
            X1.append(photo)
            X2.append(in_seq)
            y.append(out_seq)
    return np.array(X1), np.array(X2), np.array(y)


def data_generator(descriptions, photos, tokenizer, max_length):
    while 1:
        for key, desc_list in descriptions.items():
            photo = photos[key][0]
            in_img, in_seq, out_word = create_sequences(tokenizer, max_length, desc_list, photo)
            yield (in_img, in_seq), out_word


def define_model(vocab_size, max_length):
    inputs1 = Input(shape=(64,))
    fe1 = Dropout(0.5)(inputs1)
    fe2 = Dense(16, activation="relu")(fe1)
    inputs2 = Input(shape=(max_length,))
    se1 = Embedding(vocab_size, 16, mask_zero=True)(inputs2)
    se2 = Dropout(0.5)(se1)
    se3 = LSTM(8)(se2)
    decoder1 = add([fe2, se3])
    decoder2 = Dense(16, activation="relu")(decoder1)
    outputs = Dense(vocab_size, activation="softmax")(decoder2)
    model = Model(inputs=[inputs1, inputs2], outputs=outputs)
    model.compile(loss="categorical_crossentropy", optimizer="adam")
    return model


model = define_model(vocab_size, max_length)
steps = len(descriptions)
for i in range(2):
    generator = data_generator(descriptions, photos, tokenizer, max_length)
    model.fit(generator, epochs=1, steps_per_epoch=steps, verbose=0)


def generate_desc(model, tokenizer, photo, max_length):
    in_text = "startseq"
    for i in range(max_length):
        sequence = tokenizer.texts_to_sequences([in_text])[0]
        sequence = pad_sequences([sequence], maxlen=max_length)
        yhat = model.predict([photo, sequence], verbose=0)
        yhat = np.argmax(yhat)
        word = tokenizer.index_word.get(yhat)
        if word is None:
            break
        in_text += " " + word
        if word == "endseq":
            break
    return in_text


print(generate_desc(model, tokenizer, photos["img1"], max_length))
