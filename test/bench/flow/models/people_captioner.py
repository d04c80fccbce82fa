# bench: class=CaptionNet input=randn:8,3,32,32+tokens:8,10:120 loss=ce
import torch
import torch.nn as nn
import torch.nn.functional as F


class EncoderCNN(nn.Module):
    def __init__(self, encoded_image_size=4):
        super(EncoderCNN, self).__init__()
        modules = []
        in_c = 3
        for out_c in (16, 32, 48):
            modules += [nn.Conv2d(in_c, out_c, 3, stride=2, padding=1), nn.BatchNorm2d(out_c), nn.ReLU(inplace=True)]
            in_c = out_c
        self.net = nn.Sequential(*modules)
        self.adaptive_pool = nn.AdaptiveAvgPool2d((encoded_image_size, encoded_image_size))

    def forward(self, images):
        out = self.adaptive_pool(self.net(images))
        out = out.permute(0, 2, 3, 1)
        return out.view(out.size(0), -1, out.size(-1))


class Attention(nn.Module):
    def __init__(self, encoder_dim, decoder_dim, attention_dim):
        super(Attention, self).__init__()
        self.encoder_att = nn.Linear(encoder_dim, attention_dim)
        self.decoder_att = nn.Linear(decoder_dim, attention_dim)
        self.full_att = nn.Linear(attention_dim, 1)
        self.relu = nn.ReLU()
        self.softmax = nn.Softmax(dim=1)

    def forward(self, encoder_out, decoder_hidden):
        att1 = self.encoder_att(encoder_out)
        att2 = self.decoder_att(decoder_hidden)
        att = self.full_att(self.relu(att1 + att2.unsqueeze(1))).squeeze(2)
        alpha = self.softmax(att)
        attention_weighted_encoding = (encoder_out * alpha.unsqueeze(2)).sum(dim=1)
        return attention_weighted_encoding, alpha


class CaptionNet(nn.Module):
    def __init__(self, attention_dim=32, embed_dim=32, decoder_dim=64, vocab_size=120, encoder_dim=48, dropout=0.5):
        super(CaptionNet, self).__init__()
        self.encoder = EncoderCNN()
        self.attention = Attention(encoder_dim, decoder_dim, attention_dim)
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.dropout = nn.Dropout(p=dropout)
        self.decode_step = nn.LSTMCell(embed_dim + encoder_dim, decoder_dim, bias=True)
        self.init_h = nn.Linear(encoder_dim, decoder_dim)
        self.init_c = nn.Linear(encoder_dim, decoder_dim)
        self.f_beta = nn.Linear(decoder_dim, encoder_dim)
        self.sigmoid = nn.Sigmoid()
        self.fc = nn.Linear(decoder_dim, vocab_size)
        self.vocab_size = vocab_size
        self.init_weights()

    def init_weights(self):
        self.embedding.weight.data.uniform_(-0.1, 0.1)
        self.fc.bias.data.fill_(0)
        self.fc.weight.data.uniform_(-0.1, 0.1)

    def init_hidden_state(self, encoder_out):
        mean_encoder_out = encoder_out.mean(dim=1)
        h = self.init_h(mean_encoder_out)
        c = self.init_c(mean_encoder_out)
        return h, c

    def forward(self, images, captions):
        encoder_out = self.encoder(images)
        batch_size = encoder_out.size(0)
        embeddings = self.embedding(captions)
        h, c = self.init_hidden_state(encoder_out)
        max_len = captions.size(1) - 1
        predictions = torch.zeros(batch_size, max_len, self.vocab_size)
        for t in range(max_len):
            context, alpha = self.attention(encoder_out, h)
            gate = self.sigmoid(self.f_beta(h))
            context = gate * context
            h, c = self.decode_step(torch.cat([embeddings[:, t, :], context], dim=1), (h, c))
            preds = self.fc(self.dropout(h))
            predictions[:, t, :] = preds
        return predictions
