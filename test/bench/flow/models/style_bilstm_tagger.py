# bench: class=BiLSTM_CRF input=tokens:16,20:120 loss=ce
import torch
import torch.nn as nn

START_TAG, STOP_TAG = "<START>", "<STOP>"
tag_to_ix = {"B": 0, "I": 1, "O": 2, START_TAG: 3, STOP_TAG: 4}


class BiLSTM_CRF(nn.Module):
    def __init__(self, vocab_size=120, tag_to_ix=tag_to_ix, embedding_dim=32, hidden_dim=64):
        super(BiLSTM_CRF, self).__init__()
        self.embedding_dim = embedding_dim
        self.hidden_dim = hidden_dim
        self.vocab_size = vocab_size
        self.tag_to_ix = tag_to_ix
        self.tagset_size = len(tag_to_ix)
        self.word_embeds = nn.Embedding(vocab_size, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim // 2, num_layers=2, bidirectional=True, dropout=0.3, batch_first=True)
        self.hidden2tag = nn.Linear(hidden_dim, self.tagset_size)
        self.init_weights()

    def init_weights(self):
        for name, param in self.lstm.named_parameters():
            if 'weight' in name:
                nn.init.xavier_uniform_(param)
            elif 'bias' in name:
                nn.init.constant_(param, 0)
        nn.init.uniform_(self.word_embeds.weight, -0.1, 0.1)

    def init_hidden(self, batch):
        return (torch.zeros(4, batch, self.hidden_dim // 2), torch.zeros(4, batch, self.hidden_dim // 2))

    def _get_lstm_features(self, sentence):
        hidden = self.init_hidden(sentence.size(0))
        embeds = self.word_embeds(sentence)
        lstm_out, hidden = self.lstm(embeds, hidden)
        return self.hidden2tag(lstm_out)

    def forward(self, sentence):
        return self._get_lstm_features(sentence)
