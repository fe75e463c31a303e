import numpy as np
import pandas as pd
from tensorflow import keras
from tensorflow.keras import layers

rows = 40
df = pd.DataFrame({
    'Pclass': np.random.randint(1, 4, rows),
    'Sex': ['male', 'female'] * (rows // 2),
    'Age': np.random.uniform(1, 80, rows),
    'Fare': np.random.uniform(5, 100, rows),
    'Embarked': ['S', 'C', 'Q', 'S'] * (rows // 4),
    'Survived': np.random.randint(0, 2, rows),
})
y = df.pop('Survived')
df['Sex'] = df['Sex'].map({'male': 0, 'female': 1})
X = pd.get_dummies(df, columns=['Embarked']).astype('float32')
model = keras.Sequential([
    layers.Dense(16, activation='relu', input_shape=[X.shape[1]]),
    layers.Dropout(0.3),
    layers.Dense(1, activation='sigmoid'),
])
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['binary_accuracy'])
early_stopping = keras.callbacks.EarlyStopping(patience=5, min_delta=0.001, restore_best_weights=True)
history = model.fit(X.values, y.values, batch_size=8, epochs=1, callbacks=[early_stopping], verbose=0)
