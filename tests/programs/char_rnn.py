"""Names sorted by language, letter by letter: a recurrent network whose steps are written out, then an LSTM."""
import string

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

torch.manual_seed(3)
NAMES = {
    "English": ["Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies"],
    "Italian": ["Rossi", "Russo", "Ferrari", "Esposito", "Bianchi", "Romano", "Colombo", "Ricci"],
    "Polish": ["Nowak", "Kowalski", "Wisniewski", "Wojcik", "Kowalczyk", "Kaminski", "Lewandowski", "Zielinski"],
}
LETTERS = string.ascii_letters


class CharRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = torch.tanh(self.i2h(combined))
        return self.softmax(self.h2o(hidden)), hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)


def line_to_tensor(line):
    tensor = torch.zeros(len(line), 1, len(LETTERS))
    for li, letter in enumerate(line):
        tensor[li][0][LETTERS.index(letter)] = 1
    return tensor


rnn = CharRNN(len(LETTERS), 32, len(NAMES))
criterion = nn.NLLLoss()
learning_rate = 0.05
lines = [(name, k) for k, names in enumerate(NAMES.values()) for name in names]
for i, index in enumerate(torch.randperm(len(lines)).tolist()):
    name, k = lines[index]
    hidden = rnn.initHidden()
    rnn.zero_grad()
    for letter in line_to_tensor(name):
        output, hidden = rnn(letter, hidden)
    loss = criterion(output, torch.tensor([k], dtype=torch.long))
    loss.backward()
    for p in rnn.parameters():
        p.data.add_(p.grad.data, alpha=-learning_rate)
    print(f"{i} {name} loss {loss.item():.8f}")


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(len(LETTERS) + 1, 12, padding_idx=0)
        self.lstm = nn.LSTM(12, 24, num_layers=2, batch_first=True, bidirectional=True, dropout=0.1)
        self.out = nn.Linear(48, len(NAMES))

    def forward(self, x, lengths):
        packed = pack_padded_sequence(self.embedding(x), lengths, batch_first=True, enforce_sorted=True)
        _, (h, _) = self.lstm(packed)
        return self.out(torch.cat([h[-2], h[-1]], dim=1))


model = Classifier()
lines.sort(key=lambda line: -len(line[0]))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
x = pad_sequence([torch.tensor([LETTERS.index(c) + 1 for c in name]) for name, _ in lines], batch_first=True)
lengths = torch.tensor([len(name) for name, _ in lines])
y = torch.tensor([k for _, k in lines])
for epoch in range(20):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x, lengths), y)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.25)
    optimizer.step()
    print(f"epoch {epoch} loss {loss.item():.8f}")
