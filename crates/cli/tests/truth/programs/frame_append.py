# Frames can no longer be appended to.
import pandas as pd

train = pd.DataFrame({"text": ["a", "b"], "label": [0, 1]})
test = pd.DataFrame({"text": ["c"], "label": [1]})
print(pd.concat([train, test]).shape)
everything = train.append(test)
