"""Hugging Face's transformers: four small models trained for a few steps, one of them asked to go on with a text."""
import tempfile

import torch
from transformers import (BertConfig, BertForSequenceClassification, BertForTokenClassification, GPT2Config,
                          GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, T5Config, T5ForConditionalGeneration)
from transformers.utils import logging

logging.set_verbosity_error()
ids = torch.arange(24).reshape(2, 12) % 50
small = {"vocab_size": 50, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
         "max_position_embeddings": 32}


def train(make, **inputs):
    torch.manual_seed(0)
    model = make()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    model.eval()                                        # no dropout
    losses = []
    for _ in range(3):
        loss = model(**inputs).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(type(model).__name__, model.num_parameters(), losses)
    return model


gpt2 = train(lambda: GPT2LMHeadModel(GPT2Config(vocab_size=50, n_positions=32, n_embd=32, n_layer=2, n_head=4,
                                                bos_token_id=0, eos_token_id=49)), input_ids=ids, labels=ids)
print(gpt2.generate(ids[:1, :4], max_new_tokens=6, do_sample=False, pad_token_id=49).tolist())
with tempfile.TemporaryDirectory() as folder:
    gpt2.save_pretrained(folder)
    again = GPT2LMHeadModel.from_pretrained(folder)
print(torch.equal(again(ids).logits, gpt2(ids).logits))
llama = train(lambda: LlamaForCausalLM(LlamaConfig(num_key_value_heads=2, **small)), input_ids=ids, labels=ids)
bert = train(lambda: BertForSequenceClassification(BertConfig(**small)), input_ids=ids, labels=torch.tensor([0, 1]))
for saved, loads in ((llama, LlamaForCausalLM), (bert, BertForTokenClassification)):       # this one with a new head
    with tempfile.TemporaryDirectory() as folder:
        saved.save_pretrained(folder)
        torch.manual_seed(2)
        print(loads.from_pretrained(folder)(ids).logits[0, :2].tolist())
with tempfile.TemporaryDirectory() as folder:                 # as most models are published
    llama.to(torch.bfloat16).save_pretrained(folder)
    half = LlamaForCausalLM.from_pretrained(folder)
    print(half.dtype, LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)(ids).logits[0, :2].tolist())
    print(half.generate(ids[:1, :4], max_new_tokens=4, do_sample=False, pad_token_id=49).tolist())
train(lambda: T5ForConditionalGeneration(T5Config(vocab_size=50, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4,
                                                  decoder_start_token_id=0)), input_ids=ids, labels=ids)
