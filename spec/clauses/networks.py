"""Networks of layers: what must hold where operations meet."""

from __future__ import annotations

from .point import Point

_NET = ("network",)
_CHAIN = "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, 1986"
_CAM = "Zhou et al., Learning Deep Features for Discriminative Localization, arXiv:1512.04150, §2"

POINTS = (
    Point(
        "definition", _NET,
        "A network is its layers one after the other: convolution, rectifier, pool, convolution,"
        " rectifier, head, and what is made of the logits.",
        "y = head(relu(conv(pool(relu(conv(x, w1, b1))), w2, b2)), w3, b3)",
        ("N1", "G8", "LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998,"
         " §II"),
    ),
    Point(
        "gradient", _NET,
        "Each layer's gradient is that at what it was given in the pass forwards, and is given what"
        " the layer after it passes back; so the gradients in the input and in all parameters come"
        " from one pass backwards.",
        "g_{l−1} = J_l(h_{l−1})ᵀ g_l, dw_l = (∂f_l/∂w_l)ᵀ g_l", ("N2", "C9", _CHAIN),
    ),
    Point(
        "second-gradient", _NET,
        "The gradients of a network's gradients follow from the second gradients of its layers by"
        " the chain rule applied to the pass backwards.",
        "", ("N2", "Pearlmutter, Fast Exact Multiplication by the Hessian, 1994"),
    ),
    Point(
        "size", _NET,
        "A head that begins or ends with global average pooling takes maps of any size and gives"
        " the same number of classes; a dense head has a weight for each cell of the maps, and"
        " takes one size only.",
        "(N, C, *n) → (N, K) for every n; dense: F·∏m weights per class", ("G3", "G8", "N4"),
    ),
    Point(
        "heads", _NET,
        "A dense layer after global average pooling is a 1×1 convolution before it: the score of a"
        " class is the mean of its class activation map.",
        "Σ_c w_c·mean(h_c) + b = mean(Σ_c w_c·h_c + b)", ("G5", "G8", _CAM),
    ),
    Point(
        "order", _NET,
        "What a layer answers depends on what it is given, not on the calls between: gradients of a"
        " first pass are the same after passes through other inputs.",
        "", ("N2",),
    ),
)  # fmt: skip
