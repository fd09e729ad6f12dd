"""AdamW for everything, or Muon for the hidden matrices: what turns gradients into steps."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.optim.optimizer import Optimizer

from .task import NamesHidden, Run, Task, TrainingError


def optimizers(run: Run, task: Task) -> list[Optimizer]:
    """AdamW over everything trained, or Muon over the hidden matrices and AdamW over the rest.

    Both follow one learning rate: Muon's update is scaled to the root mean square of AdamW's (arXiv 2502.16982, eq. 4).
    """
    named = {name: p for name, p in task.modules.named_parameters() if p.requires_grad}
    if not named:
        raise TrainingError("the task has nothing to train")
    embeddings = {id(m.weight) for m in task.modules.modules() if isinstance(m, nn.Embedding)}
    decayed = [p.ndim >= 2 and id(p) not in embeddings for p in named.values()]
    hidden: set[str] = set()
    if run.optimizer == "muon":
        if isinstance(task, NamesHidden):
            hidden = {name for name, p in named.items() if task.hidden(name, p)}
        else:
            hidden = hidden_matrices(task.modules) & named.keys()
    rest = [(p, decay) for (name, p), decay in zip(named.items(), decayed, strict=True) if name not in hidden]
    groups = [
        {"params": [p for p, decay in rest if decay], "weight_decay": run.weight_decay},
        {"params": [p for p, decay in rest if not decay], "weight_decay": 0.0},
    ]
    found: list[Optimizer] = []
    if any(group["params"] for group in groups):
        found.append(torch.optim.AdamW(groups, lr=run.learning_rate, betas=run.betas, fused=True))
    if hidden:
        muon = torch.optim.Muon if run.precision == "bfloat16" else _Float32Muon
        matrices = [named[name] for name in sorted(hidden)]
        found.append(
            muon(matrices, lr=run.learning_rate, weight_decay=run.weight_decay, adjust_lr_fn="match_rms_adamw")
        )
    return found


class _Float32Muon(torch.optim.Muon):
    """Muon with float32 products: torch's are bfloat16, 15 times slower where the hardware does not multiply that."""

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            momentum, rate = group["momentum"], group["lr"]
            for p in [p for p in group["params"] if p.grad is not None]:
                average = self.state[p].setdefault("momentum_buffer", torch.zeros_like(p))
                average.lerp_(p.grad, 1 - momentum)
                update = orthogonal(p.grad.lerp(average, momentum), group["ns_coefficients"], group["ns_steps"])
                p.mul_(1 - rate * group["weight_decay"])
                p.add_(update, alpha=-0.2 * rate * math.sqrt(max(p.shape)))


def orthogonal(matrix: Tensor, coefficients: tuple[float, float, float], steps: int) -> Tensor:
    """``matrix`` with all singular values brought near 1, by the iteration X <- aX + (bA + cA^2)X with A = XX^T.

    The quintic Newton-Schulz iteration of Jordan's Muon (kellerjordan.github.io/posts/muon), which gives about
    [0.7, 1.2] rather than 1: that is as good for training.
    """
    a, b, c = coefficients
    x = matrix.mT if matrix.shape[0] > matrix.shape[1] else matrix
    x = x / x.norm().clamp(min=1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.mT if matrix.shape[0] > matrix.shape[1] else x


def hidden_matrices(modules: nn.Module) -> set[str]:
    """Weights of the linear layers inside a repeated block (an ``nn.ModuleList``), by name: no heads, no embeddings."""
    blocks = [name + "." for name, module in modules.named_modules() if isinstance(module, nn.ModuleList)]
    return {
        f"{name}.weight"
        for name, module in modules.named_modules()
        if isinstance(module, nn.Linear) and any(name.startswith(block) for block in blocks)
    }
