"""skorch: a network as a scikit-learn estimator, in a pipeline, a grid search, with callbacks, saved and loaded."""
import os
import pickle
import tempfile

import numpy as np
import torch
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from skorch import NeuralNetClassifier, NeuralNetRegressor
from skorch.callbacks import EarlyStopping, LRScheduler
from torch import nn


class Net(nn.Module):
    def __init__(self, hidden=10):
        super().__init__()
        self.enter, self.leave = nn.Linear(10, hidden), nn.Linear(hidden, 2)

    def forward(self, x):
        return torch.softmax(self.leave(torch.relu(self.enter(x))), -1)


x, y = make_classification(300, 10, n_informative=5, random_state=0)
x, y = x.astype(np.float32), y.astype(np.int64)
torch.manual_seed(0)
net = NeuralNetClassifier(Net, max_epochs=5, lr=0.1, verbose=0,
                          callbacks=[EarlyStopping(patience=3), LRScheduler("StepLR", step_size=2)])
net.fit(x, y)
print(net.history[:, "train_loss"], net.history[:, "valid_loss"], net.score(x, y), net.predict_proba(x)[:2])
torch.manual_seed(0)
search = GridSearchCV(NeuralNetClassifier(Net, max_epochs=3, verbose=0, train_split=None),
                      {"lr": [0.01, 0.1], "module__hidden": [5, 10]}, cv=2, scoring="accuracy")
search.fit(x, y)
print(search.best_params_, search.best_score_)
line = NeuralNetRegressor(nn.Linear, module__in_features=10, module__out_features=1, max_epochs=3, verbose=0, lr=0.01)
line.fit(x, x[:, :1])
print(line.history[-1, "train_loss"], net)
torch.manual_seed(0)
print(cross_val_score(Pipeline([("scale", StandardScaler()), ("net", NeuralNetClassifier(Net, max_epochs=2, verbose=0))]),
                      x, y, cv=2))
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "net.pt")
    net.save_params(f_params=path)
    again = NeuralNetClassifier(Net).initialize()
    again.load_params(f_params=path)
print((again.predict(x) == net.predict(x)).all(), (pickle.loads(pickle.dumps(net)).predict(x) == net.predict(x)).all())
