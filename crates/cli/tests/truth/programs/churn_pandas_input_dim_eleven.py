# churn prediction, followed a youtube tutorial
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler, OneHotEncoder
import tensorflow as tf

rng = np.random.RandomState(42)
n = 200
df = pd.DataFrame({
    'CustomerId': np.arange(n),
    'Surname': ['Smith'] * n,
    'CreditScore': rng.randint(350, 850, n),
    'Geography': rng.choice(['France', 'Spain', 'Germany'], n),
    'Gender': rng.choice(['Male', 'Female'], n),
    'Age': rng.randint(18, 80, n),
    'Tenure': rng.randint(0, 10, n),
    'Balance': rng.uniform(0, 200000, n),
    'Exited': rng.randint(0, 2, n),
})
X = df.drop(['CustomerId', 'Surname', 'Exited'], axis=1)
y = df['Exited']
le = LabelEncoder()
X['Gender'] = le.fit_transform(X['Gender'])
X = pd.get_dummies(X, columns=['Geography'], drop_first=True)
print(X.shape, X.columns.tolist())
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)

ann = tf.keras.models.Sequential()
ann.add(tf.keras.layers.Dense(units=6, activation='relu', input_dim=11))
ann.add(tf.keras.layers.Dropout(0.1))
ann.add(tf.keras.layers.Dense(units=6, activation='relu'))
ann.add(tf.keras.layers.Dense(units=1, activation='sigmoid'))
ann.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
ann.fit(X_train, y_train, batch_size=32, epochs=1, verbose=0)

y_pred = ann.predict(X_test, verbose=0)
y_pred = (y_pred > 0.5)
from sklearn.metrics import confusion_matrix, accuracy_score
cm = confusion_matrix(y_test, y_pred)
print(cm, accuracy_score(y_test, y_pred))
single = ann.predict(sc.transform([[600, 1, 40, 3, 60000, 0, 1]]), verbose=0)
print(single > 0.5)
