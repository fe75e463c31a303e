import numpy as np
from keras.models import Sequential
from keras.layers import LSTM, Dense, Dropout, Activation, BatchNormalization
from keras.utils import to_categorical
from keras.callbacks import ModelCheckpoint

notes = ["C4", "E4", "G4", "B4", "C5", "4.7.11", "A3", "F#4", "2.5", "D4"] * 12
pitchnames = sorted(set(item for item in notes))
n_vocab = len(set(notes))
note_to_int = dict((note, number) for number, note in enumerate(pitchnames))

sequence_length = 20
network_input = []
network_output = []
for i in range(0, len(notes) - sequence_length, 1):
    sequence_in = notes[i:i + sequence_length]
    sequence_out = notes[i + sequence_length]
    network_input.append([note_to_int[char] for char in sequence_in])
    network_output.append(note_to_int[sequence_out])

n_patterns = len(network_input)
normalized_input = np.reshape(network_input, (n_patterns, sequence_length, 1))
normalized_input = normalized_input / float(n_vocab)
network_output = to_categorical(network_output)


def create_network(network_input, n_vocab):
    model = Sequential()
    model.add(LSTM(16, input_shape=(network_input.shape[1], network_input.shape[2]), recurrent_dropout=0.3, return_sequences=True))
    model.add(LSTM(16, return_sequences=True, recurrent_dropout=0.3))
    model.add(LSTM(16))
    model.add(BatchNormalization())
    model.add(Dropout(0.3))
    model.add(Dense(32))
    model.add(Activation("relu"))
    model.add(Dense(n_vocab))
    model.add(Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop")
    return model


model = create_network(normalized_input, n_vocab)
model.fit(normalized_input, network_output, epochs=1, batch_size=64, verbose=0)

int_to_note = dict((number, note) for number, note in enumerate(pitchnames))
start = np.random.randint(0, len(network_input) - 1)
pattern = network_input[start]
prediction_output = []
for note_index in range(3):
    prediction_input = np.reshape(pattern, (1, len(pattern)))
    prediction_input = prediction_input / float(n_vocab)
    prediction = model.predict(prediction_input, verbose=0)
    index = np.argmax(prediction)
    result = int_to_note[index]
    prediction_output.append(result)
    pattern.append(index)
    pattern = pattern[1:len(pattern)]
print(prediction_output)
