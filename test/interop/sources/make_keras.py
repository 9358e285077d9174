"""Small files of Keras networks, and what Keras computes with them.

Made twice, Python 3.11, beside this file: with keras 3.15.1 on torch 2.13.0, `KERAS_BACKEND=torch python make_keras.py keras3`, and with tensorflow-cpu
2.15.1, which has Keras 2.15.0, `python make_keras.py keras2`. Each writes NAME_*.keras, NAME_*.h5 and NAME.json; each case has the input of one
sequence and its logits [T, V].
"""

import json
import os
import sys

import numpy as np

try:
    import keras
except ImportError:
    from tensorflow import keras

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = sys.argv[1]
L = keras.layers
T = 6
random = np.random.default_rng(9)
cases = []
keras.utils.set_random_seed(4)


def randomised(model):
    model.set_weights([random.uniform(-0.8, 0.8, w.shape).astype(w.dtype) if w.dtype.kind == "f" else w for w in model.get_weights()])
    return model


def case(name, file, model, x, save="save"):
    path = os.path.join(HERE, f"{NAME}_{file}")
    getattr(model, save)(path)
    logits = np.asarray(keras.ops.convert_to_numpy(model(x[None])) if hasattr(keras, "ops") else model(x[None]).numpy())
    cases.append({"name": name, "file": os.path.basename(path), "inputs": x.tolist(), "logits": np.round(logits.astype(np.float64), 8).flatten().tolist()})


def floats():
    return random.uniform(-1, 1, (T, 3)).astype(np.float32)


lstm = randomised(keras.Sequential([keras.Input((None, 3)), L.LSTM(4, return_sequences=True, name="zebra"), L.Dropout(0.2), L.LSTM(5, return_sequences=True, name="ant"), L.Dense(2)]))
case("two LSTM layers, named against their order, and a dense one", "lstm.keras", lstm, floats())
case("the same as a whole .h5 file", "lstm.h5", lstm, floats())
case("the same as weights alone", "lstm.weights.h5", lstm, floats(), "save_weights")

for after in (True, False):
    gru = randomised(keras.Sequential([keras.Input((None, 3)), L.GRU(4, return_sequences=True, reset_after=after), L.TimeDistributed(L.Dense(2))]))
    case(f"a GRU with reset_after={after}", f"gru{int(after)}.keras", gru, floats())

x = keras.Input((None,), dtype="int32")
hidden = L.LSTM(4, return_sequences=True, use_bias=False)(L.Embedding(5, 3)(x))
functional = randomised(keras.Model(x, L.Dense(5, use_bias=False)(hidden)))
case("a functional model with an embedding and without biases, .keras", "embedding.keras", functional, random.integers(0, 5, T))
case("the same as .h5", "embedding.h5", functional, random.integers(0, 5, T))

trained = randomised(keras.Sequential([keras.Input((None, 3)), L.GRU(4, return_sequences=True), L.Dense(2)]))
trained.compile("adam", "mse")
trained.fit(floats()[None], np.zeros((1, T, 2)), verbose=0)
case("a compiled and trained GRU, with its optimiser", "trained.h5", trained, floats())
case("the same as .keras", "trained.keras", trained, floats())

keras.Sequential([keras.Input((None, 3)), L.Bidirectional(L.LSTM(2, return_sequences=True))]).save(os.path.join(HERE, f"{NAME}_bidirectional.keras"))
keras.Sequential([keras.Input((None, 3)), L.LSTM(2, recurrent_activation="hard_sigmoid")]).save(os.path.join(HERE, f"{NAME}_activation.h5"))

with open(os.path.join(HERE, f"{NAME}.json"), "w") as file:
    json.dump({"keras": keras.__version__, "cases": cases}, file, indent=1)
    file.write("\n")
