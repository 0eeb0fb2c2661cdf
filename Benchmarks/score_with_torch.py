#!/usr/bin/env python3
"""Scores lines with PyTorch from a run of Elman: score_with_torch.py RUN < text  (LSTM, trained sentence by sentence)"""
import json, sys, torch
from safetensors.torch import load_file

run = sys.argv[1]
config, tensors = json.load(open(f"{run}/config.json")), load_file(f"{run}/model.safetensors")
words = open(f"{run}/vocabulary.txt", encoding="utf-8").read().split("\n")[:-1]
number = {word: index for index, word in enumerate(words)}

hidden = config["hidden"]
rnn = torch.nn.LSTM(config["embedding"], hidden, config["layers"])
for layer in range(config["layers"]):
    getattr(rnn, f"weight_ih_l{layer}").data = tensors[f"rnn/{layer}/inputWeights"]
    getattr(rnn, f"weight_hh_l{layer}").data = tensors[f"rnn/{layer}/recurrentWeights"]
    getattr(rnn, f"bias_ih_l{layer}").data = tensors[f"rnn/{layer}/bias"]
    forget = torch.zeros(4 * hidden)
    forget[hidden:2 * hidden] = 1  # Elman adds the forget bias when the cell runs
    getattr(rnn, f"bias_hh_l{layer}").data = forget

for line in sys.stdin:
    tokens = [number.get(word, number["<unk>"]) for word in line.split()] + [number["</s>"]]
    inputs = tensors["embeddings"][torch.tensor([number["</s>"]] + tokens[:-1])]
    output = rnn(inputs.unsqueeze(1))[0].squeeze(1)
    weights = tensors.get("scores/weights", tensors["embeddings"])  # tied models have no weights of their own
    scores = output @ weights.t() + tensors["scores/bias"]
    chosen = scores.log_softmax(1)[range(len(tokens)), tokens]
    print(f"{chosen.double().sum().item():.6f}\t{len(tokens)}\t{line.rstrip()}")
