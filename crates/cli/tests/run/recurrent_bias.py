from tensorflow.keras import layers

for layer in layers.LSTM(2), layers.LSTM(2, unit_forget_bias=False), layers.GRU(2):
    layer.build((None, 3, 4))
    print(layer.get_weights()[-1] if layer.weights else layer.cell.get_weights()[-1])
