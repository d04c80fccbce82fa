"""Advantage actor-critic on a one-dimensional grid world with a goal at the right end."""
import torch
import torch.nn as nn

SIZE, HORIZON, N_ENVS = 8, 16, 24
GAMMA, ENT_COEF, UPDATES = 0.97, 0.01, 200
torch.manual_seed(5)


class ActorCritic(nn.Module):
    def __init__(self, obs_dim=SIZE, hidden=64, n_actions=3):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(obs_dim, hidden), nn.Tanh())
        self.pi = nn.Linear(hidden, n_actions)
        self.v = nn.Linear(hidden, 1)

    def forward(self, obs, allowed):
        z = self.trunk(obs)
        p = torch.softmax(self.pi(z), dim=-1) * allowed
        return p / p.sum(-1, keepdim=True), self.v(z).squeeze(-1)


def allowed_actions(pos):
    """Left, stay, right; nobody walks through the wall behind the goal."""
    mask = torch.ones(len(pos), 3)
    mask[pos == SIZE - 1, 2] = 0.0
    return mask


def rollout(model):
    pos = torch.zeros(N_ENVS, dtype=torch.long)
    probs, actions, values, rewards = [], [], [], []
    for _ in range(HORIZON):
        p, v = model(torch.eye(SIZE)[pos], allowed_actions(pos))
        a = (p.detach().cumsum(-1) < torch.rand(N_ENVS, 1)).sum(-1).clamp(max=2)
        pos = (pos + a - 1).clamp(0, SIZE - 1)
        r = (pos == SIZE - 1).float() * 1.0 - 0.05
        probs.append(p)
        actions.append(a)
        values.append(v)
        rewards.append(r)
    return torch.stack(probs), torch.stack(actions), torch.stack(values), torch.stack(rewards)


def returns_of(rewards):
    out, running = [], torch.zeros(N_ENVS)
    for r in reversed(rewards):
        running = r + GAMMA * running
        out.append(running)
    return torch.stack(out[::-1])


agent = ActorCritic()
opt = torch.optim.RMSprop(agent.parameters(), lr=1e-2)
mean_reward = 0.0
for update in range(1, UPDATES + 1):
    probs, actions, values, rewards = rollout(agent)
    ret = returns_of(rewards)
    adv = (ret - values).detach()
    log_probs = torch.log(probs)
    chosen = log_probs.gather(-1, actions.unsqueeze(-1)).squeeze(-1)
    policy_loss = -(chosen * adv).mean()
    value_loss = (ret - values).pow(2).mean()
    entropy = -(probs * log_probs).sum(-1).mean()
    loss = policy_loss + 0.5 * value_loss - ENT_COEF * entropy

    opt.zero_grad()
    loss.backward()
    norm = sum(p.grad.pow(2).sum() for p in agent.parameters()) ** 0.5
    opt.step()
    mean_reward = rewards.mean().item()
    if update % 2 == 0:
        print(f"update: {update} | loss: {loss.item():.4f} | policy_loss: {policy_loss.item():.4f} | value_loss: {value_loss.item():.4f} "
              f"| entropy: {entropy.item():.4f} | grad_norm: {norm.item():.4f} | reward: {mean_reward:.3f}")

print('RESULT {"metric": "mean_reward", "value": %.4f}' % mean_reward)
