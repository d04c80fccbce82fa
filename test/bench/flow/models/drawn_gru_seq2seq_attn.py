# bench: class=Translator input=tokens:32,14:60+tokens:32,9:50 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class EncoderRNN(nn.Module):
    def __init__(self, vocab, emb, hid):
        super(EncoderRNN, self).__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.gru = nn.GRU(emb, hid, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(hid * 2, hid)

    def forward(self, src):
        outputs, hidden = self.gru(self.embedding(src))
        hidden = torch.tanh(self.fc(torch.cat((hidden[-2, :, :], hidden[-1, :, :]), dim=1)))
        return outputs, hidden


class BahdanauAttention(nn.Module):
    def __init__(self, hid):
        super(BahdanauAttention, self).__init__()
        self.Wa = nn.Linear(hid, hid)
        self.Ua = nn.Linear(2 * hid, hid)
        self.Va = nn.Linear(hid, 1)

    def forward(self, query, keys):
        scores = self.Va(torch.tanh(self.Wa(query).unsqueeze(1) + self.Ua(keys)))
        weights = F.softmax(scores.squeeze(2), dim=-1)
        context = torch.bmm(weights.unsqueeze(1), keys).squeeze(1)
        return context, weights


class DecoderRNN(nn.Module):
    def __init__(self, vocab, emb, hid):
        super(DecoderRNN, self).__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.attention = BahdanauAttention(hid)
        self.cell = nn.GRUCell(emb + 2 * hid, hid)
        self.out = nn.Linear(hid, vocab)

    def forward(self, enc_out, hidden, target):
        logits = []
        for t in range(target.shape[1]):
            emb = self.embedding(target[:, t])
            context, _ = self.attention(hidden, enc_out)
            hidden = self.cell(torch.cat([emb, context], dim=1), hidden)
            logits.append(self.out(hidden))
        return torch.stack(logits, dim=1)


class Translator(nn.Module):
    def __init__(self, src_vocab=60, tgt_vocab=50, emb=24, hid=32):
        super(Translator, self).__init__()
        self.encoder = EncoderRNN(src_vocab, emb, hid)
        self.decoder = DecoderRNN(tgt_vocab, emb, hid)

    def forward(self, src, tgt):
        enc_out, h = self.encoder(src)
        return self.decoder(enc_out, h, tgt)
